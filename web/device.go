package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

// device shows all that is known of one device, its last raw messages among it.
func (s *Server) device(c echo.Context) error {
	d, err := s.deviceOf(c)
	if err != nil {
		return err
	}
	return s.devicePage(c, http.StatusOK, d, fieldsOf(map[string]string{"name": deviceName(d), "zone": s.proposedZone(d)}))
}

func (s *Server) deviceOf(c echo.Context) (sensors.Device, error) {
	id, err := sensors.ParseID[sensors.DeviceID](c.Param("id"))
	if err != nil {
		return sensors.Device{}, err
	}
	d, ok := s.o.Board.Device(id)
	if !ok {
		return d, sensors.ErrNotFound
	}
	return d, nil
}

func (s *Server) devicePage(c echo.Context, status int, d sensors.Device, edit views.Fields) error {
	page := s.livePage(c, deviceName(d), "devices", deviceKey+d.ID.String())
	values, err := s.values(c.Request().Context(), d)
	if err != nil {
		return err
	}
	model := views.Device{Page: page, ID: d.ID.String(), Name: deviceName(d), Status: string(d.Status),
		Head: s.deviceHead(d), Values: values, Messages: s.messages(s.o.Board.Messages(d.ID)), Edit: edit, ZoneNames: s.zoneNames(),
		Configure: viewer(c).Role.Can(auth.Configure)}
	return s.show(c, status, views.DevicePage(model))
}

// deviceHead is the top of a device's page: what it is and whether it is there.
func (s *Server) deviceHead(d sensors.Device) views.DeviceHead {
	head := views.DeviceHead{ID: d.ID.String(), Name: deviceName(d), Key: visible([]byte(d.Key)), Model: d.Model, Dialect: dialectLabel(d.Dialect),
		Zone: s.zoneName(d.Zone), ZoneID: d.Zone.String(), State: s.presence(d), Simulated: d.Simulated, FirstSeen: s.moment(d.FirstSeen.Time()),
		Username: d.Username, Gateway: visible([]byte(d.Gateway)), Status: string(d.Status)}
	for _, other := range s.o.Board.Devices() {
		if d.Gateway != "" && other.Key == d.Gateway {
			head.Gateway, head.GatewayID = deviceName(other), other.ID.String()
		}
	}
	return head
}

// editDevice renames a device and moves it to another zone, which is made if there is none of that name.
func (s *Server) editDevice(c echo.Context) error {
	d, err := s.deviceOf(c)
	if err != nil {
		return err
	}
	f := readForm(c)
	name, zone := f.text("name"), f.text("zone")
	_, err = s.o.Farm.EditDevice(c.Request().Context(), d.ID, sensors.DeviceEdit{Name: &name, ZoneName: &zone})
	if !f.check(err) {
		return err
	}
	if !f.ok() {
		return s.devicePage(c, http.StatusUnprocessableEntity, d, f.fields())
	}
	s.say(c, name+" is saved.")
	return done(c, "/devices/"+d.ID.String())
}

// renewCredentials gives a device a new password and shows it once.
func (s *Server) renewCredentials(c echo.Context) error {
	d, err := s.deviceOf(c)
	if err != nil {
		return err
	}
	credentials, err := s.o.Farm.RenewCredentials(c.Request().Context(), d.ID)
	if err != nil {
		return err
	}
	s.noteCredentials(c, deviceName(d), credentials)
	return done(c, "/devices/"+d.ID.String())
}

// removeDevice takes a device off the farm, with or without its history.
func (s *Server) removeDevice(c echo.Context) error {
	d, err := s.deviceOf(c)
	if err != nil {
		return err
	}
	keep := readForm(c).text("history") != "delete"
	if err := s.o.Farm.RemoveDevice(c.Request().Context(), d.ID, keep); err != nil {
		return err
	}
	if keep {
		s.say(c, deviceName(d)+" is removed. Its history is kept; when it is heard again, it comes back to the inbox.")
	} else {
		s.say(c, deviceName(d)+" is removed with all its readings.")
	}
	return done(c, "/devices")
}

// renameSensor names one of a device's quantities; an empty name takes the metric's own again.
func (s *Server) renameSensor(c echo.Context) error {
	id, err := sensors.ParseID[sensors.SensorID](c.Param("id"))
	if err != nil {
		return err
	}
	name := readForm(c).text("name")
	changed, err := s.o.Farm.EditSensor(c.Request().Context(), id, sensors.SensorEdit{Name: &name})
	if err != nil {
		return err
	}
	s.say(c, changed.Label()+" is saved.")
	return done(c, "/devices/"+changed.Device.String())
}
