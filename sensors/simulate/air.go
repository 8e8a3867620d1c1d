package simulate

import "math"

// Moist air. Vapour is kept as its pressure in kPa or its density in g/m3, both of which stay what they are
// when air only warms or cools; relative humidity and dew point follow.

// saturation returns the vapour pressure of saturated air in kPa (Tetens; FAO-56 equation 11).
func saturation(celsius float64) float64 { return 0.6108 * math.Exp(17.27*celsius/(celsius+237.3)) }

// dewPoint returns the temperature at which vapour of that pressure condenses: the inverse of saturation.
func dewPoint(kPa float64) float64 {
	l := math.Log(max(kPa, 0.001) / 0.6108)
	return 237.3 * l / (17.27 - l)
}

// humidity returns the relative humidity in %.
func humidity(celsius, kPa float64) float64 { return clamp(100*kPa/saturation(celsius), 0, 100) }

// density turns vapour pressure into g/m3; pressure is its inverse (gas law, 461.5 J/kg/K).
func density(celsius, kPa float64) float64     { return 2166.79 * kPa / (celsius + 273.15) }
func pressure(celsius, gPerM3 float64) float64 { return gPerM3 * (celsius + 273.15) / 2166.79 }
