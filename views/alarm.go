package views

// Bell is what every page says about alerts.
type Bell struct {
	Firing int
	Newest string     // id of the newest that fires, "" for none
	Top    *AlarmLine // the gravest that fires; nil when none does, or the page lists them itself
	Listed bool       // the page lists alerts itself
}

// AlarmLine is an alert in a line.
type AlarmLine struct {
	ID, Tone, Icon string
	Title, Text    string // what is the matter, and the numbers behind it
	Since          Moment
	Seen           bool
	SeenBy         string
	Until          Moment // when it fires again, if it was put off
	Operate        bool   // the viewer may answer it
}

// Facts are the numbers, since when it is so, and who knows of it.
func (l AlarmLine) Facts() string {
	text := l.Text
	if text != "" {
		text += ", "
	}
	text += "since " + l.Since.Text
	switch {
	case l.Seen && l.Until.Text != "":
		text += ". Put off until " + l.Until.Text
	case l.Seen && l.SeenBy != "":
		text += ". Seen by " + l.SeenBy
	}
	return text
}
