package agro

import "math"

// psychrometerPerK is the psychrometer coefficient of an aspirated wet bulb, FAO-56 eq. 16.
const psychrometerPerK = 0.000662

// WetBulbC is the temperature of a ventilated wet thermometer: the root of e = es(Tw)-0.000662 P (T-Tw), FAO-56
// eqs 15 and 16. Within 0.22 °C of PsychroLib for 0 to 45 °C.
func WetBulbC(tempC, rhPct, pressureKPa float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	if err := firstError(err, validPressure(pressureKPa)); err != nil {
		return 0, err
	}
	return wetBulbC(tempC, rhPct, pressureKPa), nil
}

// wetBulbC steps down from the air temperature by Newton's method, which cannot overshoot: es is convex, so every
// step lands on the warm side of the root.
func wetBulbC(tempC, rhPct, pressureKPa float64) float64 {
	eKPa := tetensKPa(tempC) * rhPct / 100
	gamma := psychrometerPerK * pressureKPa
	wetC := tempC
	for range 20 {
		es := tetensKPa(wetC)
		step := (es - gamma*(tempC-wetC) - eKPa) / (slopeKPaK(wetC, es) + gamma)
		wetC -= step
		if step < 1e-6 {
			break
		}
	}
	return min(wetC, tempC)
}

// slopeKPaK is the slope of the saturation curve, FAO-56 eq. 13, where es is the curve's value.
func slopeKPaK(tempC, esKPa float64) float64 {
	return 4098 * esKPa / ((tempC + 237.3) * (tempC + 237.3))
}

// WetBulbStullC is eq. 1 of Stull 2011, J. Appl. Meteorol. Climatol. 50: at sea level, for 5 to 99 % and -20 to 50 °C.
// Up to 0.6 °C off above 20 % and 1.3 °C at 5 %: for comparison only, WetBulbC is the better one.
func WetBulbStullC(tempC, rhPct float64) (float64, error) {
	if err := firstError(within("temp_c", tempC, -20, 50), within("rh_pct", rhPct, 5, 99)); err != nil {
		return 0, err
	}
	return tempC*math.Atan(0.151977*math.Sqrt(rhPct+8.313659)) + math.Atan(tempC+rhPct) - math.Atan(rhPct-1.676331) +
		0.00391838*rhPct*math.Sqrt(rhPct)*math.Atan(0.023101*rhPct) - 4.686035, nil
}

// WetBulbThirdC is the growers' rule that the wet bulb lies a third of the way from air temperature to dew point.
// Good near 0 °C, 1.1 °C too high at 10 °C and 45 %.
func WetBulbThirdC(tempC, dewPointC float64) (float64, error) {
	if err := firstError(validAir("temp_c", tempC), within("dew_point_c", dewPointC, -100, tempC)); err != nil {
		return 0, err
	}
	return tempC - (tempC-dewPointC)/3, nil
}

// VapourPressureFromWetBulbKPa is the vapour pressure that a ventilated psychrometer shows, FAO-56 eqs 15 and 16.
func VapourPressureFromWetBulbKPa(tempC, wetBulbC, pressureKPa float64) (float64, error) {
	if err := firstError(validWetBulb(tempC, wetBulbC), validPressure(pressureKPa)); err != nil {
		return 0, err
	}
	eKPa := tetensKPa(wetBulbC) - psychrometerPerK*pressureKPa*(tempC-wetBulbC)
	if eKPa < 0 {
		return 0, invalid("wet_bulb_c", "A wet bulb of %g °C is too cold for air of %g °C: is the wick wet?", wetBulbC, tempC)
	}
	return eKPa, nil
}

// SprinklerStartC is the air temperature at which the wet bulb reaches a bud's critical temperature, when sprinklers
// must be running: Tc + (es(Tc)-es(Td))/(0.000662 P), FAO-56 eq. 15 solved for T. Extension tables add about 1 °C.
// While the dew point lies above the critical temperature, buds are in danger only when the air itself gets there.
func SprinklerStartC(dewPointC, criticalTempC, pressureKPa float64) (float64, error) {
	err := firstError(validAir("dew_point_c", dewPointC), within("critical_temp_c", criticalTempC, -30, 10),
		validPressure(pressureKPa))
	if err != nil {
		return 0, err
	}
	lift := (tetensKPa(criticalTempC) - tetensKPa(dewPointC)) / (psychrometerPerK * pressureKPa)
	return criticalTempC + max(0, lift), nil
}

// Condensing reports whether a surface (product, leaf, roof) is so cold that water forms on it, and the dew point of
// the air that reaches it.
func Condensing(tempC, rhPct, surfaceTempC float64) (dewC float64, wet bool, err error) {
	if err := validAir("surface_temp_c", surfaceTempC); err != nil {
		return 0, false, err
	}
	dewC, err = DewPointC(tempC, rhPct)
	return dewC, err == nil && surfaceTempC <= dewC, err
}

// VentingDries compares the water in a cubic metre of air inside and outside: venting dries only when there is less
// outside, whatever the relative humidities say.
func VentingDries(insideTempC, insideRHPct, outsideTempC, outsideRHPct float64) (
	insideGM3, outsideGM3 float64, dries bool, err error,
) {
	insideRHPct, errIn := validRH("inside_rh_pct", insideRHPct)
	outsideRHPct, errOut := validRH("outside_rh_pct", outsideRHPct)
	err = firstError(validAir("inside_temp_c", insideTempC), errIn, validAir("outside_temp_c", outsideTempC), errOut)
	if err != nil {
		return 0, 0, false, err
	}
	insideGM3, _ = AbsoluteHumidityGM3(insideTempC, insideRHPct)
	outsideGM3, _ = AbsoluteHumidityGM3(outsideTempC, outsideRHPct)
	return insideGM3, outsideGM3, outsideGM3 < insideGM3, nil
}
