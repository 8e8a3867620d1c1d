package views

// Age is a moment and, in words, how long ago it was when it was drawn.
type Age struct {
	Moment
	Ago string
}
