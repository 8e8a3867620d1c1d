package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
)

// maxInbox is how many new devices the page shows at once; a flood of them must not make it slow.
const maxInbox = 60

// inbox is what was heard and is waiting for a decision, the newest first.
func (s *Server) inbox(ctx context.Context, configure bool) (views.Inbox, error) {
	model := views.Inbox{Configure: configure}
	all := s.o.Board.Devices()
	slices.Reverse(all)
	for _, d := range all {
		if d.Status != sensors.DeviceNew {
			continue
		}
		model.Count++
		if model.Count > maxInbox {
			continue
		}
		card, err := s.inboxCard(ctx, d)
		if err != nil {
			return model, err
		}
		card.Configure = configure
		model.Cards = append(model.Cards, card)
	}
	return model, nil
}

func (s *Server) inboxCard(ctx context.Context, d sensors.Device) (views.InboxCard, error) {
	card := views.InboxCard{ID: d.ID.String(), Name: deviceName(d), Key: visible([]byte(d.Key)), Dialect: dialectLabel(d.Dialect), Model: d.Model,
		FirstSeen: s.moment(d.FirstSeen.Time()), State: s.presence(d),
		Adopt: fieldsOf(map[string]string{"name": deviceName(d), "zone": s.proposedZone(d)})}
	var err error
	card.Values, err = s.values(ctx, d)
	return card, err
}

// proposedZone is the zone that a device's topics name, as the farm spells it.
func (s *Server) proposedZone(d sensors.Device) string {
	if name := s.zoneName(d.Zone); name != "" {
		return name
	}
	hint := plainName(d.ZoneHint)
	for _, z := range s.o.Board.Zones() {
		if plainName(z.Name) == hint {
			return z.Name
		}
	}
	return d.ZoneHint
}

// adoptDevice makes a device part of the farm.
func (s *Server) adoptDevice(c echo.Context) error {
	id, err := sensors.ParseID[sensors.DeviceID](c.Param("id"))
	if err != nil {
		return err
	}
	f := readForm(c)
	adopted, err := s.o.Farm.AdoptDevice(c.Request().Context(), id, sensors.Adoption{Name: f.text("name"), ZoneName: f.text("zone")})
	if !f.check(err) {
		return err
	}
	if !f.ok() {
		return s.devicesPage(c, http.StatusUnprocessableEntity, id, f.fields())
	}
	sentence := deviceName(adopted) + " is part of the farm now."
	if zone := s.zoneName(adopted.Zone); zone != "" {
		sentence = deviceName(adopted) + " is part of " + zone + " now."
	}
	s.say(c, sentence)
	return done(c, "/devices")
}

func (s *Server) ignoreDevice(c echo.Context) error {
	id, err := sensors.ParseID[sensors.DeviceID](c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.o.Farm.IgnoreDevice(c.Request().Context(), id); err != nil {
		return err
	}
	s.say(c, "The device is ignored: its readings are not stored. It is listed below, should you change your mind.")
	return done(c, "/devices")
}

// createDevice adds a device by hand, before it was heard, with credentials of its own.
func (s *Server) createDevice(c echo.Context) error {
	f := readForm(c)
	device, credentials, err := s.o.Farm.CreateDevice(c.Request().Context(), f.text("name"), f.text("zone"))
	switch {
	case errors.Is(err, sensors.ErrConflict):
		f.bad.Add("name", "There is a device of this name already.")
	case !f.check(err):
		return err
	}
	if !f.ok() {
		return s.devicesPage(c, http.StatusUnprocessableEntity, 0, f.fields())
	}
	s.noteCredentials(c, deviceName(device), credentials)
	return done(c, "/devices/"+device.ID.String())
}

// noteCredentials shows a device's user name and password on the next page, once.
func (s *Server) noteCredentials(c echo.Context, name string, credentials sensors.Credentials) {
	s.notes.leave(c, views.Note{Sentence: "Put these into " + name + ". The password is not shown again.",
		Secret: []views.SecretPart{{Label: "User name", Value: credentials.Username}, {Label: "Password", Value: credentials.Password}}})
}
