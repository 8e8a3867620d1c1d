package web

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
)

// fragment is one element of a page in its newest form.
type fragment struct {
	id   string // of the element whose place it takes
	html templ.Component
	// into is, for what is added to an element and takes no place, the id of that element; "" else.
	into string
	// holds are the beginnings of the ids of elements within this one: their earlier forms are outdated.
	holds []string
}

// render writes the fragment as pages take it.
func (f fragment) render(ctx context.Context) ([]byte, error) {
	target, swap := f.id, "outerMorph"
	if f.into != "" {
		target, swap = f.into, "beforeend"
	}
	var b bytes.Buffer
	if err := views.Push(target, swap).Render(templ.WithChildren(ctx, f.html), &b); err != nil {
		return nil, fmt.Errorf("rendering %s: %w", f.id, err)
	}
	return b.Bytes(), nil
}

// change is what a page that was drawn at version since lacks, and gathers the fragments that bring it up to
// date.
type change struct {
	live.Delta
	since uint64
	*faces
	out []fragment
}

func (c *change) add(id string, html templ.Component, holds ...string) {
	c.out = append(c.out, fragment{id: id, html: html, holds: holds})
}

// redrawLists reports whether devices or sensors came, went, moved or got other names, or zones did.
func (c *change) redrawLists() bool { return c.Reset || c.lists > c.since }

// redrawAlerts reports whether what pages say about alerts may be another thing now.
func (c *change) redrawAlerts() bool { return c.Reset || c.alerts > c.since }

// redraw reports whether a device's name, place or set of sensors is another one.
func (c *change) redraw(id sensors.DeviceID) bool { return c.Reset || c.devices[id].changed > c.since }

// changed are the ids of the sensors that changed, as pages have them: a new value, or an alert that began or
// ended.
func (c *change) changed() map[string]bool {
	ids := make(map[string]bool, len(c.Sensors)+len(c.Alerts))
	for _, state := range c.Sensors {
		ids[state.ID.String()] = true
	}
	for _, a := range c.Alerts {
		ids[a.Sensor.String()] = true
	}
	return ids
}

// draw gathers what a page lacks.
func (s *Server) draw(ctx context.Context, p *watched, c *change) error {
	if c.redrawLists() {
		c.add("new-count", views.NewCount(s.waiting()))
	}
	if c.redrawAlerts() {
		s.drawBell(p, c)
	}
	switch key := p.base(); key {
	case overviewKey:
		return s.drawOverview(ctx, p, c)
	case devicesKey, devicesLookKey:
		return s.drawDevices(ctx, c, key == devicesKey)
	case alertsKey:
		return s.drawAlerts(ctx, p, c)
	case plainKey:
		return nil
	}
	if id, ok := keyID[sensors.ZoneID](p.base(), zoneKey); ok {
		return s.drawZone(ctx, c, id)
	}
	if id, ok := keyID[sensors.SensorID](p.base(), sensorKey); ok {
		return s.drawSensor(ctx, p, c, id)
	}
	if id, ok := keyID[sensors.DeviceID](p.base(), deviceKey); ok {
		return s.drawDevice(ctx, c, id)
	}
	if id, ok := keyID[sensors.AlertID](p.base(), alertKey); ok {
		return s.drawAlert(ctx, p, c, id)
	}
	return fmt.Errorf("page %q: %w", p.key, sensors.ErrNotFound)
}

// keyID returns the id in the key of a page of one kind.
func keyID[ID ~int64](key, kind string) (ID, bool) {
	text, ok := strings.CutPrefix(key, kind)
	if !ok {
		return 0, false
	}
	id, err := sensors.ParseID[ID](text)
	return id, err == nil
}

// waiting counts the devices in the inbox.
func (s *Server) waiting() int {
	n := 0
	for _, d := range s.o.Board.Devices() {
		if d.Status == sensors.DeviceNew {
			n++
		}
	}
	return n
}
