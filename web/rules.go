package web

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/rules"
	"furrow/views"
	"furrow/web/auth"
)

// rules lists what the farm is watched for, in sentences.
func (s *Server) rules(c echo.Context) error {
	model := views.Rules{Page: s.page(c, "Rules", "alerts"), Configure: viewer(c).Role.Can(auth.Configure), Nobody: len(s.o.Board.Recipients()) == 0}
	model.Page.Watch = true
	open := map[sensors.RuleID]int{}
	for _, a := range s.o.Board.Alerts() {
		open[a.Rule]++
	}
	for _, r := range s.o.Board.Rules() {
		row := views.RuleRow{ID: r.ID.String(), Name: s.ruleName(r), Sentence: s.sentence(r), Severity: severityLabel(r.Severity), Tone: severityTone(r.Severity),
			Icon: ruleIcon(r), On: r.Enabled, Watch: r.Watch, Told: s.toldBy(r)}
		if n := open[r.ID]; n > 0 {
			row.Open = plural(n, "alert", "alerts") + " now"
		}
		if r.Source != "" {
			row.Source = r.Source
		}
		model.Rows = append(model.Rows, row)
	}
	for _, p := range rules.Presets() {
		model.Presets = append(model.Presets, views.PresetRow{ID: p.ID, Name: p.Name, About: p.About, Icon: presetIcon(p.Kind)})
	}
	return s.show(c, http.StatusOK, views.RulesPage(model))
}

// preset shows the rules of a preset, each with the way to make it one's own.
func (s *Server) preset(c echo.Context) error {
	p, ok := presetByID(c.Param("id"))
	if !ok {
		return sensors.ErrNotFound
	}
	model := views.PresetPage{Page: s.page(c, p.Name, "alerts"), Name: p.Name, About: p.About, ID: p.ID}
	model.Page.Watch = true
	for i, r := range p.Rules {
		model.Rows = append(model.Rows, views.PresetRule{Number: i, Name: r.Name, Sentence: s.sentence(r), Source: r.Source,
			Severity: severityLabel(r.Severity), Tone: severityTone(r.Severity), Icon: ruleIcon(r), Measured: s.measures(r.Metric)})
	}
	model.Places = s.places(p.Kind)
	model.Edit = fieldsOf(map[string]string{"scope": model.Places[0].Choices[0].Value})
	return s.show(c, http.StatusOK, views.PresetRulesPage(model))
}

// takePreset makes the chosen rules of a preset, for the place that was chosen.
func (s *Server) takePreset(c echo.Context) error {
	p, ok := presetByID(c.Param("id"))
	if !ok {
		return sensors.ErrNotFound
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	made := 0
	for _, number := range form["rule"] {
		for i, r := range p.Rules {
			if number != views.Number(i) {
				continue
			}
			bad := sensors.Invalid{}
			if r.Scope = readScope(bad, form.Get("scope")); len(bad) > 0 {
				return bad
			}
			if _, err := s.o.Farm.SaveRule(c.Request().Context(), r); err != nil {
				return err
			}
			made++
		}
	}
	if made == 0 {
		return refusal{http.StatusUnprocessableEntity, "Choose at least one of the rules."}
	}
	s.say(c, plural(made, "rule is", "rules are")+" on now. Change what does not fit.")
	return done(c, "/rules")
}

func presetByID(id string) (rules.Preset, bool) {
	for _, p := range rules.Presets() {
		if p.ID == id {
			return p, true
		}
	}
	return rules.Preset{}, false
}

func presetIcon(kind sensors.ZoneKind) string {
	if kind == "" {
		return "rule"
	}
	return kind.Info().Icon
}

func ruleIcon(r sensors.Rule) string {
	if r.Condition == sensors.Silent {
		return "offline"
	}
	return r.Metric.Info().Icon
}

func severityTone(s sensors.Severity) string {
	switch s {
	case sensors.Critical:
		return "alert"
	case sensors.Warning:
		return "watch"
	}
	return "stale"
}

// measures reports whether anything on the farm measures it.
func (s *Server) measures(m sensors.MetricID) bool {
	for _, state := range s.o.Board.Sensors() {
		if state.Metric == m {
			return true
		}
	}
	return false
}

// sentence says a rule in words.
func (s *Server) sentence(r sensors.Rule) string {
	farm, _ := s.o.Board.Farm()
	if farm.Units == "" {
		farm.Units = sensors.MetricUnits
	}
	return rules.Sentence(r, rules.Names{Sensor: s.sensorName(r.Scope.Sensor), Other: s.sensorName(r.Other), Zone: s.zoneName(r.Scope.Zone)}, farm)
}

// sensorName is the manager's name for a sensor, or that of its device and where it stands.
func (s *Server) sensorName(id sensors.SensorID) string {
	state, ok := s.o.Board.Sensor(id)
	if !ok {
		return ""
	}
	d, _ := s.o.Board.Device(state.Device)
	name := cmp.Or(state.Name, deviceName(d))
	if zone := s.zoneName(d.Zone); zone != "" {
		name += " in " + zone
	}
	return name
}

// ruleName is a rule's name, or what it watches for.
func (s *Server) ruleName(r sensors.Rule) string {
	switch {
	case r.Name != "":
		return r.Name
	case r.Watch:
		return "Silence watch"
	}
	r.NightWhen, r.Active = sensors.AllDay, sensors.Active{}
	text, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(s.sentence(r), "Tell me when "), "."), "; all clear ")
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// toldBy names who is told by a rule.
func (s *Server) toldBy(r sensors.Rule) string {
	var names []string
	for _, to := range s.o.Board.Recipients() {
		for _, id := range r.Recipients {
			if id == to.ID {
				names = append(names, to.Name)
			}
		}
	}
	if len(names) == 0 {
		return "Tells everybody"
	}
	return "Tells " + strings.Join(names, ", ")
}

func (s *Server) ruleOf(c echo.Context) (sensors.Rule, error) {
	id, err := sensors.ParseID[sensors.RuleID](c.Param("id"))
	if err != nil {
		return sensors.Rule{}, err
	}
	r, ok := s.o.Board.Rule(id)
	if !ok {
		return r, sensors.ErrNotFound
	}
	return r, nil
}

// switchRule turns a rule on or off; what it has open ends with it.
func (s *Server) switchRule(c echo.Context) error {
	r, err := s.ruleOf(c)
	if err != nil {
		return err
	}
	r.Enabled = readForm(c).text("to") == "on"
	if _, err := s.o.Farm.SaveRule(c.Request().Context(), r); err != nil {
		return err
	}
	if r.Enabled {
		s.say(c, s.ruleName(r)+" is on.")
	} else {
		s.say(c, s.ruleName(r)+" is off. Its open alerts are ended.")
	}
	return done(c, "/rules")
}

func (s *Server) deleteRule(c echo.Context) error {
	r, err := s.ruleOf(c)
	if err != nil {
		return err
	}
	err = s.o.Farm.DeleteRule(c.Request().Context(), r.ID)
	var bad sensors.Invalid
	if errors.As(err, &bad) {
		return refusal{http.StatusConflict, bad.Error()}
	}
	if err != nil {
		return err
	}
	s.say(c, s.ruleName(r)+" is deleted, and its open alerts are ended. The history keeps what it fired.")
	return done(c, "/rules")
}
