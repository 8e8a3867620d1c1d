package rules

import (
	"math"
	"slices"
	"time"

	"furrow/sensors"
)

// A rate of change is the slope of the readings in a window, after Theil and Sen (P. K. Sen 1968, J. Am. Stat.
// Assoc. 63: 1379): the median of the slopes between all pairs. At least four readings are needed, and of two
// middle slopes the flatter one counts; then no single odd value, wherever it stands, can pass for a change.
//
// The window is a quarter of an hour, in which the noise of usual sensors (0.3 °C) comes to about 1 °C an hour,
// and for sensors that report less often four of their intervals, so that it holds the readings that are
// needed. Five minutes of readings are the least from which an hour is told.
const (
	rateShort   = 15 * time.Minute
	rateLong    = 24 * time.Hour
	rateUnknown = 12 * time.Hour // until the sensor's rhythm is known
	rateLeast   = 5 * minute
	ratePoints  = 4
)

// rateWindow returns how far back readings count for a sensor that reports every so often.
func rateWindow(every time.Duration) sensors.Milli {
	if every == 0 {
		return milli(rateUnknown)
	}
	return milli(min(max(rateShort, ratePoints*every), rateLong))
}

type point struct {
	at    sensors.Milli
	value float64
}

// trail is a sensor's last readings, thinned to what a slope needs, oldest first.
type trail struct {
	points [12]point
	n      int
}

// add appends a reading of a sensor that reports every so often, and forgets what lies before the window. Where
// readings are denser than needed, a newer one takes the place of the one before.
func (t *trail) add(at sensors.Milli, value float64, every time.Duration) {
	window, dense := rateWindow(every), sensors.Milli(0)
	if every > 0 {
		dense = window / sensors.Milli(len(t.points)-2)
	}
	drop := 0
	for drop < t.n && t.points[drop].at < at-window {
		drop++
	}
	switch n := t.n; {
	case n > 0 && at <= t.points[n-1].at, n > drop+1 && t.points[n-1].at-t.points[n-2].at < dense:
		t.n--
	case drop == 0 && n == len(t.points):
		drop = 1
	}
	t.n = copy(t.points[:], t.points[min(drop, t.n):t.n])
	t.points[t.n] = point{at, value}
	t.n++
}

// perHour returns the slope; false when there is too little to tell.
func (t *trail) perHour() (float64, bool) {
	if t.n < ratePoints || t.points[t.n-1].at-t.points[0].at < rateLeast {
		return 0, false
	}
	var slopes [66]float64 // of 12 points
	k := 0
	for i := range t.n {
		for j := i + 1; j < t.n; j++ {
			slopes[k] = (t.points[j].value - t.points[i].value) / float64(t.points[j].at-t.points[i].at)
			k++
		}
	}
	slices.Sort(slopes[:k])
	low, high := slopes[(k-1)/2], slopes[k/2]
	if math.Abs(high) < math.Abs(low) {
		low = high
	}
	return low * 3_600_000, true
}
