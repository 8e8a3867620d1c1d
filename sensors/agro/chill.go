package agro

import (
	"math"
	"time"
)

// ChillHour is 1 for an hour of 0 to 7.2 °C, both included, and else 0: Weinberger 1950, as in the R package chillR.
func ChillHour(tempC float64) float64 { return float64(oneIf(tempC >= 0 && tempC <= 7.2)) }

// UtahUnits is what one hour is worth to Richardson et al. 1974, HortScience 9: most between 2.5 and 9.1 °C, and less
// than nothing when it is warm.
func UtahUnits(tempC float64) float64 {
	switch {
	case tempC <= 1.4:
		return 0
	case tempC <= 2.4:
		return 0.5
	case tempC <= 9.1:
		return 1
	case tempC <= 12.4:
		return 0.5
	case tempC <= 15.9:
		return 0
	case tempC <= 18:
		return -0.5
	}
	return -1
}

// GrowingDegreeHours is the heat of one hour for fruit trees by Anderson et al. 1986 (ASYMCUR), in °C·h: from 4 °C, most
// at 25, none above 36.
func GrowingDegreeHours(tempC float64) float64 {
	switch {
	case tempC >= 4 && tempC <= 25:
		return 10.5 * (1 + math.Cos(math.Pi+math.Pi*(tempC-4)/21))
	case tempC > 25 && tempC <= 36:
		return 21 * (1 + math.Cos(math.Pi/2+math.Pi/2*(tempC-25)/11))
	}
	return 0
}

// DynamicModel counts chill portions as Fishman et al. 1987 and Erez et al. 1990 do: cold builds an intermediate product
// that warmth destroys, until enough of it is fixed as a portion. The zero value is the start of a season.
type DynamicModel struct {
	intermediate, portions float64
}

// Portions returns the chill portions so far.
func (m *DynamicModel) Portions() float64 { return m.portions }

// Add lets a temperature act for some hours. Every reading acts exactly once, from the first; chillR and fruclimadapt
// drop one, which makes up to 1.06 portions in 120 days. The model's kelvin are °C + 273.
func (m *DynamicModel) Add(tempC, hours float64) {
	const (
		e0, e1     = 4153.5, 12888.8
		a0, a1     = 139500, 2.567e18
		slope      = 1.6
		fixationK  = 277
		modelZeroK = 273
	)
	k := tempC + modelZeroK
	equilibrium := a0 / a1 * math.Exp((e1-e0)/k)
	rate := a1 * math.Exp(-e1/k)
	m.intermediate = equilibrium - (equilibrium-m.intermediate)*math.Exp(-rate*hours)
	if m.intermediate < 1 {
		return
	}
	s := math.Exp(slope * fixationK * (k - fixationK) / k)
	fixed := m.intermediate * s / (1 + s)
	m.portions += fixed
	m.intermediate -= fixed
}

// Chill is a winter by the usual measures. Hours without readings count for nothing, except that portions are carried
// over gaps of up to three hours along a straight line; over longer ones the model stands still.
type Chill struct {
	Hours, UtahUnits     float64
	UtahSinceMinimum     float64 // since warm autumn days stopped taking units away
	Portions             float64
	GrowingDegreeHoursC  float64
	ObservedH, ExpectedH float64
}

// CoveragePct is how much of the time there were readings.
func (c Chill) CoveragePct() float64 { return 100 * c.ObservedH / c.ExpectedH }

// SumChill sums up a series. Readings more often than hourly are averaged to hours, except for portions.
func SumChill(s AirSeries) (Chill, error) {
	if err := s.valid(false); err != nil {
		return Chill{}, err
	}
	hourly := s.hourly()
	each := hourly.Step.Hours()
	var sum Chill
	lowest := 0.0
	for _, v := range hourly.TempC {
		if math.IsNaN(v) {
			continue
		}
		sum.Hours += each * ChillHour(v)
		sum.UtahUnits += each * UtahUnits(v)
		sum.GrowingDegreeHoursC += each * GrowingDegreeHours(v)
		sum.ObservedH += each
		lowest = min(lowest, sum.UtahUnits)
	}
	sum.UtahSinceMinimum = sum.UtahUnits - lowest
	sum.ExpectedH = each * float64(len(hourly.TempC))
	sum.Portions = s.portions()
	return sum, nil
}

// hourly averages readings that divide the hour; others stay as they are. An hour with less than half of its readings
// is missing. Sums are rounded to a billionth, lest 7.2 °C become 7.200000001.
func (s AirSeries) hourly() AirSeries {
	per := int(time.Hour / s.Step)
	if per < 2 || time.Hour%s.Step != 0 {
		return s
	}
	hours := make([]float64, 0, len(s.TempC)/per+1)
	for from := 0; from < len(s.TempC); from += per {
		sum, n := 0.0, 0
		for _, v := range s.TempC[from:min(from+per, len(s.TempC))] {
			if !math.IsNaN(v) {
				sum, n = sum+v, n+1
			}
		}
		mean := math.NaN()
		if 2*n >= per {
			mean = math.Round(sum/float64(n)*1e9) / 1e9
		}
		hours = append(hours, mean)
	}
	return AirSeries{Start: s.Start, Step: time.Hour, TempC: hours}
}

// portions runs the model over the series in its own steps, with gaps bridged as Chill says.
func (s AirSeries) portions() float64 {
	var model DynamicModel
	each, last := s.Step.Hours(), -1
	for i, v := range s.TempC {
		if math.IsNaN(v) {
			continue
		}
		if gap := i - last - 1; last >= 0 && gap > 0 && float64(gap)*each <= 3 {
			for j := 1; j <= gap; j++ {
				model.Add(s.TempC[last]+(v-s.TempC[last])*float64(j)/float64(gap+1), each)
			}
		}
		model.Add(v, each)
		last = i
	}
	return model.Portions()
}
