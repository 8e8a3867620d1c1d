package rules

import "furrow/sensors"

// Plan is what readings, time or people do to the alerts. Nothing is so until Apply.
type Plan struct {
	// Events are what is to be stored and told, in order. Events of one alert in one plan share their Alert,
	// which is as the plan leaves it. Whoever stores it fills in the ID of a new one and changes nothing
	// else; after Apply nobody changes it any more, so it may be kept.
	Events []sensors.AlertEvent

	engine  *Engine
	number  uint64
	now     sensors.Milli
	cells   []*cell
	hushed  bool // one of them is about silence
	sensors []*sensor
	devices []*device
	after   []func() // what changes beside states
}

// staged is a value with the draft that a plan makes of it.
type staged[T any] struct {
	is, draft T
	plan      uint64 // whose draft it is
}

// seen returns the value as the plan sees it.
func (s *staged[T]) seen(p *Plan) *T {
	if s.plan == p.number {
		return &s.draft
	}
	return &s.is
}

// edit returns the draft; first says that the plan had none yet.
func (s *staged[T]) edit(p *Plan) (draft *T, first bool) {
	if first = s.plan != p.number; first {
		s.draft, s.plan = s.is, p.number
	}
	return &s.draft, first
}

// plan begins a plan. The lists of the one before are used again: it can be applied no more.
func (e *Engine) plan(now sensors.Milli) *Plan {
	e.plans++
	p := &Plan{engine: e, number: e.plans, now: now, cells: e.used.cells[:0], sensors: e.used.sensors[:0], devices: e.used.devices[:0]}
	return p
}

// Apply makes the newest plan so. An older one is out of date and must not be applied: that is a mistake in
// the program, and Apply panics.
func (e *Engine) Apply(p *Plan) {
	if p.engine != e || p.number != e.plans {
		panic("rules: a plan was applied that is not the newest")
	}
	e.plans++ // so that it is applied once
	for _, s := range p.sensors {
		s.state.is = s.state.draft
		if s.trail != nil && s.trail.plan == p.number {
			s.trail.is = s.trail.draft
		}
	}
	for _, d := range p.devices {
		d.state.is = d.state.draft
	}
	for _, c := range p.cells {
		c.state.is = c.state.draft
		c.state.draft.alert = nil
		e.list(c)
	}
	for _, change := range p.after {
		change()
	}
	e.used.cells, e.used.sensors, e.used.devices = p.cells[:0], p.sensors[:0], p.devices[:0]
}

// list keeps the cells that time can change in a list of their own.
func (e *Engine) list(c *cell) {
	busy := c.state.is.alert != nil || c.state.is.past.since != 0
	switch {
	case busy && c.place == 0:
		e.busy = append(e.busy, c)
		c.place = len(e.busy)
		e.enter(c)
	case !busy && c.place > 0:
		last := e.busy[len(e.busy)-1]
		e.busy[c.place-1], last.place = last, c.place
		e.busy[len(e.busy)-1] = nil
		e.busy = e.busy[:len(e.busy)-1]
		c.place = 0
		*c.counted--
	}
}

// enter counts a cell that has become busy.
func (e *Engine) enter(c *cell) {
	if c.counted = &e.hushed; c.rule.Condition != sensors.Silent {
		c.counted = &c.sensor.busy
	}
	*c.counted++
}

func (c *cell) edit(p *Plan) *cellState {
	st, first := c.state.edit(p)
	if first {
		p.cells = append(p.cells, c)
		if c.sensor != nil {
			c.sensor.edited = p.number
		}
		p.hushed = p.hushed || c.rule.Condition == sensors.Silent
	}
	return st
}

func (s *sensor) edit(p *Plan) *sensorState {
	st, first := s.state.edit(p)
	if first {
		p.sensors = append(p.sensors, s)
	}
	return st
}

func (d *device) edit(p *Plan) *deviceState {
	st, first := d.state.edit(p)
	if first {
		p.devices = append(p.devices, d)
	}
	return st
}

// emit adds an event about a cell's alert.
func (p *Plan) emit(a *sensors.Alert, kind sensors.AlertEventKind, at sensors.Milli, by string) {
	p.Events = append(p.Events, sensors.AlertEvent{Kind: kind, At: at, By: by, Alert: a})
}

// alert returns the plan's own copy of a cell's open alert, brought up to date.
func (p *Plan) alert(c *cell, st *cellState) *sensors.Alert {
	if st.alert == c.state.is.alert {
		copied := *st.alert
		st.alert = &copied
	}
	st.alert.Since, st.alert.Value, st.alert.Peak = st.since, st.value, st.peak
	return st.alert
}
