package sensors

// Waiting is that a recipient is owed something.
type Waiting struct {
	Recipient RecipientID
	DueAt     Milli // earliest of what is owed
	Retrying  bool  // some of it was refused before
}

// Settlement is what became of some notices of one recipient.
type Settlement struct {
	At     Milli
	Sent   []SentNotice
	Closed []ClosedNotice
	// Later are notices that wait on, with the Kind, AlertIDs, Channel, DueAt, Attempts and LastError given.
	Later []Notice
	// New are notices to add, without ids: repeats, and what quiet hours hold back. They are for recipients that
	// are owed the settled ones.
	New []Notice
}

// Empty reports whether there is nothing to store.
func (s *Settlement) Empty() bool {
	return len(s.Sent) == 0 && len(s.Closed) == 0 && len(s.Later) == 0 && len(s.New) == 0
}

// SentNotice is a notice that a channel has taken. The recipient now counts as told of its Alerts, which may be
// fewer than the notice's: what was over in the meantime was left out.
type SentNotice struct {
	ID      int64
	Channel int
	Kind    AlertEventKind
	Alerts  []AlertID
}

// ClosedNotice is a notice that will not be sent.
type ClosedNotice struct {
	ID  int64
	Why string // a sentence
	// GaveUp: it was tried for two days and nobody was told; the page should say so.
	GaveUp bool
}

// AlertTold is an alert, and whether a recipient has heard of it.
type AlertTold struct {
	Alert Alert
	Told  bool
}

// EarlierNote is what somebody noted when the same alert was acknowledged the last time; zero if nobody did.
type EarlierNote struct {
	Note, By string
	At       Milli
}

// NoticeState is what became of a notice about an alert, for people who want to know who was told.
type NoticeState struct {
	Recipient RecipientID
	Name      string
	Kind      AlertEventKind
	DueAt     Milli
	SentAt    Milli  // zero while it is owed or when it was closed
	Via       string // kind of the channel that took it
	Attempts  int
	Error     string // of the last try, or why it was closed
	Closed    bool
	GaveUp    bool
}
