package agro

import (
	"iter"
	"math"
	"time"
)

// AirSeries is evenly spaced readings of the same air: value i is the reading at Start + i Step and stands for the
// step that follows. NaN is a missing reading. RHPct may be nil where a model needs temperatures only.
type AirSeries struct {
	Start time.Time
	Step  time.Duration
	TempC []float64
	RHPct []float64
}

// A local day of readings can be judged when it was observed for nine tenths of its length and never silent for longer
// than three hours.
const (
	dayCoveragePct = 90
	dayGap         = 3 * time.Hour
)

// seriesMaxH keeps times within what a time.Duration can hold.
const seriesMaxH = 100 * 366 * 24

// valid checks the series as a whole and every reading that is not missing.
func (s AirSeries) valid(needRH bool) error {
	switch {
	case s.Step < time.Second || s.Step > 24*time.Hour:
		return invalid("step_s", "step_s must lie between 1 and 86400 seconds.")
	case len(s.TempC) == 0:
		return invalid("temp_c", "temp_c holds no readings.")
	case s.hours(1)*float64(len(s.TempC)) > seriesMaxH:
		return invalid("temp_c", "temp_c covers more than 100 years: look at step_s.")
	case needRH && len(s.RHPct) != len(s.TempC):
		return invalid("rh_pct", "rh_pct must have as many readings as temp_c: %d, not %d.", len(s.TempC), len(s.RHPct))
	}
	if err := validList("temp_c", s.TempC, airMinC, airMaxC); err != nil || !needRH {
		return err
	}
	return validList("rh_pct", s.RHPct, 0, rhMaxPct)
}

// validList checks readings of which some may be missing.
func validList(field string, values []float64, low, high float64) error {
	for i, v := range values {
		if v < low || v > high {
			return invalid(field, "Reading %d of %s must lie between %g and %g, not at %g: look at the sensor and at the unit.",
				i+1, field, low, high, v)
		}
	}
	return nil
}

// hours returns the time that n readings stand for.
func (s AirSeries) hours(n int) float64 { return float64(time.Duration(n)*s.Step) / float64(time.Hour) }

// at returns the time of reading i.
func (s AirSeries) at(i int) time.Time { return s.Start.Add(time.Duration(i) * s.Step) }

// dayPart is the readings from <= i < to of one local day, which lasts from start to end.
type dayPart struct {
	from, to   int
	start, end time.Time
}

// days cuts the series at the midnights of a place, of which some are 23 or 25 hours apart. Days without readings
// between others come too.
func (s AirSeries) days(loc *time.Location) iter.Seq[dayPart] {
	return func(yield func(dayPart) bool) {
		start := midnight(s.Start.In(loc))
		for from := 0; from < len(s.TempC); {
			end := nextMidnight(start)
			to := from + int(max(0, end.Sub(s.at(from))+s.Step-1)/s.Step)
			part := dayPart{from, min(to, len(s.TempC)), start, end}
			if !yield(part) {
				return
			}
			from, start = part.to, end
		}
	}
}

// midnight returns the first moment of the local day on which t lies. Where clocks are put forward at midnight that
// is 1 o'clock; where they are put back to midnight it is the first of two.
func midnight(t time.Time) time.Time {
	year, month, day := t.Date()
	noon := time.Date(year, month, day, 12, 0, 0, 0, t.Location())
	start := noon.Add(-12 * time.Hour)
	change, _ := noon.ZoneBounds()
	if change.Before(start) {
		return start
	}
	_, offset := noon.Zone()
	_, before := change.Add(-1).Zone()
	if old := start.Add(time.Duration(offset-before) * time.Second); old.Before(change) {
		return old
	}
	return change
}

// nextMidnight returns the first moment of the local day after the one that begins at start.
func nextMidnight(start time.Time) time.Time {
	for ahead := 36 * time.Hour; ; ahead += 24 * time.Hour { // again only where an island repeated a date
		if next := midnight(start.Add(ahead)); next.After(start) {
			return next
		}
	}
}

// Day is the temperatures of one local day. NaN when nothing was observed.
type Day struct {
	Start, End          time.Time // local midnights, 23 to 25 hours apart
	Observed            int       // readings
	TminC, TmaxC, MeanC float64
	CoveragePct         float64
	LargestGap          time.Duration // between readings, and to the day's ends
}

// Date is the day's date as people write it in a file: 2025-03-30.
func (d Day) Date() string { return d.Start.Format(time.DateOnly) }

// Judgeable reports whether the day's minimum and maximum may feed a model without being marked.
func (d Day) Judgeable() bool { return d.CoveragePct >= dayCoveragePct && d.LargestGap <= dayGap }

// LocalDays sums up a series by local calendar days, the first and last of which may be incomplete.
func LocalDays(s AirSeries, loc *time.Location) ([]Day, error) {
	if err := s.valid(false); err != nil {
		return nil, err
	}
	days := make([]Day, 0, len(s.TempC)*int(s.Step/time.Second)/86400+2)
	for part := range s.days(loc) {
		days = append(days, s.day(part))
	}
	return days, nil
}

// day sums up one part; a reading belongs to the day in which its step begins.
func (s AirSeries) day(part dayPart) Day {
	d := Day{Start: part.start, End: part.end, TminC: math.NaN(), TmaxC: math.NaN()}
	last, sum := part.start, 0.0
	for i := part.from; i < part.to; i++ {
		v := s.TempC[i]
		if math.IsNaN(v) {
			continue
		}
		if d.Observed == 0 {
			d.TminC, d.TmaxC = v, v
		}
		d.TminC, d.TmaxC = min(d.TminC, v), max(d.TmaxC, v)
		d.LargestGap = max(d.LargestGap, s.at(i).Sub(last))
		d.Observed++
		last, sum = s.at(i), sum+v
	}
	d.LargestGap = max(d.LargestGap, part.end.Sub(last))
	d.MeanC = sum / float64(d.Observed)
	d.CoveragePct = min(100, 100*float64(time.Duration(d.Observed)*s.Step)/float64(part.end.Sub(part.start)))
	return d
}
