package agro

import "math"

// Flag is what a quality test thinks of a reading, by the numbers of the US QARTOD manuals.
type Flag int

const (
	FlagGood         Flag = 1
	FlagNotEvaluated Flag = 2
	FlagSuspect      Flag = 3
	FlagFail         Flag = 4
	FlagMissing      Flag = 9
)

// WorstFlag combines the flags of several tests as ioos_qc does: fail, suspect, good, not evaluated, missing.
func WorstFlag(flags ...Flag) Flag {
	order := [...]Flag{FlagFail, FlagSuspect, FlagGood, FlagNotEvaluated}
	for _, worst := range order {
		for _, f := range flags {
			if f == worst {
				return f
			}
		}
	}
	return FlagMissing
}

// Span is a range, both ends included.
type Span struct{ Low, High float64 }

func (s Span) holds(v float64) bool { return v >= s.Low && v <= s.High }

// GrossRange fails readings that the sensor cannot have measured and suspects those that the place does not know. NaN is
// a missing reading, here and in the tests below. QARTOD test 4.
func GrossRange(values []float64, sensor, place Span) ([]Flag, error) {
	if !(sensor.Low <= sensor.High) || !(place.Low <= place.High) {
		return nil, invalid("fail_span", "A span must begin with its lower end.")
	}
	return flagEach(values, func(i int) Flag {
		switch v := values[i]; {
		case !sensor.holds(v):
			return FlagFail
		case !place.holds(v):
			return FlagSuspect
		}
		return FlagGood
	}), nil
}

// Spike compares each reading with the mean of its neighbours; more than a threshold away it is suspect or fails. The
// ends are not evaluated, and beside a gap a reading counts as missing, as in ioos_qc. The neighbours of a spike are
// flagged too, for their mean holds it: despike the worst first and test again. QARTOD test 6.
func Spike(values []float64, suspect, fail float64) ([]Flag, error) {
	if !(suspect > 0 && fail >= suspect) {
		return nil, invalid("fail_threshold", "The thresholds must be above 0, and fail_threshold not below suspect_threshold.")
	}
	return flagEach(values, func(i int) Flag {
		if i == 0 || i == len(values)-1 {
			return FlagNotEvaluated
		}
		switch off := math.Abs(values[i] - (values[i-1]+values[i+1])/2); {
		case math.IsNaN(off):
			return FlagMissing
		case off > fail:
			return FlagFail
		case off > suspect:
			return FlagSuspect
		}
		return FlagGood
	}), nil
}

// RateOfChange suspects a reading that is further from the one before than the rate allows. The first one, and one after
// a gap, is good. QARTOD test 7.
func RateOfChange(values []float64, stepS, maxPerS float64) ([]Flag, error) {
	if err := firstError(validStep(stepS), within("max_rate_per_s", maxPerS, 0, math.MaxFloat64)); err != nil {
		return nil, err
	}
	return flagEach(values, func(i int) Flag {
		if i > 0 && math.Abs(values[i]-values[i-1])/stepS > maxPerS {
			return FlagSuspect
		}
		return FlagGood
	}), nil
}

// FlatLine suspects and fails readings at the end of a stretch that moved by less than the tolerance. A stretch with a gap
// is not judged. QARTOD test 8. Exempt humidity at 100 % in fog, and take a tolerance below the sensor's own steps.
func FlatLine(values []float64, stepS, suspectS, failS, tolerance float64) ([]Flag, error) {
	err := firstError(validStep(stepS), within("suspect_s", suspectS, stepS, math.MaxFloat64),
		within("fail_s", failS, suspectS, math.MaxFloat64), within("tolerance", tolerance, 0, math.MaxFloat64))
	if err != nil {
		return nil, err
	}
	runs := flatRuns(values, tolerance)
	return flagEach(values, func(i int) Flag {
		switch steps := float64(runs[i]); {
		case steps >= math.Floor(failS/stepS):
			return FlagFail
		case steps >= math.Floor(suspectS/stepS):
			return FlagSuspect
		}
		return FlagGood
	}), nil
}

// flatRuns returns for each reading over how many steps back the readings stayed within the tolerance. Lowest and highest
// of the stretch stand first in two queues, so that the work grows with the number of readings only.
func flatRuns(values []float64, tolerance float64) []int {
	runs := make([]int, len(values))
	var lows, highs []int
	left := 0
	for i, v := range values {
		if math.IsNaN(v) {
			left, lows, highs = i+1, lows[:0], highs[:0]
			continue
		}
		for len(lows) > 0 && values[lows[len(lows)-1]] >= v {
			lows = lows[:len(lows)-1]
		}
		for len(highs) > 0 && values[highs[len(highs)-1]] <= v {
			highs = highs[:len(highs)-1]
		}
		lows, highs = append(lows, i), append(highs, i)
		for left < i && !(values[highs[0]]-values[lows[0]] < tolerance) {
			left++
			lows, highs = dropBefore(lows, left), dropBefore(highs, left)
		}
		runs[i] = i - left
	}
	return runs
}

func dropBefore(queue []int, first int) []int {
	if queue[0] < first {
		return queue[1:]
	}
	return queue
}

// flagEach judges the readings that are there, in order.
func flagEach(values []float64, judge func(i int) Flag) []Flag {
	flags := make([]Flag, len(values))
	for i, v := range values {
		flags[i] = FlagMissing
		if !math.IsNaN(v) {
			flags[i] = judge(i)
		}
	}
	return flags
}

func validStep(stepS float64) error { return within("step_s", stepS, 1, 86400) }

// ReportStepLimitC returns how far two temperatures may lie apart, some hours apart: WMO-No. 305 (1993) ch. 6, as in the
// R package dataresqc. Only for 1, 2, 3, 6 and 12 hours.
func ReportStepLimitC(hoursBetween float64) (float64, error) {
	switch hoursBetween {
	case 1:
		return 4, nil
	case 2:
		return 7, nil
	case 3:
		return 9, nil
	case 6:
		return 15, nil
	case 12:
		return 25, nil
	}
	return 0, invalid("hours_between", "The limits are known for reports 1, 2, 3, 6 or 12 hours apart, not for %g.", hoursBetween)
}
