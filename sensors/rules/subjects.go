package rules

import (
	"cmp"
	"slices"

	"furrow/sensors"
)

// SetSensors takes over all sensors there are; others are gone.
func (e *Engine) SetSensors(list []Subject, now sensors.Milli) *Plan {
	next := make(map[sensors.SensorID]*Subject, len(list))
	for i := range list {
		next[list[i].Sensor] = &list[i]
	}
	p := e.plan(now)
	p.recast(func(s *sensor) *Subject { return next[s.Sensor] })
	list = slices.Clone(list)
	p.after = append(p.after, func() {
		for _, s := range e.sensors {
			if next[s.Sensor] == nil {
				e.forget(s)
			}
		}
		for _, s := range list {
			e.place(s)
		}
		e.sweep()
	})
	return p
}

// SetSensor takes over one sensor: a new one, or one that was adopted, moved or ignored.
func (e *Engine) SetSensor(subject Subject, now sensors.Milli) *Plan {
	p := e.plan(now)
	p.recast(func(s *sensor) *Subject {
		if s.Sensor == subject.Sensor {
			return &subject
		}
		return &s.Subject
	})
	p.after = append(p.after, func() {
		if e.place(subject) {
			e.sweep()
		}
	})
	return p
}

// RemoveSensors forgets sensors.
func (e *Engine) RemoveSensors(ids []sensors.SensorID, now sensors.Milli) *Plan {
	p := e.plan(now)
	p.recast(func(s *sensor) *Subject {
		if slices.Contains(ids, s.Sensor) {
			return nil
		}
		return &s.Subject
	})
	ids = slices.Clone(ids)
	p.after = append(p.after, func() {
		for _, id := range ids {
			if s := e.sensors[id]; s != nil {
				e.forget(s)
			}
		}
		e.sweep()
	})
	return p
}

// recast ends the alerts about what will not be watched any more.
func (p *Plan) recast(after func(*sensor) *Subject) {
	for _, c := range p.engine.busy {
		if !c.open(p) || c.watchedBy(&c.rule.Rule, after) {
			continue
		}
		why := whyMoved
		if first := c.about(); first == nil || after(first) == nil {
			why = whyRemoved
		} else if !after(first).Adopted {
			why = whyNotOurs
		}
		p.finish(c, p.now, why)
	}
}

// about returns a sensor that the cell is about.
func (c *cell) about() *sensor {
	switch {
	case c.sensor != nil:
		return c.sensor
	case c.group != nil:
		return c.group.members[0].sensors[0]
	case len(c.device.sensors) > 0:
		return c.device.sensors[0]
	}
	return nil
}

// place takes a sensor into the lists and binds it. It reports whether anything was let go.
func (e *Engine) place(subject Subject) bool {
	s := e.sensors[subject.Sensor]
	if s == nil {
		s = &sensor{}
		e.sensors[subject.Sensor] = s
		e.note(subject.Sensor, s)
	} else if s.Subject == subject {
		return false
	}
	s.Subject = subject
	if s.device == nil || s.device.id != subject.Device {
		s.leave(e)
		s.join(e)
	}
	s.device.gateway, s.device.gatewayDevice = subject.Gateway, subject.GatewayDevice
	gone := false
	for _, r := range e.rules {
		r.watch.built = false
		e.bind(r, s)
	}
	for _, c := range s.cells {
		gone = gone || c.gone
	}
	return gone
}

// join puts a sensor to those of its device, in the order of their ids.
func (s *sensor) join(e *Engine) {
	d := e.devices[s.Device]
	if d == nil {
		d = &device{id: s.Device}
		e.devices[s.Device] = d
	}
	i, _ := slices.BinarySearchFunc(d.sensors, s.Sensor, func(other *sensor, id sensors.SensorID) int { return cmp.Compare(other.Sensor, id) })
	d.sensors = slices.Insert(d.sensors, i, s)
	s.device = d
}

// leave takes a sensor away from its device.
func (s *sensor) leave(e *Engine) {
	if s.device == nil {
		return
	}
	s.device.sensors = slices.DeleteFunc(s.device.sensors, func(other *sensor) bool { return other == s })
	if len(s.device.sensors) == 0 {
		delete(e.devices, s.device.id)
	}
}

// forget lets go of a sensor.
func (e *Engine) forget(s *sensor) {
	for _, c := range s.cells {
		c.gone = true
	}
	for _, r := range e.rules {
		r.watch.built = false
	}
	s.leave(e)
	delete(e.sensors, s.Sensor)
	e.note(s.Sensor, nil)
}

// maxIndexed bounds the index; ids are given out one after the other and hardly come to it.
const maxIndexed = 1 << 20

// note keeps the index.
func (e *Engine) note(id sensors.SensorID, s *sensor) {
	if id <= 0 || id >= maxIndexed {
		return
	}
	if short := int(id) + 1 - len(e.index); short > 0 {
		e.index = append(e.index, make([]*sensor, short)...)
	}
	e.index[id] = s
}

// sensor returns a sensor, nil when there is none of that id.
func (e *Engine) sensor(id sensors.SensorID) *sensor {
	if id > 0 && int64(id) < int64(len(e.index)) {
		return e.index[id]
	}
	return e.sensors[id]
}
