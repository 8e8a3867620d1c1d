package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
)

// historyPage is how many alerts a page of the history has.
const historyPage = 50

// pastTimes are the times that the history can be narrowed to.
var pastTimes = []struct {
	key, label string
	days       int
}{{"", "Any time", 0}, {"1d", "Last 24 hours", 1}, {"7d", "Last 7 days", 7}, {"30d", "Last 30 days", 30}, {"365d", "Last year", 365}}

// alertHistory lists alerts, the newest first.
func (s *Server) alertHistory(c echo.Context) error {
	filter, fields := s.alertFilter(c)
	all, err := s.o.Alerts.Alerts(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	model := views.AlertHistory{Page: s.page(c, "Alerts of before", "alerts"), Filter: fields, Counted: "No alert of that kind is known."}
	model.Page.Watch = true
	if len(fields.Values) == 0 {
		model.Counted = "Nothing has fired yet."
	}
	model.Rules = append(model.Rules, views.Choice{Label: "All rules"})
	for _, r := range s.o.Board.Rules() {
		model.Rules = append(model.Rules, views.Choice{Value: r.ID.String(), Label: s.ruleName(r)})
	}
	for _, t := range pastTimes {
		model.Times = append(model.Times, views.Choice{Value: t.key, Label: t.label})
	}
	if len(all) == filter.Limit { // one more than a page has
		all = all[:historyPage]
		query := url.Values{"before": {all[historyPage-1].ID.String()}}
		for name, value := range fields.Values {
			query.Set(name, value)
		}
		model.Older = "/alerts/history?" + query.Encode()
	}
	for _, m := range s.alarmsOf(all) {
		model.Rows = append(model.Rows, m.row())
	}
	return s.show(c, http.StatusOK, views.AlertHistoryPage(model))
}

// alertFilter reads which alerts are asked for; what cannot be read narrows nothing.
func (s *Server) alertFilter(c echo.Context) (sensors.AlertFilter, views.Fields) {
	filter := sensors.AlertFilter{Limit: historyPage + 1}
	fields := fieldsOf(map[string]string{})
	id := func(name string) int64 {
		n, err := strconv.ParseInt(c.QueryParam(name), 10, 64)
		if err != nil || n <= 0 {
			return 0
		}
		return n
	}
	if filter.Rule = sensors.RuleID(id("rule")); filter.Rule != 0 {
		fields.Values["rule"] = filter.Rule.String()
	}
	if filter.Sensor = sensors.SensorID(id("sensor")); filter.Sensor != 0 {
		fields.Values["sensor"] = filter.Sensor.String()
	}
	filter.Before = sensors.AlertID(id("before"))
	for _, t := range pastTimes {
		if t.days > 0 && t.key == c.QueryParam("time") {
			fields.Values["time"] = t.key
			filter.From = sensors.MilliOf(s.o.Now().Add(-time.Duration(t.days) * day))
		}
	}
	return filter, fields
}

// row is the alert as it stands in the history.
func (m alarm) row() views.AlertRow {
	line := m.line()
	row := views.AlertRow{ID: line.ID, Tone: line.Tone, Icon: line.Icon, Title: line.Title}
	if m.several {
		row.Facts = append(row.Facts, deviceName(m.device))
	}
	began := m.s.moment(m.Since.Time()).Text
	switch {
	case m.Past:
		row.When = "was so " + began + " to " + m.s.moment(m.ResolvedAt.Time()).Text + "; found later, in late data"
	case m.State.Open():
		row.When = "since " + began
	default:
		row.When = began + " to " + m.s.moment(m.ResolvedAt.Time()).Text
	}
	if !m.State.Open() {
		row.Facts = append(row.Facts, lasted(m.Since, m.ResolvedAt))
	}
	if worst := m.worst(); worst != "" {
		row.Facts = append(row.Facts, "worst "+worst)
	}
	if m.AckBy != "" {
		row.By = m.AckBy + ": " + cmp.Or(m.Note, "seen")
	}
	if m.Why != "" {
		row.By = m.Why
	}
	return row
}
