package agro

import "math"

// HeatIndexC is the heat index of the US National Weather Service for people in the shade: Steadman's simple form,
// and from 80 °F Rothfusz's regression (SR 90-23, 1990) with both adjustments, as on the Weather Prediction Center's
// page. Within 0.75 °C of the printed chart.
func HeatIndexC(tempC, rhPct float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	if err != nil {
		return 0, err
	}
	f := 1.8*tempC + 32
	simple := 0.5 * (f + 61 + 1.2*(f-68) + 0.094*rhPct)
	indexF := (simple + f) / 2
	if indexF >= 80 {
		indexF = rothfuszF(f, rhPct)
	}
	return (indexF - 32) / 1.8, nil
}

// rothfuszF is the regression with its two adjustments, for very dry and very humid air, in °F.
func rothfuszF(f, rh float64) float64 {
	index := -42.379 + 2.04901523*f + 10.14333127*rh - 0.22475541*f*rh - 0.00683783*f*f - 0.05481717*rh*rh +
		0.00122874*f*f*rh + 0.00085282*f*rh*rh - 0.00000199*f*f*rh*rh
	switch {
	case rh < 13 && f >= 80 && f <= 112:
		index -= (13 - rh) / 4 * math.Sqrt((17-math.Abs(f-95))/17)
	case rh > 85 && f >= 80 && f <= 87:
		index += (rh - 85) / 10 * (87 - f) / 5
	}
	return index
}

// HeatIndexClass returns the Weather Service's word for a heat index: caution from 80 °F, extreme caution from 90,
// danger from 103, extreme danger from 125.
func HeatIndexClass(heatIndexC float64) Stress {
	switch f := math.Round((1.8*heatIndexC+32)*100) / 100; {
	case f < 80:
		return "none"
	case f < 90:
		return "caution"
	case f < 103:
		return "extreme caution"
	case f < 125:
		return "danger"
	}
	return "extreme danger"
}

// WBGTSunC estimates the wet-bulb globe temperature in moderately strong sun and light wind, as the Australian Bureau
// of Meteorology does after ACSM: 0.567T + 0.393e + 3.94, here with e in hPa. Too high at night and in the shade.
func WBGTSunC(tempC, rhPct float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	eHPa := rhPct / 100 * 6.105 * math.Exp(17.27*tempC/(237.7+tempC))
	return 0.567*tempC + 0.393*eHPa + 3.94, err
}

// WBGTShadeC is the wet-bulb globe temperature of ISO 7243 without sun: 0.7 of the natural wet bulb and 0.3 of the
// black globe.
func WBGTShadeC(naturalWetBulbC, globeC float64) (float64, error) {
	err := firstError(validAir("natural_wet_bulb_c", naturalWetBulbC), within("globe_c", globeC, airMinC, 120))
	return 0.7*naturalWetBulbC + 0.3*globeC, err
}

// WBGTSunlitC is the wet-bulb globe temperature of ISO 7243 in the sun, measured with a globe.
func WBGTSunlitC(naturalWetBulbC, globeC, tempC float64) (float64, error) {
	_, err := WBGTShadeC(naturalWetBulbC, globeC)
	err = firstError(err, validAir("temp_c", tempC))
	return 0.7*naturalWetBulbC + 0.2*globeC + 0.1*tempC, err
}

// WBGTIndoorC estimates the wet-bulb globe temperature indoors without a globe (Lemke and Kjellstrom 2012).
func WBGTIndoorC(tempC, wetBulbC float64) (float64, error) {
	return 0.67*wetBulbC + 0.33*tempC, validWetBulb(tempC, wetBulbC)
}
