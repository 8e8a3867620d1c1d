package agro

import (
	"math"
	"time"
)

// A degree-day method belongs to the model whose thresholds it feeds: on the same season the methods here differ by
// more than a third. All take °C and give °C·d; °F·d are 1.8 times as many, without the 32. Where no upper threshold
// exists, upperC is math.Inf(1). A minimum above the maximum is taken as exchanged.

// DegreeDaysSine is the single sine of Baskerville and Emin 1969 with a horizontal cut-off, as in Zalom et al. 1983.
func DegreeDaysSine(tminC, tmaxC, baseC, upperC float64) (float64, error) {
	if err := validDay(tminC, tmaxC, baseC, upperC); err != nil {
		return 0, err
	}
	return sineAbove(tminC, tmaxC, baseC) - sineAbove(tminC, tmaxC, upperC), nil
}

// sineAbove is the area between a day's sine and a threshold below it.
func sineAbove(tminC, tmaxC, thresholdC float64) float64 {
	lowC, highC := min(tminC, tmaxC), max(tminC, tmaxC)
	meanC, amplitude := (lowC+highC)/2, (highC-lowC)/2
	switch {
	case highC <= thresholdC:
		return 0
	case lowC >= thresholdC:
		return meanC - thresholdC
	}
	theta := math.Asin((thresholdC - meanC) / amplitude)
	return ((meanC-thresholdC)*(math.Pi/2-theta) + amplitude*math.Cos(theta)) / math.Pi
}

// DegreeDaysDoubleSine is the double sine: the mean of the half day that rises from this minimum and the half day
// that falls to the next one (Zalom et al. 1983).
func DegreeDaysDoubleSine(tminC, tmaxC, nextTminC, baseC, upperC float64) (float64, error) {
	err := firstError(validDay(tminC, tmaxC, baseC, upperC), validAir("next_tmin_c", nextTminC))
	if err != nil {
		return 0, err
	}
	rising := sineAbove(tminC, tmaxC, baseC) - sineAbove(tminC, tmaxC, upperC)
	falling := sineAbove(nextTminC, tmaxC, baseC) - sineAbove(nextTminC, tmaxC, upperC)
	return (rising + falling) / 2, nil
}

// DegreeDaysAverage is method 1 of McMaster and Wilhelm 1997, Agric. For. Meteorol. 87: the mean of minimum and
// maximum, at most upperC, above the base.
func DegreeDaysAverage(tminC, tmaxC, baseC, upperC float64) (float64, error) {
	return max(0, min((tmaxC+tminC)/2, upperC)-baseC), validDay(tminC, tmaxC, baseC, upperC)
}

// DegreeDaysClamped is method 2 of McMaster and Wilhelm 1997: minimum and maximum are each brought between base and
// upper threshold before they are averaged.
func DegreeDaysClamped(tminC, tmaxC, baseC, upperC float64) (float64, error) {
	lowC, highC := min(max(tminC, baseC), upperC), min(max(tmaxC, baseC), upperC)
	return (lowC+highC)/2 - baseC, validDay(tminC, tmaxC, baseC, upperC)
}

// CornDegreeDays is maize's 86/50 method: DegreeDaysClamped between 50 and 86 °F.
func CornDegreeDays(tminC, tmaxC float64) (float64, error) {
	return DegreeDaysClamped(tminC, tmaxC, 10, 30)
}

// validDay checks what every method takes.
func validDay(tminC, tmaxC, baseC, upperC float64) error {
	if err := firstError(validAir("tmin_c", tminC), validAir("tmax_c", tmaxC), within("base_c", baseC, -20, 40)); err != nil {
		return err
	}
	if !(upperC > baseC) {
		return invalid("upper_c", "upper_c must be above base_c: %g is not above %g.", upperC, baseC)
	}
	return nil
}

// DegreeDaySum is a season by three methods. Days of which minimum or maximum is missing are left out and counted.
type DegreeDaySum struct {
	Sine, Average, Clamped float64
	Days, Missing          int
}

// SumDegreeDays adds up days, in which NaN is a missing value.
func SumDegreeDays(tminC, tmaxC []float64, baseC, upperC float64) (DegreeDaySum, error) {
	if err := validDays(tminC, tmaxC); err != nil {
		return DegreeDaySum{}, err
	}
	var sum DegreeDaySum
	for i := range tminC {
		if math.IsNaN(tminC[i]) || math.IsNaN(tmaxC[i]) {
			sum.Missing++
			continue
		}
		sine, err := DegreeDaysSine(tminC[i], tmaxC[i], baseC, upperC)
		if err != nil {
			return DegreeDaySum{}, err
		}
		average, _ := DegreeDaysAverage(tminC[i], tmaxC[i], baseC, upperC)
		clamped, _ := DegreeDaysClamped(tminC[i], tmaxC[i], baseC, upperC)
		sum.Days++
		sum.Sine += sine
		sum.Average += average
		sum.Clamped += clamped
	}
	return sum, nil
}

// validDays checks a season's lists, in which NaN is a missing value.
func validDays(tminC, tmaxC []float64) error {
	if len(tminC) == 0 || len(tminC) != len(tmaxC) {
		return invalid("tmax_c", "tmin_c and tmax_c must hold equally many days and at least one: %d and %d.", len(tminC), len(tmaxC))
	}
	return firstError(validList("tmin_c", tminC, airMinC, airMaxC), validList("tmax_c", tmaxC, airMinC, airMaxC))
}

// DegreeDaysFromReadings sums max(0, min(T, upper)-base) over readings of which each stands for one step, and says
// for how much of the time there were readings.
func DegreeDaysFromReadings(tempC []float64, step time.Duration, baseC, upperC float64) (sum, coveragePct float64, err error) {
	series := AirSeries{Step: step, TempC: tempC}
	if err := firstError(series.valid(false), validDay(baseC, baseC, baseC, upperC)); err != nil {
		return 0, 0, err
	}
	observed := 0
	for _, v := range tempC {
		if !math.IsNaN(v) {
			observed++
			sum += max(0, min(v, upperC)-baseC)
		}
	}
	return sum * step.Hours() / 24, 100 * float64(observed) / float64(len(tempC)), nil
}
