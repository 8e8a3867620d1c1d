package agro

import (
	"fmt"
	"math"

	"furrow/sensors"
)

// Air and surface temperatures that any function takes. What lies outside is a broken sensor or a value in
// another unit.
const (
	airMinC = -60
	airMaxC = 80
)

// standardPressureKPa is the pressure of the standard atmosphere at sea level.
const standardPressureKPa = 101.325

// within returns nil when low <= value <= high, otherwise a sensors.Invalid that says so. NaN is never within.
func within(field string, value, low, high float64) error {
	if value >= low && value <= high {
		return nil
	}
	return outside(field, value, low, high)
}

func outside(field string, value, low, high float64) error {
	switch {
	case math.IsNaN(value):
		return invalid(field, "%s is not a number.", field)
	case math.IsInf(high, 1):
		return invalid(field, "%s must be at least %g, not %g.", field, low, value)
	}
	return invalid(field, "%s must lie between %g and %g, not at %g: look at the sensor and at the unit.",
		field, low, high, value)
}

func invalid(field, sentence string, args ...any) error {
	return sensors.Invalid{field: fmt.Sprintf(sentence, args...)}
}

func validAir(field string, tempC float64) error { return within(field, tempC, airMinC, airMaxC) }

// validWetBulb checks both thermometers of a psychrometer: the wet one is never the warmer.
func validWetBulb(tempC, wetBulbC float64) error {
	return firstError(validAir("temp_c", tempC), within("wet_bulb_c", wetBulbC, airMinC, tempC))
}

// validPressure refuses hPa among others: 40 kPa is higher than farms go.
func validPressure(pressureKPa float64) error { return within("pressure_kpa", pressureKPa, 40, 110) }

// validRH returns the relative humidity to compute with: sensors in fog report up to 105 %, which stands for
// 100. Below 0 and above 105 it is an error.
func validRH(field string, rhPct float64) (float64, error) {
	return min(rhPct, 100), within(field, rhPct, 0, rhMaxPct)
}

// rhMaxPct is the highest relative humidity that is still read as "saturated".
const rhMaxPct = 105

// validPair checks temperature and humidity of the same air and returns the humidity to compute with.
func validPair(tempC, rhPct float64) (float64, error) {
	if err := validAir("temp_c", tempC); err != nil {
		return 0, err
	}
	return validRH("rh_pct", rhPct)
}

// firstError returns the first of the errors that is not nil.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
