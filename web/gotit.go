package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/views"
)

// gotItPage shows what a link in a message is about, and one button: mail scanners open links too.
func (s *Server) gotItPage(c echo.Context) error {
	grant, who, err := s.granted(c)
	if err != nil {
		return s.notGranted(c, err)
	}
	model := views.GotIt{Page: s.page(c, "Got it", ""), Token: c.Param("token"), Name: who.Name}
	if model.Lines, err = s.grantedLines(c, grant); err != nil {
		return err
	}
	model.Done = !slices.ContainsFunc(model.Lines, func(l views.AlarmLine) bool { return !l.Seen })
	return s.show(c, http.StatusOK, views.GotItPage(model))
}

// gotIt acknowledges in the name of whom the message was for. It asks for no session: the link is the grant.
func (s *Server) gotIt(c echo.Context) error {
	grant, who, err := s.granted(c)
	if err != nil {
		return s.notGranted(c, err)
	}
	for _, id := range grant.Alerts {
		a, known := s.o.Board.Alert(id)
		if known && a.State != sensors.AlertFiring {
			continue // it is over, or somebody has it already
		}
		err := s.o.Farm.Acknowledge(c.Request().Context(), id, who.Name, "")
		if err != nil && !errors.Is(err, sensors.ErrNotFound) && !errors.Is(err, sensors.ErrConflict) {
			return err
		}
	}
	if !wantsPage(c.Request()) {
		return c.String(http.StatusOK, "Thank you. It is noted that you have seen it.\n")
	}
	model := views.GotIt{Page: s.page(c, "Got it", ""), Name: who.Name, Done: true}
	if model.Lines, err = s.grantedLines(c, grant); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, views.GotItPage(model))
}

// errNobody says that a link's recipient is told nothing any more.
var errNobody = errors.New("the recipient of this link is removed")

// granted judges the link in the address.
func (s *Server) granted(c echo.Context) (notify.Grant, sensors.Recipient, error) {
	grant, err := s.o.Grants.Check(c.Param("token"), s.o.Now())
	if err != nil {
		return grant, sensors.Recipient{}, err
	}
	for _, r := range s.o.Board.Recipients() {
		if r.ID == grant.Recipient {
			return grant, r, nil
		}
	}
	return grant, sensors.Recipient{}, errNobody
}

// notGranted says in a page why a link does nothing.
func (s *Server) notGranted(c echo.Context, err error) error {
	r := refusal{http.StatusNotFound, "This link is not one of this farm's. Perhaps it was cut off: open the message again, or sign in."}
	title := "Not a link of this farm"
	switch {
	case errors.Is(err, notify.ErrLinkExpired):
		r, title = refusal{http.StatusGone, "Links in messages are good for a day. Sign in to see how the alert stands."}, "This link has expired"
	case errors.Is(err, errNobody):
		r, title = refusal{http.StatusGone, "It was for somebody who is not told any more. Sign in to see how the alert stands."}, "This link is no longer good"
	case !errors.Is(err, notify.ErrLink):
		return err
	}
	if !wantsPage(c.Request()) {
		return r
	}
	return s.show(c, r.status, views.GotItPage(views.GotIt{Page: s.page(c, title, ""), Gone: r.sentence}))
}

// grantedLines are the alerts of a link as they are now; who holds it sees nothing else.
func (s *Server) grantedLines(c echo.Context, grant notify.Grant) ([]views.AlarmLine, error) {
	var lines []views.AlarmLine
	for _, id := range grant.Alerts {
		a, known := s.o.Board.Alert(id)
		if !known {
			var err error
			if a, err = s.o.Alerts.Alert(c.Request().Context(), id); errors.Is(err, sensors.ErrNotFound) {
				continue
			} else if err != nil {
				return nil, err
			}
		}
		line := s.alarmOf(a).line()
		if !a.State.Open() {
			line.Seen, line.Tone = true, "stale"
		}
		lines = append(lines, line)
	}
	return lines, nil
}
