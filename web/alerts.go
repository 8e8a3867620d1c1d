package web

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/rules"
	"furrow/views"
	"furrow/web/auth"
)

// alertsKey names the page in the address of its socket.
const alertsKey = "alerts"

// How many alerts the page lists, and of how many it says who was told.
const (
	mostAlerts = 50
	mostTold   = 8
)

// alerts shows what fires now, the gravest first, and what may soon.
func (s *Server) alerts(c echo.Context) error {
	page := s.livePage(c, "Alerts", "alerts", alertsKey)
	page.Watch = true
	now, err := s.alertsNow(c.Request().Context(), viewer(c).Role.Can(auth.Operate))
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, views.AlertsPage(views.Alerts{Page: page, Now: now}))
}

func (s *Server) alertsNow(ctx context.Context, operate bool) (views.AlertsNow, error) {
	now := views.AlertsNow{Operate: operate, Watching: s.watching()}
	open := s.o.Board.Alerts()
	firing, seen := bySeen(open)
	now.More = max(0, len(firing)-mostAlerts)
	for i, list := range [][]sensors.Alert{firing, seen} {
		for n, m := range s.alarmsOf(list[:min(len(list), mostAlerts)]) {
			card, err := s.alertCard(ctx, m, i == 0 && n < mostTold)
			if err != nil {
				return now, err
			}
			card.Operate = operate
			if i == 0 {
				now.Firing = append(now.Firing, card)
			} else {
				now.Seen = append(now.Seen, card)
			}
		}
	}
	pending := s.o.Board.Pending()
	for _, m := range s.alarmsOf(pending[:min(len(pending), mostAlerts)]) {
		line := m.line()
		if m.rule.Hold > 0 {
			line.Text = strings.TrimPrefix(line.Text+", if it lasts "+rules.Duration(m.rule.Hold), ", ")
		}
		now.Pending = append(now.Pending, line)
	}
	return now, nil
}

// watching says what is watched.
func (s *Server) watching() string {
	n := 0
	for _, r := range s.o.Board.Rules() {
		if r.Enabled {
			n++
		}
	}
	if n == 0 {
		return "No rule is on, so nothing is watched."
	}
	return plural(n, "rule watches", "rules watch") + " the farm."
}

// alertCard is all there is to know at once about an alert; told says whether to look up who was told.
func (s *Server) alertCard(ctx context.Context, m alarm, told bool) (views.AlertCard, error) {
	card := views.AlertCard{AlarmLine: m.line(), Severity: severityLabel(m.Severity), Open: m.State.Open(), Note: m.Note, Answers: m.answers(),
		Rule: cmp.Or(m.rule.Name, m.RuleName, "A rule without a name"), Worst: m.worst(),
		Ago: views.Age{Moment: m.s.moment(m.Since.Time()), Ago: ago(s.o.Now().Sub(m.Since.Time()))}}
	card.State = m.state()
	if m.sensor.ID != 0 {
		card.Sensor = m.label() + m.inPlace()
	}
	if m.device.ID != 0 {
		card.DeviceID, card.Device = m.device.ID.String(), deviceName(m.device)
	}
	if m.rule.ID != 0 {
		card.Sentence = s.sentence(m.rule)
	}
	if !told {
		return card, nil
	}
	notices, err := s.o.Alerts.AlertNotices(ctx, m.ID)
	if err != nil {
		return card, err
	}
	card.Told = s.toldLine(notices)
	earlier, err := s.o.Notes.LastNote(ctx, m.Alert)
	if err == nil && earlier.Note != "" {
		card.Earlier = fmt.Sprintf("Last time, %s, %s: %s", s.moment(earlier.At.Time()).Text, cmp.Or(earlier.By, "somebody"), earlier.Note)
	}
	return card, err
}

// worst writes the worst value so far, "" when it is no news.
func (m alarm) worst() string {
	if m.silent() || m.metric().Info().Class == sensors.Switch || math.IsNaN(m.Peak) || m.figure(m.Peak) == m.figure(m.value()) && m.State.Open() {
		return ""
	}
	return m.figure(m.Peak)
}

// state says where in its life the alert is.
func (m alarm) state() views.State {
	switch {
	case m.State == sensors.AlertFiring:
		return views.State{Tone: m.tone(), Word: "Firing"}
	case m.State == sensors.AlertAcknowledged && m.SnoozedUntil != 0:
		return views.State{Tone: "watch", Word: "Put off until " + m.s.moment(m.SnoozedUntil.Time()).Text}
	case m.State == sensors.AlertAcknowledged:
		return views.State{Tone: "watch", Word: "Seen by " + cmp.Or(m.AckBy, "somebody")}
	case m.State == sensors.AlertPending:
		return views.State{Tone: "watch", Word: "May fire soon"}
	case m.Past:
		return views.State{Tone: "stale", Word: "Found later"}
	}
	return views.State{Tone: "ok", Word: "Over"}
}

// toldLine says in a sentence who knows and who will be told.
func (s *Server) toldLine(notices []sensors.NoticeState) string {
	var told, owed, lost []string
	seen := map[string]bool{}
	for _, n := range notices {
		key := n.Name + string(n.Kind)
		switch {
		case n.Kind != sensors.EventFiring || seen[key]:
			continue
		case n.SentAt != 0:
			told = append(told, n.Name+" at "+s.moment(n.SentAt.Time()).Text)
		case n.GaveUp:
			lost = append(lost, n.Name)
		case !n.Closed && n.Attempts > 0:
			owed = append(owed, n.Name+" is not reached yet")
		case !n.Closed:
			owed = append(owed, n.Name+" is told at "+s.moment(n.DueAt.Time()).Text)
		}
		seen[key] = true
	}
	text := ""
	if len(told) > 0 {
		text = "Told " + strings.Join(told, ", ") + ". "
	}
	if len(owed) > 0 {
		text += strings.Join(owed, ", ") + ". "
	}
	if len(lost) > 0 {
		text += "Not reached: " + strings.Join(lost, ", ") + "."
	}
	if text == "" && len(s.o.Board.Recipients()) == 0 {
		return "Nobody is told: there are no recipients."
	}
	return strings.TrimSpace(text)
}

func severityLabel(s sensors.Severity) string {
	switch s {
	case sensors.Critical:
		return "Critical"
	case sensors.Warning:
		return "Warning"
	}
	return "Info"
}

// drawAlerts draws the page of what fires.
func (s *Server) drawAlerts(ctx context.Context, p *watched, c *change) error {
	if !c.redrawAlerts() {
		return nil
	}
	now, err := s.alertsNow(ctx, p.operates())
	if err != nil {
		return err
	}
	c.add("alerts-now", views.AlertsNowView(now))
	return nil
}
