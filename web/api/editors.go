package api

import (
	"context"
	"time"

	"furrow/sensors"
	"furrow/sensors/notify"
)

// Rules changes what the farm is watched for; *ingest.Ingest does.
type Rules interface {
	SaveRule(ctx context.Context, r sensors.Rule) (sensors.Rule, error)
	DeleteRule(ctx context.Context, id sensors.RuleID) error
}

// Alerts takes answers to alerts, by the name of who answers; *ingest.Ingest does.
type Alerts interface {
	Acknowledge(ctx context.Context, id sensors.AlertID, by, note string) error
	Snooze(ctx context.Context, id sensors.AlertID, until sensors.Milli, by string) error
}

// AlertLog reads what became of alerts; *db.DB does.
type AlertLog interface {
	Alert(ctx context.Context, id sensors.AlertID) (sensors.Alert, error)
	Alerts(ctx context.Context, f sensors.AlertFilter) ([]sensors.Alert, error)
	AlertEvents(ctx context.Context, id sensors.AlertID) ([]sensors.AlertEvent, error)
	AlertNotices(ctx context.Context, id sensors.AlertID) ([]sensors.NoticeState, error)
}

// Recipients changes who is told about alerts; *ingest.Ingest does.
type Recipients interface {
	SaveRecipient(ctx context.Context, r sensors.Recipient) (sensors.Recipient, error)
	DeleteRecipient(ctx context.Context, id sensors.RecipientID) error
}

// Channels judges and tries ways to reach a recipient; *notify.Sender does.
type Channels interface {
	Check(ctx context.Context, c sensors.Channel) error
	Test(ctx context.Context, c sensors.Channel, farm sensors.Farm, now time.Time) []notify.Step
}
