package agro

import "math"

// HourWeather is an hour as Penman and Monteith need it.
type HourWeather struct {
	LatitudeDeg, LongitudeDeg float64 // degrees east
	AltitudeM                 float64
	DayOfYear                 int
	ClockHourMid              float64 // middle of the hour on the local clock: 14.5
	UTCOffsetH                float64 // of that clock
	TempC, RHPct              float64
	WindMS                    float64 // at 2 m
	SolarMJ                   float64 // MJ/(m² h)
	// Clearness is solar over clear-sky radiation two to three hours before sunset, for the hours of the night; NaN
	// for 0.8, a fairly clear evening.
	Clearness float64
}

// PenmanMonteithHourMM is reference evapotranspiration in mm/h, FAO-56 eq. 53. It keeps FAO's 0.34; ASCE 2005 has 0.24
// by day and 0.96 by night in its place and gives other hours. Below zero means dew.
func PenmanMonteithHourMM(w HourWeather) (float64, error) {
	rhPct, errAir := validPair(w.TempC, w.RHPct)
	clearness := orElse(w.Clearness, 0.8)
	err := firstError(errAir, validLatitude(w.LatitudeDeg), within("longitude", w.LongitudeDeg, -180, 180),
		validAltitude(w.AltitudeM), validDayOfYear(w.DayOfYear), within("clock_hour_mid", w.ClockHourMid, 0, 24),
		within("utc_offset_h", w.UTCOffsetH, -12, 14), within("wind_m_s", w.WindMS, 0, 120),
		within("solar_mj_m2_h", w.SolarMJ, 0, 5), within("clearness", clearness, 0, 1))
	if err != nil {
		return 0, err
	}
	raMJ := w.extraterrestrialMJ()
	soilShare := 0.5
	if raMJ > 0 {
		clearness = min(1, w.SolarMJ/(clearSky(w.AltitudeM)*raMJ))
		soilShare = 0.1
	}
	esKPa := tetensKPa(w.TempC)
	eaKPa := esKPa * rhPct / 100
	netMJ := 0.77*w.SolarMJ - 2.043e-10*math.Pow(w.TempC+273.16, 4)*skyLoss(eaKPa, clearness)
	return penmanMonteithMM(37, w.TempC, esKPa-eaKPa, netMJ*(1-soilShare), w.WindMS, w.AltitudeM), nil
}

// extraterrestrialMJ is the radiation above the atmosphere during the hour, FAO-56 eqs 28 to 33; 0 while the sun is
// below the horizon.
func (w HourWeather) extraterrestrialMJ() float64 {
	sun := sunAnglesOn(w.LatitudeDeg, w.DayOfYear)
	b := 2 * math.Pi * float64(w.DayOfYear-81) / 364
	seasonalH := 0.1645*math.Sin(2*b) - 0.1255*math.Cos(b) - 0.025*math.Sin(b)
	solarH := w.ClockHourMid + (w.LongitudeDeg-15*w.UTCOffsetH)/15 + seasonalH
	middle := math.Remainder(math.Pi/12*(solarH-12), 2*math.Pi)
	from, to := middle-math.Pi/24, middle+math.Pi/24
	if sun.sunset < math.Pi {
		from, to = max(from, -sun.sunset), min(to, sun.sunset)
	}
	if from >= to {
		return 0
	}
	return max(0, sun.radiationMJ(from, to))
}
