package web

import "furrow/sensors"

// tooMuch is what farmers call too much and too little of a quantity; others are too high and too low.
var tooMuch = map[sensors.MetricID][2]string{
	"temperature": {"too hot", "too cold"}, "soil_temperature": {"too warm", "too cold"}, "leaf_temperature": {"too hot", "too cold"},
	"water_temperature": {"too warm", "too cold"}, "device_temperature": {"too hot", "too cold"}, "dew_point": {"too high", "too low"},
	"humidity": {"too damp", "too dry"}, "vpd": {"too dry for the leaves", "too damp for the leaves"},
	"soil_moisture": {"too wet", "too dry"}, "soil_tension": {"too dry", "too wet"}, "leaf_wetness": {"too wet", "too dry"},
	"battery": {"too full", "running low"}, "battery_voltage": {"too high", "running low"},
	"water_level": {"too high", "running low"}, "wind_speed": {"too strong", "too weak"}, "wind_gust": {"too strong", "too weak"},
	"illuminance": {"too bright", "too dark"}, "par": {"too bright", "too dark"}, "solar_radiation": {"too strong", "too weak"},
	"rain_rate": {"too heavy", "too little"}, "rain_hour": {"too much", "too little"}, "rain_day": {"too much", "too little"},
	"rssi": {"too strong", "too weak"}, "snr": {"too high", "too weak"}, "link_quality": {"too high", "too weak"},
	"soil_ph": {"too alkaline", "too sour"}, "weight": {"too heavy", "too light"},
}

// remedies are the things that people most often do about a trouble, to be told in one tap.
var remedies = map[string][]string{
	"too hot": {"Opened the vents", "Turned the fans on"}, "too warm": {"Cooling is on", "Closed the door"},
	"too cold": {"Turned the heating on", "Closed the vents"}, "too damp": {"Opened the vents", "Turned the heating on"},
	"too dry": {"Watering", "Misting"}, "too wet": {"Stopped watering"}, "running low": {"Refilling", "Bringing a new battery"},
	"silent": {"Restarted it", "Changed the battery"}, "open": {"Closed it"}, "on": {"Turned it off"}, "off": {"Turned it on"},
	"too strong": {"Closed the vents"}, "too high": {"Aired"},
}

// answers are what to say in one tap when acknowledging.
func (m alarm) answers() []string {
	return append([]string{"On my way"}, remedies[m.word()]...)
}
