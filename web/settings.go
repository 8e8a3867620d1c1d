package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"furrow/views"
	"furrow/web/auth"
)

// settings lists what can be set up, and says where Furrow is reached and which one it is.
func (s *Server) settings(c echo.Context) error {
	person := viewer(c)
	model := views.Settings{Page: s.page(c, "Settings", "settings"), Person: person.Name, Role: roleLabel(person.Role),
		Configure: person.Role.Can(auth.Configure), Manage: person.Role.Can(auth.ManagePeople),
		Connect: s.connectInfo(c), Simulated: s.simulatedFarm(c), Version: s.o.Version.Version, Commit: s.o.Version.Commit, Go: s.o.Version.Go}
	model.Told = s.toldInWords()
	return s.show(c, http.StatusOK, views.SettingsPage(model))
}

// toldInWords names who is told about alerts, or what of that fails.
func (s *Server) toldInWords() string {
	for _, h := range s.o.Health.Health() {
		if !h.FailingSince.IsZero() {
			return "Messages to " + h.Name + " by " + kindLabel(h.Kind) + " fail since " + s.moment(h.FailingSince).Text
		}
	}
	var names []string
	for _, r := range s.o.Board.Recipients() {
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}
