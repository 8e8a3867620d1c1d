package rules

import (
	"math"

	"furrow/sensors"
)

const (
	// worseEvery is how often the store hears of a new peak of an open alert.
	worseEvery = 5 * minute
	// differenceUnknown is how far apart readings are compared of a sensor whose rhythm is not known yet.
	differenceUnknown = minute / 2
)

// measure returns what the rule compares with its limits at a moment: the newest value, its slope, or the
// distance to that of the other sensor. It is false when that cannot be told.
func (c *cell) measure(p *Plan, at sensors.Milli) (float64, bool) {
	d := c.sensor.state.seen(p)
	switch c.rule.Condition {
	case sensors.Rate:
		return c.sensor.trail.seen(p).perHour()
	case sensors.Difference:
		return difference(d, c.other.state.seen(p), at)
	}
	return d.value, d.has
}

// difference compares the newest readings of two sensors. A sensor that is due to report is waited for:
// otherwise the newest of one would be compared with the last but one of the other.
func difference(a, b *sensorState, at sensors.Milli) (float64, bool) {
	if !a.fresh(at) || !b.fresh(at) {
		return 0, false
	}
	older := a
	if b.at < a.at {
		older = b
	}
	usual := milli(older.rhythm.Every()) * 9 / 10
	if usual == 0 {
		usual = differenceUnknown
	}
	if at-older.at > 0 && at-older.at >= usual {
		return 0, false
	}
	return math.Abs(a.value - b.value), true
}

// fresh reports whether what the cell measures still holds at a moment.
func (c *cell) fresh(p *Plan, at sensors.Milli) bool {
	return c.sensor != nil && c.sensor.state.seen(p).fresh(at) && (c.other == nil || c.other.state.seen(p).fresh(at))
}

// observe judges a cell at the time of a reading that is the newest of its sensor.
func (p *Plan) observe(c *cell, at sensors.Milli, late bool) {
	seen := c.state.seen(p)
	now := c.rule.regime(max(at, seen.until))
	v, ok := c.measure(p, at)
	if !ok || !now.active {
		return
	}
	limits := c.rule.limits(now)
	verdict := judge(c.rule.Condition, limits, v)
	if verdict != breached && seen.alert == nil && seen.past.since == 0 {
		return // the usual case touches nothing
	}
	st := c.edit(p)
	if late && st.alert == nil {
		p.feed(c, st, limits, at, v, verdict)
		return
	}
	if st.past.since != 0 && st.alert == nil && verdict == clear {
		p.endPast(c, st, at)
	}
	p.decide(c, st, limits, at, v, verdict, late)
}

// decide takes a cell's alert a step on.
func (p *Plan) decide(c *cell, st *cellState, limits *sensors.Limits, at sensors.Milli, v float64, verdict verdict, late bool) {
	state, hold := calm, milli(c.rule.Hold)
	switch {
	case st.alert != nil:
		state = st.alert.State
	case verdict == breached:
		p.begin(c, st, at, v)
	default:
		return
	}
	if state == sensors.AlertPending && verdict == between && at-st.breach >= hold {
		verdict = clear // it came near the limit again and again, but not beyond it for too long
	}
	unheard := state == sensors.AlertPending && verdict == clear && (late || st.late) && at-st.since >= hold
	if st.value, st.verdict, st.late = v, verdict, late; verdict == breached {
		st.breach = at
		if excess(c.rule.Condition, limits, v) > excess(c.rule.Condition, limits, st.peak) {
			st.peak = v
		}
	}
	next, kind := step(state, verdict, at-st.since >= hold && !late)
	switch {
	case unheard:
		p.finishUnheard(c, st, at)
	case kind == sensors.EventFiring:
		p.fire(c, st, at)
	case kind == sensors.EventPending:
		p.emit(p.alert(c, st), kind, at, "")
	case next == calm:
		p.finish(c, at, "")
	case state != sensors.AlertPending && st.peak != st.alert.Peak && at-st.stored >= worseEvery:
		st.stored = at
		p.emit(p.alert(c, st), sensors.EventWorse, at, "")
	}
}

// begin makes an alert, which is pending. It began now, or with a breach in late data that reaches the present.
func (p *Plan) begin(c *cell, st *cellState, at sensors.Milli, v float64) {
	st.since, st.peak, st.stored = at, v, at
	if st.past.since != 0 && distance(at, st.past.last) <= c.reach(p) {
		st.since, st.peak, st.past = st.past.since, st.past.peak, run{}
	}
	st.alert = c.newAlert()
}

// reach returns how far apart two readings may be between which nothing is thought to have happened.
func (c *cell) reach(p *Plan) sensors.Milli {
	return max(lateAfter, milli(c.sensor.state.seen(p).rhythm.Patience()))
}

func (c *cell) newAlert() *sensors.Alert {
	a := &sensors.Alert{Rule: c.rule.ID, RuleName: c.rule.Name, Severity: c.rule.Severity, State: sensors.AlertPending}
	if c.sensor != nil {
		a.Sensor = c.sensor.Sensor
	}
	if c.device != nil {
		a.Device = c.device.id
	}
	return a
}

// fire tells that the condition has lasted for as long as the rule asks.
func (p *Plan) fire(c *cell, st *cellState, at sensors.Milli) {
	st.stored = at
	a := p.alert(c, st)
	a.State, a.StartedAt = sensors.AlertFiring, at
	p.emit(a, sensors.EventFiring, at, "")
}

// finish ends a cell's alert; why is "" when the condition is over.
func (p *Plan) finish(c *cell, at sensors.Milli, why string) {
	st := c.edit(p)
	a := p.alert(c, st)
	kind := sensors.EventResolved
	if a.State == sensors.AlertPending {
		kind = sensors.EventDropped
	}
	a.State, a.ResolvedAt, a.SnoozedUntil, a.Why = sensors.AlertResolved, max(at, a.StartedAt, a.Since), 0, why
	if a.StartedAt != 0 {
		st.known = span{a.Since, a.ResolvedAt}
	}
	p.emit(a, kind, at, "")
	st.alert = nil
}

// advance brings a cell to a moment without a reading: hours begin and end up to wall, and hold times run out up
// to own, which is the same moment on the sensor's clock.
func (p *Plan) advance(c *cell, own, wall sensors.Milli) {
	for c.state.seen(p).alert != nil || c.rule.scheduled {
		st := c.state.seen(p)
		border := sensors.Milli(math.MaxInt64)
		if c.rule.scheduled {
			if st.until == 0 {
				c.edit(p).until = wall
				return
			}
			border = c.rule.border(st.until)
		}
		if full := st.since + milli(c.rule.Hold); p.runsOut(c, st, full) && (full <= own || full <= border && border <= wall) {
			p.fire(c, c.edit(p), full)
			continue
		}
		if border > wall {
			return
		}
		c.edit(p).until = border
		p.cross(c, border)
	}
}

// runsOut reports whether a pending alert's hold time runs out at full, after its newest reading and while that
// is still true.
func (p *Plan) runsOut(c *cell, st *cellState, full sensors.Milli) bool {
	return st.alert != nil && st.alert.State == sensors.AlertPending && st.verdict == breached && !st.late &&
		full > st.breach && c.fresh(p, full)
}

// cross takes a cell over the border between two regimes of its rule.
func (p *Plan) cross(c *cell, border sensors.Milli) {
	before, now := c.rule.calendar.regime(&c.rule.Rule, border-1), c.rule.regime(border)
	st := c.state.seen(p)
	switch {
	case before == now:
	case !now.active && st.alert != nil:
		p.finish(c, border, whyHours)
	case now.active && c.rule.Condition != sensors.Silent && c.fresh(p, border):
		p.observe(c, border, false)
	}
}
