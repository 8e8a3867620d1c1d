package sensors

import (
	"errors"
	"math"
	"testing"
	"time"
)

func rule(change func(*Rule)) Rule {
	r := Rule{Name: "Too hot", Severity: Warning, Metric: "temperature", Condition: Above, Limits: Limits{Limit: 30, Clear: 28}}
	change(&r)
	return r
}

func TestRuleValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Rule)
		field  string // that is wrong, "" for none
	}{
		{"good", func(*Rule) {}, ""},
		{"no severity", func(r *Rule) { r.Severity = "" }, "severity"},
		{"unknown condition", func(r *Rule) { r.Condition = "sideways" }, "condition"},
		{"no metric", func(r *Rule) { r.Metric = "" }, "metric"},
		{"two scopes", func(r *Rule) { r.Scope = Scope{Sensor: 1, Zone: 2} }, "scope"},
		{"unknown kind", func(r *Rule) { r.Scope.ZoneKind = "moon" }, "scope"},
		{"difference to itself", func(r *Rule) { r.Condition, r.Scope.Sensor, r.Other = Difference, 4, 4 }, "scope"},
		{"difference to nothing", func(r *Rule) { r.Condition, r.Scope.Sensor = Difference, 4 }, "scope"},
		{"not a number", func(r *Rule) { r.Limit = math.NaN() }, "limit"},
		{"clear beyond the limit", func(r *Rule) { r.Clear = 31 }, "clear"},
		{"clear beyond the lower limit", func(r *Rule) { r.Condition, r.Clear = Below, 29 }, "clear"},
		{"band upside down", func(r *Rule) { r.Condition, r.Low, r.High = Outside, 3, 2 }, "low"},
		{"band without room", func(r *Rule) { r.Condition, r.Limits = Outside, Limits{Low: 1, High: 3, Clear: 1.5} }, "clear"},
		{"rate of nothing", func(r *Rule) { r.Condition, r.Limits = Rate, Limits{} }, "limit"},
		{"silent for no time", func(r *Rule) { r.Condition, r.Metric = Silent, "" }, "hold"},
		{"silent for a while", func(r *Rule) { r.Condition, r.Metric, r.Hold = Silent, "", time.Hour }, ""},
		{"the watch", func(r *Rule) { r.Condition, r.Metric, r.Watch = Silent, "", true }, ""},
		{"held for too long", func(r *Rule) { r.Hold = 8 * 24 * time.Hour }, "hold"},
		{"repeated too often", func(r *Rule) { r.Repeat = time.Minute }, "repeat"},
		{"an hour that is none", func(r *Rule) { r.Active.To = 1440 }, "active"},
		{"a month that is none", func(r *Rule) { r.Active.Months = []time.Month{13} }, "active"},
		{"night by moon", func(r *Rule) { r.NightWhen, r.Night = "moon", r.Limits }, "night"},
		{"night by sun", func(r *Rule) { r.NightWhen, r.Night = NightBySun, r.Limits }, ""},
		{"night without hours", func(r *Rule) { r.NightWhen, r.Night = NightByClock, r.Limits }, "night"},
		{"night at an hour that is none", func(r *Rule) { r.NightWhen, r.Night, r.NightFrom = NightByClock, r.Limits, 1500 }, "night"},
		{"night by clock", func(r *Rule) { r.NightWhen, r.Night, r.NightFrom = NightByClock, r.Limits, 1320 }, ""},
		{"limit of the night", func(r *Rule) { r.NightWhen, r.Night = NightBySun, Limits{Limit: 1, Clear: 2} }, "night_clear"},
	} {
		err := rule(c.change).Validate()
		var bad Invalid
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.field != "" && (!errors.As(err, &bad) || bad[c.field] == "" || len(bad) != 1):
			t.Errorf("%s: got %v, want a word about %s", c.name, err, c.field)
		}
	}
}

// What nobody chose must be good for every metric and condition.
func TestRuleDefaultsAreValid(t *testing.T) {
	for _, m := range append(Metrics(), MetricID("odd_thing").Info()) {
		for _, c := range []Condition{Above, Below, Outside, Rate, Difference, Silent} {
			r := rule(func(r *Rule) {
				r.Metric, r.Condition, r.Limits = m.ID, c, Limits{Limit: 1, Low: 1, High: 1.5}
				if c == Difference {
					r.Scope.Sensor, r.Other = 1, 2
				}
			}).WithDefaults(false, false)
			if err := r.Validate(); err != nil {
				t.Errorf("%s %s: %v (%+v)", m.ID, c, err, r)
			}
			if wantHold := m.Class != Switch || c == Silent; wantHold != (r.Hold > 0) {
				t.Errorf("%s %s: hold %v", m.ID, c, r.Hold)
			}
		}
	}
	if got := rule(func(r *Rule) { r.Clear = 25 }).WithDefaults(true, true); got.Clear != 25 || got.Hold != 0 {
		t.Errorf("what was chosen is kept: %+v", got)
	}
}
