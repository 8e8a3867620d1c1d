package rules

import "furrow/sensors"

// remembered is how old the last reading of a device may be that is waited for after a start.
const remembered = 7 * 24 * 60 * minute

// Restore brings back what was so when the program ended: the open alerts, pending ones too, and the last
// readings of each sensor, oldest first. Rules and sensors must be set before. Nothing is silent yet: patience
// begins now. The plan ends the alerts whose rule or sensor is gone.
func (e *Engine) Restore(open []sensors.Alert, recent []sensors.Reading, now sensors.Milli) *Plan {
	e.started = now
	for i := range recent {
		e.recall(&recent[i], now)
	}
	for _, r := range e.rules {
		if r.Condition != sensors.Silent {
			e.unjudged = append(e.unjudged, r.cells...)
		}
	}
	p := e.plan(now)
	for i := range open {
		if !open[i].State.Open() || open[i].Drill {
			continue
		}
		a := open[i]
		if c := e.home(&a); c != nil && c.state.is.alert == nil {
			e.revive(c, &a)
			continue
		}
		a.State, a.ResolvedAt, a.Why = sensors.AlertResolved, max(now, a.StartedAt, a.Since), whyUnwanted
		kind := sensors.EventResolved
		if a.StartedAt == 0 {
			kind = sensors.EventDropped
		}
		p.emit(&a, kind, now, "")
	}
	return p
}

// recall takes a stored reading as heard when it was taken.
func (e *Engine) recall(r *sensors.Reading, now sensors.Milli) {
	s := e.sensors[r.Sensor]
	if s == nil {
		return
	}
	d, at := &s.state.is, min(r.At, now)
	if at >= now-remembered {
		if d.heard > 0 {
			d.longest = max(d.longest, at-d.heard)
		}
		d.heard = max(d.heard, at)
		learn(&d.arrivals, at)
	}
	if r.Quality != sensors.Good || d.has && at < d.at {
		return
	}
	learn(&d.rhythm, at)
	d.has, d.at, d.value = true, at, r.Value
	if s.trail != nil {
		s.trail.is.add(at, r.Value, d.rhythm.Every())
	}
}

// home finds the cell of an alert.
func (e *Engine) home(a *sensors.Alert) *cell {
	for _, r := range e.rules {
		if r.ID != a.Rule {
			continue
		}
		if r.Condition == sensors.Silent {
			return e.hushedHome(r, a)
		}
		if s := e.sensors[a.Sensor]; s != nil {
			for _, c := range s.cells {
				if c.rule == r && c.sensor == s {
					return c
				}
			}
		}
	}
	return nil
}

// hushedHome finds the cell of an alert about silence. One that stands for more sensors than its device has is
// about all behind the gateway.
func (e *Engine) hushedHome(r *rule, a *sensors.Alert) *cell {
	if !r.watch.built {
		e.regroup(r)
	}
	if a.Sensor != 0 {
		return r.watch.cells[hush{sensor: a.Sensor}]
	}
	for _, g := range r.watch.groups {
		if g.cell == nil || g.cell.device.id != a.Device {
			continue
		}
		own := 0
		for _, m := range g.members {
			if m.device.id == a.Device {
				own = len(m.sensors)
			}
		}
		if a.Behind > own {
			return g.cell
		}
	}
	return r.watch.cells[hush{device: a.Device}]
}

// revive puts an alert back where it was open. What the newest value says about it is found out anew.
func (e *Engine) revive(c *cell, a *sensors.Alert) {
	st := &c.state.is
	st.alert, st.since, st.value, st.peak, st.stored = a, a.Since, a.Value, a.Peak, max(a.Since, a.StartedAt)
	st.breach = a.Since
	if c.sensor != nil && c.rule.Condition != sensors.Silent {
		d := &c.sensor.state.is
		now := c.rule.regime(d.at)
		v := d.value
		if c.rule.Condition == sensors.Rate || c.rule.Condition == sensors.Difference {
			v = a.Value
		}
		st.verdict = judge(c.rule.Condition, c.rule.limits(now), v)
		if st.breach = a.Since; st.verdict == breached {
			st.breach = max(st.breach, d.at)
		}
	}
	if g := c.group; g != nil && g.gateway() != nil {
		for _, s := range g.gateway().sensors {
			st.withGateway = st.withGateway || s.state.is.heard <= a.Since
		}
	}
	e.list(c)
}
