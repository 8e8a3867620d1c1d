package sensors

import (
	"math"
	"strconv"
	"strings"
)

// MetricID is the canonical name of a quantity: "temperature", "soil_moisture".
type MetricID string

// Class says how a metric behaves over time and where it belongs on a page.
type Class uint8

const (
	Gauge      Class = iota // a state: averages make sense
	Counter                 // a running total that only grows, until it is reset
	Switch                  // 0 or 1
	Diagnostic              // tells about the device, not about the farm
)

// MetricInfo is one row of the metric table: everything Furrow knows about a quantity.
type MetricInfo struct {
	ID       MetricID
	Name     string  // as a label, in words a farmer uses
	Unit     string  // base unit, in which values are stored; "" for none
	Min, Max float64 // plausible range in the base unit; outside it a reading is suspect
	Decimals int     // shown in the base unit
	Icon     string  // name in the icon sprite
	Class    Class
	Imperial Conversion // zero: the same in both systems
}

// Conversion takes a base value to the unit people of the other system read: shown = base×Factor + Offset.
type Conversion struct {
	Unit           string
	Factor, Offset float64
	Decimals       int
}

var (
	fahrenheit = Conversion{"°F", 1.8, 32, 1}
	mph        = Conversion{"mph", 1 / 0.44704, 0, 1}
	inches     = Conversion{"in", 1 / 25.4, 0, 2}
	inchesHour = Conversion{"in/h", 1 / 25.4, 0, 2}
	inHg       = Conversion{"inHg", 1 / 33.863887, 0, 2}
	feet       = Conversion{"ft", 1 / 0.3048, 0, 1}
	miles      = Conversion{"mi", 1 / 1.609344, 0, 1}
	gallons    = Conversion{"gal", 1 / 3.785411784, 0, 1}
	gallonsMin = Conversion{"gal/min", 1 / 3.785411784, 0, 1}
	psi        = Conversion{"psi", 1 / 6.894757, 0, 1}
	pounds     = Conversion{"lb", 1 / 0.45359237, 0, 1}
	same       = Conversion{}
)

// metrics is the table, in the order in which a device's or zone's values are listed. Units and plausible
// ranges are those of the dialect survey that Furrow's decoders follow.
var metrics = []MetricInfo{
	{"temperature", "Air temperature", "°C", -60, 70, 1, "temperature", Gauge, fahrenheit},
	{"humidity", "Humidity", "%", 0, 100, 0, "humidity", Gauge, same},
	{"vpd", "Vapour-pressure deficit", "kPa", 0, 15, 2, "vpd", Gauge, same},
	{"dew_point", "Dew point", "°C", -80, 50, 1, "dew_point", Gauge, fahrenheit},
	{"soil_moisture", "Soil moisture", "%", 0, 100, 0, "soil", Gauge, same},
	{"soil_temperature", "Soil temperature", "°C", -40, 70, 1, "soil_temperature", Gauge, fahrenheit},
	{"soil_conductivity", "Soil conductivity", "µS/cm", 0, 50000, 0, "conductivity", Gauge, same},
	{"soil_tension", "Soil tension", "kPa", 0, 300, 0, "soil", Gauge, same},
	{"soil_ph", "Soil pH", "", 0, 14, 1, "soil", Gauge, same},
	{"soil_nitrogen", "Soil nitrogen", "mg/kg", 0, 3000, 0, "soil", Gauge, same},
	{"soil_phosphorus", "Soil phosphorus", "mg/kg", 0, 3000, 0, "soil", Gauge, same},
	{"soil_potassium", "Soil potassium", "mg/kg", 0, 3000, 0, "soil", Gauge, same},
	{"permittivity", "Permittivity", "", 1, 90, 1, "soil", Gauge, same},
	{"leaf_wetness", "Leaf wetness", "%", 0, 100, 0, "leaf", Gauge, same},
	{"leaf_temperature", "Leaf temperature", "°C", -40, 70, 1, "leaf", Gauge, fahrenheit},
	{"water_temperature", "Water temperature", "°C", -5, 100, 1, "water", Gauge, fahrenheit},
	{"co2", "CO₂", "ppm", 150, 20000, 0, "co2", Gauge, same},
	{"nh3", "Ammonia", "ppm", 0, 500, 0, "air", Gauge, same},
	{"tvoc", "Organic vapours", "ppb", 0, 60000, 0, "air", Gauge, same},
	{"pm1", "Fine dust PM1", "µg/m3", 0, 2000, 0, "air", Gauge, same},
	{"pm2_5", "Fine dust PM2.5", "µg/m3", 0, 2000, 0, "air", Gauge, same},
	{"pm10", "Dust PM10", "µg/m3", 0, 3000, 0, "air", Gauge, same},
	{"illuminance", "Light", "lux", 0, 200000, 0, "light", Gauge, same},
	{"solar_radiation", "Solar radiation", "W/m2", 0, 1600, 0, "light", Gauge, same},
	{"par", "Light for growth (PAR)", "µmol/m2/s", 0, 3000, 0, "light", Gauge, same},
	{"uv_index", "UV index", "", 0, 20, 1, "light", Gauge, same},
	{"rain_rate", "Rain", "mm/h", 0, 1000, 1, "rain", Gauge, inchesHour},
	{"rain_event", "Rain this time", "mm", 0, 2000, 1, "rain", Gauge, inches},
	{"rain_hour", "Rain this hour", "mm", 0, 500, 1, "rain", Gauge, inches},
	{"rain_day", "Rain today", "mm", 0, 2000, 1, "rain", Gauge, inches},
	{"rain_week", "Rain this week", "mm", 0, 3000, 1, "rain", Gauge, inches},
	{"rain_month", "Rain this month", "mm", 0, 10000, 1, "rain", Gauge, inches},
	{"rain_year", "Rain this year", "mm", 0, 30000, 1, "rain", Gauge, inches},
	{"rain_total", "Rain in all", "mm", 0, 100000, 1, "rain", Counter, inches},
	{"wind_speed", "Wind", "m/s", 0, 90, 1, "wind", Gauge, mph},
	{"wind_gust", "Gusts", "m/s", 0, 120, 1, "wind", Gauge, mph},
	{"wind_direction", "Wind direction", "°", 0, 360, 0, "wind", Gauge, same},
	{"pressure", "Air pressure", "hPa", 500, 1100, 1, "pressure", Gauge, inHg},
	{"pressure_msl", "Air pressure at sea level", "hPa", 850, 1090, 1, "pressure", Gauge, inHg},
	{"lightning_count", "Lightning strikes", "", 0, 1e6, 0, "lightning", Counter, same},
	{"lightning_distance", "Lightning distance", "km", 0, 60, 0, "lightning", Gauge, miles},
	{"distance", "Distance", "m", 0, 1000, 2, "distance", Gauge, feet},
	{"water_level", "Water level", "m", 0, 200, 2, "water", Gauge, feet},
	{"flow_rate", "Flow", "L/min", 0, 100000, 1, "flow", Gauge, gallonsMin},
	{"water_volume", "Water in all", "L", 0, 1e12, 0, "water", Counter, gallons},
	{"line_pressure", "Line pressure", "kPa", -100, 4000, 0, "gauge", Gauge, psi},
	{"weight", "Weight", "kg", 0, 100000, 1, "weight", Gauge, pounds},
	{"pulse_count", "Pulses", "", 0, 1e12, 0, "gauge", Counter, same},
	{"contact", "Contact", "", 0, 1, 0, "door", Switch, same},
	{"motion", "Motion", "", 0, 1, 0, "motion", Switch, same},
	{"leak", "Leak", "", 0, 1, 0, "water", Switch, same},
	{"rain_detected", "Raining", "", 0, 1, 0, "rain", Switch, same},
	{"switch", "Switch", "", 0, 1, 0, "switch", Switch, same},
	{"valve", "Valve", "", 0, 1, 0, "valve", Switch, same},
	{"power", "Power", "W", -1e6, 1e6, 0, "power", Gauge, same},
	{"energy", "Energy", "kWh", 0, 1e9, 1, "power", Counter, same},
	{"voltage", "Voltage", "V", -1000, 1000, 1, "power", Gauge, same},
	{"current", "Current", "A", -1000, 1000, 2, "power", Gauge, same},
	{"device_temperature", "Device temperature", "°C", -50, 125, 1, "device", Diagnostic, fahrenheit},
	{"battery", "Battery", "%", 0, 100, 0, "battery", Diagnostic, same},
	{"battery_voltage", "Battery voltage", "V", 0, 60, 2, "battery", Diagnostic, same},
	{"battery_low", "Battery low", "", 0, 1, 0, "battery", Diagnostic, same},
	{"rssi", "Signal strength", "dBm", -150, 20, 0, "signal", Diagnostic, same},
	{"snr", "Signal to noise", "dB", -40, 60, 1, "signal", Diagnostic, same},
	{"link_quality", "Link quality", "lqi", 0, 255, 0, "signal", Diagnostic, same},
}

var metricRank = func() map[MetricID]int {
	rank := make(map[MetricID]int, len(metrics))
	for i, m := range metrics {
		rank[m.ID] = i
	}
	return rank
}()

// Metrics returns the table in listing order. The caller may keep and change it.
func Metrics() []MetricInfo { return append([]MetricInfo(nil), metrics...) }

// Known reports whether the metric stands in the table.
func (m MetricID) Known() bool { _, ok := metricRank[m]; return ok }

// Rank returns the metric's place in the listing order; unknown metrics come last.
func (m MetricID) Rank() int {
	if i, ok := metricRank[m]; ok {
		return i
	}
	return len(metrics)
}

// Info returns the metric's row. A metric that is not in the table (a device's own quantity, stored under
// its own name) gets one without unit or limits.
func (m MetricID) Info() MetricInfo {
	if i, ok := metricRank[m]; ok {
		return metrics[i]
	}
	name := strings.ReplaceAll(string(m), "_", " ")
	if name != "" {
		name = strings.ToUpper(name[:1]) + name[1:]
	}
	return MetricInfo{ID: m, Name: name, Min: math.Inf(-1), Max: math.Inf(1), Decimals: 2, Icon: "gauge"}
}

// Plausible reports whether a value in the base unit can be real.
func (i MetricInfo) Plausible(value float64) bool { return value >= i.Min && value <= i.Max }

// Hysteresis returns the distance from a limit, in the base unit, that the metric's sensors do not waver by:
// a hundredth of the plausible range, less where that is wide because of rare extremes.
func (i MetricInfo) Hysteresis() float64 {
	if step, ok := hysteresis[i.ID]; ok {
		return step
	}
	if i.Class == Switch {
		return .5
	}
	if span := i.Max - i.Min; span < 1e5 {
		return span / 100
	}
	return 0
}

// hysteresis holds what is known better: twice the usual accuracy of farm sensors.
var hysteresis = map[MetricID]float64{
	"temperature": 1, "dew_point": 1, "soil_temperature": .5, "leaf_temperature": 1, "water_temperature": .5, "device_temperature": 2,
	"humidity": 4, "soil_moisture": 2, "vpd": .1, "co2": 60, "nh3": 2, "battery": 3, "wind_speed": 1, "wind_gust": 2,
	"pressure": 1, "pressure_msl": 1, "water_level": .05, "line_pressure": 15, "rain_rate": .5, "soil_ph": .2,
}

// UnitIn returns the unit that people of the system read.
func (i MetricInfo) UnitIn(u Units) string {
	if u == ImperialUnits && i.Imperial.Unit != "" {
		return i.Imperial.Unit
	}
	return i.Unit
}

// In converts a base value to the unit that people of the system read.
func (i MetricInfo) In(u Units, base float64) float64 {
	if u == ImperialUnits && i.Imperial.Unit != "" {
		return base*i.Imperial.Factor + i.Imperial.Offset
	}
	return base
}

// FromUnits converts what people of the system typed to the base unit: the inverse of In.
func (i MetricInfo) FromUnits(u Units, shown float64) float64 {
	if u == ImperialUnits && i.Imperial.Unit != "" {
		return (shown - i.Imperial.Offset) / i.Imperial.Factor
	}
	return shown
}

// DecimalsIn returns how many decimals are shown to people of the system.
func (i MetricInfo) DecimalsIn(u Units) int {
	if u == ImperialUnits && i.Imperial.Unit != "" {
		return i.Imperial.Decimals
	}
	return i.Decimals
}

// Format writes a base value as people of the system read it, without the unit. Negative zero is zero.
func (i MetricInfo) Format(u Units, base float64) string {
	decimals := i.DecimalsIn(u)
	scale := math.Pow10(decimals)
	shown := math.Round(i.In(u, base)*scale) / scale
	if shown == 0 {
		shown = 0 // drops the sign of a negative zero
	}
	if math.Abs(shown) >= 1e15 || math.IsInf(shown, 0) {
		return strconv.FormatFloat(i.In(u, base), 'g', 6, 64)
	}
	return strconv.FormatFloat(shown, 'f', decimals, 64)
}
