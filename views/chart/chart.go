package chart

import (
	"math"
	"strconv"

	"furrow/sensors"
)

// side is the length of both sides of the square that lines are drawn in; the page stretches it.
const side = 1000

// Chart is a large chart: its line, the band from lowest to highest, and the marks of both axes.
type Chart struct {
	Line, Band string // SVG paths in a square of 1000 by 1000
	Beyond     string // path of what lies outside the limits, "" without any
	Guarded    bool   // there are limits
	X, Y       []Mark
	Limits     []Limit
	Alerts     []Band
}

// New draws a series. An empty one has a time axis only.
func New(s Series, scale Scale, calendar Calendar) Chart {
	c := Chart{X: calendar.marks(s.From, s.To, 6)}
	low, high := math.Inf(1), math.Inf(-1)
	for i := range s.At {
		if !math.IsNaN(s.Mean[i]) {
			low, high = min(low, s.Low[i]), max(high, s.High[i])
		}
	}
	if low > high {
		return c
	}
	low, high = s.Guide.reach(low, high, scale.Least)
	bottom, top := scale.reach(low, high)
	c.Y = scale.marks(bottom, top)
	place := placer{s.From, s.To, bottom, top}
	c.Guarded, c.Limits, c.Beyond = len(s.Guide.Stretches) > 0, place.limits(s.Guide.Stretches), place.beyond(s.Guide.Stretches)
	c.Alerts = place.bands(s.Guide.Alerts)
	for _, run := range s.runs() {
		c.Line += place.line(s.At, s.Mean, run, s.Stepped)
		if !s.Stepped {
			c.Band += place.band(s.At, s.Low, s.High, run)
		}
	}
	return c
}

// runs are the stretches without a gap, as from and to (exclusive) of the columns.
func (s *Series) runs() (out [][2]int) {
	begin := -1
	for i, v := range append(s.Mean[:len(s.Mean):len(s.Mean)], math.NaN()) {
		switch {
		case math.IsNaN(v) && begin >= 0:
			out, begin = append(out, [2]int{begin, i}), -1
		case !math.IsNaN(v) && begin < 0:
			begin = i
		}
	}
	return out
}

// placer puts times and values into the square.
type placer struct {
	from, to    sensors.Milli
	bottom, top float64
}

func (p placer) add(path []byte, command byte, at sensors.Milli, value float64) []byte {
	x := float64(at-p.from) / float64(p.to-p.from) * side
	y := (p.top - value) / (p.top - p.bottom) * side
	path = strconv.AppendInt(append(path, command), int64(math.Round(min(max(x, 0), side))), 10)
	return strconv.AppendInt(append(path, ' '), int64(math.Round(y)), 10)
}

// line is a path along the values; a single one is a dot, which round ends make visible.
func (p placer) line(at []sensors.Milli, values []float64, run [2]int, stepped bool) string {
	var path []byte
	for i := run[0]; i < run[1]; i++ {
		if i == run[0] {
			path = p.add(path, 'M', at[i], values[i])
			continue
		}
		if stepped {
			path = p.add(path, 'L', at[i], values[i-1])
		}
		path = p.add(path, 'L', at[i], values[i])
	}
	if run[1]-run[0] == 1 {
		path = append(path, "h0"...)
	}
	return string(path)
}

// band is a path along the highest values and back along the lowest.
func (p placer) band(at []sensors.Milli, low, high []float64, run [2]int) string {
	if run[1]-run[0] == 1 {
		return ""
	}
	var path []byte
	for i := run[0]; i < run[1]; i++ {
		command := byte('L')
		if i == run[0] {
			command = 'M'
		}
		path = p.add(path, command, at[i], high[i])
	}
	for i := run[1] - 1; i >= run[0]; i-- {
		path = p.add(path, 'L', at[i], low[i])
	}
	return string(append(path, 'Z'))
}

// Silence returns the longest gap of the series, zero times when there is none.
func (s *Series) Silence() (from, to sensors.Milli) {
	runs := s.runs()
	for i := 1; i < len(runs); i++ {
		a, b := s.At[runs[i-1][1]-1], s.At[runs[i][0]]
		if b-a > to-from {
			from, to = a, b
		}
	}
	return from, to
}
