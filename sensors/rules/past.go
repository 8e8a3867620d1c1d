package rules

import (
	"furrow/sensors"
)

// run is a breach in late data: readings that came too late for anybody to do something about them.
type run struct {
	since  sensors.Milli // zero: there is none
	last   sensors.Milli // newest reading beyond the limit
	fed    sensors.Milli // when the last of it came, on Furrow's clock
	peak   float64
	wavers bool // the newest reading of it is between limit and clear value
}

// pastSettles is how long after the last late reading a breach in late data that has no end yet is told as
// far as it is known.
const pastSettles = minute

// behind takes a reading that is older than the newest of its sensor. While an alert is open it can tell a
// worse peak, or that a pending one has not lasted; otherwise it is history.
func (p *Plan) behind(s *sensor, at sensors.Milli, v float64) {
	for _, c := range s.cells {
		switch c.rule.Condition {
		case sensors.Rate, sensors.Difference: // made of several readings: history cannot be told from one
			continue
		}
		now := c.rule.regime(at)
		if !now.active {
			continue
		}
		limits := c.rule.limits(now)
		verdict := judge(c.rule.Condition, limits, v)
		seen := c.state.seen(p)
		if seen.alert == nil || at < seen.since {
			if verdict == breached || seen.past.since != 0 {
				p.feed(c, c.edit(p), limits, at, v, verdict)
			}
			continue
		}
		st := c.edit(p)
		switch {
		case verdict == breached && excess(c.rule.Condition, limits, v) > excess(c.rule.Condition, limits, st.peak):
			st.peak = v
		case verdict == clear && st.alert.State == sensors.AlertPending:
			st.since = max(st.since, at)
		}
	}
}

// feed adds a late reading to the cell's breach in late data. Rules tell nothing of the time before they were
// made.
func (p *Plan) feed(c *cell, st *cellState, limits *sensors.Limits, at sensors.Milli, v float64, verdict verdict) {
	if at < sensors.MilliOf(c.rule.CreatedAt) {
		return
	}
	if st.past.since != 0 && at < st.past.last {
		p.endPast(c, st, st.past.last) // another stretch of history
	}
	r := &st.past
	switch {
	case verdict == clear:
		if r.since != 0 {
			p.endPast(c, st, at)
		}
		return
	case verdict == breached && r.since == 0:
		*r = run{since: at, peak: v}
	case verdict == breached && excess(c.rule.Condition, limits, v) > excess(c.rule.Condition, limits, r.peak):
		r.peak = v
	}
	if r.since == 0 {
		return
	}
	if r.fed, r.wavers = p.now, verdict != breached; !r.wavers {
		r.last = at
	}
}

// endPast ends a breach in late data and tells of it if it has lasted. One that reaches the open alert was its
// beginning.
func (p *Plan) endPast(c *cell, st *cellState, end sensors.Milli) {
	r := st.past
	st.past = run{}
	if st.alert != nil && end == r.last && r.last <= st.since && st.since-r.last <= c.reach(p) {
		st.since = r.since
		if a := p.alert(c, st); a.State != sensors.AlertPending {
			p.emit(a, sensors.EventWorse, p.now, "")
		}
		return
	}
	lasted := end - r.since
	if r.wavers {
		lasted = r.last - r.since
	}
	if lasted < milli(c.rule.Hold) || r.since <= st.known.to && end >= st.known.from {
		return // not for long enough, or told already: the readings came again
	}
	a := c.newAlert()
	a.Since, a.StartedAt, a.Value, a.Peak = r.since, r.since+milli(c.rule.Hold), r.peak, r.peak
	p.tellPast(st, a, end)
}

// finishUnheard ends a pending alert that late data have shown to have lasted and to be over.
func (p *Plan) finishUnheard(c *cell, st *cellState, at sensors.Milli) {
	a := p.alert(c, st)
	a.StartedAt = a.Since + milli(c.rule.Hold)
	p.tellPast(st, a, at)
	st.alert = nil
}

func (p *Plan) tellPast(st *cellState, a *sensors.Alert, end sensors.Milli) {
	a.State, a.Past, a.ResolvedAt = sensors.AlertResolved, true, max(end, a.StartedAt)
	st.known = span{a.Since, a.ResolvedAt}
	p.emit(a, sensors.EventPast, end, "")
}
