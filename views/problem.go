package views

// Problem is an answer that is not what was asked for.
type Problem struct {
	Page
	Sentence  string
	RequestID string // to find it in the log, "" when there is nothing to find
}
