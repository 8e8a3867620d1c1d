package agro

import "math"

const zeroCelsiusK = 273.15

// SaturationKPa is the saturation vapour pressure over liquid water by which Furrow computes deficits, wet bulbs
// and evapotranspiration, because crop models and advice were made with it: Tetens' formula as
// eq. 11 of Allen et al. 1998, FAO Irrigation and Drainage Paper 56. Within 0.3 % for -10 to 50 °C, 0.7 % low
// at -20.
func SaturationKPa(tempC float64) (float64, error) {
	return tetensKPa(tempC), validAir("temp_c", tempC)
}

func tetensKPa(tempC float64) float64 { return 0.6108 * math.Exp(17.27*tempC/(tempC+237.3)) }

// SaturationWaterKPa is the best known saturation vapour pressure over liquid water, from -100 to 200 °C:
// Hyland and Wexler 1983 (ASHRAE Handbook Fundamentals 2017, ch. 1 eq. 6) from 0 °C, and for supercooled water
// eq. 10 of Murphy and Koop 2005, Q. J. R. Meteorol. Soc. 131. It is used for dew points
// and where the mass of water counts.
func SaturationWaterKPa(tempC float64) (float64, error) {
	return waterKPa(tempC), within("temp_c", tempC, -100, 200)
}

func waterKPa(tempC float64) float64 {
	k := tempC + zeroCelsiusK
	if tempC >= 0 {
		return math.Exp(-5800.2206/k+1.3914993+k*(-0.048640239+k*(4.1764768e-5-k*1.4452093e-8))+6.5459673*math.Log(k)) / 1000
	}
	lnK := math.Log(k)
	lnPa := 54.842763 - 6763.22/k - 4.210*lnK + 0.000367*k +
		math.Tanh(0.0415*(k-218.8))*(53.878-1331.22/k-9.44523*lnK+0.014025*k)
	return math.Exp(lnPa) / 1000
}

// waterTempC is the inverse of waterKPa: a first guess by the inverse of FAO-56 eq. 11, which is up to 0.3 °C too high in
// very cold or dry air, and three steps of Newton's method along that equation's slope.
func waterTempC(eKPa float64) float64 {
	l := math.Log(eKPa / 0.6108)
	tempC := 237.3 * l / (17.27 - l)
	for range 3 {
		tempC -= math.Log(waterKPa(tempC)/eKPa) * (tempC + 237.3) * (tempC + 237.3) / 4098
	}
	return tempC
}

// SaturationIceKPa is the saturation vapour pressure over ice, from -100 °C to the triple point: eq. 7 of
// Murphy and Koop 2005, within 0.05 % of ASHRAE's.
func SaturationIceKPa(tempC float64) (float64, error) {
	return iceKPa(tempC), within("temp_c", tempC, -100, 0.01)
}

func iceKPa(tempC float64) float64 {
	k := tempC + zeroCelsiusK
	return math.Exp(9.550426-5723.265/k+3.53068*math.Log(k)-0.00728332*k) / 1000
}

// iceTempC is the inverse of iceKPa: a first guess by Alduchov and Eskridge 1996, good to 0.02 °C, and two steps
// of Newton's method.
func iceTempC(eKPa float64) float64 {
	l := math.Log(eKPa / 0.61121)
	tempC := 273.86 * l / (22.587 - l)
	for range 2 {
		k := tempC + zeroCelsiusK
		tempC -= math.Log(iceKPa(tempC)/eKPa) / (5723.265/(k*k) + 3.53068/k - 0.00728332)
	}
	return tempC
}

// StationPressureKPa is the usual air pressure at an altitude, eq. 7 of FAO-56. It stays within 0.2 kPa of the
// standard atmosphere up to 2,000 m.
func StationPressureKPa(altitudeM float64) (float64, error) {
	return stationPressureKPa(altitudeM), validAltitude(altitudeM)
}

func stationPressureKPa(altitudeM float64) float64 {
	return 101.3 * math.Pow((293-0.0065*altitudeM)/293, 5.26)
}

func validAltitude(altitudeM float64) error { return within("altitude_m", altitudeM, -500, 5000) }
