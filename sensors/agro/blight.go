package agro

import (
	"math"
	"time"
)

// Humid air is what disease models take for wet leaves where no sensor measures them: RH >= 90 %, right for 87 to 92 %
// of hours (Sentelhas et al. 2008, Agric. For. Meteorol. 148).
const humidRHPct = 90

// BlightDay is one local day for late blight of potato and tomato.
type BlightDay struct {
	Day
	HumidH float64
	Hutton bool // the day meets the Hutton Criteria
	Smith  bool // the day meets Smith's
	// The day is the second of two in a row, which makes a risk period.
	HuttonPeriod, SmithPeriod bool
}

// LateBlight finds the days and periods of risk. Hutton Criteria (AHDB and James Hutton Institute 2017): two consecutive
// local days, each with a minimum of at least 10.0 °C and at least 6 hours of 90 % humidity or more, not necessarily in a
// row. Smith 1956: the same with 11 hours. A day that cannot be judged meets nothing.
func LateBlight(s AirSeries, loc *time.Location) ([]BlightDay, error) {
	if err := s.valid(true); err != nil {
		return nil, err
	}
	var days []BlightDay
	for part := range s.days(loc) {
		day := BlightDay{Day: s.day(part)}
		_, day.HumidH = s.humid(part)
		warm := day.Judgeable() && day.TminC >= 10
		day.Hutton = warm && day.HumidH >= 6
		day.Smith = warm && day.HumidH >= 11
		if n := len(days); n > 0 {
			day.HuttonPeriod = day.Hutton && days[n-1].Hutton
			day.SmithPeriod = day.Smith && days[n-1].Smith
		}
		days = append(days, day)
	}
	return days, nil
}

// humid returns mean temperature and length of the humid part of a day; NaN when there was none.
func (s AirSeries) humid(part dayPart) (meanC, hours float64) {
	n, sum := 0, 0.0
	for i := part.from; i < part.to; i++ {
		if s.RHPct[i] >= humidRHPct && !math.IsNaN(s.TempC[i]) {
			n, sum = n+1, sum+s.TempC[i]
		}
	}
	return sum / float64(n), s.hours(n)
}

// severity counts how many of the limits are reached.
func severity(hours float64, limits ...float64) int {
	n := 0
	for _, limit := range limits {
		n += oneIf(hours >= limit)
	}
	return n
}

// BlitecastSeverity is the daily severity value, 0 to 4, of BLITECAST (Wallin 1962; Krause, Massie and Hyre 1975) from
// the mean temperature of the hours with RH >= 90 % and their number. First spray at 18 from emergence, then by 7-day
// sums.
func BlitecastSeverity(meanHumidC, humidH float64) (int, error) {
	if err := validSpell("mean_temp_rh90_c", meanHumidC, "hours_rh90", humidH); err != nil {
		return 0, err
	}
	switch {
	case meanHumidC < 7.2 || meanHumidC > 26.6:
		return 0, nil
	case meanHumidC <= 11.6:
		return severity(humidH, 16, 19, 22), nil
	case meanHumidC <= 15.0:
		return severity(humidH, 13, 16, 19, 22), nil
	}
	return severity(humidH, 10, 13, 16, 19), nil
}

// TomcastSeverity is the daily severity value, 0 to 4, of FAST and TOM-CAST (Madden, Pennypacker and MacNab 1978; Pitblado
// 1992) for early blight, Septoria and anthracnose of tomato, from the mean temperature of wet hours and their number.
// Spray at 15 to 20, the first time at 25 to 35.
func TomcastSeverity(meanWetC, wetH float64) (int, error) {
	if err := validSpell("mean_wet_temp_c", meanWetC, "wet_hours", wetH); err != nil {
		return 0, err
	}
	switch {
	case meanWetC < 13 || meanWetC >= 30:
		return 0, nil
	case meanWetC < 18:
		return severity(wetH, 7, 16, 21), nil
	case meanWetC < 21:
		return severity(wetH, 4, 9, 16, 23), nil
	case meanWetC < 26:
		return severity(wetH, 3, 6, 13, 21), nil
	}
	return severity(wetH, 4, 9, 16, 23), nil
}

// validSpell checks a wet spell; no spell of any model here is longer than a fortnight.
func validSpell(tempField string, meanC float64, hoursField string, hours float64) error {
	return firstError(validAir(tempField, meanC), within(hoursField, hours, 0, 14*24))
}

// WetDay is one local day of estimated leaf wetness and what it is worth to both severity models.
type WetDay struct {
	Day
	WetH, MeanWetC     float64 // NaN without wet hours
	Tomcast, Blitecast int
}

// WetDays estimates leaf wetness by humidity and scores each local day, from midnight to midnight.
func WetDays(s AirSeries, loc *time.Location) ([]WetDay, error) {
	if err := s.valid(true); err != nil {
		return nil, err
	}
	var days []WetDay
	for part := range s.days(loc) {
		day := WetDay{Day: s.day(part)}
		day.MeanWetC, day.WetH = s.humid(part)
		if day.WetH > 0 {
			day.Tomcast, _ = TomcastSeverity(day.MeanWetC, day.WetH)
			day.Blitecast, _ = BlitecastSeverity(day.MeanWetC, day.WetH)
		}
		days = append(days, day)
	}
	return days, nil
}
