package payload

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"furrow/sensors"
)

// aliases are the words under which devices publish a metric, as tokens writes them.
var aliases = map[string]sensors.MetricID{
	"temp": "temperature", "tempc": "temperature", "t": "temperature", "air_temp": "temperature", "air_temperature": "temperature", "outtemp": "temperature", "out_temp": "temperature", "ta": "temperature", "ambient_temperature": "temperature", "ambient_temp": "temperature",
	"hum": "humidity", "rh": "humidity", "h": "humidity", "relative_humidity": "humidity", "relativehumidity": "humidity", "humid": "humidity", "air_humidity": "humidity", "out_humidity": "humidity",
	"dewpoint": "dew_point", "dew": "dew_point", "vapour_pressure_deficit": "vpd", "vapor_pressure_deficit": "vpd",
	"moisture": "soil_moisture", "moi": "soil_moisture", "soil": "soil_moisture", "soilmoisture": "soil_moisture", "vwc": "soil_moisture", "water_soil": "soil_moisture", "volumetric_water_content": "soil_moisture", "soil_humidity": "soil_moisture", "soil_moist": "soil_moisture",
	"soil_temp": "soil_temperature", "soiltemp": "soil_temperature", "temp_soil": "soil_temperature", "temperature_soil": "soil_temperature", "soiltemperature": "soil_temperature",
	"ec": "soil_conductivity", "conductivity": "soil_conductivity", "conduct_soil": "soil_conductivity", "soil_ec": "soil_conductivity", "fer": "soil_conductivity", "fertility": "soil_conductivity", "soil_fertility": "soil_conductivity",
	"ph": "soil_ph", "nitrogen": "soil_nitrogen", "phosphorus": "soil_phosphorus", "potassium": "soil_potassium", "tension": "soil_tension", "water_potential": "soil_tension",
	"carbondioxide": "co2", "carbon_dioxide": "co2", "eco2": "co2", "ammonia": "nh3", "voc": "tvoc",
	"lux": "illuminance", "light_lux": "illuminance", "illumination": "illuminance", "light": "illuminance", "light_intensity": "illuminance", "luminosity": "illuminance",
	"pressure_abs": "pressure", "pres": "pressure", "baro": "pressure", "baromabs": "pressure", "barometric_pressure": "pressure", "atmospheric_pressure": "pressure", "air_pressure": "pressure", "barometer": "pressure_msl", "baromrel": "pressure_msl", "sea_level_pressure": "pressure_msl", "sea_pressure": "pressure_msl",
	"leaf_moisture": "leaf_wetness", "leafwetness": "leaf_wetness", "leafwet": "leaf_wetness", "leaf_wet": "leaf_wetness", "leaf_temp": "leaf_temperature",
	"water_temp": "water_temperature", "watertemp": "water_temperature",
	"solar": "solar_radiation", "radiation": "solar_radiation", "solarradiation": "solar_radiation", "irradiance": "solar_radiation", "ppfd": "par", "uv": "uv_index", "uvi": "uv_index",
	"rain": "rain_total", "rainfall": "rain_total", "precipitation": "rain_total", "rainrate": "rain_rate", "rain_intensity": "rain_rate", "precipitation_intensity": "rain_rate", "dailyrain": "rain_day", "rain_today": "rain_day", "daily_rain": "rain_day",
	"wind": "wind_speed", "windspeed": "wind_speed", "wind_avg": "wind_speed", "gust": "wind_gust", "windgust": "wind_gust", "wind_max": "wind_gust", "winddir": "wind_direction", "wind_dir": "wind_direction", "winddirection": "wind_direction",
	"level": "water_level", "tank_level": "water_level", "flow": "flow_rate", "flowrate": "flow_rate", "water_flow": "flow_rate", "volume": "water_volume", "water": "water_volume",
	"door": "contact", "window": "contact", "gate": "contact", "occupancy": "motion", "pir": "motion", "water_leak": "leak", "flood": "leak", "raining": "rain_detected",
	"batt": "battery", "bat": "battery", "battery_level": "battery", "batterylevel": "battery", "battery_percent": "battery", "bat_level": "battery", "soc": "battery",
	"batv": "battery_voltage", "vbat": "battery_voltage", "battery_volt": "battery_voltage", "bat_v": "battery_voltage", "battery_mv": "battery_voltage", "volt": "voltage", "battery_v": "battery_voltage",
	"signal": "rssi", "wifi_signal": "rssi", "wifi_rssi": "rssi", "signal_strength": "rssi", "linkquality": "link_quality", "lqi": "link_quality",
	"device_temp": "device_temperature", "chip_temperature": "device_temperature", "cpu_temperature": "device_temperature", "internal_temperature": "device_temperature",
	"pm25": "pm2_5", "pm_2_5": "pm2_5", "pm02_5": "pm2_5", "mass": "weight", "amps": "current", "watts": "power", "energy_total": "energy", "relay": "switch",
	"pulse": "pulse_count", "pulses": "pulse_count", "rainfall_total": "rain_total", "pulse_counter": "pulse_count", "water_counter": "water_volume", "electrical_conductivity": "soil_conductivity", "magnet": "contact", "water_leakage": "leak", "leakage": "leak", "uv_light": "uv_index",
	"temperature_sensor": "temperature", "humidity_sensor": "humidity", "illuminance_sensor": "illuminance", "presence_sensor": "motion", "light_lx": "illuminance",
}

// named finds the metric of a key, and what else the key says: a unit and a channel. It reads the key as
// words: the longest run of words that names a metric is the metric, words behind it may be its unit, all
// others tell several apart. Keys that say nothing about a metric give false.
func (c *nameCache) named(key string) (n naming, ok bool) {
	if cached, hit := c.get(key); hit {
		return cached, cached.metric != ""
	}
	n = findName(words(key))
	c.put(key, n)
	return n, n.metric != ""
}

// waterPlaces are what a level without more is the level of.
var waterPlaces = map[string]bool{"tank": true, "well": true, "reservoir": true, "cistern": true, "pond": true, "trough": true, "river": true}

type naming struct {
	metric  sensors.MetricID
	unit    string
	channel string
}

// qualifiers add nothing to a metric: with or without them it is the same sensor.
var qualifiers = map[string]bool{"air": true, "sensor": true, "value": true, "current": true, "state": true, "reading": true, "measured": true, "avg": true, "average": true, "mean": true, "level": true, "status": true, "at": true}

// about are words that make a key tell something about a quantity instead of its value.
var about = map[string]bool{"alarm": true, "alert": true, "error": true, "fault": true, "warning": true, "threshold": true, "limit": true, "setpoint": true, "target": true,
	"calibration": true, "offset": true, "unit": true, "mode": true, "enable": true, "enabled": true, "mutation": true, "interval": true, "index": true, "trend": true, "change": true, "counter": true}

// aboutValue reports whether a key's last word makes it such: in battery_status it is an enumeration, in
// valve_status the value.
func aboutValue(ws []string) bool {
	if len(ws) < 2 {
		return false
	}
	whole := strings.Join(ws, "_")
	if last := ws[len(ws)-1]; sensors.MetricID(whole).Known() || aliases[whole] != "" || !about[last] && last != "status" && last != "state" {
		return false
	} else if about[last] {
		return true
	} else if metric := findName(ws[:len(ws)-1]).metric; metric.Info().Class != sensors.Switch {
		return last == "status" || metric == "battery"
	}
	return false
}

func findName(ws []string) naming {
	if strings.Join(ws, "_") == "light_level" { // an index, not a brightness
		return naming{}
	}
	if aboutValue(ws) {
		return naming{}
	}
	for size := min(len(ws), 4); size > 0; size-- {
		for from := len(ws) - size; from >= 0; from-- {
			word := strings.Join(ws[from:from+size], "_")
			metric := sensors.MetricID(word)
			if !metric.Known() {
				if metric = aliases[word]; metric == "" {
					continue
				}
				if word == "level" && len(ws) > 1 && !slices.ContainsFunc(ws, func(w string) bool { return waterPlaces[w] }) {
					continue // of noise, of a signal, an index of light
				}
			}
			n := naming{metric: metric}
			rest := ws[from+size:]
			for cut := len(rest); cut > 0; cut-- { // km_h is a unit of two words
				if unit := strings.Join(rest[:cut], ""); isUnit(metric, unit) {
					n.unit, rest = unit, rest[cut:]
					break
				}
			}
			if n.unit == "" {
				n.unit, rest = unitBehind(metric, rest)
			}
			if metric == "battery" && len(rest) > 0 { // battery_mV is no charge
				if unit := strings.Join(rest, ""); isUnit("battery_voltage", unit) {
					n.metric, n.unit, rest = "battery_voltage", unit, nil
				}
			}
			n.channel = channelOf(ws[:from], rest, size == 1 && len(word) == 1)
			if n.channel == "\x00" {
				continue
			}
			return n
		}
	}
	return naming{}
}

// unitBehind takes a unit off the end of the words, as in temperature_1_C. A letter alone is one only behind
// a number.
func unitBehind(metric sensors.MetricID, rest []string) (unit string, left []string) {
	for from := max(1, len(rest)-2); from < len(rest); from++ {
		unit := strings.Join(rest[from:], "")
		if isUnit(metric, unit) && (len(unit) > 1 || strings.Trim(rest[from-1], "0123456789") == "") {
			return unit, rest[:from]
		}
	}
	return "", rest
}

// channelOf joins the words around a metric. A single letter names a metric only when it stands alone.
func channelOf(before, after []string, letter bool) string {
	if letter && len(before)+len(after) > 0 {
		return "\x00"
	}
	var kept []string
	for _, w := range append(append([]string{}, before...), after...) {
		if !qualifiers[w] {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, "_")
}

// words splits a key at underscores, dashes, blanks, dots, changes to upper case and before digits that end
// it: "outTemp_F" is out, temp, f; "soilMoisture2" is soil, moisture, 2.
func words(key string) []string {
	var ws []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			ws = append(ws, b.String())
			b.Reset()
		}
	}
	runes := []rune(key)
	for i, r := range runes {
		switch {
		case r == '_' || r == '-' || r == ' ' || r == '.' || r == ':':
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]) || unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			flush()
		case unicode.IsDigit(r) && b.Len() > 2 && !unicode.IsDigit(runes[i-1]):
			if !metricDigits(b.String(), runes[i:]) {
				flush()
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	flush()
	return ws
}

// metricDigits reports whether digits belong to the word before them, as in eco2.
func metricDigits(word string, rest []rune) bool {
	return word == "eco" && rest[0] == '2'
}

// nameCache remembers names, for devices use few again and again; bounded, because topics are hostile.
type nameCache struct {
	mu sync.RWMutex
	m  map[string]naming
}

const maxNames = 4096

func (c *nameCache) get(key string) (naming, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n, ok := c.m[key]
	return n, ok
}

func (c *nameCache) put(key string, n naming) {
	if len(key) > 64 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.m) >= maxNames {
		clear(c.m)
	}
	c.m[strings.Clone(key)] = n
}

// housekeeping are keys that look like readings and are none.
var housekeeping = map[string]bool{"uptime": true, "heap": true, "free": true, "free_heap": true, "ip": true, "ssid": true, "fw": true, "version": true,
	"seq": true, "sequence": true, "counter": true, "fcnt": true, "count": true, "lat": true, "latitude": true, "lon": true, "lng": true, "longitude": true,
	"altitude": true, "id": true, "index": true, "mac": true, "port": true, "interval": true, "period": true, "boot": true, "boots": true, "reset": true,
	"channel": true, "type": true, "model": true, "status": true, "error": true, "errors": true, "code": true, "endpoint": true, "update": true, "rev": true, "year": true, "month": true, "day": true, "hour": true, "minute": true, "second": true}
