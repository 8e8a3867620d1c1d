package rules

import (
	"cmp"
	"iter"
	"maps"
	"slices"
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
	CalmerCount int // how often it would have fired with that
	// Alerts are those that would have fired, by time, at most MaxListed of them. One that would still be open is
	// firing.
	Alerts []sensors.Alert
}

// MaxListed is how many alerts a preview lists; it counts them all.
const MaxListed = 10_000

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
	for i := range tallies {
		tallies[i] = tally{from: from, to: to, calendar: calendarOf(farm), open: map[sensors.AlertID]sensors.Alert{}}
	}
	tallies[0].list = MaxListed
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
	return preview(rule, variants, tallies), nil
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

// tally counts the alerts of one rule in a replay. It keeps those that are open and, to be listed, the first of
// the others.
type tally struct {
	Preview
	calendar calendar
	from, to sensors.Milli
	total    time.Duration // how long alerts were open, together
	list     int           // how many more are to be listed
	open     map[sensors.AlertID]sensors.Alert
	next     sensors.AlertID
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
	if _, known := t.open[a.ID]; known || event.Kind == sensors.EventFiring {
		t.open[a.ID] = *a
	}
	if a, known := t.open[a.ID]; known && event.Kind == sensors.EventResolved {
		delete(t.open, a.ID)
		t.count(a)
	}
}

// count adds an alert that is over, or open at the end.
func (t *tally) count(a sensors.Alert) {
	if a.StartedAt < t.from || a.StartedAt >= t.to {
		return
	}
	lasted := time.Duration(a.ResolvedAt-a.StartedAt) * time.Millisecond
	if a.State.Open() {
		lasted = time.Duration(t.to-a.StartedAt) * time.Millisecond
	}
	t.total += lasted
	t.Longest = max(t.Longest, lasted)
	if t.Count++; within(clockMinute(time.UnixMilli(int64(a.StartedAt)).In(t.calendar.loc)), 22*60, 6*60) {
		t.NightCount++
	}
	if t.list > 0 {
		t.list--
		t.Alerts = append(t.Alerts, a)
	}
}

// preview sums up what was counted.
func preview(rule sensors.Rule, variants []sensors.Rule, tallies []tally) Preview {
	for i := range tallies {
		for _, id := range slices.Sorted(maps.Keys(tallies[i].open)) {
			tallies[i].count(tallies[i].open[id])
		}
	}
	p, total := tallies[0].Preview, tallies[0].total
	slices.SortFunc(p.Alerts, func(a, b sensors.Alert) int {
		return cmp.Or(cmp.Compare(a.StartedAt, b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	for i := range p.Alerts {
		p.Alerts[i].ID, p.Alerts[i].Rule = 0, rule.ID
	}
	for i := 1; i < len(variants) && p.Count >= calmerLeast; i++ {
		if tallies[i].Count*2 <= p.Count && tallies[i].total <= 2*total {
			p.CalmerClear, p.CalmerCount = &variants[i].Clear, tallies[i].Count
			break
		}
	}
	return p
}
