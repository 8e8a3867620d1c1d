package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"furrow/views"
)

// farm is the form for what is true of the whole farm.
func (s *Server) farm(c echo.Context) error {
	farm, _ := s.o.Board.Farm()
	page := s.page(c, "Farm", "settings")
	return s.show(c, http.StatusOK, views.FarmPage(page, fieldsOf(farmValues(farm)), timeZones()))
}

func (s *Server) saveFarm(c echo.Context) error {
	f := readForm(c)
	farm := readFarm(f, "")
	if !f.ok() {
		return s.show(c, http.StatusUnprocessableEntity, views.FarmPage(s.page(c, "Farm", "settings"), f.fields(), timeZones()))
	}
	_, described := s.o.Board.Farm()
	if err := s.o.Farm.SetFarm(c.Request().Context(), farm); err != nil {
		return err
	}
	if !described {
		return done(c, "/")
	}
	s.say(c, "The farm is saved.")
	return done(c, "/settings/farm")
}
