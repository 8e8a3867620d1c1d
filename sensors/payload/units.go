package payload

import (
	"strings"

	"furrow/sensors"
)

// linear takes a value to another unit: value×factor + offset.
type linear struct{ factor, offset float64 }

// conversions go from a unit, as unitName writes it, to the base unit of a metric. A unit that stands here
// under itself is the base unit.
var conversions = map[string]map[string]linear{
	"°C":        {"°c": {1, 0}, "c": {1, 0}, "cel": {1, 0}, "celsius": {1, 0}, "degc": {1, 0}, "°f": {5. / 9, -160. / 9}, "f": {5. / 9, -160. / 9}, "fahrenheit": {5. / 9, -160. / 9}, "degf": {5. / 9, -160. / 9}, "k": {1, -273.15}, "kelvin": {1, -273.15}},
	"%":         {"%": {1, 0}, "%rh": {1, 0}, "rh": {1, 0}, "pct": {1, 0}, "percent": {1, 0}, "%el": {1, 0}, "m3/m3": {100, 0}, "cm3/cm3": {100, 0}},
	"hPa":       {"hpa": {1, 0}, "mbar": {1, 0}, "mb": {1, 0}, "kpa": {10, 0}, "pa": {0.01, 0}, "inhg": {33.863887, 0}, "mmhg": {1.333224, 0}, "bar": {1000, 0}, "psi": {68.94757, 0}, "mpa": {10000, 0}},
	"kPa":       {"kpa": {1, 0}, "pa": {0.001, 0}, "hpa": {0.1, 0}, "bar": {100, 0}, "mbar": {0.1, 0}, "mpa": {1000, 0}, "psi": {6.894757, 0}, "centibar": {1, 0}, "cb": {1, 0}, "cbar": {1, 0}, "inhg": {3.3863887, 0}},
	"m/s":       {"m/s": {1, 0}, "ms": {1, 0}, "mps": {1, 0}, "km/h": {1 / 3.6, 0}, "kmh": {1 / 3.6, 0}, "kph": {1 / 3.6, 0}, "mph": {0.44704, 0}, "mih": {0.44704, 0}, "kn": {0.514444, 0}, "kt": {0.514444, 0}, "knots": {0.514444, 0}, "ft/s": {0.3048, 0}, "yd/s": {0.9144, 0}},
	"mm":        {"mm": {1, 0}, "cm": {10, 0}, "in": {25.4, 0}, "inch": {25.4, 0}, "l/m2": {1, 0}},
	"mm/h":      {"mm/h": {1, 0}, "mmh": {1, 0}, "cm/h": {10, 0}, "in/h": {25.4, 0}, "inh": {25.4, 0}, "inchperhour": {25.4, 0}, "cmperhour": {10, 0}, "mmperhour": {1, 0}, "l/m2h": {1, 0}},
	"m":         {"m": {1, 0}, "cm": {0.01, 0}, "mm": {0.001, 0}, "in": {0.0254, 0}, "ft": {0.3048, 0}},
	"km":        {"km": {1, 0}, "mi": {1.609344, 0}, "m": {0.001, 0}},
	"V":         {"v": {1, 0}, "volt": {1, 0}, "volts": {1, 0}, "mv": {0.001, 0}},
	"A":         {"a": {1, 0}, "ma": {0.001, 0}},
	"W":         {"w": {1, 0}, "kw": {1000, 0}, "mw": {0.001, 0}},
	"kWh":       {"kwh": {1, 0}, "wh": {0.001, 0}, "mwh": {1000, 0}, "wmin": {1. / 60000, 0}},
	"µS/cm":     {"us/cm": {1, 0}, "uscm": {1, 0}, "ds/m": {1000, 0}, "ms/cm": {1000, 0}, "mscm": {1000, 0}, "ms/m": {10, 0}, "s/m": {10000, 0}},
	"lux":       {"lux": {1, 0}, "lx": {1, 0}, "klx": {1000, 0}, "klux": {1000, 0}},
	"W/m2":      {"w/m2": {1, 0}, "wm2": {1, 0}, "wpm2": {1, 0}, "kw/m2": {1000, 0}},
	"µmol/m2/s": {"umol/m2/s": {1, 0}, "umol/m2s": {1, 0}, "ppfd": {1, 0}},
	"ppm":       {"ppm": {1, 0}, "ppb": {0.001, 0}},
	"ppb":       {"ppb": {1, 0}, "ppm": {1000, 0}},
	"µg/m3":     {"ug/m3": {1, 0}, "mg/m3": {1000, 0}},
	"L":         {"l": {1, 0}, "liter": {1, 0}, "litre": {1, 0}, "m3": {1000, 0}, "gal": {3.785411784, 0}, "ml": {0.001, 0}},
	"L/min":     {"l/min": {1, 0}, "lpm": {1, 0}, "l/h": {1. / 60, 0}, "m3/h": {1000. / 60, 0}, "gal/min": {3.785411784, 0}, "gpm": {3.785411784, 0}, "l/s": {60, 0}, "lmin": {1, 0}, "lh": {1. / 60, 0}, "m3h": {1000. / 60, 0}},
	"kg":        {"kg": {1, 0}, "g": {0.001, 0}, "lb": {0.45359237, 0}, "lbs": {0.45359237, 0}, "t": {1000, 0}},
	"mg/kg":     {"mg/kg": {1, 0}, "ppm": {1, 0}},
	"°":         {"°": {1, 0}, "deg": {1, 0}, "degrees": {1, 0}},
	"dBm":       {"dbm": {1, 0}, "db": {1, 0}},
	"dB":        {"db": {1, 0}},
	"lqi":       {"lqi": {1, 0}},
}

var unitSigns = strings.NewReplacer("µ", "u", "μ", "u", "⋅", "", "·", "", "*", "", " ", "", "²", "2", "³", "3", "^", "", "⁻¹", "", "℃", "°c", "℉", "°f", "º", "°")

// unitName writes a unit in one way: lower-case, plain exponents, no blanks.
func unitName(unit string) string {
	if plainUnit(unit) {
		return unit
	}
	unit = strings.TrimSpace(unit)
	switch unit {
	case "µS⋅cm⁻¹", "μS⋅cm⁻¹", "µS·cm⁻¹":
		return "us/cm"
	case "m³⋅m⁻³", "m³·m⁻³", "m³/m³":
		return "m3/m3"
	case "W⋅m⁻²", "W·m⁻²":
		return "w/m2"
	case "m⋅s⁻¹", "m·s⁻¹":
		return "m/s"
	}
	return strings.ToLower(unitSigns.Replace(unit))
}

// plainUnit reports whether the unit is written that way already.
func plainUnit(unit string) bool {
	for i := range len(unit) {
		if c := unit[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '/' || c == '%') {
			return false
		}
	}
	return true
}

// toBase converts a value with a unit to the metric's base unit. A unit that the metric cannot have makes
// the value unusable; no unit, or one of a metric without any, is taken as the base unit.
func toBase(metric sensors.MetricID, value float64, unit string) (float64, bool) {
	base := metric.Info().Unit
	if unit == "" || base == "" {
		return value, true
	}
	c, ok := conversions[base][unitName(unit)]
	if !ok {
		return value, unit == base
	}
	if c.factor == 1 {
		return value + c.offset, true
	}
	return value*c.factor + c.offset, true
}

// isUnit reports whether a word is a unit that the metric can have.
func isUnit(metric sensors.MetricID, word string) bool {
	_, ok := conversions[metric.Info().Unit][word]
	return ok
}
