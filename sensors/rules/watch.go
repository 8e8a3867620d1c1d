package rules

import (
	"maps"
	"reflect"
	"slices"

	"furrow/sensors"
)

// Why an alert ended in another way than by its value.
const (
	whyChanged  = "The rule was changed."
	whyOff      = "The rule was switched off."
	whyDeleted  = "The rule was deleted."
	whyRemoved  = "The sensor was removed."
	whyMoved    = "The sensor is no longer where the rule watches."
	whyNotOurs  = "The device is no longer part of the farm."
	whyHours    = "The rule does not watch at this hour."
	whyUnwanted = "The rule or the sensor is gone."
)

// inScope reports whether a rule watches a sensor.
func inScope(r *sensors.Rule, s *Subject) bool {
	switch {
	case !s.Adopted,
		r.Metric != "" && r.Metric != s.Metric,
		r.Scope.Sensor != 0 && r.Scope.Sensor != s.Sensor,
		r.Scope.Zone != 0 && r.Scope.Zone != s.Zone,
		r.Scope.ZoneKind != "" && r.Scope.ZoneKind != s.ZoneKind:
		return false
	}
	return true
}

// SetRules takes over all rules. What an edit leaves true stays: an open alert lives on while its sensor is
// watched for the same and the newest value is not all right by the new limits.
func (e *Engine) SetRules(list []sensors.Rule, now sensors.Milli) *Plan {
	p := e.plan(now)
	next := map[sensors.RuleID]*sensors.Rule{}
	for i := range list {
		next[list[i].ID] = &list[i]
	}
	for _, c := range e.busy {
		if !c.open(p) {
			continue
		}
		switch r := next[c.rule.ID]; {
		case r == nil:
			p.finish(c, now, whyDeleted)
		case !r.Enabled:
			p.finish(c, now, whyOff)
		case !sameMeaning(&c.rule.Rule, r):
			p.edited(c, r)
		}
	}
	list = slices.Clone(list)
	p.after = append(p.after, func() { e.setRules(list) })
	return p
}

// sameMeaning reports whether two versions of a rule watch for the same.
func sameMeaning(a, b *sensors.Rule) bool {
	return sameMeasure(a, b) && a.Scope == b.Scope && a.Limits == b.Limits && a.Night == b.Night && a.NightWhen == b.NightWhen &&
		a.NightFrom == b.NightFrom && a.NightTo == b.NightTo && a.Hold == b.Hold && a.Watch == b.Watch && reflect.DeepEqual(a.Active, b.Active)
}

// sameMeasure reports whether the limits of two versions of a rule are about the same quantity.
func sameMeasure(a, b *sensors.Rule) bool {
	return a.Condition == b.Condition && a.Metric == b.Metric && a.Other == b.Other
}

// edited decides about an open alert whose rule becomes another.
func (p *Plan) edited(c *cell, r *sensors.Rule) {
	silent := r.Condition == sensors.Silent
	now := p.engine.calendar.regime(r, p.now)
	after := func(s *sensor) *Subject { return &s.Subject }
	switch {
	case !sameMeasure(&c.rule.Rule, r), silent && r.Watch != c.rule.Watch, silent && r.Hold != c.rule.Hold:
		p.finish(c, p.now, whyChanged)
	case !c.watchedBy(r, after):
		p.finish(c, p.now, whyMoved)
	case !now.active:
		p.finish(c, p.now, whyHours)
	case silent:
	default:
		limits := &r.Limits
		if now.night {
			limits = &r.Night
		}
		v := c.state.seen(p).value
		if verdict := judge(r.Condition, limits, v); verdict == clear || verdict == between && c.state.seen(p).alert.State == sensors.AlertPending {
			p.finish(c, p.now, whyChanged)
		}
	}
}

// watchedBy reports whether a rule watches what a cell is about, with the sensors as after tells, nil for
// those that are gone.
func (c *cell) watchedBy(r *sensors.Rule, after func(*sensor) *Subject) bool {
	watched := func(s *sensor) bool {
		subject := after(s)
		return subject != nil && inScope(r, subject)
	}
	switch {
	case c.other != nil:
		other := after(c.other)
		return other != nil && other.Adopted && watched(c.sensor)
	case c.sensor != nil:
		return watched(c.sensor)
	case c.group == nil:
		return slices.ContainsFunc(c.device.sensors, watched)
	}
	return slices.ContainsFunc(c.group.members, func(m *member) bool {
		return !m.gateway && slices.ContainsFunc(m.device.sensors, watched)
	})
}

// setRules binds the new rules.
func (e *Engine) setRules(list []sensors.Rule) {
	old := map[sensors.RuleID]*rule{}
	for _, r := range e.rules {
		old[r.ID] = r
	}
	e.rules = e.rules[:0]
	for i := range list {
		if !list[i].Enabled {
			continue
		}
		r := old[list[i].ID]
		delete(old, list[i].ID)
		if r == nil {
			r = &rule{calendar: &e.calendar}
		} else if !sameMeasure(&r.Rule, &list[i]) || r.Watch != list[i].Watch {
			r.drop()
		}
		e.rules = append(e.rules, r)
		same := sameMeaning(&r.Rule, &list[i])
		if r.Rule = list[i]; same {
			continue
		}
		r.scheduled, r.segments, r.due, r.watch.built = scheduled(&r.Rule), [2]segment{}, 0, false
		for _, id := range slices.Sorted(maps.Keys(e.sensors)) {
			e.bind(r, e.sensors[id])
		}
	}
	for _, r := range old {
		r.drop()
	}
	e.sweep()
}

// drop lets go of all that a rule watches.
func (r *rule) drop() {
	for _, c := range r.cells {
		c.gone = true
		c.unhush()
	}
	for _, c := range r.watch.lost {
		c.gone = true
	}
	r.watch = watch{}
}

// bind makes a sensor's cell for a rule, or lets go of it.
func (e *Engine) bind(r *rule, s *sensor) {
	switch r.Condition {
	case sensors.Silent:
		return // see regroup
	case sensors.Difference:
		e.bindDifference(r, s)
		return
	}
	i := slices.IndexFunc(s.cells, func(c *cell) bool { return c.rule == r && !c.gone })
	switch want := inScope(&r.Rule, &s.Subject); {
	case want && i < 0:
		if r.Condition == sensors.Rate && s.trail == nil {
			s.trail = &staged[trail]{}
		}
		e.add(&cell{rule: r, sensor: s, device: s.device})
	case want:
		e.unjudged = append(e.unjudged, s.cells[i]) // perhaps by other limits
	case i >= 0:
		s.cells[i].gone = true
	}
}

func (e *Engine) bindDifference(r *rule, s *sensor) {
	if s.Sensor != r.Scope.Sensor && s.Sensor != r.Other {
		return
	}
	a, b := e.sensors[r.Scope.Sensor], e.sensors[r.Other]
	want := a != nil && b != nil && inScope(&r.Rule, &a.Subject) && b.Adopted
	i := slices.IndexFunc(r.cells, func(c *cell) bool { return !c.gone })
	switch {
	case want && i < 0:
		e.add(&cell{rule: r, sensor: a, other: b, device: a.device})
	case want:
		e.unjudged = append(e.unjudged, r.cells[i])
	case i >= 0:
		r.cells[i].gone = true
	}
}

// add binds a cell about values.
func (e *Engine) add(c *cell) {
	c.rule.cells = append(c.rule.cells, c)
	c.sensor.cells = append(c.sensor.cells, c)
	if c.other != nil {
		c.other.cells = append(c.other.cells, c)
	}
	if c.sensor.state.is.has {
		e.unjudged = append(e.unjudged, c)
	}
}

// sweep takes the cells that are gone out of all lists.
func (e *Engine) sweep() {
	gone := func(c *cell) bool { return c.gone }
	for _, r := range e.rules {
		r.cells = slices.DeleteFunc(r.cells, gone)
	}
	for _, s := range e.sensors {
		s.cells = slices.DeleteFunc(s.cells, gone)
	}
	e.unjudged = slices.DeleteFunc(e.unjudged, gone)
	for _, c := range e.busy {
		if c.gone {
			*c.counted--
		}
	}
	e.busy = slices.DeleteFunc(e.busy, gone)
	for i, c := range e.busy {
		c.place = i + 1
	}
}
