package sensors

import "time"

// AlertState is where an alert is in its life.
type AlertState string

const (
	AlertPending      AlertState = "pending"      // the condition holds, but not for long enough yet; nobody is told
	AlertFiring       AlertState = "firing"       // somebody is needed
	AlertAcknowledged AlertState = "acknowledged" // somebody has seen it; the condition still holds
	AlertResolved     AlertState = "resolved"     // the condition is over
)

// Open reports whether the condition still holds.
func (s AlertState) Open() bool { return s != AlertResolved }

// Alert is one time that a rule was broken by one sensor, or a device fell silent. At most one alert of a
// rule and a sensor (or device) is open.
type Alert struct {
	ID       AlertID
	Rule     RuleID   // zero when the rule was deleted since
	RuleName string   // as it was when the alert began
	Sensor   SensorID // zero when it is about a whole device
	Device   DeviceID
	Severity Severity
	State    AlertState
	// Since is when the condition began, StartedAt when the alert fired, zero while it is pending.
	Since          Milli
	StartedAt      Milli
	AcknowledgedAt Milli
	ResolvedAt     Milli
	SnoozedUntil   Milli
	Value          float64 // newest of what the rule compares: the reading, its change per hour, or the difference; NaN for silence
	Peak           float64 // worst; NaN for silence
	AckBy          string  // who acknowledged: a person's name, or a recipient's
	Note           string  // what they did
	// Behind is how many sensors fell silent with this one's device, when one message stands for all.
	Behind int
	// Past marks an alert found in late data: the condition held then, nobody was told, nothing is to be done.
	Past bool
	// Drill marks a drill's alert, which counts in no statistic.
	Drill bool
	// Why says why an alert was resolved in another way than by its value: its rule was changed or switched
	// off, its sensor was removed. "" for the usual end.
	Why string
}

// AlertFilter says which alerts of the history are asked for; what is not set does not matter.
type AlertFilter struct {
	State    AlertState
	Sensor   SensorID
	Rule     RuleID
	From, To Milli   // open at some moment in From <= t < To
	Before   AlertID // older than this one
	Drill    bool    // drills' alerts instead of real ones
	Limit    int
}

// AlertEventKind is what happened to an alert.
type AlertEventKind string

const (
	EventPending      AlertEventKind = "pending"
	EventFiring       AlertEventKind = "firing"
	EventAcknowledged AlertEventKind = "acknowledged"
	EventSnoozed      AlertEventKind = "snoozed"
	EventResolved     AlertEventKind = "resolved"
	EventDropped      AlertEventKind = "dropped" // pending no more, never fired
	EventPast         AlertEventKind = "past"
	EventWorse        AlertEventKind = "worse" // a new value or peak; nobody is told
	EventDrill        AlertEventKind = "drill"
	EventDigest       AlertEventKind = "digest"
)

// AlertEvent is one step in an alert's life, with the alert as it is after it. ingest commits events with the
// readings that caused them. The store fills in Alert.ID of a new alert; events of one alert in one commit share
// their Alert, so that those after the first have it.
type AlertEvent struct {
	Kind  AlertEventKind
	At    Milli
	By    string // who did it, "" for Furrow itself
	Alert *Alert
}

// Notice is a message that is owed to one channel of a recipient, about the alerts that one commit brought.
// It is stored with them and sent by the outbox worker.
type Notice struct {
	ID        int64
	Recipient RecipientID
	Channel   int // index in the recipient's channels of the one to try first
	Kind      AlertEventKind
	Alerts    []*Alert // when planned; the store keeps their ids
	AlertIDs  []AlertID
	CreatedAt Milli
	DueAt     Milli
	Attempts  int
	LastError string
}

// Recipient is somebody, or something, that is told about alerts.
type Recipient struct {
	ID       RecipientID
	Name     string
	Channels []Channel // tried in order: the next when one fails
	// Quiet hours hold back all but critical alerts on the farm's clocks; both zero: none.
	QuietFrom, QuietTo ClockMinute
	// EscalateAfter is how long after the firing this recipient is told, if nobody acknowledged before; zero:
	// at once.
	EscalateAfter time.Duration
	CreatedAt     time.Time
}

// Channel is one way to reach a recipient.
type Channel struct {
	Kind   string // "email", "webhook", "ntfy", …; see sensors/notify
	Target string // address, URL or topic, as the kind needs it; may hold secrets
}

// Validate returns an Invalid for what a person must correct. Targets are judged by sensors/notify.
func (r Recipient) Validate() error {
	bad := Invalid{}
	CheckName(bad, "name", r.Name, "Say who is to be told.")
	if r.QuietFrom < 0 || r.QuietFrom > 1439 || r.QuietTo < 0 || r.QuietTo > 1439 {
		bad.Add("quiet_hours", "Quiet hours are from 00:00 to 23:59.")
	}
	if r.EscalateAfter < 0 || r.EscalateAfter > 24*time.Hour {
		bad.Add("escalate_after", "Escalate after 0 minutes to 24 hours.")
	}
	if len(r.Channels) > 10 {
		bad.Add("channels", "At most 10 channels for one recipient.")
	}
	return bad.Err()
}
