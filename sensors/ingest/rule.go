package ingest

import (
	"context"
	"fmt"
	"slices"

	"furrow/sensors"
	"furrow/sensors/live"
)

// maxNote is how much somebody may write about what they did, in characters.
const maxNote = 500

// SaveRule stores a rule, a new one when its id is zero, and watches by it from now on. A new one that says when it
// was made also judges late readings from then on. An error may be a sensors.Invalid.
func (in *Ingest) SaveRule(ctx context.Context, r sensors.Rule) (saved sensors.Rule, err error) {
	err = in.do(ctx, func() error {
		saved, err = in.saveRule(ctx, r)
		return err
	})
	return saved, err
}

func (in *Ingest) saveRule(ctx context.Context, r sensors.Rule) (sensors.Rule, error) {
	now := in.Now()
	r.ChangedAt = now
	at := slices.IndexFunc(in.watch.rules, func(old sensors.Rule) bool { return old.ID == r.ID })
	switch {
	case r.ID == 0:
		if r.Watch = false; r.CreatedAt.IsZero() {
			r.CreatedAt = now
		}
	case at < 0:
		return r, sensors.ErrNotFound
	default:
		old := in.watch.rules[at]
		r.CreatedAt, r.Watch = old.CreatedAt, old.Watch
		if old.Watch { // only who is told, how gravely, and whether at all
			r.Condition, r.Scope, r.Metric, r.Limits, r.Hold = old.Condition, old.Scope, old.Metric, old.Limits, old.Hold
		}
	}
	if err := in.checkRule(r); err != nil {
		return r, err
	}
	if r.ID == 0 {
		return in.addRule(ctx, r)
	}
	list := slices.Clone(in.watch.rules)
	list[at] = r
	plan := in.watch.engine.SetRules(list, sensors.MilliOf(now))
	effects := in.effects(plan.Events)
	if _, err := in.Edits.SaveRule(ctx, r, effects); err != nil {
		return r, err
	}
	in.watch.engine.Apply(plan)
	in.showRules(list, effects)
	return r, nil
}

// addRule stores a new rule, which does nothing to alerts yet.
func (in *Ingest) addRule(ctx context.Context, r sensors.Rule) (sensors.Rule, error) {
	r, err := in.Edits.SaveRule(ctx, r, nil)
	if err != nil {
		return r, err
	}
	list := append(slices.Clone(in.watch.rules), r)
	in.watch.engine.Apply(in.watch.engine.SetRules(list, sensors.MilliOf(in.Now())))
	in.showRules(list, nil)
	return r, nil
}

// checkRule judges a rule by itself and by what there is.
func (in *Ingest) checkRule(r sensors.Rule) error {
	if err := r.Validate(); err != nil {
		return err
	}
	bad := sensors.Invalid{}
	if _, ok := in.catalog.zone(r.Scope.Zone); r.Scope.Zone != 0 && !ok {
		bad.Add("scope", "This zone does not exist any more; choose another.")
	}
	if s := in.catalog.sensor(r.Scope.Sensor); r.Scope.Sensor != 0 && s == nil {
		bad.Add("scope", "This sensor does not exist any more; choose another.")
	} else if s != nil && r.Condition != sensors.Silent && s.Metric != r.Metric {
		bad.Add("metric", "This sensor measures something else: "+s.Metric.Info().Name+".")
	}
	if other := in.catalog.sensor(r.Other); r.Condition == sensors.Difference && other == nil {
		bad.Add("other_sensor_id", "The sensor to compare with does not exist any more; choose another.")
	} else if r.Condition == sensors.Difference && other.Metric != r.Metric {
		bad.Add("other_sensor_id", "Both sensors must measure the same.")
	}
	for _, id := range r.Recipients {
		if !slices.ContainsFunc(in.watch.recipients, func(w sensors.Recipient) bool { return w.ID == id }) {
			bad.Add("recipients", "One of the recipients does not exist any more.")
		}
	}
	return bad.Err()
}

// showRules puts a changed list of rules on the board, with what that did to alerts.
func (in *Ingest) showRules(list []sensors.Rule, effects *sensors.Batch) {
	in.watch.rules = list
	change := live.Change{Rules: list, RulesChanged: true}
	if effects != nil {
		addAlerts(&change, effects.Alerts)
	}
	in.Board.Apply(change)
	in.owed(effects)
}

// DeleteRule removes a rule and ends its open alerts.
func (in *Ingest) DeleteRule(ctx context.Context, id sensors.RuleID) error {
	return in.do(ctx, func() error {
		at := slices.IndexFunc(in.watch.rules, func(r sensors.Rule) bool { return r.ID == id })
		switch {
		case at < 0:
			return sensors.ErrNotFound
		case in.watch.rules[at].Watch:
			return fmt.Errorf("%w: %w", sensors.Invalid{"id": "The silence watch cannot be removed, only switched off."}, sensors.ErrConflict)
		}
		list := slices.Delete(slices.Clone(in.watch.rules), at, at+1)
		plan := in.watch.engine.SetRules(list, sensors.MilliOf(in.Now()))
		effects := in.effects(plan.Events)
		if err := in.Edits.DeleteRule(ctx, id, effects); err != nil {
			return err
		}
		in.watch.engine.Apply(plan)
		in.showRules(list, effects)
		return nil
	})
}

// watches reports whether a rule is about one of the device's sensors by name.
func (d *deviceEntry) watches(r sensors.Rule) bool {
	return slices.ContainsFunc(d.sensors, func(s *sensorEntry) bool { return s.ID == r.Scope.Sensor || s.ID == r.Other })
}

// forgetRules drops the rules that went with the sensors or zones they were about.
func (in *Ingest) forgetRules(gone func(sensors.Rule) bool) {
	list := slices.DeleteFunc(slices.Clone(in.watch.rules), gone)
	if len(list) == len(in.watch.rules) {
		return
	}
	plan := in.watch.engine.SetRules(list, sensors.MilliOf(in.Now()))
	in.watch.engine.Apply(plan) // their alerts are gone from the store already
	in.showRules(list, &sensors.Batch{Alerts: plan.Events})
}

// Acknowledge notes that somebody has seen an alert, and what they did about it. Who did is a person's or a
// recipient's name. An alert that is over stays as it is.
func (in *Ingest) Acknowledge(ctx context.Context, id sensors.AlertID, by, note string) error {
	note = sensors.CleanText(note, maxNote)
	return in.do(ctx, func() error {
		if a, ok := in.watch.ownAlert(id); ok {
			return in.answerOwn(ctx, a, by, note)
		}
		plan, err := in.watch.engine.Acknowledge(id, by, note, sensors.MilliOf(in.Now()))
		if err != nil {
			return err
		}
		return in.settlePlan(ctx, plan)
	})
}

// Snooze acknowledges an alert until a moment at which it fires again if it still holds.
func (in *Ingest) Snooze(ctx context.Context, id sensors.AlertID, until sensors.Milli, by string) error {
	return in.do(ctx, func() error {
		if _, ok := in.watch.ownAlert(id); ok {
			return sensors.Invalid{"until": "This alert cannot be put off; say that you have seen it."}
		}
		plan, err := in.watch.engine.Snooze(id, until, by, sensors.MilliOf(in.Now()))
		if err != nil {
			return err
		}
		return in.settlePlan(ctx, plan)
	})
}
