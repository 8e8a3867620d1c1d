package views

// Drill is the page of drills and of the heartbeat.
type Drill struct {
	Page
	Schedule   Fields
	Days       []Choice
	Runs       []DrillRun
	Heartbeat  Fields
	HeartState string
	Running    bool
}

// DrillRun is one drill of the log.
type DrillRun struct {
	Tone, Icon string
	At         Moment
	Text       string
	Hops       []TestStep
}
