package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

// devices is the inbox of what is new, and below it all devices of the farm.
func (s *Server) devices(c echo.Context) error {
	model, err := s.devicesModel(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, views.DevicesPage(model))
}

// devicesPage shows the page again with what was typed: into the card of the device with the id, or into
// the form for a new device if it is zero.
func (s *Server) devicesPage(c echo.Context, status int, id sensors.DeviceID, fields views.Fields) error {
	model, err := s.devicesModel(c)
	if err != nil {
		return err
	}
	for i := range model.Inbox.Cards {
		if model.Inbox.Cards[i].ID == id.String() {
			model.Inbox.Cards[i].Adopt = fields
		}
	}
	if id == 0 {
		model.New, model.NewOpen = fields, true
	}
	return s.show(c, status, views.DevicesPage(model))
}

func (s *Server) devicesModel(c echo.Context) (views.Devices, error) {
	key, configure := devicesLookKey, viewer(c).Role.Can(auth.Configure)
	if configure {
		key = devicesKey
	}
	model := views.Devices{Page: s.livePage(c, "Devices", "devices", key), Configure: configure, ZoneNames: s.zoneNames()}
	var err error
	if model.Inbox, err = s.inbox(c.Request().Context(), model.Configure); err != nil {
		return model, err
	}
	model.List = s.deviceList()
	messages, count := s.o.Board.Unread()
	model.Unread = s.messages(messages)
	model.UnreadCount = count
	if model.List.Empty() && len(model.Inbox.Cards) == 0 {
		guide := s.guide(c)
		model.Guide = &guide
	}
	return model, nil
}

// deviceList sorts the devices that are not in the inbox by zone, in the manager's order, and by name.
func (s *Server) deviceList() views.DeviceList {
	var list views.DeviceList
	byZone := map[sensors.ZoneID][]views.DeviceRow{}
	for _, d := range s.o.Board.Devices() {
		row := s.deviceRow(d)
		switch d.Status {
		case sensors.DeviceAdopted:
			byZone[d.Zone] = append(byZone[d.Zone], row)
		case sensors.DeviceIgnored:
			list.Ignored = append(list.Ignored, row)
		case sensors.DeviceRemoved:
			list.Removed = append(list.Removed, row)
		}
	}
	group := func(name, icon string, rows []views.DeviceRow) {
		if len(rows) == 0 {
			return
		}
		slices.SortStableFunc(rows, func(a, b views.DeviceRow) int { return cmp.Compare(a.Name, b.Name) })
		list.Groups = append(list.Groups, views.DeviceGroup{Name: name, Icon: icon, Rows: rows})
	}
	for _, z := range s.o.Board.Zones() {
		group(z.Name, z.Kind.Info().Icon, byZone[z.ID])
	}
	group("In no zone", "zone", byZone[0])
	return list
}

func (s *Server) deviceRow(d sensors.Device) views.DeviceRow {
	row := views.DeviceRow{ID: d.ID.String(), Name: deviceName(d), Key: visible([]byte(d.Key)), Dialect: dialectLabel(d.Dialect), Model: d.Model,
		Simulated: d.Simulated, State: s.presence(d)}
	for _, state := range s.o.Board.SensorsOf(d.ID) {
		info := state.Metric.Info()
		if info.Class == sensors.Diagnostic || !state.Has || len(row.Values) == 4 {
			continue
		}
		row.Values = append(row.Values, s.shown(state))
	}
	return row
}

// presence says in words whether a device is there.
func (s *Server) presence(d sensors.Device) views.Presence {
	seen := s.moment(d.LastSeen.Time())
	switch {
	case d.LastSeen == 0:
		return views.Presence{Tone: "stale", Word: "Never heard"}
	case d.Online && d.OnlineSure:
		return views.Presence{Tone: "ok", Word: "Online", Seen: seen}
	case d.OnlineSure:
		return views.Presence{Tone: "watch", Word: "Offline", Seen: seen}
	}
	return views.Presence{Tone: "stale", Word: "Last heard", Seen: seen}
}

// deviceName is what a device is called: by the manager, by itself, or by its key.
func deviceName(d sensors.Device) string {
	return cmp.Or(d.Name, sensors.CleanName(d.Key), "Device "+d.ID.String())
}

// dialectLabel is a payload dialect in words people know.
func dialectLabel(dialect string) string {
	labels := map[string]string{"": "Not heard yet", "plain": "One value a topic", "json": "JSON", "furrow": "Furrow's own topics", "tasmota": "Tasmota", "thingsboard": "ThingsBoard", "status": "Status words",
		"zigbee2mqtt": "Zigbee2MQTT", "esphome": "ESPHome", "homeassistant": "Home Assistant discovery", "chirpstack": "ChirpStack", "things-stack": "The Things Stack", "shelly": "Shelly",
		"theengs": "Theengs or OpenMQTTGateway", "rtl_433": "rtl_433", "ruuvi": "Ruuvi Gateway", "ecowitt": "Ecowitt", "weewx": "weewx", "homie": "Homie", "sparkplug": "Sparkplug B", "senml": "SenML",
		"opensprinkler": "OpenSprinkler", "espeasy": "ESPEasy", "api": "HTTP API", "simulated": "Simulated farm"}
	if label, ok := labels[dialect]; ok {
		return label
	}
	return dialect
}

func (s *Server) zoneNames() []string {
	var names []string
	for _, z := range s.o.Board.Zones() {
		names = append(names, z.Name)
	}
	return names
}

// zoneName returns a zone's name, "" for none.
func (s *Server) zoneName(id sensors.ZoneID) string {
	for _, z := range s.o.Board.Zones() {
		if z.ID == id {
			return z.Name
		}
	}
	return ""
}
