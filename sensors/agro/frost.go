package agro

import (
	"math"
	"time"
)

// FrostModel forecasts the minimum of a clear, calm night from the air two hours after sunset, Tp = a + b T0 + c Td0:
// Snyder and de Melo-Abreu 2005, FAO Frost Protection vol. 1, ch. 5. It knows radiation frost only: neither wind above
// 2 m/s nor cloud, fog or a cold front.
type FrostModel struct {
	InterceptC, PerT0, PerTd0 float64
}

// FrostNightsMin is how many clear, calm nights a site needs before its own model is better than GenericFrostModel.
const FrostNightsMin = 10

// GenericFrostModel serves until a site has nights of its own. It is good to about 3 °C.
func GenericFrostModel() FrostModel { return FrostModel{InterceptC: -5.8, PerT0: 0.5, PerTd0: 0.03} }

// TminC forecasts the night's minimum from air temperature and dew point two hours after sunset.
func (m FrostModel) TminC(t0C, td0C float64) (float64, error) {
	err := firstError(validAir("t0_c", t0C), within("td0_c", td0C, -100, airMaxC))
	return m.InterceptC + m.PerT0*t0C + m.PerTd0*td0C, err
}

// FitFrostModel fits the model to a site's clear, calm nights in two steps, as FFST.xls and the R package frost do:
// the minimum on T0, then what is left on Td0. Three nights are enough to compute, FrostNightsMin to rely on it.
func FitFrostModel(t0C, td0C, tminC []float64) (FrostModel, error) {
	switch {
	case len(t0C) < 3:
		return FrostModel{}, invalid("t0_c", "t0_c holds %d nights: a fit needs at least 3, and 10 to be worth it.", len(t0C))
	case len(td0C) != len(t0C):
		return FrostModel{}, invalid("td_c", "td_c must hold as many nights as t0_c: %d, not %d.", len(t0C), len(td0C))
	case len(tminC) != len(t0C):
		return FrostModel{}, invalid("tmin_c", "tmin_c must hold as many nights as t0_c: %d, not %d.", len(t0C), len(tminC))
	}
	for i := range t0C {
		err := firstError(validAir("t0_c", t0C[i]), within("td_c", td0C[i], -100, airMaxC), validAir("tmin_c", tminC[i]))
		if err != nil {
			return FrostModel{}, err
		}
	}
	a, b, ok := regress(t0C, tminC)
	if !ok {
		return FrostModel{}, invalid("t0_c", "All nights in t0_c began equally warm: a fit needs different ones.")
	}
	residual := make([]float64, len(t0C))
	for i := range residual {
		residual[i] = tminC[i] - a - b*t0C[i]
	}
	a2, c, ok := regress(td0C, residual)
	if !ok {
		return FrostModel{}, invalid("td_c", "All nights in td_c had the same dew point: a fit needs different ones.")
	}
	return FrostModel{InterceptC: a + a2, PerT0: b, PerTd0: c}, nil
}

// regress fits y = a + b x by least squares; false when x does not vary.
func regress(x, y []float64) (a, b float64, ok bool) {
	meanX, meanY := plainMean(x), plainMean(y)
	var sxx, sxy float64
	for i := range x {
		sxx += (x[i] - meanX) * (x[i] - meanX)
		sxy += (x[i] - meanX) * (y[i] - meanY)
	}
	if sxx < 1e-9 {
		return 0, 0, false
	}
	b = sxy / sxx
	return meanY - b*meanX, b, true
}

// FrostNightTemp is the expected temperature some hours after sunset, on the square-root way from the air two hours
// after sunset to the minimum at sunrise: UC Davis FP002, as in the R package frost. Any unit of temperature.
func FrostNightTemp(twoHoursAfterSunset, tmin, nightHours, hoursAfterSunset float64) (float64, error) {
	err := firstError(
		within("t_2h_after_sunset", twoHoursAfterSunset, -80, 180), within("predicted_tmin", tmin, -80, 180),
		within("night_hours", nightHours, 3, 24), within("hours_after_sunset", hoursAfterSunset, 2, nightHours))
	if err != nil {
		return 0, err
	}
	return twoHoursAfterSunset + (tmin-twoHoursAfterSunset)*math.Sqrt((hoursAfterSunset-2)/(nightHours-2)), nil
}

// FrostStart is the air two hours after sunset.
type FrostStart struct{ TempC, DewPointC float64 }

// AirAfterSunset reads temperature and dew point two hours after sunset off evenly spaced readings, along a straight line
// between the readings before and after, which may be no more than three hours apart.
func AirAfterSunset(start time.Time, step time.Duration, tempC, dewPointC []float64, sunset time.Time) (FrostStart, error) {
	air := AirSeries{Start: start, Step: step, TempC: tempC}
	if err := firstError(air.valid(false), validList("dew_point_c", dewPointC, -100, airMaxC)); err != nil {
		return FrostStart{}, err
	}
	at := float64(sunset.Add(2*time.Hour).Sub(start)) / float64(step)
	most := float64(3*time.Hour) / float64(step)
	t0, okT := between(tempC, at, most)
	td0, okTd := between(dewPointC, at, most)
	if !okT || !okTd {
		return FrostStart{}, invalid("temp_c", "There are no readings around two hours after sunset: the forecast needs them.")
	}
	return FrostStart{t0, td0}, nil
}

// between reads a list at a position between its items, NaN being a missing one; false when the items on both sides are
// more than most apart.
func between(values []float64, at, most float64) (float64, bool) {
	if !(at >= 0 && at <= float64(len(values)-1)) {
		return 0, false
	}
	left, right := int(math.Floor(at)), int(math.Ceil(at))
	for left >= 0 && math.IsNaN(values[left]) {
		left--
	}
	for right < len(values) && math.IsNaN(values[right]) {
		right++
	}
	switch {
	case left < 0 || right == len(values) || float64(right-left) > max(most, 1):
		return 0, false
	case left == right:
		return values[left], true
	}
	share := (at - float64(left)) / float64(right-left)
	return values[left] + share*(values[right]-values[left]), true
}
