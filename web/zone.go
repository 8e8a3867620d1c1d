package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
)

// zoneKey and the zone's id name a zone's page in the address of its socket.
const zoneKey = "zone/"

// zone shows all sensors of a zone by device.
func (s *Server) zone(c echo.Context) error {
	id, err := sensors.ParseID[sensors.ZoneID](c.Param("id"))
	if err != nil {
		return err
	}
	page := s.livePage(c, "", "overview", zoneKey+id.String())
	sc := s.scene()
	zone, ok := sc.zone(id)
	if !ok {
		return sensors.ErrNotFound
	}
	page.Title, page.Lean = zone.Name, page.Note.Sentence == ""
	devices, err := sc.zoneDevices(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, views.ZonePage(views.Zone{Page: page, Head: sc.zoneHead(zone), Devices: devices}))
}

func (sc *scene) zone(id sensors.ZoneID) (sensors.Zone, bool) {
	for _, z := range sc.zones {
		if z.ID == id {
			return z, true
		}
	}
	return sensors.Zone{}, false
}

func (sc *scene) zoneHead(z sensors.Zone) views.ZoneHead {
	info := z.Kind.Info()
	head := views.ZoneHead{Name: z.Name, About: info.Label, Icon: info.Icon, State: sc.zoneState(z.ID)}
	if z.Crop != "" {
		head.About += " · " + z.Crop
	}
	return head
}

// zoneDevices are the devices of a zone by name.
func (sc *scene) zoneDevices(ctx context.Context, id sensors.ZoneID) ([]views.ZoneDevice, error) {
	values, err := sc.values(ctx, sc.in(id))
	if err != nil {
		return nil, err
	}
	var out []views.ZoneDevice
	for _, d := range sc.devices {
		if d.Zone != id {
			continue
		}
		device := views.ZoneDevice{ID: d.ID.String(), Name: deviceName(d), About: d.Model, State: sc.s.presence(d), Values: values[d.ID]}
		if d.Simulated {
			device.About = "Simulated"
		}
		out = append(out, device)
	}
	slices.SortFunc(out, func(a, b views.ZoneDevice) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// values are sensors' last readings with their last day, by device.
func (sc *scene) values(ctx context.Context, states []live.SensorState) (map[sensors.DeviceID][]views.Value, error) {
	ids := make([]sensors.SensorID, len(states))
	for i, state := range states {
		ids[i] = state.ID
	}
	sparks, err := sc.s.sparks.of(ctx, sc.s.o.History, sc.now, ids)
	if err != nil {
		return nil, err
	}
	out := map[sensors.DeviceID][]views.Value{}
	for _, state := range states {
		v := sc.shown(state)
		v.Spark = sparks[state.ID]
		out[state.Device] = append(out[state.Device], v)
	}
	return out, nil
}

// drawZone draws what changed on a zone's page.
func (s *Server) drawZone(ctx context.Context, c *change, id sensors.ZoneID) error {
	sc := s.scene()
	zone, ok := sc.zone(id)
	if !ok {
		c.add("gone", views.GoneView("This zone was deleted. Its devices are in no zone now."))
		return nil
	}
	devices, err := sc.zoneDevices(ctx, id)
	if err != nil {
		return err
	}
	if c.redrawLists() {
		c.add("zone-head", views.ZoneHeadView(sc.zoneHead(zone)), "zone-state")
		c.add("zone-devices", views.ZoneDevices(devices), "zone-presence-", "value-row-")
		return nil
	}
	if len(c.Sensors)+len(c.Devices) == 0 && !c.redrawAlerts() {
		return nil
	}
	c.add("zone-state", views.StateBadge("zone-state", sc.zoneState(id)))
	changed := c.changed()
	for _, d := range devices {
		c.add("zone-presence-"+d.ID, views.PresenceBadge("zone-presence-"+d.ID, d.State))
		for _, v := range d.Values {
			if changed[v.SensorID] {
				c.add("value-row-"+v.SensorID, views.ValueRow(v))
			}
		}
	}
	return nil
}
