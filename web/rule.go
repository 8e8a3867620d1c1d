package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
)

// newRule is the form for a rule that does not exist yet: empty, from a preset, or about the sensor or zone that
// somebody came from.
func (s *Server) newRule(c echo.Context) error {
	r := sensors.Rule{Enabled: true, Severity: sensors.Warning, Condition: sensors.Above, Hold: 10 * 60e9}
	if id, number, ok := strings.Cut(c.QueryParam("preset"), "."); ok {
		p, known := presetByID(id)
		i, err := strconv.Atoi(number)
		if !known || err != nil || i < 0 || i >= len(p.Rules) {
			return sensors.ErrNotFound
		}
		return s.rulePage(c, http.StatusOK, p.Rules[i], s.ruleValues(p.Rules[i]), previewFirst)
	}
	values := map[string]string{"severity": string(r.Severity), "condition": string(r.Condition), "hold": lengthText(r.Hold), "repeat": "0s"}
	if id, err := sensors.ParseID[sensors.SensorID](c.QueryParam("sensor")); err == nil {
		if state, ok := s.o.Board.Sensor(id); ok {
			r.Scope.Sensor, r.Metric = id, state.Metric
			values["scope"], values["metric"] = scopeText(r.Scope), string(state.Metric)
		}
	}
	if id, err := sensors.ParseID[sensors.ZoneID](c.QueryParam("zone")); err == nil && s.zoneName(id) != "" {
		values["scope"] = "zone:" + id.String()
	}
	return s.rulePage(c, http.StatusOK, r, fieldsOf(values), previewFirst)
}

// rule is the form for one rule.
func (s *Server) rule(c echo.Context) error {
	r, err := s.ruleOf(c)
	if err != nil {
		return err
	}
	return s.rulePage(c, http.StatusOK, r, s.ruleValues(r), previewFirst)
}

// rulePage shows the form of a rule with what was typed, and what that would have done if it is told so soon.
func (s *Server) rulePage(c echo.Context, status int, r sensors.Rule, fields views.Fields, patience time.Duration) error {
	page := s.page(c, "New rule", "alerts")
	page.Watch, page.Drawn = true, true
	model := views.RuleForm{Page: page, On: r.Enabled, Watch: r.Watch, Edit: fields, Metrics: s.metricChoices(r.Metric), Scopes: s.scopeChoices(r.Scope.Sensor),
		Sensors: []views.ChoiceGroup{s.sensorChoices("", r.Other)}, Holds: holds(fields.Values["hold"]), Repeats: repeats(fields.Values["repeat"]),
		Severities: severityChoices(), Recipients: s.recipientChoices(), Days: dayChoices(), Months: monthChoices(), Action: "/rules",
		MoreOpen: moreSet(fields)}
	if !r.Watch {
		model.Preview = s.previewOf(c.Request().Context(), r, fields, patience)
	}
	if r.ID != 0 {
		model.ID, model.Name, model.Action = r.ID.String(), s.ruleName(r), "/rules/"+r.ID.String()
		model.Page.Title, model.Sentence = model.Name, s.sentence(r)
	}
	return s.show(c, status, views.RulePage(model))
}

// moreSet reports whether anything below "More" is set or wrong, so that it is not overlooked.
func moreSet(f views.Fields) bool {
	for _, name := range []string{"clear", "night", "active_from", "days", "months"} {
		if f.Values[name] != "" || f.Wrong[name] != "" {
			return true
		}
	}
	for _, name := range []string{"night_limit", "night_low", "night_high", "night_clear", "active", "repeat", "recipients"} {
		if f.Wrong[name] != "" {
			return true
		}
	}
	return false
}

func (s *Server) createRule(c echo.Context) error { return s.saveRule(c, sensors.Rule{}) }

func (s *Server) editRule(c echo.Context) error {
	r, err := s.ruleOf(c)
	if err != nil {
		return err
	}
	return s.saveRule(c, r)
}

// saveRule stores what was typed, or shows it again with what has to be corrected. The button that asks for the
// preview, where no script does, changes nothing.
func (s *Server) saveRule(c echo.Context, old sensors.Rule) error {
	r, f := s.readRule(readForm(c), old)
	if f.text("do") == "preview" {
		fields := f.ruleFields()
		if !asksPart(c) {
			return s.rulePage(c, http.StatusOK, r, fields, previewLimit)
		}
		return s.show(c, http.StatusOK, views.RulePreviewView(s.previewOf(c.Request().Context(), r, fields, previewLimit)))
	}
	saved := r
	if f.ok() {
		var err error
		saved, err = s.o.Farm.SaveRule(c.Request().Context(), r)
		if errors.Is(err, sensors.ErrNotFound) || !f.check(err) {
			return err
		}
	}
	if !f.ok() {
		return s.rulePage(c, http.StatusUnprocessableEntity, r, f.ruleFields(), previewFirst)
	}
	s.say(c, "Saved: "+s.sentence(saved))
	return done(c, "/rules")
}

// asksPart reports whether a script asks for a part of a page.
func asksPart(c echo.Context) bool { return c.Request().Header.Get("HX-Request") != "" }
