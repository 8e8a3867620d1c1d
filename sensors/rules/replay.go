package rules

import (
	"iter"
	"time"

	"furrow/sensors"
)

// Preview is what a rule would have done.
type Preview struct {
	Count      int // how often it would have fired
	NightCount int // of these, between 22:00 and 06:00 on the farm's clocks
	Longest    time.Duration
	// CalmerClear is the nearest clear value that would have halved the count at least without keeping alerts
	// open for much longer, nil when there is none.
	CalmerClear *float64
	// Alerts are those that would have fired, by time. One that would still be open is firing.
	Alerts []sensors.Alert
}

// calmerSteps are the clear values that Replay tries, in steps of the metric's hysteresis away from the limit.
var calmerSteps = []float64{1, 2, 3, 4, 6}

// calmerLeast is how many alerts are not too many.
const calmerLeast = 3

// Replay runs a rule over stored readings from from to to, with the engine that watches live. Readings come by
// time; those before from only tell the sensors' rhythm. Alerts are counted that fire in from <= t < to.
func Replay(rule sensors.Rule, subjects []Subject, readings iter.Seq2[sensors.Reading, error], farm sensors.Farm, from, to sensors.Milli) (Preview, error) {
	e := New(farm)
	variants := calmer(rule)
	for i := range variants {
		variants[i].ID, variants[i].Enabled, variants[i].CreatedAt = sensors.RuleID(i+1), true, time.Time{}
	}
	e.Apply(e.SetSensors(subjects, from))
	e.Apply(e.SetRules(variants, from))
	tallies := make([]tally, len(variants))
	one := make([]sensors.Reading, 1)
	for r, err := range readings {
		if err != nil {
			return Preview{}, err
		}
		if r.At >= to {
			continue
		}
		if rule.Condition == sensors.Silent {
			e.run(e.Tick(r.At-1), tallies)
		}
		one[0] = r
		e.run(e.Plan(one, r.At), tallies)
	}
	e.run(e.Tick(to), tallies)
	return preview(rule, variants, tallies, calendarOf(farm), from, to), nil
}

// calmer returns the rule, and it with clear values that are farther from its limits.
func calmer(rule sensors.Rule) []sensors.Rule {
	list := []sensors.Rule{rule}
	for _, n := range calmerSteps {
		r, day, night := rule, false, true
		r.Limits, day = calmed(&rule, rule.Limits, n)
		if rule.NightWhen != sensors.AllDay {
			r.Night, night = calmed(&rule, rule.Night, n)
		}
		if day && night {
			list = append(list, r)
		}
	}
	return list
}

// calmed returns limits with the clear value n steps of the metric's hysteresis away; false when that is not
// farther than it was or leaves no room.
func calmed(r *sensors.Rule, l sensors.Limits, n float64) (sensors.Limits, bool) {
	was, step := l.Clear, n*r.Metric.Info().Hysteresis()
	switch r.Condition {
	case sensors.Above:
		l.Clear = l.Limit - step
		return l, l.Clear < was
	case sensors.Below:
		l.Clear = l.Limit + step
		return l, l.Clear > was
	case sensors.Outside:
		l.Clear = step
		return l, l.Clear > was && 2*l.Clear < l.High-l.Low
	case sensors.Rate:
		l.Clear = l.Limit * (1 - n/8)
		return l, l.Clear < was
	case sensors.Difference:
		l.Clear = l.Limit - step
		return l, l.Clear < was && l.Clear >= 0
	}
	return l, false
}

// tally counts the alerts of one rule in a replay.
type tally struct {
	alerts []sensors.Alert
	index  map[sensors.AlertID]int
	next   sensors.AlertID
}

// run applies a plan as if it were stored.
func (e *Engine) run(p *Plan, tallies []tally) {
	for _, event := range p.Events {
		tallies[event.Alert.Rule-1].add(event)
	}
	e.Apply(p)
}

func (t *tally) add(event sensors.AlertEvent) {
	a := event.Alert
	if a.ID == 0 {
		t.next++
		a.ID = t.next
	}
	i, known := t.index[a.ID]
	switch {
	case known:
		t.alerts[i] = *a
	case event.Kind == sensors.EventFiring:
		if t.index == nil {
			t.index = map[sensors.AlertID]int{}
		}
		t.index[a.ID] = len(t.alerts)
		t.alerts = append(t.alerts, *a)
	}
}

// preview sums up what was counted.
func preview(rule sensors.Rule, variants []sensors.Rule, tallies []tally, c calendar, from, to sensors.Milli) Preview {
	var sums []Preview
	var open []time.Duration
	for _, t := range tallies {
		p, total := Preview{}, time.Duration(0)
		for _, a := range t.alerts {
			if a.StartedAt < from || a.StartedAt >= to {
				continue
			}
			lasted := a.ResolvedAt - a.StartedAt
			if a.State.Open() {
				lasted = to - a.StartedAt
			}
			total += time.Duration(lasted) * time.Millisecond
			p.Longest = max(p.Longest, time.Duration(lasted)*time.Millisecond)
			if p.Count++; within(clockMinute(time.UnixMilli(int64(a.StartedAt)).In(c.loc)), 22*60, 6*60) {
				p.NightCount++
			}
			a.ID, a.Rule = 0, rule.ID
			p.Alerts = append(p.Alerts, a)
		}
		sums, open = append(sums, p), append(open, total)
	}
	for i := 1; i < len(sums) && sums[0].Count >= calmerLeast; i++ {
		if sums[i].Count*2 <= sums[0].Count && open[i] <= 2*open[0] {
			sums[0].CalmerClear = &variants[i].Clear
			break
		}
	}
	return sums[0]
}
