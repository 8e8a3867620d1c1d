package chart

import (
	"math"
	"time"

	"furrow/sensors"
)

// Series is what a large chart draws, in columns of one length: lowest, mean and highest value around a
// time, in the unit that people read. All three are NaN where the line is broken.
type Series struct {
	At              []sensors.Milli
	Low, Mean, High []float64
	Window
	// Count is how many readings the last point sums up: what comes live is added to it.
	Count int
	Guide Guide
}

// Window says which part of the time is looked at, and how.
type Window struct {
	From, To sensors.Milli
	Step     time.Duration // width of the buckets
	// Gap is the silence after which the line is broken rather than drawn through.
	Gap time.Duration
	// Stepped is for switches: a value holds until the next one, however long that takes.
	Stepped bool
	// Shown converts from the base unit; nil leaves values as they are.
	Shown func(float64) float64
}

// GapAfter returns the silence that breaks a line: a few of the sensor's own intervals, every being zero
// while those are unknown, and a few buckets.
func GapAfter(step, every time.Duration) time.Duration {
	if every == 0 {
		every = 5 * time.Minute
	}
	return max(5*step/2, 4*every)
}

// NewSeries puts the buckets into columns. A point stands in the middle of its bucket, the last one not
// later than the window ends.
func NewSeries(buckets []sensors.Bucket, w Window) Series {
	if w.Shown == nil {
		w.Shown = func(v float64) float64 { return v }
	}
	s := Series{Window: w}
	half, gap := sensors.Milli(w.Step.Milliseconds()/2), sensors.Milli(w.Gap.Milliseconds())
	for i, b := range buckets {
		at := min(b.From+half, w.To)
		if w.Stepped {
			at = b.From
		}
		if i > 0 && !w.Stepped && at-s.At[len(s.At)-1] > gap {
			s.add((s.At[len(s.At)-1]+at)/2, math.NaN(), math.NaN(), math.NaN())
		}
		low, high := w.Shown(b.Min), w.Shown(b.Max)
		s.add(at, min(low, high), w.Shown(b.Mean), max(low, high))
		s.Count = b.Count
	}
	return s
}

func (s *Series) add(at sensors.Milli, low, mean, high float64) {
	s.At = append(s.At, at)
	s.Low, s.Mean, s.High = append(s.Low, low), append(s.Mean, mean), append(s.High, high)
}

// Hold lets the last value of a switch last until at.
func (s *Series) Hold(at sensors.Milli) {
	if n := len(s.At); s.Stepped && n > 0 && at > s.At[n-1] {
		s.add(at, s.Low[n-1], s.Mean[n-1], s.High[n-1])
	}
}

// Empty reports whether there is nothing to draw.
func (s *Series) Empty() bool { return len(s.At) == 0 }
