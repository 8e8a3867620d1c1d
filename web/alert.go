package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/views"
	"furrow/web/auth"
)

// alertKey and the alert's id name an alert's page in the address of its socket.
const alertKey = "alert/"

// alert shows the whole life of one alert.
func (s *Server) alert(c echo.Context) error {
	id, err := sensors.ParseID[sensors.AlertID](c.Param("id"))
	if err != nil {
		return err
	}
	page := s.livePage(c, "", "alerts", alertKey+id.String())
	model, err := s.alertModel(c.Request().Context(), id, viewer(c).Role.Can(auth.Operate))
	if err != nil {
		return err
	}
	if model.History, err = s.alertHistoryOf(c.Request().Context(), id); err != nil {
		return err
	}
	page.Title, page.Watch, page.Chart = model.Card.Title, true, model.History != nil
	model.Page = page
	return s.show(c, http.StatusOK, views.AlertPage(model))
}

// alarmByID returns an alert as it is now, or as it ended.
func (s *Server) alarmByID(ctx context.Context, id sensors.AlertID) (alarm, error) {
	a, known := s.o.Board.Alert(id)
	if !known {
		var err error
		if a, err = s.o.Alerts.Alert(ctx, id); err != nil {
			return alarm{}, err
		}
	}
	return s.alarmOf(a), nil
}

// alertModel is what of an alert's page is kept current.
func (s *Server) alertModel(ctx context.Context, id sensors.AlertID, operate bool) (views.Alert, error) {
	var model views.Alert
	m, err := s.alarmByID(ctx, id)
	if err != nil {
		return model, err
	}
	if model.Card, err = s.alertCard(ctx, m, true); err != nil {
		return model, err
	}
	model.Card.Operate = operate
	if m.rule.ID != 0 {
		model.Card.RuleID = m.rule.ID.String()
	}
	events, err := s.o.Alerts.AlertEvents(ctx, id)
	if err != nil {
		return model, err
	}
	model.Life = m.life(events)
	notices, err := s.o.Alerts.AlertNotices(ctx, id)
	if err != nil {
		return model, err
	}
	model.Messages = s.notices(notices)
	return model, nil
}

// alertHistoryOf is how the sensor went around an alert, nil when it is about none.
func (s *Server) alertHistoryOf(ctx context.Context, id sensors.AlertID) (*views.History, error) {
	m, err := s.alarmByID(ctx, id)
	if err != nil || m.sensor.ID == 0 || m.Drill {
		return nil, err
	}
	h, err := s.history(ctx, m.sensor, m.around())
	return &h, err
}

// around is the time that an alert's chart shows: the alert, and some time before and after.
func (m alarm) around() span {
	now := sensors.MilliOf(m.s.o.Now())
	end := now
	if !m.State.Open() {
		end = m.ResolvedAt
	}
	air := max((end-m.Since)/3, 3600_000)
	shown := span{from: m.Since - air, to: min(end+air, now)}
	shown.words = "from " + m.s.moment(shown.from.Time()).Text + " to " + m.s.moment(shown.to.Time()).Text
	return shown
}

// life is what happened to the alert, in words.
func (m alarm) life(events []sensors.AlertEvent) []views.LifeStep {
	steps := []views.LifeStep{{Tone: "stale", Icon: "play", At: m.s.momentExact(m.Since.Time()), Text: m.beginning()}}
	for _, e := range events {
		step := views.LifeStep{Tone: "watch", Icon: "check", At: m.s.momentExact(e.At.Time())}
		who := cmp.Or(e.By, "Somebody")
		switch e.Kind {
		case sensors.EventFiring:
			step.Tone, step.Icon, step.Text = "alert", "alert", "It fired"
		case sensors.EventAcknowledged:
			step.Text = who + " has seen it"
		case sensors.EventSnoozed:
			step.Icon, step.Text = "clock", who+" put it off"
		case sensors.EventResolved:
			step.Tone, step.Icon, step.Text = "ok", "ok", m.ending()
		case sensors.EventPast:
			step.Tone, step.Icon, step.Text = "stale", "history", "Found in data that came late; nobody was told"
		case sensors.EventDrill:
			step.Text = "A drill"
		default:
			continue
		}
		steps = append(steps, step)
	}
	return steps
}

func (m alarm) beginning() string {
	if m.silent() {
		return "Last heard"
	}
	return "It began"
}

func (m alarm) ending() string {
	switch {
	case m.Why != "":
		return "Ended: " + m.Why
	case m.silent():
		return "Back again after " + lasted(m.Since, m.ResolvedAt)
	}
	return "Over after " + lasted(m.Since, m.ResolvedAt)
}

// notices are the messages about an alert, the newest first.
func (s *Server) notices(all []sensors.NoticeState) []views.Notice {
	out := make([]views.Notice, 0, len(all))
	for _, n := range all {
		v := views.Notice{Tone: "watch", Icon: "clock", Name: n.Name, At: s.moment(n.DueAt.Time()), Error: n.Error}
		what := noticeWords[n.Kind]
		switch {
		case n.SentAt != 0:
			v.Tone, v.Icon, v.At, v.Error = "ok", "check", s.momentExact(n.SentAt.Time()), ""
			v.Text = what + " by " + kindLabel(n.Via)
			if n.Attempts > 1 {
				v.Text += fmt.Sprintf(", at try %d", n.Attempts)
			}
		case n.GaveUp:
			v.Tone, v.Icon, v.Text = "alert", "alert", what+": given up"
		case n.Closed:
			v.Tone, v.Text = "stale", what+": not needed any more"
		case n.Attempts > 0:
			v.Text = what + fmt.Sprintf(": tried %s, tried again", plural(n.Attempts, "time", "times"))
		default:
			v.Text = what + ": waits"
		}
		out = append(out, v)
	}
	return out
}

var noticeWords = map[sensors.AlertEventKind]string{sensors.EventFiring: "told", sensors.EventAcknowledged: "told who is on it",
	sensors.EventResolved: "told that it is over", sensors.EventDigest: "summed up after the quiet hours", sensors.EventDrill: "drilled"}

func kindLabel(kind string) string {
	if k, ok := notify.KindOf(kind); ok {
		return k.Label
	}
	return kind
}

// drawAlert draws what changed on the page of one alert.
func (s *Server) drawAlert(ctx context.Context, p *watched, c *change, id sensors.AlertID) error {
	if !c.redrawAlerts() {
		return nil
	}
	model, err := s.alertModel(ctx, id, p.operates())
	if errors.Is(err, sensors.ErrNotFound) {
		c.add("gone", views.GoneView("This alert went with its sensor."))
		return nil
	}
	if err != nil {
		return err
	}
	c.add("alert-head", views.AlertHead(model.Card))
	c.add("alert-life", views.AlertLife(model))
	return nil
}
