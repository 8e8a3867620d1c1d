package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
)

// zones is where the manager makes, names, orders and deletes zones.
func (s *Server) zones(c echo.Context) error {
	return s.zonesPage(c, http.StatusOK, 0, fieldsOf(map[string]string{"kind": "greenhouse"}))
}

// zonesPage shows the zones; fields belong to the form of the zone with the id, or of the new one if it is
// zero.
func (s *Server) zonesPage(c echo.Context, status int, id sensors.ZoneID, fields views.Fields) error {
	count := map[sensors.ZoneID]int{}
	for _, d := range s.o.Board.Devices() {
		if d.Status == sensors.DeviceAdopted {
			count[d.Zone]++
		}
	}
	all := s.o.Board.Zones()
	model := views.Zones{Page: s.page(c, "Zones", "settings"), New: fieldsOf(map[string]string{"kind": "greenhouse"}), Kinds: zoneKindChoices()}
	for i, z := range all {
		row := views.ZoneRow{ID: z.ID.String(), Name: z.Name, Icon: z.Kind.Info().Icon, Kind: z.Kind.Info().Label, Crop: z.Crop,
			Devices: count[z.ID], First: i == 0, Last: i == len(all)-1,
			Fields: fieldsOf(map[string]string{"name": z.Name, "kind": string(z.Kind), "crop": z.Crop})}
		if z.ID == id {
			row.Fields, row.Open = fields, true
		}
		model.Rows = append(model.Rows, row)
	}
	if id == 0 {
		model.New = fields
	}
	return s.show(c, status, views.ZonesPage(model))
}

func (s *Server) createZone(c echo.Context) error {
	f := readForm(c)
	zone := sensors.Zone{Name: f.text("name"), Kind: sensors.ZoneKind(f.text("kind")), Crop: f.text("crop")}
	_, err := s.o.Farm.CreateZone(c.Request().Context(), zone)
	if err := zoneRefused(f, err); err != nil {
		return err
	}
	if !f.ok() {
		return s.zonesPage(c, http.StatusUnprocessableEntity, 0, f.fields())
	}
	return done(c, "/settings/zones")
}

func (s *Server) editZone(c echo.Context) error {
	id, err := sensors.ParseID[sensors.ZoneID](c.Param("id"))
	if err != nil {
		return err
	}
	f := readForm(c)
	name, kind, crop := f.text("name"), sensors.ZoneKind(f.text("kind")), f.text("crop")
	_, err = s.o.Farm.EditZone(c.Request().Context(), id, sensors.ZoneEdit{Name: &name, Kind: &kind, Crop: &crop})
	if err := zoneRefused(f, err); err != nil {
		return err
	}
	if !f.ok() {
		return s.zonesPage(c, http.StatusUnprocessableEntity, id, f.fields())
	}
	return done(c, "/settings/zones")
}

// zoneRefused moves what is wrong with a zone into its form, and returns what is wrong otherwise.
func zoneRefused(f *form, err error) error {
	if errors.Is(err, sensors.ErrConflict) {
		f.bad.Add("name", "There is a zone of this name already.")
		return nil
	}
	if f.check(err) {
		return nil
	}
	return err
}

// moveZone moves a zone one place up or down in the order in which people see them.
func (s *Server) moveZone(c echo.Context) error {
	id, err := sensors.ParseID[sensors.ZoneID](c.Param("id"))
	if err != nil {
		return err
	}
	var order []sensors.ZoneID
	for _, z := range s.o.Board.Zones() {
		order = append(order, z.ID)
	}
	from := slices.Index(order, id)
	if from < 0 {
		return sensors.ErrNotFound
	}
	to := from + 1
	if readForm(c).text("to") == "up" {
		to = from - 1
	}
	if to >= 0 && to < len(order) {
		order[from], order[to] = order[to], order[from]
		if err := s.o.Farm.OrderZones(c.Request().Context(), order); err != nil {
			return err
		}
	}
	return done(c, "/settings/zones")
}

func (s *Server) deleteZone(c echo.Context) error {
	id, err := sensors.ParseID[sensors.ZoneID](c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.o.Farm.DeleteZone(c.Request().Context(), id); err != nil {
		return err
	}
	s.say(c, "The zone is deleted. Its devices are in no zone now; their history is kept.")
	return done(c, "/settings/zones")
}

func zoneKindChoices() []views.Choice {
	var choices []views.Choice
	for _, k := range sensors.ZoneKinds() {
		choices = append(choices, views.Choice{Value: string(k.Kind), Label: k.Label})
	}
	return choices
}
