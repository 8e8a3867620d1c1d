package views

// Message is a raw message and what was read from it. Topic and Payload are text already in which every byte
// that cannot be shown is an escape.
type Message struct {
	At             Moment
	Topic, Payload string
	Size           string
	Cut            bool // Payload is only its beginning
	Dialect        string
	Read           []MessageValue
	More           int // values read and not listed
	Problem        string
}

// MessageValue is one value that was read from a message.
type MessageValue struct {
	Label, Value, Unit string
	Suspect            bool
}
