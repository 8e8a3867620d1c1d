package sensors

// Drill is one try of the whole way from a reading to somebody's thumb: a marked test reading goes through
// broker, ingest, a rule and the channels, and waits for an answer. It leaves no reading behind and counts in no
// statistic.
type Drill struct {
	ID        int64
	By        string  // who began it, "" for the schedule
	Alert     AlertID // what people answer; zero until the reading became one
	StartedAt Milli
	DueAt     Milli // by when somebody must have answered
	EndedAt   Milli // zero while it runs
	Passed    bool
	Why       string // why it was missed, a sentence
	Hops      []DrillHop
}

// DrillHop is one step of a drill's way.
type DrillHop struct {
	Name   string `json:"name"`
	At     Milli  `json:"at"`               // zero when it was not reached
	Detail string `json:"detail,omitempty"` // who, by which channel, or what went wrong
	Failed bool   `json:"failed,omitempty"`
}
