package chart

import (
	"math"
	"strconv"
)

// Scale says how the value axis is laid out.
type Scale struct {
	// Least is the smallest difference that fills the chart, so that noise does not look like weather.
	Least float64
	// Floor is a value that the axis does not go below unless the values do; NaN for none.
	Floor float64
	// Words are the names of 0 and 1 for a switch; both "" for numbers.
	Words [2]string
}

// reach returns the ends of the axis for values from low to high: a little air, and at least Least.
func (s Scale) reach(low, high float64) (bottom, top float64) {
	if s.Words[1] != "" {
		return -.08, 1.15
	}
	lack := max(0, s.Least-(high-low)) / 2
	air := (high - low + 2*lack) * .07
	bottom, top = low-lack-air, high+lack+air
	if low >= s.Floor && bottom < s.Floor {
		bottom = s.Floor
	}
	return bottom, top
}

// marks returns the values that the axis names, at most n of them, and how many decimals tell them apart.
func marks(bottom, top float64, n int) (at []float64, decimals int) {
	rough := (top - bottom) / float64(n)
	if !(rough > 0) || math.IsInf(rough, 0) {
		return nil, 0
	}
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	step := 10 * power
	for _, nice := range []float64{1, 2, 5} {
		if nice*power >= rough*(1-1e-9) {
			step = nice * power
			break
		}
	}
	for i := math.Ceil(bottom/step - 1e-9); i*step <= top+step*1e-9; i++ {
		at = append(at, i*step)
	}
	return at, max(0, -int(math.Floor(math.Log10(step)+1e-9)))
}

// Mark is a place on an axis and its name. At is a share of the axis, such as "37.5%".
type Mark struct {
	At, Label string
	Day       bool // on the time axis: a day begins here
}

func (s Scale) marks(bottom, top float64) []Mark {
	share := func(v float64) string { return percent(1 - (v-bottom)/(top-bottom)) }
	if s.Words[1] != "" {
		return []Mark{{At: share(0), Label: s.Words[0]}, {At: share(1), Label: s.Words[1]}}
	}
	values, decimals := marks(bottom, top, 6)
	out := make([]Mark, len(values))
	for i, v := range values {
		out[i] = Mark{At: share(v), Label: strconv.FormatFloat(v+0, 'f', decimals, 64)}
		if v == 0 {
			out[i].Label = "0"
		}
	}
	return out
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 2, 64) + "%" }
