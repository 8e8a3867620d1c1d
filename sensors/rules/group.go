package rules

import (
	"maps"
	"slices"

	"furrow/sensors"
)

// watch is what a silent rule listens to.
type watch struct {
	built  bool
	groups []*group
	cells  map[hush]*cell
	lost   []*cell       // with an alert about a group that is none any more
	next   sensors.Milli // nothing can fall silent before
	draft  sensors.Milli // what next becomes with the plan
}

// hush names what an alert about silence is about.
type hush struct {
	sensor  sensors.SensorID
	device  sensors.DeviceID
	gateway string
}

// group is the devices behind one gateway, and the gateway itself if it is a device with sensors; or one device
// that speaks itself.
type group struct {
	key     string
	members []*member
	cell    *cell // nil for a single device
	behind  int   // sensors of the devices behind the gateway
}

// member is a device in a group, with those of its sensors that the rule watches.
type member struct {
	device  *device
	sensors []*sensor
	single  bool // the alert about it names its only watched sensor
	gateway bool // it is the group's gateway
	cell    *cell
	parts   []*cell // of the sensors, nil for those that may be silent by themselves

	// When it was last heard, how long it may be silent, and when it is; zero: never heard.
	heard, patience, due sensors.Milli
}

// regroup finds out anew what a silent rule listens to. Cells stay what they were.
func (e *Engine) regroup(r *rule) {
	w, old := &r.watch, r.watch.cells
	for _, c := range r.cells {
		c.unhush()
	}
	r.cells = r.cells[:0]
	w.built, w.next, w.groups, w.cells = true, 0, e.gather(r), map[hush]*cell{}
	keep := func(key hush, fresh cell) *cell {
		c := old[key]
		if c == nil {
			c = &cell{}
		}
		c.rule, c.sensor, c.device, c.group = r, fresh.sensor, fresh.device, fresh.group
		w.cells[key] = c
		r.cells = append(r.cells, c)
		return c
	}
	for _, g := range w.groups {
		if len(g.members) > 1 {
			g.cell = keep(hush{gateway: g.key}, cell{group: g, device: g.named(e)})
		}
		for _, m := range g.members {
			m.bind(r, keep)
			if g.cell != nil {
				m.device.hushed = append(m.device.hushed, g.cell)
			}
		}
	}
	w.lost = slices.DeleteFunc(w.lost, func(c *cell) bool { return c.state.is.alert == nil })
	for key, c := range old {
		if w.cells[key] != c && c.state.is.alert != nil {
			w.lost = append(w.lost, c)
		}
	}
}

// gather sorts the devices that a rule watches by the gateway they are reached through.
func (e *Engine) gather(r *rule) []*group {
	gateways := map[sensors.DeviceID]string{}
	for _, d := range e.devices {
		if d.gateway != "" && d.gatewayDevice != 0 {
			gateways[d.gatewayDevice] = d.gateway
		}
	}
	var groups []*group
	byKey := map[string]*group{}
	for _, id := range slices.Sorted(maps.Keys(e.devices)) {
		d := e.devices[id]
		m := &member{device: d}
		for _, s := range d.sensors {
			if inScope(&r.Rule, &s.Subject) {
				m.sensors = append(m.sensors, s)
			}
		}
		if len(m.sensors) == 0 {
			continue
		}
		m.single = !r.Watch && len(m.sensors) == 1 && (r.Scope.Sensor != 0 || r.Metric != "")
		key := d.gateway
		if key == "" {
			key = gateways[id]
			m.gateway = key != ""
		}
		if key == "" {
			key = "\x00" + id.String() // speaks itself; no gateway has such a key
		}
		g := byKey[key]
		if g == nil {
			g = &group{key: key}
			byKey[key] = g
			groups = append(groups, g)
		}
		if g.members = append(g.members, m); !m.gateway {
			g.behind += len(m.sensors)
		}
	}
	return groups
}

// named returns the device that an alert about the whole group names: the gateway, or the first behind one
// that is no device.
func (g *group) named(e *Engine) *device {
	for _, m := range g.members {
		if gateway := e.devices[m.device.gatewayDevice]; gateway != nil && !m.gateway {
			return gateway
		}
	}
	return g.members[0].device
}

// gateway returns the gateway if it is a device that is listened to.
func (g *group) gateway() *device {
	for _, m := range g.members {
		if m.gateway {
			return m.device
		}
	}
	return nil
}

// bind gives a member its cells.
func (m *member) bind(r *rule, keep func(hush, cell) *cell) {
	if m.single {
		s := m.sensors[0]
		m.cell = keep(hush{sensor: s.Sensor}, cell{sensor: s, device: m.device})
		s.hushed = append(s.hushed, m.cell)
		m.parts = []*cell{nil}
		return
	}
	m.cell = keep(hush{device: m.device.id}, cell{device: m.device})
	m.device.hushed = append(m.device.hushed, m.cell)
	for _, s := range m.sensors {
		var part *cell
		class := s.Metric.Info().Class
		if len(m.sensors) > 1 && class != sensors.Switch && (r.Watch || class != sensors.Diagnostic) {
			part = keep(hush{sensor: s.Sensor}, cell{sensor: s, device: m.device})
			s.hushed = append(s.hushed, part)
		}
		m.parts = append(m.parts, part)
	}
}

// unhush takes a cell out of the lists of those whose silence it is about.
func (c *cell) unhush() {
	is := func(other *cell) bool { return other == c }
	if c.sensor != nil {
		c.sensor.hushed = slices.DeleteFunc(c.sensor.hushed, is)
	}
	if c.group != nil {
		for _, m := range c.group.members {
			m.device.hushed = slices.DeleteFunc(m.device.hushed, is)
		}
	} else if c.device != nil {
		c.device.hushed = slices.DeleteFunc(c.device.hushed, is)
	}
}
