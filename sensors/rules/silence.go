package rules

import (
	"math"
	"time"

	"furrow/sensors"
)

// Silence is watched per device: its most frequent sensor says how long it may be silent. The watch that is
// always on waits for each sensor's own rhythm, as its messages arrive; a rule of the manager's for its hold
// time. Whether a device is connected does not matter: sleeping ones never are.
const (
	// silenceLeast is the least that the watch waits: a router that starts again takes three minutes.
	silenceLeast = 5 * time.Minute
	// silenceNew and silenceFactor are for sensors whose rhythm is not known yet.
	silenceNew    = time.Hour
	silenceFactor = 3
	// silenceEvents is for sensors that speak when something happens and check in once a day: the 25 hours
	// after which Zigbee2MQTT gives up a device that runs on a battery.
	silenceEvents = 25 * time.Hour
	// silenceSettles is how long the first silent device behind a gateway waits for company.
	silenceSettles = 2 * time.Minute
	listenEvery    = 10_000 // milliseconds
)

// listen looks for what has fallen silent.
func (p *Plan) listen(r *rule) {
	w := &r.watch
	if !w.built {
		p.engine.regroup(r)
	}
	for _, c := range w.lost {
		if c.open(p) {
			p.finish(c, p.now, whyMoved)
		}
	}
	if p.now < w.next || !r.regime(p.now).active {
		return
	}
	w.draft = p.now + listenEvery
	told := len(p.Events)
	for _, g := range w.groups {
		for _, m := range g.members {
			p.measureSilence(r, m)
		}
		for p.decideGroup(r, g) {
		}
		for _, m := range g.members {
			p.listenParts(r, m)
		}
	}
	if len(p.Events) == told {
		p.after = append(p.after, func() { w.next = w.draft })
	}
}

// patience returns how long a sensor may be silent.
func (r *rule) patience(s *sensor, d *sensorState) sensors.Milli {
	if !r.Watch {
		return milli(r.Hold)
	}
	least := silenceLeast
	if s.Metric.Info().Class == sensors.Switch {
		least = silenceEvents
	}
	switch {
	case d.longest == 0:
		return milli(silenceEvents)
	case !d.arrivals.Known():
		return max(milli(least), milli(silenceNew), silenceFactor*d.longest)
	}
	patience := max(least, d.arrivals.Patience())
	if d.rhythm.Known() { // messages that came in a heap, after a gateway was away, say nothing of the next one
		patience = max(patience, d.rhythm.Patience())
	}
	return milli(patience)
}

// from returns since when patience with a device counts: Furrow itself may have been away.
func (p *Plan) from(d *device, heard sensors.Milli) sensors.Milli {
	return max(heard, d.state.seen(p).excused, p.engine.started)
}

// measureSilence finds out when a device was last heard and when it counts as silent. How long is too long,
// its sensors say that were not overdue themselves when it was last heard.
func (p *Plan) measureSilence(r *rule, m *member) {
	m.heard, m.patience, m.due = 0, math.MaxInt64, 0
	for _, s := range m.sensors {
		m.heard = max(m.heard, s.state.seen(p).heard)
	}
	if m.heard == 0 {
		return
	}
	if early := p.from(m.device, m.heard) + milli(silenceLeast); r.Watch && early > p.now {
		m.due = early // at the earliest; when that has come it is measured
		p.listenAgain(r, m.due)
		return
	}
	for _, s := range m.sensors {
		d := s.state.seen(p)
		if d.heard == 0 {
			continue
		}
		if patience := r.patience(s, d); m.heard-d.heard <= patience {
			m.patience = min(m.patience, patience)
		}
	}
	m.due = p.from(m.device, m.heard) + m.patience
	p.listenAgain(r, m.due)
}

// listenAgain notes that something may be silent from then on.
func (p *Plan) listenAgain(r *rule, at sensors.Milli) {
	if at > p.now {
		r.watch.draft = min(r.watch.draft, at)
	}
}

func (c *cell) open(p *Plan) bool { return c != nil && c.state.seen(p).alert != nil }

// decideGroup tells about the device, or the devices of a gateway, that fell silent first and are not told of
// yet. It reports whether there may be more.
func (p *Plan) decideGroup(r *rule, g *group) bool {
	if g.cell.open(p) {
		return false
	}
	first := sensors.Milli(math.MaxInt64)
	for _, m := range g.members {
		if m.due != 0 && !m.cell.open(p) {
			first = min(first, m.due)
		}
	}
	if first > p.now {
		return false
	}
	decided := first
	if len(g.members) > 1 {
		if decided += r.settles(); decided > p.now {
			p.listenAgain(r, decided)
			return false
		}
		if since, gateway, all := g.gone(decided); all {
			p.silent(g.cell, since, decided, g.behind)
			g.cell.edit(p).withGateway = gateway
			return false
		}
	}
	for _, m := range g.members {
		if m.due != 0 && m.due <= decided && !m.cell.open(p) {
			p.silent(m.cell, m.heard, decided, m.count())
		}
	}
	return true
}

// settles returns how long a silent device waits for company.
func (r *rule) settles() sensors.Milli {
	if r.Watch {
		return milli(silenceSettles)
	}
	return milli(min(silenceSettles, r.Hold/2))
}

// gone reports whether what was silent at a moment has the gateway for its cause: several devices, or the
// gateway itself, and none of the others heard since. Those may not have been due to report yet.
func (g *group) gone(at sensors.Milli) (since sensors.Milli, gateway, all bool) {
	silent, least := 0, sensors.Milli(math.MaxInt64)
	for _, m := range g.members {
		if m.due == 0 || m.due > at {
			continue
		}
		if since, least = max(since, m.heard), min(least, m.patience); m.gateway {
			gateway = true
		} else {
			silent++
		}
	}
	for _, m := range g.members {
		if m.due > at && (!m.gateway || gateway) && m.heard > since+least/3 {
			return 0, false, false
		}
	}
	return since, gateway, silent >= 2 || gateway
}

// silent opens an alert about silence, which begins where something was last heard.
func (p *Plan) silent(c *cell, since, at sensors.Milli, behind int) {
	st := c.edit(p)
	st.since, st.value, st.peak = since, math.NaN(), math.NaN()
	st.alert = c.newAlert()
	st.alert.Behind = behind
	p.fire(c, st, at)
}

// count returns how many sensors an alert about the device stands for.
func (m *member) count() int {
	if m.single {
		return 0
	}
	return len(m.sensors)
}

// listenParts looks for sensors that are silent while their device goes on talking: something of it was heard
// after they were overdue.
func (p *Plan) listenParts(r *rule, m *member) {
	for i, s := range m.sensors {
		c := m.parts[i]
		if c == nil || c.open(p) || m.cell.open(p) {
			continue
		}
		d := s.state.seen(p)
		if d.heard == 0 {
			continue
		}
		if due := p.from(m.device, d.heard) + r.patience(s, d); due <= p.now && due < m.heard {
			p.silent(c, d.heard, due, 0)
		}
	}
}

// back ends the alerts about a silence that a sensor has broken. All who were silent with it get time to be
// heard again.
func (p *Plan) back(s *sensor) {
	for _, c := range s.hushed {
		if c.open(p) {
			p.finish(c, p.now, "")
		}
	}
	for _, c := range s.device.hushed {
		if !c.open(p) {
			continue
		}
		if c.group == nil {
			p.finish(c, p.now, "")
			s.device.edit(p).excused = p.now
			continue
		}
		if c.group.gateway() == s.device && !c.state.seen(p).withGateway {
			continue // the gateway itself was never silent, only those behind it
		}
		p.finish(c, p.now, "")
		for _, m := range c.group.members {
			m.device.edit(p).excused = p.now
		}
	}
}
