package web

import (
	"context"
	"time"

	"furrow/sensors"
	"furrow/sensors/notify"
)

// RuleEditor changes what the farm is watched for.
type RuleEditor interface {
	SaveRule(ctx context.Context, r sensors.Rule) (sensors.Rule, error)
	DeleteRule(ctx context.Context, id sensors.RuleID) error
}

// RecipientEditor changes who is told.
type RecipientEditor interface {
	SaveRecipient(ctx context.Context, r sensors.Recipient) (sensors.Recipient, error)
	DeleteRecipient(ctx context.Context, id sensors.RecipientID) error
}

// AlertKeeper takes answers to alerts; by is the name of who answers.
type AlertKeeper interface {
	Acknowledge(ctx context.Context, id sensors.AlertID, by, note string) error
	Snooze(ctx context.Context, id sensors.AlertID, until sensors.Milli, by string) error
}

// AlertLog reads what became of alerts. *db.DB does.
type AlertLog interface {
	Alert(ctx context.Context, id sensors.AlertID) (sensors.Alert, error)
	Alerts(ctx context.Context, f sensors.AlertFilter) ([]sensors.Alert, error)
	AlertEvents(ctx context.Context, id sensors.AlertID) ([]sensors.AlertEvent, error)
	AlertNotices(ctx context.Context, id sensors.AlertID) ([]sensors.NoticeState, error)
}

// EarlierNotes knows what was done the last time. *db.DB does.
type EarlierNotes interface {
	LastNote(ctx context.Context, a sensors.Alert) (sensors.EarlierNote, error)
}

// Settings keeps what is set up for the whole farm, each under a key. *db.DB does.
type Settings interface {
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
}

// Channels judges and tries ways to reach somebody. *notify.Sender does.
type Channels interface {
	Check(ctx context.Context, c sensors.Channel) error
	Test(ctx context.Context, c sensors.Channel, farm sensors.Farm, now time.Time) []notify.Step
}

// ChannelHealth tells how the channels do that were used. *notify.Worker does.
type ChannelHealth interface{ Health() []notify.ChannelHealth }

// Grants judges the signed links in messages. *notify.Signer does.
type Grants interface {
	Check(token string, now time.Time) (notify.Grant, error)
}

// Drills tries the whole way from a reading to somebody's thumb.
type Drills interface {
	// Start returns when the drill's test reading has become an alert; who begins it is a person's name.
	Start(ctx context.Context, by string) error
	// Drills returns at most limit drills, the newest first.
	Drills(ctx context.Context, limit int) ([]sensors.Drill, error)
}
