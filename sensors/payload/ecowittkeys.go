package payload

import "strings"

// ecowittKeys are Ecowitt's keys without the number of a channel. Units are those of the form; ecowitt2mqtt
// leaves them out of the keys.
var ecowittKeys = map[string]naming{
	"temp": {metric: "temperature", unit: "f"}, "tempin": {metric: "temperature", unit: "f", channel: "in"}, "humidity": {metric: "humidity"}, "humidityin": {metric: "humidity", channel: "in"},
	"tf_co2": {metric: "temperature", unit: "f", channel: "co2"}, "humi_co2": {metric: "humidity", channel: "co2"}, "dewpoint": {metric: "dew_point", unit: "f"}, "vpd": {metric: "vpd", unit: "inhg"},
	"baromrel": {metric: "pressure_msl", unit: "inhg"}, "baromabs": {metric: "pressure", unit: "inhg"},
	"winddir": {metric: "wind_direction"}, "windspeed": {metric: "wind_speed", unit: "mph"}, "windgust": {metric: "wind_gust", unit: "mph"},
	"solarradiation": {metric: "solar_radiation"}, "uv": {metric: "uv_index"},
	"rainrate": {metric: "rain_rate", unit: "in/h"}, "eventrain": {metric: "rain_event", unit: "in"}, "hourlyrain": {metric: "rain_hour", unit: "in"}, "dailyrain": {metric: "rain_day", unit: "in"},
	"weeklyrain": {metric: "rain_week", unit: "in"}, "monthlyrain": {metric: "rain_month", unit: "in"}, "yearlyrain": {metric: "rain_year", unit: "in"}, "totalrain": {metric: "rain_total", unit: "in"},
	"rrain_piezo": {metric: "rain_rate", unit: "in/h", channel: "piezo"}, "erain_piezo": {metric: "rain_event", unit: "in", channel: "piezo"}, "hrain_piezo": {metric: "rain_hour", unit: "in", channel: "piezo"},
	"drain_piezo": {metric: "rain_day", unit: "in", channel: "piezo"}, "wrain_piezo": {metric: "rain_week", unit: "in", channel: "piezo"}, "mrain_piezo": {metric: "rain_month", unit: "in", channel: "piezo"},
	"yrain_piezo": {metric: "rain_year", unit: "in", channel: "piezo"}, "srain_piezo": {metric: "rain_detected", channel: "piezo"},
	"soilmoisture": {metric: "soil_moisture"}, "tf_ch": {metric: "soil_temperature", unit: "f"}, "leafwetness_ch": {metric: "leaf_wetness"}, "leak_ch": {metric: "leak"},
	"soilec_ch": {metric: "soil_conductivity"}, "ec_ch": {metric: "soil_conductivity"},
	"pm25_ch": {metric: "pm2_5"}, "pm25_co2": {metric: "pm2_5", channel: "co2"}, "pm10_co2": {metric: "pm10", channel: "co2"}, "pm1_co2": {metric: "pm1", channel: "co2"}, "co2": {metric: "co2"}, "co2in": {metric: "co2", channel: "in"},
	"lightning": {metric: "lightning_distance", unit: "km"}, "lightning_num": {metric: "lightning_count"},
}

// ecowittKey returns what a key means, with or without the unit that the form has at its end. A number behind
// the name is the channel.
func ecowittKey(key string) (n naming, channel string) {
	for _, unit := range []string{"", "f", "in", "mph"} {
		name, ok := strings.CutSuffix(key, unit)
		if !ok {
			continue
		}
		if n, ok := ecowittKeys[name]; ok {
			return n, ""
		}
		bare := strings.TrimRight(name, "0123456789")
		if n, ok := ecowittKeys[bare]; ok {
			return n, name[len(bare):]
		}
	}
	return naming{}, ""
}
