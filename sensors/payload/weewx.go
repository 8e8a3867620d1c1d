package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// weewx: <base>/loop with an object of texts, and one topic per key with the same values, which are read
// only while no object comes. Keys carry their units; without them usUnits tells the system.

func claimsWeewx(d *Decoder, m *message) bool {
	if m.json {
		return m.has(markWeewx) || m.has(markDateTime|markOutTemp)
	}
	return len(m.path) > 1 && d.stations.get(m.above(1)) == "weewx"
}

func decodeWeewx(d *Decoder, m *message) {
	m.idle = true
	if !m.json {
		return
	}
	device := m.topic
	if len(m.path) > 1 {
		device = m.above(1)
		d.stations.put(device, "weewx")
	}
	device = m.owner(device)
	units, at := weewxUnits[strings.TrimSuffix(m.root.Get("usUnits").String(), ".0")], m.clock.of(m.root, false)
	m.root.ForEach(func(key, value gjson.Result) bool {
		if n := m.weewxKey(key.Str); n.metric != "" {
			if n.unit == "" {
				n.unit = units[n.metric.Info().Unit]
			}
			m.weewxTake(device, n, value, at)
		}
		return len(m.out.Observations) < maxObservations
	})
}

// weewxUnits are the units of a system by the base units that they stand for.
var weewxUnits = map[string]map[string]string{
	"1":  {"°C": "f", "hPa": "inhg", "m/s": "mph", "mm": "in", "mm/h": "in/h"},
	"16": {"m/s": "km/h", "mm": "cm", "mm/h": "cm/h"},
}

// weewxNone are observations that are computed from others, or of the last moment only.
var weewxNone = map[string]bool{"rain": true, "heatindex": true, "windchill": true, "apptemp": true, "humidex": true, "altimeter": true, "windrun": true,
	"cloudbase": true, "maxsolarrad": true, "et": true, "windgustdir": true, "inchdewpoint": true, "indewpoint": true, "rain24": true, "datetime": true, "usunits": true}

// weewxNames are names that the words in them do not tell.
var weewxNames = map[string]naming{"barometer": {metric: "pressure_msl"}, "dayrain": {metric: "rain_day"}, "hourrain": {metric: "rain_hour"}, "weekrain": {metric: "rain_week"},
	"monthrain": {metric: "rain_month"}, "yearrain": {metric: "rain_year"}, "stormrain": {metric: "rain_event"}, "uv": {metric: "uv_index"},
	"lightning_strike_count": {metric: "lightning_count"}, "lightning_distance": {metric: "lightning_distance"}}

func (m *message) weewxKey(key string) naming {
	name, label, _ := strings.Cut(key, "_")
	lower := strings.ToLower(name)
	n, ok := weewxNames[strings.ToLower(key)]
	if !ok {
		n, ok = weewxNames[lower]
		n.unit = strings.ReplaceAll(strings.ToLower(label), "_", "")
	}
	switch {
	case weewxNone[lower]:
		return naming{}
	case strings.HasPrefix(lower, "soilmoist"): // a tension
		return naming{metric: "soil_tension", channel: strings.TrimPrefix(lower, "soilmoist")}
	case strings.HasPrefix(lower, "leafwet"):
		return naming{metric: "leaf_wetness", channel: strings.TrimPrefix(lower, "leafwet")}
	case strings.HasSuffix(lower, "batterystatus"): // 1 is low
		return naming{metric: "battery_low", channel: strings.TrimSuffix(lower, "batterystatus")}
	case strings.HasSuffix(lower, "voltage") && lower != "voltage":
		return naming{metric: "battery_voltage", channel: strings.TrimSuffix(strings.TrimSuffix(lower, "voltage"), "battery")}
	case !ok:
		n, _ = m.names.named(key)
	}
	return n
}

// weewxTake adds a value; the wetness of a leaf has steps up to 15.
func (m *message) weewxTake(device string, n naming, value gjson.Result, at moment) {
	if v, _, ok := scalar(value); ok && n.metric == "leaf_wetness" {
		m.observe(device, n.metric, n.channel, v/.15, at)
		return
	}
	if n.metric == sensors.MetricID("soil_tension") || n.metric == "leaf_wetness" {
		n.unit = ""
	}
	m.take(device, n, value, at)
}
