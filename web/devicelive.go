package web

import (
	"context"

	"github.com/a-h/templ"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
)

// fragment is one element of a page in its newest form: it takes the place of the element with that id.
type fragment struct {
	page string // key of the page that holds it
	id   string
	html templ.Component
}

// The keys of the pages about devices. Who may not configure has a page of their own, without buttons.
const (
	devicesKey     = "devices"
	devicesLookKey = "devices-look"
	deviceKey      = "device/" // and the id
)

// deviceLive turns changes into fragments of the pages about devices. It remembers what those pages show, so
// that a device that only says it is alive does not redraw lists. One goroutine uses it.
type deviceLive struct {
	s       *Server
	devices map[sensors.DeviceID]deviceFace
	sensors map[sensors.SensorID]sensorFace
}

// deviceFace is what decides where and how a device is listed.
type deviceFace struct {
	name, model, dialect, username string
	status                         sensors.DeviceStatus
	zone                           sensors.ZoneID
}

type sensorFace struct {
	device sensors.DeviceID
	label  string
}

func newDeviceLive(s *Server) *deviceLive {
	l := &deviceLive{s: s, devices: map[sensors.DeviceID]deviceFace{}, sensors: map[sensors.SensorID]sensorFace{}}
	for _, d := range s.o.Board.Devices() {
		l.devices[d.ID] = faceOf(d)
	}
	for _, state := range s.o.Board.Sensors() {
		l.sensors[state.ID] = sensorFace{state.Device, state.Label()}
	}
	return l
}

func faceOf(d sensors.Device) deviceFace {
	return deviceFace{d.Name, d.Model, d.Dialect, d.Username, d.Status, d.Zone}
}

// fragments returns what a change means for the pages that watched reports to be open.
func (l *deviceLive) fragments(ctx context.Context, delta live.Delta, watched func(page string) bool) ([]fragment, error) {
	c := deviceChange{deviceLive: l, watched: watched, redraw: map[sensors.DeviceID]bool{}, list: delta.Reset || delta.ZonesChanged || delta.FarmChanged}
	c.note(delta)
	if err := c.listFragments(ctx, delta); err != nil {
		return nil, err
	}
	if err := c.pageFragments(ctx, delta); err != nil {
		return nil, err
	}
	return c.out, nil
}

// deviceChange is one change on its way to fragments.
type deviceChange struct {
	*deviceLive
	watched func(page string) bool
	list    bool                      // the lists are drawn anew
	redraw  map[sensors.DeviceID]bool // devices whose head or set of values changed
	out     []fragment
}

// note compares the change with what the pages show.
func (c *deviceChange) note(delta live.Delta) {
	for _, d := range delta.Devices {
		if old, known := c.devices[d.ID]; !known || old != faceOf(d) {
			c.devices[d.ID] = faceOf(d)
			c.list, c.redraw[d.ID] = true, true
		}
	}
	for _, id := range delta.GoneDevices {
		delete(c.devices, id)
		c.list = true
	}
	for _, state := range delta.Sensors {
		if face := (sensorFace{state.Device, state.Label()}); c.sensors[state.ID] != face {
			c.sensors[state.ID] = face
			c.list, c.redraw[state.Device] = true, true
		}
	}
	for _, id := range delta.GoneSensors {
		if face, known := c.sensors[id]; known {
			delete(c.sensors, id)
			c.list, c.redraw[face.device] = true, true
		}
	}
}

func (c *deviceChange) add(page, id string, html templ.Component) {
	c.out = append(c.out, fragment{page, id, html})
}

// listFragments are those of the page that lists all devices.
func (c *deviceChange) listFragments(ctx context.Context, delta live.Delta) error {
	for _, page := range []string{devicesKey, devicesLookKey} {
		if !c.watched(page) {
			continue
		}
		if c.list {
			inbox, err := c.s.inbox(ctx, page == devicesKey)
			if err != nil {
				return err
			}
			c.add(page, "inbox", views.InboxSection(inbox))
			c.add(page, "device-list", views.DeviceListView(c.s.deviceList()))
			continue
		}
		if err := c.rowFragments(ctx, page, delta); err != nil {
			return err
		}
	}
	return nil
}

// rowFragments update single values and badges of a list that stays as it is.
func (c *deviceChange) rowFragments(ctx context.Context, page string, delta live.Delta) error {
	for _, d := range delta.Devices {
		id := "device-state-" + d.ID.String()
		if d.Status == sensors.DeviceNew {
			id = "inbox-state-" + d.ID.String()
		}
		c.add(page, id, views.PresenceBadge(id, c.s.presence(d)))
	}
	for id, changed := range byDevice(delta.Sensors) {
		d, ok := c.s.o.Board.Device(id)
		switch {
		case !ok:
		case d.Status == sensors.DeviceNew:
			if err := c.valueFragments(ctx, page, d, changed); err != nil {
				return err
			}
		default:
			for _, v := range c.s.deviceRow(d).Values {
				if changed[v.SensorID] {
					c.add(page, "brief-"+v.SensorID, views.BriefValue(v))
				}
			}
		}
	}
	return nil
}

// valueFragments are the rows of the device's values that changed, sparkline included.
func (c *deviceChange) valueFragments(ctx context.Context, page string, d sensors.Device, changed map[string]bool) error {
	values, err := c.s.values(ctx, d)
	if err != nil {
		return err
	}
	for _, v := range values {
		if changed[v.SensorID] {
			c.add(page, "value-row-"+v.SensorID, views.ValueRow(v))
		}
	}
	return nil
}

// pageFragments are those of the pages of single devices.
func (c *deviceChange) pageFragments(ctx context.Context, delta live.Delta) error {
	for _, d := range delta.Devices {
		page := deviceKey + d.ID.String()
		if !c.watched(page) {
			continue
		}
		if c.redraw[d.ID] || delta.ZonesChanged {
			c.add(page, "device-head-"+d.ID.String(), views.DeviceHeadView(c.s.deviceHead(d)))
		} else {
			id := "device-presence-" + d.ID.String()
			c.add(page, id, views.PresenceBadge(id, c.s.presence(d)))
		}
		c.add(page, "device-messages", views.DeviceMessages(c.s.messages(c.s.o.Board.Messages(d.ID))))
	}
	changed := byDevice(delta.Sensors)
	for id := range c.redraw {
		if changed[id] == nil {
			changed[id] = map[string]bool{}
		}
	}
	for id, which := range changed {
		page := deviceKey + id.String()
		d, ok := c.s.o.Board.Device(id)
		if !ok || !c.watched(page) {
			continue
		}
		if !c.redraw[id] {
			if err := c.valueFragments(ctx, page, d, which); err != nil {
				return err
			}
			continue
		}
		values, err := c.s.values(ctx, d)
		if err != nil {
			return err
		}
		c.add(page, "device-values", views.DeviceValues(values))
	}
	return nil
}

// byDevice sorts changed sensors by the device they belong to.
func byDevice(states []live.SensorState) map[sensors.DeviceID]map[string]bool {
	out := map[sensors.DeviceID]map[string]bool{}
	for _, state := range states {
		if out[state.Device] == nil {
			out[state.Device] = map[string]bool{}
		}
		out[state.Device][state.ID.String()] = true
	}
	return out
}
