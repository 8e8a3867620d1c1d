package web

import (
	"fmt"
	"math"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
	"furrow/views/chart"
)

// tale tells in words and numbers how a sensor went over a span.
type tale struct {
	s     *Server
	state live.SensorState
	span  span
	info  sensors.MetricInfo
	units sensors.Units
	// strokes are those of a switch.
	strokes strokes
}

// total is what a whole span sums up to.
type total struct {
	low, high sensors.Bucket // the ones that hold the lowest and the highest value
	mean      float64
	count     int
	growth    float64 // of a running total
}

func totalOf(buckets []sensors.Bucket) total {
	t := total{low: buckets[0], high: buckets[0], growth: growth(buckets)}
	sum := 0.0
	for _, b := range buckets {
		if b.Min < t.low.Min {
			t.low = b
		}
		if b.Max > t.high.Max {
			t.high = b
		}
		sum += b.Mean * float64(b.Count)
		t.count += b.Count
	}
	t.mean = sum / float64(max(t.count, 1))
	return t
}

// growth is how far a running total grew. When it falls it was set back and counts from zero again.
func growth(buckets []sensors.Bucket) float64 {
	sum := 0.0
	for i, before := 0, buckets[0].Min; i < len(buckets); i++ {
		if b := buckets[i]; b.Max >= before {
			sum += b.Max - before
		} else {
			sum += b.Max
		}
		before = buckets[i].Max
	}
	return sum
}

// value writes a base value with its unit.
func (t tale) value(base float64) string { return joinUnit(t.number(base), t.unit()) }

func (t tale) unit() string { return unitLabel(t.info.UnitIn(t.units)) }

// number writes a base value, a difference of two if the metric's units have offsets.
func (t tale) number(base float64) string { return t.info.Format(t.units, base) }

// gained writes a difference of base values.
func (t tale) gained(base float64) string {
	shown := t.info.In(t.units, base) - t.info.In(t.units, 0)
	return joinUnit(fmt.Sprintf("%.*f", t.info.DecimalsIn(t.units), shown), t.unit())
}

// summary is the chart in a sentence or two.
func (t tale) summary(buckets []sensors.Bucket, series chart.Series) string {
	name := t.state.Label()
	if zone := t.s.zoneName(t.state.Zone); zone != "" {
		name += " in " + zone
	}
	name += " " + t.span.words + ": "
	if len(buckets) == 0 {
		return name + "nothing was measured."
	}
	sum := totalOf(buckets)
	switch {
	case t.info.Class == sensors.Switch:
		return name + fmt.Sprintf("%s for %s of the time.", switchWords(t.state.Metric)[1], t.on(t.span.from, t.span.to, true))
	case t.info.Class == sensors.Counter:
		name += fmt.Sprintf("%s more, %s at the end.", t.gained(sum.growth), t.value(buckets[len(buckets)-1].Max))
	case t.number(sum.low.Min) == t.number(sum.high.Max):
		name += fmt.Sprintf("steady at %s.", t.value(sum.mean))
	default:
		name += fmt.Sprintf("from %s to %s, on average %s.", t.number(sum.low.Min), t.value(sum.high.Max), t.value(sum.mean))
	}
	if from, to := series.Silence(); to > from {
		name += fmt.Sprintf(" Nothing was measured from %s to %s.", t.s.moment(from.Time()).Text, t.s.moment(to.Time()).Text)
	}
	return name
}

// stats are the numbers below the chart.
func (t tale) stats(buckets []sensors.Bucket) []views.Stat {
	if len(buckets) == 0 {
		return nil
	}
	sum, unit := totalOf(buckets), t.unit()
	at := func(b sensors.Bucket) string { return t.s.moment(max(b.From, t.span.from).Time()).Text }
	readings := views.Stat{Label: "Readings", Value: fmt.Sprint(sum.count), Sub: t.rhythm()}
	switch t.info.Class {
	case sensors.Switch:
		words := switchWords(t.state.Metric)
		return []views.Stat{{Label: capital(words[1]), Value: t.on(t.span.from, t.span.to, true), Sub: "of the time"},
			{Label: capital(words[0]), Value: t.on(t.span.from, t.span.to, false), Sub: "of the time"}, readings}
	case sensors.Counter:
		return []views.Stat{{Label: "More", Value: t.info.Format(t.units, sum.growth), Unit: unit, Sub: "in this time"},
			{Label: "At first", Value: t.number(buckets[0].Min), Unit: unit, Sub: at(buckets[0])},
			{Label: "At the end", Value: t.number(buckets[len(buckets)-1].Max), Unit: unit, Sub: at(buckets[len(buckets)-1])}, readings}
	}
	return []views.Stat{{Label: "Lowest", Value: t.number(sum.low.Min), Unit: unit, Sub: at(sum.low)},
		{Label: "Average", Value: t.number(sum.mean), Unit: unit, Sub: "of all readings"},
		{Label: "Highest", Value: t.number(sum.high.Max), Unit: unit, Sub: at(sum.high)}, readings}
}

// rhythm says how often the sensor reports.
func (t tale) rhythm() string {
	switch every := t.state.Every; {
	case every == 0:
		return ""
	case every == time.Minute:
		return "one a minute"
	case every == time.Hour:
		return "one an hour"
	case every < 90*time.Second:
		return fmt.Sprintf("one every %.0f s", every.Seconds())
	case every < 90*time.Minute:
		return fmt.Sprintf("one every %.0f min", every.Minutes())
	default:
		return fmt.Sprintf("one every %.0f h", every.Hours())
	}
}

// on writes the share of a time in which a switch was on or, for false, was off.
func (t tale) on(from, to sensors.Milli, wanted bool) string {
	share := t.strokes.share(from, to)
	if math.IsNaN(share) { // a single reading lasts no time
		share = t.strokes.on[len(t.strokes.on)-1]
	}
	if !wanted {
		share = 1 - share
	}
	return percentage(share)
}

// percentage writes a share; what is hardly there is not called nothing.
func percentage(share float64) string {
	switch {
	case share > 0 && share < .01:
		return "under 1 %"
	case share < 1 && share > .99:
		return "over 99 %"
	}
	return fmt.Sprintf("%.0f %%", share*100)
}

func capital(word string) string { return string(word[0]-'a'+'A') + word[1:] }
