package chart

import (
	"math"
	"slices"
	"strconv"

	"furrow/sensors"
)

// Guide is what a value is held against: the limits of rules, and when alerts were open.
type Guide struct {
	Stretches []Stretch
	Alerts    []Span
}

// Stretch is a time with the same limits, in the unit that people read; NaN is none.
type Stretch struct {
	From, To  sensors.Milli
	Low, High float64
}

// Span is the time that an alert was open, and what it was about.
type Span struct {
	From, To sensors.Milli
	Label    string
}

// Limit is a dashed line, its ends and height as shares of the drawing.
type Limit struct {
	X1, X2, Y string
	Label     string // "max 30"; "" where another piece of the same line has it
}

// Band is an alert in the drawing.
type Band struct{ X, Width, Label string }

// reach widens the ends of the values for the limits that lie near them. A limit that is far away would make
// the line flat.
func (g *Guide) reach(low, high, least float64) (float64, float64) {
	room := max(high-low, least)
	bottom, top := low, high
	for _, s := range g.Stretches {
		for _, v := range []float64{s.Low, s.High} {
			if v >= low-room && v <= high+room {
				bottom, top = min(bottom, v), max(top, v)
			}
		}
	}
	return bottom, top
}

// limits are the lines of the limits that can be seen, each with its name once.
func (p placer) limits(all []Stretch) (lines []Limit) {
	named := map[string]bool{}
	for _, s := range all {
		for side, v := range map[string]float64{"min ": s.Low, "max ": s.High} {
			if math.IsNaN(v) || v < p.bottom || v > p.top {
				continue
			}
			line := Limit{X1: p.across(s.From), X2: p.across(s.To), Y: percent((p.top - v) / (p.top - p.bottom))}
			if name := side + strconv.FormatFloat(v, 'f', -1, 64); !named[name] {
				named[name], line.Label = true, name
			}
			lines = append(lines, line)
		}
	}
	slices.SortFunc(lines, func(a, b Limit) int {
		return slices.Compare([]string{a.X1, a.Y}, []string{b.X1, b.Y})
	})
	return lines
}

func (p placer) across(at sensors.Milli) string {
	return percent(min(max(float64(at-p.from)/float64(p.to-p.from), 0), 1))
}

// beyond is the area outside the limits as one path, "" for no limits.
func (p placer) beyond(all []Stretch) string {
	var path []byte
	box := func(from, to sensors.Milli, bottom, top float64) {
		if bottom, top = max(bottom, p.bottom), min(top, p.top); bottom >= top || from >= to {
			return
		}
		path = p.add(path, 'M', from, top)
		path = p.add(path, 'L', to, top)
		path = p.add(path, 'L', to, bottom)
		path = append(p.add(path, 'L', from, bottom), 'Z')
	}
	for _, s := range all {
		if !math.IsNaN(s.High) {
			box(s.From, s.To, s.High, p.top)
		}
		if !math.IsNaN(s.Low) {
			box(s.From, s.To, p.bottom, s.Low)
		}
	}
	return string(path)
}

// bands are the alerts that can be seen.
func (p placer) bands(all []Span) (bands []Band) {
	for _, a := range all {
		from, to := max(a.From, p.from), min(a.To, p.to)
		if from > to {
			continue
		}
		bands = append(bands, Band{X: p.across(from), Width: percent(float64(to-from) / float64(p.to-p.from)), Label: a.Label})
	}
	return bands
}
