package agro

import (
	"math"
	"time"
)

// TrapezoidMean is the mean over time of readings that are not evenly spaced, along straight lines between them. The
// times rise or repeat; NaN readings are left out.
func TrapezoidMean(timesS, values []float64) (float64, error) {
	if len(timesS) != len(values) {
		return 0, invalid("t_s", "t_s must hold as many values as there are readings: %d, not %d.", len(values), len(timesS))
	}
	area, first, last := 0.0, -1, -1
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if last >= 0 {
			took := timesS[i] - timesS[last]
			if !(took >= 0) {
				return 0, invalid("t_s", "t_s must rise: value %d is before the one before it.", i+1)
			}
			area += took * (v + values[last]) / 2
		} else {
			first = i
		}
		last = i
	}
	switch {
	case last < 0:
		return 0, invalid("temp_c", "There is no reading to take the mean of.")
	case timesS[last] == timesS[first]:
		return plainMean(values), nil
	}
	return area / (timesS[last] - timesS[first]), nil
}

// plainMean is the mean of the readings that are there; NaN when none is.
func plainMean(values []float64) float64 {
	sum, n := 0.0, 0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	return sum / float64(n)
}

// Reading is a value at a moment.
type Reading struct {
	At    time.Time
	Value float64
}

// holdFactor caps how long a reading stands when the next one does not come: 2.5 of the usual steps.
const holdFactor = 2.5

// Even turns readings in order of time into n evenly spaced ones for the series of this package. Each reading stands until
// the next one, but no longer than 2.5 usual steps; a value is the mean over its step, weighted by time, and NaN when less
// than half of the step was covered.
func Even(readings []Reading, usual time.Duration, start time.Time, step time.Duration, n int) []float64 {
	sums, covered := make([]float64, n), make([]time.Duration, n)
	hold := time.Duration(holdFactor * float64(usual))
	for i, r := range readings {
		until := r.At.Add(hold)
		if i+1 < len(readings) && readings[i+1].At.Before(until) {
			until = readings[i+1].At
		}
		from := max(0, r.At.Sub(start))
		for slot := int(from / step); slot < n && !math.IsNaN(r.Value); slot++ {
			end := min(until.Sub(start), time.Duration(slot+1)*step)
			if end <= from {
				break
			}
			sums[slot] += r.Value * (end - from).Seconds()
			covered[slot] += end - from
			from = end
		}
	}
	for slot, sum := range sums {
		sums[slot] = math.NaN()
		if 2*covered[slot] >= step {
			sums[slot] = sum / covered[slot].Seconds()
		}
	}
	return sums
}
