package ingest

import (
	"context"
	"math"
	"slices"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/rules"
)

// What a drill publishes, which breaks the rule that there is for it.
const (
	DrillTopic   = "farm/furrow/drill/temperature"
	DrillPayload = "60"
	drillLimit   = 50
	drillName    = "Drill"
)

// ownAlert reports whether an alert is about Furrow itself: no rule and no sensor has it.
func ownAlert(a *sensors.Alert) bool { return a.Drill || a.Rule == 0 && a.Device == 0 && a.Sensor == 0 }

func (w *watch) ownAlert(id sensors.AlertID) (sensors.Alert, bool) {
	i := slices.IndexFunc(w.own, func(a sensors.Alert) bool { return a.ID == id })
	if i < 0 {
		return sensors.Alert{}, false
	}
	return w.own[i], true
}

// missed returns the open alerts about missed drills, which people see.
func (w *watch) missed() []sensors.Alert {
	return slices.DeleteFunc(slices.Clone(w.own), func(a sensors.Alert) bool { return a.Drill })
}

// keepOwn takes over what was stored about Furrow's own alerts.
func (w *watch) keepOwn(events []sensors.AlertEvent) {
	for _, e := range events {
		w.own = slices.DeleteFunc(w.own, func(a sensors.Alert) bool { return a.ID == e.Alert.ID })
		if e.Alert.State.Open() {
			w.own = append(w.own, *e.Alert)
		}
	}
}

// planDrill lets a drill's test reading make an alert that everybody is told of. The reading itself is not
// stored, makes no device and is counted nowhere.
func (in *Ingest) planDrill(d *sensors.Delivery) {
	b, now := &in.batch, sensors.MilliOf(in.Now())
	d.Outcome = sensors.Outcome{}
	if !in.breaksDrillRule(d, now) || len(b.drills) > 0 {
		return
	}
	for _, a := range in.watch.own { // one that a crash left behind
		if a.Drill {
			b.drills = append(b.drills, ended(a, now, "Another drill began."))
		}
	}
	a := &sensors.Alert{RuleName: drillName, Severity: sensors.Critical, State: sensors.AlertFiring, Since: d.ReceivedAt, StartedAt: now,
		Value: math.NaN(), Peak: math.NaN(), Drill: true}
	b.drills = append(b.drills, sensors.AlertEvent{Kind: sensors.EventDrill, At: now, Alert: a})
}

// breaksDrillRule asks an engine of the drill's own, with the one rule that the reading must break: the code that
// guards the farm, beside its state.
func (in *Ingest) breaksDrillRule(d *sensors.Delivery, now sensors.Milli) bool {
	if len(d.Decoded.Observations) != 1 {
		return false
	}
	o := d.Decoded.Observations[0]
	e := rules.New(in.catalog.farm)
	e.Apply(e.SetSensors([]rules.Subject{{Sensor: 1, Device: 1, Metric: o.Metric, Adopted: true}}, now))
	e.Apply(e.SetRules([]sensors.Rule{{ID: 1, Name: drillName, Enabled: true, Severity: sensors.Critical, Metric: o.Metric,
		Condition: sensors.Above, Limits: sensors.Limits{Limit: drillLimit, Clear: drillLimit}}}, now))
	p := e.Plan([]sensors.Reading{{Sensor: 1, At: d.ReceivedAt, Value: o.Value, Quality: o.Quality}}, now)
	return slices.ContainsFunc(p.Events, func(event sensors.AlertEvent) bool { return event.Kind == sensors.EventFiring })
}

// ended returns the end of an alert of Furrow's own; a is the caller's copy.
func ended(a sensors.Alert, now sensors.Milli, why string) sensors.AlertEvent {
	a.State, a.ResolvedAt, a.Why = sensors.AlertResolved, max(now, a.StartedAt), why
	return sensors.AlertEvent{Kind: sensors.EventResolved, At: now, Alert: &a}
}

// answerOwn ends an alert of Furrow's own that somebody has answered: a drill has then passed, and with it is over
// what an earlier one missed. That one was missed, nothing measures; it is over when somebody knows.
func (in *Ingest) answerOwn(ctx context.Context, a sensors.Alert, by, note string) error {
	now := sensors.MilliOf(in.Now())
	a.AcknowledgedAt, a.AckBy, a.Note = now, by, note
	end := ended(a, now, "")
	events := []sensors.AlertEvent{{Kind: sensors.EventAcknowledged, At: now, By: by, Alert: end.Alert}, end}
	if a.Drill {
		for _, other := range in.watch.missed() {
			events = append(events, ended(other, now, "A drill was answered."))
		}
	}
	return in.settleOwn(ctx, events)
}

// MissDrill ends a drill that was not answered, if its alert is given, and raises an alert that says so. It is
// told like any other and is over when somebody acknowledges it or the next drill is answered.
func (in *Ingest) MissDrill(ctx context.Context, drill sensors.AlertID, headline string) error {
	return in.do(ctx, func() error {
		now := sensors.MilliOf(in.Now())
		var events []sensors.AlertEvent
		if a, ok := in.watch.ownAlert(drill); ok {
			events = append(events, ended(a, now, headline))
		}
		alert := &sensors.Alert{RuleName: sensors.CleanName(headline), Severity: sensors.Warning, State: sensors.AlertFiring,
			Since: now, StartedAt: now, Value: math.NaN(), Peak: math.NaN()}
		for _, a := range in.watch.missed() { // nobody has answered the last one either
			alert = &a
		}
		return in.settleOwn(ctx, append(events, sensors.AlertEvent{Kind: sensors.EventFiring, At: now, Alert: alert}))
	})
}

// settleOwn stores and shows what happened to alerts of Furrow's own.
func (in *Ingest) settleOwn(ctx context.Context, events []sensors.AlertEvent) error {
	effects := in.effects(events)
	if err := in.Store.CommitAlerts(ctx, effects); err != nil {
		return err
	}
	in.watch.keepOwn(events)
	change := live.Change{}
	addAlerts(&change, events)
	in.Board.Apply(change)
	in.owed(effects)
	return nil
}
