package views

// Alerts is the page of what fires and what may soon.
type Alerts struct {
	Page
	Now AlertsNow
}

// AlertsNow is what of the page is kept current.
type AlertsNow struct {
	Firing, Seen []AlertCard
	More         int // that are not listed
	Pending      []AlarmLine
	Watching     string // what is watched, in a sentence
	Operate      bool
}

// Empty reports whether nothing fires, acknowledged or not.
func (n AlertsNow) Empty() bool { return len(n.Firing)+len(n.Seen) == 0 }

// AlertCard is an alert with all there is to know and to do about it at once.
type AlertCard struct {
	AlarmLine
	State                  State
	Severity               string
	Ago                    Age
	Worst                  string // the worst value, "" when that says nothing
	Told                   string // who was told, in a sentence
	Note                   string // what was done
	Earlier                string // what was done the last time, in a sentence
	Answers                []string
	Rule, RuleID, Sentence string // RuleID "" when it is gone
	Sensor                 string // "" when it is about a device
	DeviceID, Device       string
	Open                   bool
}
