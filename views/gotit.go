package views

// GotIt is what a link in a message opens.
type GotIt struct {
	Page
	Token string
	Name  string // of the recipient
	Lines []AlarmLine
	Done  bool
	Gone  string // why the link does nothing, "" when it does
}
