package web

import (
	"context"
	"math"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/rules"
	"furrow/views"
	"furrow/views/chart"
)

// What a chart shows of rules and alerts. Limits that change with the hour are drawn as they changed for
// exactHours at most; on longer charts only those that are the same all day.
const (
	exactHours = 45 * day
	mostMarked = 200
)

// guideOf is what a sensor's value is held against over a span.
func (s *Server) guideOf(ctx context.Context, state live.SensorState, shown span) (chart.Guide, error) {
	var g chart.Guide
	for _, r := range s.rulesOf(state) {
		g.Stretches = append(g.Stretches, s.stretches(r, state.Metric.Info(), shown)...)
	}
	past, err := s.o.Alerts.Alerts(ctx, sensors.AlertFilter{Sensor: state.ID, From: shown.from, To: shown.to + 1, Limit: mostMarked})
	if err != nil {
		return g, err
	}
	for i := len(past) - 1; i >= 0; i-- {
		g.Alerts = append(g.Alerts, s.marked(past[i], shown))
	}
	return g, nil
}

// marked is an alert as it stands in a chart.
func (s *Server) marked(a sensors.Alert, shown span) chart.Span {
	m := s.alarmOf(a)
	from, to := a.StartedAt, a.ResolvedAt
	if a.Past || from == 0 {
		from = a.Since
	}
	if a.State.Open() {
		to = shown.to
	}
	return chart.Span{From: from, To: to, Label: m.title()}
}

// rulesOf are the rules that hold a sensor's own value against limits.
func (s *Server) rulesOf(state live.SensorState) (all []sensors.Rule) {
	subject := s.subject(state)
	for _, r := range s.o.Board.Rules() {
		if holdsValue(r.Condition) && r.Enabled && state.Metric.Info().Class != sensors.Switch && rules.Watches(r, subject) {
			all = append(all, r)
		}
	}
	return all
}

// stretches are a rule's limits over a span, in the unit that people read.
func (s *Server) stretches(r sensors.Rule, info sensors.MetricInfo, shown span) (all []chart.Stretch) {
	if rules.Scheduled(r) && time.Duration(shown.to-shown.from)*time.Millisecond > exactHours {
		return nil
	}
	farm, _ := s.o.Board.Farm()
	for _, part := range rules.Stretches(r, farm, shown.from, shown.to) {
		low, high := ends(r.Condition, part.Limits)
		all = append(all, chart.Stretch{From: part.From, To: part.To, Low: s.typed(info, low), High: s.typed(info, high)})
	}
	return all
}

// holdsValue reports whether a condition is about the value itself, and not about how it changes or differs.
func holdsValue(c sensors.Condition) bool {
	return c == sensors.Above || c == sensors.Below || c == sensors.Outside
}

// ends are the lower and the upper limit, NaN for none.
func ends(c sensors.Condition, l sensors.Limits) (low, high float64) {
	switch c {
	case sensors.Above:
		return math.NaN(), l.Limit
	case sensors.Below:
		return l.Limit, math.NaN()
	case sensors.Outside:
		return l.Low, l.High
	}
	return math.NaN(), math.NaN()
}

// typed is a limit as somebody typed it, in the unit that people read.
func (s *Server) typed(info sensors.MetricInfo, base float64) float64 {
	scale := math.Pow10(info.DecimalsIn(s.units()) + 1)
	return math.Round(info.In(s.units(), base)*scale)/scale + 0
}

// limitKeys name the limits beside a chart.
func (s *Server) limitKeys(state live.SensorState) (keys []views.LimitKey) {
	info := state.Metric.Info()
	farm, _ := s.o.Board.Farm()
	unit := unitLabel(info.UnitIn(s.units()))
	for _, r := range s.rulesOf(state) {
		l, _ := rules.LimitsAt(r, farm, sensors.MilliOf(s.o.Now()))
		text := ""
		switch low, high := ends(r.Condition, l); {
		case math.IsNaN(low):
			text = "At most " + joinUnit(s.plainNumber(info, high, false), unit)
		case math.IsNaN(high):
			text = "At least " + joinUnit(s.plainNumber(info, low, false), unit)
		default:
			text = s.plainNumber(info, low, false) + " to " + joinUnit(s.plainNumber(info, high, false), unit)
		}
		keys = append(keys, views.LimitKey{RuleID: r.ID.String(), Text: text})
	}
	return keys
}
