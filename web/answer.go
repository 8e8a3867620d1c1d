package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
)

// acknowledge notes that the viewer has seen an alert, and what they did.
func (s *Server) acknowledge(c echo.Context) error {
	id, err := sensors.ParseID[sensors.AlertID](c.Param("id"))
	if err != nil {
		return err
	}
	note := readForm(c).text("note")
	err = s.o.Farm.Acknowledge(c.Request().Context(), id, viewer(c).Name, note)
	if err != nil {
		return s.unanswered(c, id, err)
	}
	if note == "" {
		s.say(c, "Noted: you have seen it. Everybody who was told will know.")
	} else {
		s.say(c, "Noted: "+note+". Everybody who was told will know.")
	}
	return done(c, s.back(c, "/alerts"))
}

// snooze puts an alert off; it fires again if it is not over by then.
func (s *Server) snooze(c echo.Context) error {
	id, err := sensors.ParseID[sensors.AlertID](c.Param("id"))
	if err != nil {
		return err
	}
	until, ok := s.snoozeUntil(readForm(c).text("for"))
	if !ok {
		return refusal{http.StatusUnprocessableEntity, "Choose how long to put it off: 30 minutes, 2 hours or until the morning."}
	}
	if err := s.o.Farm.Snooze(c.Request().Context(), id, sensors.MilliOf(until), viewer(c).Name); err != nil {
		return s.unanswered(c, id, err)
	}
	s.say(c, "Put off until "+s.moment(until).Text+". It fires again then, if it is not over.")
	return done(c, s.back(c, "/alerts"))
}

// morningHour is when people who put things off until the morning are told.
const morningHour = 7

func (s *Server) snoozeUntil(choice string) (time.Time, bool) {
	now := s.o.Now().In(s.location())
	switch choice {
	case "30m":
		return now.Add(30 * time.Minute), true
	case "2h":
		return now.Add(2 * time.Hour), true
	case "morning":
		morning := time.Date(now.Year(), now.Month(), now.Day(), morningHour, 0, 0, 0, now.Location())
		if !morning.After(now) {
			morning = time.Date(now.Year(), now.Month(), now.Day()+1, morningHour, 0, 0, 0, now.Location())
		}
		return morning, true
	}
	return now, false
}

// unanswered says what became of an alert that cannot be answered any more.
func (s *Server) unanswered(c echo.Context, id sensors.AlertID, err error) error {
	switch {
	case errors.Is(err, sensors.ErrConflict):
		return refusal{http.StatusConflict, "It does not fire yet, so there is nothing to answer."}
	case !errors.Is(err, sensors.ErrNotFound):
		return err
	}
	if _, err := s.o.Alerts.Alert(c.Request().Context(), id); err != nil {
		return err
	}
	s.say(c, "It is over already.")
	return done(c, "/alerts/"+id.String())
}

// back is the page that a form was sent from, or the fallback when that is not one of ours.
func (s *Server) back(c echo.Context, fallback string) string {
	from, err := url.Parse(c.Request().Referer())
	if err != nil || from.Path == "" || from.Host != c.Request().Host {
		return fallback
	}
	for _, r := range s.routes() {
		if r.method == get && sameShape(r.path, from.Path) {
			return localTarget(from.RequestURI())
		}
	}
	return fallback // the answer to a form, which is no page of its own
}

// sameShape reports whether a path is of a route's pattern.
func sameShape(pattern, path string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i := range a {
		if i >= len(b) || a[i] != b[i] && !strings.HasPrefix(a[i], ":") {
			return false
		}
	}
	return len(a) == len(b)
}
