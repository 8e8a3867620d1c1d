package notify

import (
	"fmt"
	"strings"

	"furrow/sensors"
)

// RuleFields is a rule as programs read it, in the API and in webhooks. What does not count is null.
type RuleFields struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Enabled    bool          `json:"enabled"`
	Severity   string        `json:"severity" enum:"info,warning,critical"`
	Scope      ScopeFields   `json:"scope"`
	Metric     string        `json:"metric"`
	Condition  string        `json:"condition" enum:"above,below,outside,rate,difference,silent"`
	Limit      *float64      `json:"limit" doc:"In the metric's base unit; per hour for rate."`
	Low        *float64      `json:"low"`
	High       *float64      `json:"high"`
	Clear      *float64      `json:"clear" doc:"Where an alert ends; for outside the margin inside the band."`
	Other      *string       `json:"other_sensor_id"`
	Night      *NightFields  `json:"night" doc:"Other limits at night."`
	Hold       string        `json:"hold" doc:"How long it must last, such as 10m."`
	Active     *ActiveFields `json:"active" doc:"When the rule watches; always, without."`
	Repeat     *string       `json:"repeat" doc:"How long after a message it is repeated, such as 1h."`
	Recipients []string      `json:"recipients"`
	Source     string        `json:"source,omitempty"`
	Watch      bool          `json:"watch,omitempty" doc:"The silence watch, which uses each sensor's own rhythm."`
}

// ScopeFields is which sensors a rule watches; empty is the farm.
type ScopeFields struct {
	Sensor   string `json:"sensor_id,omitempty"`
	Zone     string `json:"zone_id,omitempty"`
	ZoneKind string `json:"zone_kind,omitempty"`
}

// NightFields are limits that hold at night, by the sun or between two times.
type NightFields struct {
	_     struct{} `nullable:"true"`
	When  string   `json:"when" enum:"clock,sun"`
	From  string   `json:"from,omitempty"`
	To    string   `json:"to,omitempty"`
	Limit *float64 `json:"limit,omitempty"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
	Clear *float64 `json:"clear,omitempty"`
}

// ActiveFields is when a rule watches, on the farm's clocks.
type ActiveFields struct {
	_      struct{} `nullable:"true"`
	From   string   `json:"from,omitempty"`
	To     string   `json:"to,omitempty"`
	Days   []string `json:"days,omitempty"`
	Months []int    `json:"months,omitempty"`
}

// RuleOf writes a rule for programs.
func RuleOf(r sensors.Rule) RuleFields {
	f := RuleFields{ID: r.ID.String(), Name: r.Name, Enabled: r.Enabled, Severity: string(r.Severity), Metric: string(r.Metric),
		Condition: string(r.Condition), Other: idOrNull(r.Other), Hold: shortDuration(r.Hold.String()), Source: r.Source, Watch: r.Watch,
		Scope: ScopeFields{ZoneKind: string(r.Scope.ZoneKind)}, Recipients: []string{}}
	if id := idOrNull(r.Scope.Sensor); id != nil {
		f.Scope.Sensor = *id
	}
	if id := idOrNull(r.Scope.Zone); id != nil {
		f.Scope.Zone = *id
	}
	f.Limit, f.Low, f.High, f.Clear = limits(r.Condition, r.Limits)
	if r.NightWhen != sensors.AllDay {
		f.Night = &NightFields{When: string(r.NightWhen)}
		f.Night.Limit, f.Night.Low, f.Night.High, f.Night.Clear = limits(r.Condition, r.Night)
		if r.NightWhen == sensors.NightByClock {
			f.Night.From, f.Night.To = ClockText(r.NightFrom), ClockText(r.NightTo)
		}
	}
	f.Active = activeOf(r.Active)
	if r.Repeat > 0 {
		text := shortDuration(r.Repeat.String())
		f.Repeat = &text
	}
	for _, id := range r.Recipients {
		f.Recipients = append(f.Recipients, id.String())
	}
	return f
}

// limits returns the numbers that count for a condition.
func limits(c sensors.Condition, l sensors.Limits) (limit, low, high, clear *float64) {
	switch c {
	case sensors.Silent:
		return nil, nil, nil, nil
	case sensors.Outside:
		return nil, number(l.Low), number(l.High), number(l.Clear)
	}
	return number(l.Limit), nil, nil, number(l.Clear)
}

func activeOf(a sensors.Active) *ActiveFields {
	f := &ActiveFields{}
	if a.From != 0 || a.To != 0 {
		f.From, f.To = ClockText(a.From), ClockText(a.To)
	}
	for _, d := range a.Days {
		f.Days = append(f.Days, strings.ToLower(d.String()[:3]))
	}
	for _, m := range a.Months {
		f.Months = append(f.Months, int(m))
	}
	if f.From == "" && f.Days == nil && f.Months == nil {
		return nil
	}
	return f
}

// ClockText writes a time of the day as "06:30".
func ClockText(c sensors.ClockMinute) string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// shortDuration drops the zero parts at the end of a duration: "10m0s" is "10m".
func shortDuration(text string) string {
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
