package agro

import "math"

// solarConstantMJM2Min is the sun's power outside the atmosphere, FAO-56 eq. 21.
const solarConstantMJM2Min = 0.0820

// sunAngles are FAO-56's angles of a day of the year, which are simpler than sunAt's and belong to its formulas.
type sunAngles struct {
	nearness    float64 // inverse relative distance, eq. 23
	declination float64 // radians, eq. 24
	latitude    float64 // radians
	sunset      float64 // hour angle, radians, eq. 25; 0 in polar night and pi in polar day
}

func sunAnglesOn(latitudeDeg float64, dayOfYear int) sunAngles {
	year := 2 * math.Pi * float64(dayOfYear) / 365
	a := sunAngles{
		nearness:    1 + 0.033*math.Cos(year),
		declination: 0.409 * math.Sin(year-1.39),
		latitude:    latitudeDeg * radian,
	}
	a.sunset = math.Acos(min(1, max(-1, -math.Tan(a.latitude)*math.Tan(a.declination))))
	return a
}

// radiationMJ is the energy on a level square metre between two hour angles, FAO-56 eq. 28.
func (a sunAngles) radiationMJ(from, to float64) float64 {
	sinPhi, cosPhi := math.Sincos(a.latitude)
	sinDelta, cosDelta := math.Sincos(a.declination)
	return 12 * 60 / math.Pi * solarConstantMJM2Min * a.nearness *
		((to-from)*sinPhi*sinDelta + cosPhi*cosDelta*(math.Sin(to)-math.Sin(from)))
}

func (a sunAngles) dayMJ() float64 { return max(0, a.radiationMJ(-a.sunset, a.sunset)) }

func (a sunAngles) daylightH() float64 { return 24 / math.Pi * a.sunset }

// ExtraterrestrialMJ returns the radiation above the atmosphere in MJ/(m² d) and the hours of daylight of a day of the
// year, FAO-56 eqs 21 and 34, also where the sun does not set or rise.
func ExtraterrestrialMJ(latitudeDeg float64, dayOfYear int) (raMJ, daylightH float64, err error) {
	if err := firstError(validLatitude(latitudeDeg), validDayOfYear(dayOfYear)); err != nil {
		return 0, 0, err
	}
	sun := sunAnglesOn(latitudeDeg, dayOfYear)
	return sun.dayMJ(), sun.daylightH(), nil
}

func validDayOfYear(day int) error { return within("day_of_year", float64(day), 1, 366) }

func validRa(raMJ float64) error { return within("ra_mj_m2_d", raMJ, 0, 50) }

// SolarFromSunshineMJ estimates a day's solar radiation from hours of bright sunshine, Ångström's formula with the
// coefficients of FAO-56 eq. 35.
func SolarFromSunshineMJ(sunshineH, daylightH, raMJ float64) (float64, error) {
	err := firstError(within("daylight_h", daylightH, 0, 24), within("sunshine_h", sunshineH, 0, 24), validRa(raMJ))
	if err != nil {
		return 0, err
	}
	if sunshineH > daylightH+0.5 {
		return 0, invalid("sunshine_h", "The sun cannot shine for %g hours on a day of %.1f: look at the sensor and the date.",
			sunshineH, daylightH)
	}
	share := 0.0
	if daylightH > 0 {
		share = min(1, sunshineH/daylightH)
	}
	return (0.25 + 0.5*share) * raMJ, nil
}

// SolarFromTemperatureMJ estimates a day's solar radiation from how far the temperature swings, FAO-56 eq. 50: kRs is
// 0.16 inland and 0.19 at the coast.
func SolarFromTemperatureMJ(tminC, tmaxC, raMJ, kRs float64) (float64, error) {
	if err := firstError(validMinMax(tminC, tmaxC), validRa(raMJ), within("krs", kRs, 0.1, 0.25)); err != nil {
		return 0, err
	}
	return kRs * math.Sqrt(tmaxC-tminC) * raMJ, nil
}

// validMinMax checks a day's extremes where a formula needs their difference.
func validMinMax(tminC, tmaxC float64) error {
	if err := firstError(validAir("tmin_c", tminC), validAir("tmax_c", tmaxC)); err != nil {
		return err
	}
	if tminC > tmaxC {
		return invalid("tmin_c", "tmin_c must not be above tmax_c: %g is above %g.", tminC, tmaxC)
	}
	return nil
}

// Wind2mMS brings wind measured at another height to 2 m above grass, FAO-56 eq. 47.
func Wind2mMS(windMS, heightM float64) (float64, error) {
	if err := firstError(within("wind_m_s", windMS, 0, 120), within("height_m", heightM, 0.2, 200)); err != nil {
		return 0, err
	}
	return windMS * 4.87 / math.Log(67.8*heightM-5.42), nil
}

// MeanSaturationKPa is a day's saturation vapour pressure, the mean of those of maximum and minimum: eq. 12 of FAO-56.
// That of the mean temperature would be too low.
func MeanSaturationKPa(tminC, tmaxC float64) (float64, error) {
	return (tetensKPa(tminC) + tetensKPa(tmaxC)) / 2, validMinMax(tminC, tmaxC)
}

// DayVapourPressureKPa is a day's vapour pressure from its extremes of temperature and humidity, eq. 17 of FAO-56.
func DayVapourPressureKPa(tminC, tmaxC, rhMinPct, rhMaxPct float64) (float64, error) {
	low, errLow := validRH("rh_min_pct", rhMinPct)
	high, errHigh := validRH("rh_max_pct", rhMaxPct)
	if err := firstError(validMinMax(tminC, tmaxC), errLow, errHigh); err != nil {
		return 0, err
	}
	if low > high {
		return 0, invalid("rh_min_pct", "rh_min_pct must not be above rh_max_pct: %g is above %g.", rhMinPct, rhMaxPct)
	}
	return (tetensKPa(tminC)*high + tetensKPa(tmaxC)*low) / 200, nil
}
