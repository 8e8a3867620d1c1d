package api

import (
	"context"

	"furrow/sensors"
	"furrow/sensors/notify"
)

// alertStory is an alert with all that is known of it.
type alertStory struct {
	Body struct {
		notify.AlertFields
		Events []alertEvent `json:"events" doc:"What happened to it, oldest first."`
		Told   []telling    `json:"told" doc:"Messages about it, sent or on their way, newest first."`
	}
}

type alertEvent struct {
	Kind string  `json:"kind" enum:"firing,acknowledged,snoozed,resolved,past,drill,digest"`
	At   string  `json:"at" format:"date-time"`
	By   *string `json:"by" doc:"Who did it; null for Furrow itself."`
}

// telling is a message about an alert, to one recipient.
type telling struct {
	Recipient string  `json:"recipient_id"`
	Name      string  `json:"name"`
	Kind      string  `json:"kind" enum:"firing,acknowledged,resolved,drill,digest"`
	State     string  `json:"state" enum:"waiting,sent,closed,gave_up"`
	DueAt     *string `json:"due_at" format:"date-time"`
	SentAt    *string `json:"sent_at" format:"date-time"`
	Via       *string `json:"via" doc:"Kind of the channel that took it."`
	Attempts  int     `json:"attempts"`
	Error     *string `json:"error" doc:"Of the last try, or why it was not sent."`
}

func (a *api) getAlert(ctx context.Context, in *AlertID) (*alertStory, error) {
	alert, err := a.alertByID(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	events, err := a.AlertLog.AlertEvents(ctx, alert.ID)
	if err != nil {
		return nil, err
	}
	notices, err := a.AlertLog.AlertNotices(ctx, alert.ID)
	if err != nil {
		return nil, err
	}
	out := &alertStory{}
	out.Body.AlertFields = notify.AlertOf(alert)
	out.Body.Events, out.Body.Told = make([]alertEvent, len(events)), make([]telling, len(notices))
	for i, e := range events {
		out.Body.Events[i] = alertEvent{Kind: string(e.Kind), At: timestamp(e.At), By: textOrNull(e.By)}
	}
	for i, n := range notices {
		out.Body.Told[i] = tellingOf(n)
	}
	return out, nil
}

func tellingOf(n sensors.NoticeState) telling {
	t := telling{Recipient: n.Recipient.String(), Name: n.Name, Kind: string(n.Kind), State: "waiting", DueAt: stamp(n.DueAt), SentAt: stamp(n.SentAt),
		Via: textOrNull(n.Via), Attempts: n.Attempts, Error: textOrNull(n.Error)}
	switch {
	case n.SentAt != 0:
		t.State = "sent"
	case n.GaveUp:
		t.State = "gave_up"
	case n.Closed:
		t.State = "closed"
	}
	return t
}

func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
