package web

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"furrow/sensors"
	"furrow/views"
)

// ruleForm reads a rule as a person typed it, in the farm's units.
type ruleForm struct {
	*form
	s     *Server
	rule  sensors.Rule
	info  sensors.MetricInfo
	units sensors.Units
}

// readRule reads a form into a rule; old is the one that is changed, or zero. What is wrong stands in the form.
func (s *Server) readRule(f *form, old sensors.Rule) (sensors.Rule, *form) {
	if _, err := f.c.FormParams(); err != nil {
		f.bad.Add("name", "The form could not be read. Try again.")
		return old, f
	}
	r := ruleForm{form: f, s: s, rule: old, units: s.units()}
	r.rule.Name = sensors.CleanName(f.text("name"))
	r.rule.Severity = sensors.Severity(f.text("severity"))
	r.rule.Repeat = r.length("repeat")
	r.recipients()
	if old.Watch {
		return r.rule, f
	}
	if old.ID == 0 {
		r.rule.Enabled = true
	}
	r.rule.Source = sensors.CleanText(f.text("source"), 500)
	r.rule.Condition = sensors.Condition(f.text("condition"))
	r.subject()
	r.rule.Hold = r.length("hold")
	r.limits()
	r.active()
	if err := r.rule.Validate(); err != nil {
		var bad sensors.Invalid
		if errors.As(err, &bad) {
			f.take(bad, "")
		}
	}
	return r.rule, f
}

// subject reads what is watched and where. A rule about one sensor is about what that measures.
func (r *ruleForm) subject() {
	r.rule.Metric, r.rule.Other = sensors.MetricID(r.text("metric")), 0
	r.rule.Scope = readScope(r.bad, r.text("scope"))
	if state, ok := r.s.o.Board.Sensor(r.rule.Scope.Sensor); ok && r.rule.Condition != sensors.Silent {
		r.rule.Metric = state.Metric
	}
	switch r.rule.Condition {
	case sensors.Silent:
		if r.rule.Scope.Sensor == 0 {
			r.rule.Metric = ""
		}
	case sensors.Difference:
		other := readScope(sensors.Invalid{}, r.text("other_sensor_id"))
		if r.rule.Other = other.Sensor; other.Sensor == 0 {
			r.bad.Add("other_sensor_id", "Choose the sensor to compare with.")
		}
		if r.rule.Scope.Sensor == 0 {
			r.bad.Add("scope", "A difference is between two sensors: choose one here and the other below.")
		}
	}
	r.info = r.rule.Metric.Info()
}

// readScope reads where a rule watches: "", "kind:barn", "zone:3" or "sensor:7".
func readScope(bad sensors.Invalid, text string) (scope sensors.Scope) {
	what, value, _ := strings.Cut(text, ":")
	id, err := strconv.ParseInt(value, 10, 64)
	switch {
	case text == "":
	case what == "kind":
		scope.ZoneKind = sensors.ZoneKind(value)
	case err != nil || id <= 0:
		bad.Add("scope", "Choose where to watch.")
	case what == "zone":
		scope.Zone = sensors.ZoneID(id)
	case what == "sensor":
		scope.Sensor = sensors.SensorID(id)
	}
	return scope
}

func scopeText(scope sensors.Scope) string {
	switch {
	case scope.Sensor != 0:
		return "sensor:" + scope.Sensor.String()
	case scope.Zone != 0:
		return "zone:" + scope.Zone.String()
	case scope.ZoneKind != "":
		return "kind:" + string(scope.ZoneKind)
	}
	return ""
}

// limits reads the numbers by day and, where they are others, by night. A clear value that was left empty
// becomes a sensible one.
func (r *ruleForm) limits() {
	r.rule.NightWhen = sensors.DayPart(r.text("night"))
	if r.rule.Condition == sensors.Silent {
		r.rule.NightWhen, r.rule.Limits, r.rule.Night = sensors.AllDay, sensors.Limits{}, sensors.Limits{}
		return
	}
	r.rule.Limits, r.rule.Night = r.limitsOf(""), sensors.Limits{}
	if r.rule.NightWhen != sensors.AllDay {
		r.rule.Night = r.limitsOf("night_")
		if r.rule.NightWhen == sensors.NightByClock {
			r.rule.NightFrom, r.rule.NightTo = r.clock("night_from", "night"), r.clock("night_to", "night")
		}
	}
	r.rule = r.rule.WithDefaults(false, true)
	r.clear("", &r.rule.Limits)
	if r.rule.NightWhen != sensors.AllDay {
		r.clear("night_", &r.rule.Night)
	}
}

func (r *ruleForm) limitsOf(prefix string) (l sensors.Limits) {
	if r.rule.Condition == sensors.Outside {
		l.Low, l.High = r.value(prefix+"low", false), r.value(prefix+"high", false)
		return l
	}
	l.Limit = r.value(prefix+"limit", r.spans())
	return l
}

// spans reports whether the rule's limits are distances of two values.
func (r *ruleForm) spans() bool {
	return r.rule.Condition == sensors.Rate || r.rule.Condition == sensors.Difference
}

func (r *ruleForm) clear(prefix string, l *sensors.Limits) {
	if r.text(prefix+"clear") != "" {
		l.Clear = r.value(prefix+"clear", r.spans() || r.rule.Condition == sensors.Outside)
	}
}

// value reads a number that must be there, in the farm's units.
func (r *ruleForm) value(name string, span bool) float64 {
	if r.text(name) == "" {
		r.bad.Add(name, "Type a number.")
		return 0
	}
	shown := r.number(name, "Type a number, such as 32 or 0.5.")
	if math.IsInf(shown, 0) || math.IsNaN(shown) || math.Abs(shown) > 1e12 {
		r.bad.Add(name, "Type a number, such as 32 or 0.5.")
		return 0
	}
	base := r.info.FromUnits(r.units, shown)
	if span {
		base -= r.info.FromUnits(r.units, 0)
	}
	return base
}

// length reads a time as the choices of a form have it: "10m". None is zero.
func (r *ruleForm) length(name string) time.Duration {
	text := r.text(name)
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		r.bad.Add(name, "Choose how long.")
	}
	return d
}

// clock reads a time of the day as browsers send it: "22:00".
func (r *ruleForm) clock(name, field string) sensors.ClockMinute {
	text := r.text(name)
	if text == "" {
		return 0
	}
	m, ok := clockMinute(text)
	if !ok {
		r.bad.Add(field, "Type times such as 22:00.")
	}
	return m
}

func clockMinute(text string) (sensors.ClockMinute, bool) {
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return sensors.ClockMinute(t.Hour()*60 + t.Minute()), true
		}
	}
	return 0, false
}

// active reads when the rule watches.
func (r *ruleForm) active() {
	a := sensors.Active{From: r.clock("active_from", "active"), To: r.clock("active_to", "active")}
	for _, text := range r.c.Request().PostForm["days"] {
		if day, err := strconv.Atoi(text); err == nil && day >= 0 && day <= 6 {
			a.Days = append(a.Days, time.Weekday(day))
		}
	}
	for _, text := range r.c.Request().PostForm["months"] {
		if month, err := strconv.Atoi(text); err == nil && month >= 1 && month <= 12 {
			a.Months = append(a.Months, time.Month(month))
		}
	}
	if len(a.Days) == 7 {
		a.Days = nil
	}
	if len(a.Months) == 12 {
		a.Months = nil
	}
	r.rule.Active = a
}

// recipients reads who is told; nobody chosen means everybody.
func (r *ruleForm) recipients() {
	r.rule.Recipients = nil
	for _, text := range r.c.Request().PostForm["recipients"] {
		if id, err := sensors.ParseID[sensors.RecipientID](text); err == nil {
			r.rule.Recipients = append(r.rule.Recipients, id)
		}
	}
}

// ruleFields gives the page back what was typed; of what may be chosen several times, all.
func (f *form) ruleFields() views.Fields {
	fields := f.fields()
	for _, name := range []string{"days", "months", "recipients"} {
		fields.Values[name] = strings.Join(f.c.Request().PostForm[name], ",")
	}
	return fields
}
