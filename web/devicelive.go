package web

import (
	"context"
	"slices"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
)

// The keys of the pages about devices. Who may not configure has a page of their own, without buttons.
const (
	devicesKey     = "devices"
	devicesLookKey = "devices-look"
	deviceKey      = "device/" // and the id
)

// drawDevices draws what changed on the page that lists all devices.
func (s *Server) drawDevices(ctx context.Context, c *change, configure bool) error {
	if c.Reset || c.unread > c.since {
		messages, count := s.o.Board.Unread()
		c.add("unread", views.UnreadSection(s.messages(messages), count))
	}
	if !c.redrawLists() {
		return s.drawDeviceRows(ctx, c)
	}
	inbox, err := s.inbox(ctx, configure)
	if err != nil {
		return err
	}
	list := s.deviceList()
	c.add("inbox", views.InboxSection(inbox), "inbox-", "value-row-")
	c.add("device-list", views.DeviceListView(list), "device-state-", "brief-")
	if inbox.Count > 0 || !list.Empty() {
		c.add("guide", views.GuideSlot(nil))
	}
	return nil
}

// drawDeviceRows draws single values and badges of a list that stays as it is.
func (s *Server) drawDeviceRows(ctx context.Context, c *change) error {
	for _, d := range c.Devices {
		id := "device-state-" + d.ID.String()
		if d.Status == sensors.DeviceNew {
			id = "inbox-state-" + d.ID.String()
		}
		c.add(id, views.PresenceBadge(id, s.presence(d)))
	}
	for id, changed := range byDevice(c.Sensors) {
		d, ok := s.o.Board.Device(id)
		switch {
		case !ok:
		case d.Status == sensors.DeviceNew:
			if err := s.drawValues(ctx, c, d, changed); err != nil {
				return err
			}
		default:
			for _, v := range s.deviceRow(d).Values {
				if changed[v.SensorID] {
					c.add("brief-"+v.SensorID, views.BriefValue(v))
				}
			}
		}
	}
	return nil
}

// drawValues draws the rows of the device's values that changed, sparkline included.
func (s *Server) drawValues(ctx context.Context, c *change, d sensors.Device, changed map[string]bool) error {
	values, err := s.values(ctx, d)
	if err != nil {
		return err
	}
	for _, v := range values {
		if changed[v.SensorID] {
			c.add("value-row-"+v.SensorID, views.ValueRow(v))
		}
	}
	return nil
}

// drawDevice draws what changed on the page of one device.
func (s *Server) drawDevice(ctx context.Context, c *change, id sensors.DeviceID) error {
	d, ok := s.o.Board.Device(id)
	if !ok {
		c.add("gone", views.GoneView("This device was removed with all its readings."))
		return nil
	}
	heard := c.Reset
	for _, changed := range c.Devices {
		heard = heard || changed.ID == id
	}
	badge := "device-presence-" + id.String()
	switch {
	case c.redraw(id) || c.ZonesChanged:
		c.add("device-head-"+id.String(), views.DeviceHeadView(s.deviceHead(d)), badge)
	case heard:
		c.add(badge, views.PresenceBadge(badge, s.presence(d)))
	}
	if heard {
		c.add("device-messages", views.DeviceMessages(s.messages(s.o.Board.Messages(id))))
	}
	if !c.redraw(id) {
		changed := byDevice(c.Sensors)[id]
		if alertOf(id, c.Alerts) {
			changed = c.changed()
		}
		if len(changed) == 0 {
			return nil
		}
		return s.drawValues(ctx, c, d, changed)
	}
	values, err := s.values(ctx, d)
	if err != nil {
		return err
	}
	c.add("device-values", views.DeviceValues(values), "value-row-")
	return nil
}

// alertOf reports whether one of the alerts is about the device.
func alertOf(id sensors.DeviceID, alerts []sensors.Alert) bool {
	return slices.ContainsFunc(alerts, func(a sensors.Alert) bool { return a.Device == id })
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
