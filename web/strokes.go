package web

import (
	"context"
	"math"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views/chart"
)

// strokes are what a switch was, from moment to moment: shares of the time that it was on. What it was
// before the first is not known, nor after the last.
type strokes struct {
	at []sensors.Milli
	on []float64 // one less
}

// exactStrokes is the longest span that strokes are read for one by one; longer ones are told from the sums
// that the chart is drawn from, whose readings may crowd around a change.
const exactStrokes = 62 * day

// strokes returns what a switch was over a span whose chart is the series.
func (s *Server) strokes(ctx context.Context, state live.SensorState, shown span, series chart.Series) (strokes, error) {
	var out strokes
	if time.Duration(shown.to-shown.from)*time.Millisecond > exactStrokes || len(series.At) == 0 {
		for i, at := range series.At {
			out.add(at, series.Mean[i])
		}
		return out.until(shown.to), nil
	}
	err := s.o.History.Range(ctx, state.ID, shown.from, shown.to+1, func(r sensors.Reading) bool {
		if r.Quality == sensors.Good {
			out.add(r.At, r.Value)
		}
		return true
	})
	if len(out.at) == 0 { // it has been the same since before
		out.add(series.At[0], series.Mean[0])
	}
	return out.until(series.At[len(series.At)-1]), err
}

// add lets the switch be on from a moment on; what changes nothing is not kept.
func (k *strokes) add(at sensors.Milli, on float64) {
	if n := len(k.on); n == 0 || k.on[n-1] != on {
		k.at, k.on = append(k.at, at), append(k.on, on)
	}
}

// until ends the last stroke.
func (k strokes) until(end sensors.Milli) strokes {
	if n := len(k.at); n > 0 {
		k.at = append(k.at, max(end, k.at[n-1]))
	}
	return k
}

// share returns the part of a time that the switch was on, not a number when nothing is known of it.
func (k strokes) share(from, to sensors.Milli) float64 {
	on, all := 0.0, 0.0
	for i, share := range k.on {
		if lasted := min(k.at[i+1], to) - max(k.at[i], from); lasted > 0 {
			on, all = on+float64(lasted)*share, all+float64(lasted)
		}
	}
	if all == 0 {
		return math.NaN()
	}
	return on / all
}
