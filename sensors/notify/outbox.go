package notify

import (
	"context"

	"furrow/sensors"
)

// Outbox is where notices wait. Each method is a transaction.
type Outbox interface {
	// WaitingNotices returns, for each recipient that is owed something, when the first of it is due.
	WaitingNotices(ctx context.Context) ([]sensors.Waiting, error)
	// DueNotices returns what is owed to a recipient and due at now, and what a channel has refused before
	// (Attempts > 0), whenever that is due again: the lowest ids first, at most limit. Alerts need not be filled
	// in, AlertIDs must.
	DueNotices(ctx context.Context, to sensors.RecipientID, now sensors.Milli, limit int) ([]sensors.Notice, error)
	// SettleNotices stores what became of notices, all of it or nothing. Doing it twice changes nothing more.
	SettleNotices(ctx context.Context, s sensors.Settlement) error
}

// History answers what was, for recipients and alerts.
type History interface {
	// AlertsTold returns the alerts that exist of those asked for, as they are now, and whether the recipient
	// has been told of each: by a notice that was sent and listed it in Sent.Alerts.
	AlertsTold(ctx context.Context, to sensors.RecipientID, ids []sensors.AlertID) ([]sensors.AlertTold, error)
	// FiringTold returns how many alerts that the recipient was told of are firing, without those in except.
	FiringTold(ctx context.Context, to sensors.RecipientID, except []sensors.AlertID) (int, error)
	// LastNote returns what was noted at the newest earlier alert of the same rule and sensor (or device) that has
	// a note; zero when there is none.
	LastNote(ctx context.Context, a sensors.Alert) (sensors.EarlierNote, error)
}

// Directory is what is known about the farm now. Its answers are copies.
type Directory interface {
	Farm() sensors.Farm
	Rule(id sensors.RuleID) (sensors.Rule, bool)
	Recipient(id sensors.RecipientID) (sensors.Recipient, bool)
	// Place names what an alert is about.
	Place(a sensors.Alert) Place
}

// Courier hands a message to a channel: a *Sender.
type Courier interface {
	Send(ctx context.Context, c sensors.Channel, m Message) error
}
