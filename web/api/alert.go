package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/web/auth"
)

type alertAnswer struct{ Body notify.AlertFields }

// AlertID is an alert that is meant by its id.
type AlertID struct {
	ID string `path:"id"`
}

// alerts adds what can be done with alerts.
func (a *api) alerts() {
	register(a, auth.ScopeRead, huma.Operation{OperationID: "list-alerts", Method: http.MethodGet, Path: "/alerts",
		Summary: "List alerts, the newest first", Tags: []string{"Alerts"},
		Description: "Alerts that are open and those that are over, also what late data told afterwards; no drills."}, a.listAlerts)
	register(a, auth.ScopeRead, huma.Operation{OperationID: "get-alert", Method: http.MethodGet, Path: "/alerts/{id}",
		Summary: "Get an alert with what happened to it and who was told", Tags: []string{"Alerts"}, Errors: []int{404}}, a.getAlert)
	register(a, auth.ScopeControl, huma.Operation{OperationID: "acknowledge-alert", Method: http.MethodPost, Path: "/alerts/{id}/acknowledge",
		Summary: "Say that somebody has seen an alert", Tags: []string{"Alerts"}, Errors: []int{404, 409},
		Description: "Nobody is called any more. Doing so again corrects the note. The token's name stands for who did."}, a.acknowledgeAlert)
	register(a, auth.ScopeControl, huma.Operation{OperationID: "snooze-alert", Method: http.MethodPost, Path: "/alerts/{id}/snooze",
		Summary: "Put an alert off", Tags: []string{"Alerts"}, Errors: []int{404, 409},
		Description: "It counts as acknowledged, and fires again after that time if it is still open."}, a.snoozeAlert)
}

func (a *api) listAlerts(ctx context.Context, in *struct {
	Paging
	State  string `query:"state" enum:"firing,acknowledged,resolved" doc:"Only alerts in this state."`
	Sensor string `query:"sensor" doc:"Only alerts about the sensor with this id."`
	Rule   string `query:"rule" doc:"Only alerts of the rule with this id."`
	From   string `query:"from" format:"date-time" doc:"Only alerts that were not over before."`
	To     string `query:"to" format:"date-time" doc:"Only alerts that began before."`
}) (*list[notify.AlertFields], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	f := sensors.AlertFilter{State: sensors.AlertState(in.State), Before: sensors.AlertID(before), Limit: in.Limit + 1}
	if f.From, f.To, err = alertSpan(in.From, in.To); err != nil {
		return nil, err
	}
	out := &list[sensors.Alert]{}
	f.Sensor, err = sensors.ParseID[sensors.SensorID](in.Sensor)
	if in.Sensor != "" && err != nil {
		return mapped(out, notify.AlertOf), nil // no alert is about what cannot be
	}
	f.Rule, err = sensors.ParseID[sensors.RuleID](in.Rule)
	if in.Rule != "" && err != nil {
		return mapped(out, notify.AlertOf), nil
	}
	all, err := a.AlertLog.Alerts(ctx, f)
	if err != nil {
		return nil, err
	}
	if len(all) > in.Limit {
		all = all[:in.Limit]
		out.Body.Next = cursorOf(all[in.Limit-1].ID)
	}
	out.Body.Items = all
	return mapped(out, notify.AlertOf), nil
}

// alertSpan reads the time that is asked for; what is left out has no bound, and is zero.
func alertSpan(from, to string) (begin, end sensors.Milli, err error) {
	first, err := moment("from", from, time.Time{})
	if err != nil {
		return 0, 0, err
	}
	last, err := moment("to", to, time.Time{})
	switch {
	case err != nil:
		return 0, 0, err
	case from != "" && to != "" && !first.Before(last):
		return 0, 0, huma.Error422UnprocessableEntity("from must be earlier than to")
	}
	if from != "" {
		begin = max(sensors.Milli(first.UnixMilli()), 1)
	}
	if to != "" {
		end = max(sensors.Milli(last.UnixMilli()), 1)
	}
	return begin, end, nil
}

// alertByID returns an alert that was told, or an error that wraps sensors.ErrNotFound.
func (a *api) alertByID(ctx context.Context, text string) (sensors.Alert, error) {
	id, err := sensors.ParseID[sensors.AlertID](text)
	if err != nil {
		return sensors.Alert{}, err
	}
	alert, err := a.AlertLog.Alert(ctx, id)
	if err == nil && alert.State == sensors.AlertPending {
		err = sensors.ErrNotFound
	}
	return alert, err
}

func (a *api) acknowledgeAlert(ctx context.Context, in *struct {
	AlertID
	Body *struct {
		Note string `json:"note,omitempty" maxLength:"500" doc:"What was done about it; shown the next time the rule fires."`
	} `required:"false"`
}) (*alertAnswer, error) {
	alert, err := a.alertByID(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	note := ""
	if in.Body != nil {
		note = in.Body.Note
	}
	return a.answered(ctx, in.ID, a.Alerts.Acknowledge(ctx, alert.ID, asker(ctx).Name, note))
}

func (a *api) snoozeAlert(ctx context.Context, in *struct {
	AlertID
	Body struct {
		For string `json:"for" doc:"A duration such as 30m, 7 days at most."`
	}
}) (*alertAnswer, error) {
	alert, err := a.alertByID(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	bad := sensors.Invalid{}
	length := duration(bad, "for", in.Body.For)
	if length <= 0 || length > 7*day {
		bad.Add("for", "Put it off for up to 7 days, such as 30m.")
	}
	if len(bad) > 0 {
		return nil, bad
	}
	until := sensors.MilliOf(a.Now().Add(length))
	return a.answered(ctx, in.ID, a.Alerts.Snooze(ctx, alert.ID, until, asker(ctx).Name))
}

var errOver = huma.Error409Conflict("this alert is over; there is nothing left to do about it")

// answered returns the alert as it is after somebody's answer to it.
func (a *api) answered(ctx context.Context, id string, err error) (*alertAnswer, error) {
	if err != nil && !errors.Is(err, sensors.ErrNotFound) {
		return nil, err
	}
	alert, failed := a.alertByID(ctx, id)
	switch {
	case failed != nil:
		return nil, failed
	case err != nil && alert.State == sensors.AlertResolved:
		return nil, errOver
	case err != nil:
		return nil, err
	}
	return &alertAnswer{notify.AlertOf(alert)}, nil
}
