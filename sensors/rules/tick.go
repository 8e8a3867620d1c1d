package rules

import (
	"cmp"
	"slices"

	"furrow/sensors"
)

// Plan works out what readings do that are about to be stored. They may come in any order, many of one sensor,
// some of them suspect or again.
func (e *Engine) Plan(readings []sensors.Reading, now sensors.Milli) *Plan {
	p := e.plan(now)
	byTime := func(a, b sensors.Reading) int { return cmp.Compare(a.At, b.At) }
	if !slices.IsSortedFunc(readings, byTime) {
		e.used.readings = append(e.used.readings[:0], readings...)
		readings = e.used.readings
		slices.SortStableFunc(readings, byTime)
	}
	for i := range readings {
		p.reading(&readings[i])
	}
	return p
}

// Tick works out what time alone has done: hold times that ran out, hours that began or ended, snoozes that are
// over, silence. It is to be called about every second; how punctually does not change what is told.
func (e *Engine) Tick(now sensors.Milli) *Plan {
	p := e.plan(now)
	for _, c := range e.busy {
		p.pass(c)
	}
	for _, r := range e.rules {
		if r.scheduled && now >= r.due {
			for _, c := range r.cells {
				p.advance(c, c.own(p), now)
			}
			p.after = append(p.after, func() { r.due = r.border(now) })
		}
	}
	for _, c := range e.unjudged {
		p.judgeAnew(c)
	}
	if judged := len(e.unjudged); judged > 0 {
		p.after = append(p.after, func() { e.unjudged = slices.Delete(e.unjudged, 0, judged) })
	}
	for _, r := range e.rules {
		if r.Condition == sensors.Silent {
			p.listen(r)
		}
	}
	return p
}

// own returns the time on the clock of a cell's sensor.
func (c *cell) own(p *Plan) sensors.Milli {
	if c.sensor == nil {
		return p.now
	}
	return c.sensor.state.seen(p).own(p.now)
}

// pass takes a cell that has an alert, or a breach in late data, to now.
func (p *Plan) pass(c *cell) {
	p.advance(c, c.own(p), p.now)
	st := c.state.seen(p)
	if st.past.since != 0 && p.now-st.past.fed >= pastSettles {
		st = c.edit(p)
		p.endPast(c, st, st.past.last)
	}
	if st.alert != nil && st.alert.SnoozedUntil != 0 && p.now >= st.alert.SnoozedUntil {
		st = c.edit(p)
		a := p.alert(c, st)
		at := a.SnoozedUntil
		a.State, a.SnoozedUntil, a.AcknowledgedAt, a.AckBy = sensors.AlertFiring, 0, 0, ""
		p.emit(a, sensors.EventFiring, at, "")
	}
}

// judgeAnew judges the newest value by a rule that is new, or newly changed, or awake again.
func (p *Plan) judgeAnew(c *cell) {
	own := c.own(p)
	if now := c.rule.regime(own); !now.active {
		if c.open(p) {
			p.finish(c, own, whyHours)
		}
		return
	}
	if c.rule.Condition != sensors.Silent && c.fresh(p, own) {
		p.observe(c, own, false)
	}
}
