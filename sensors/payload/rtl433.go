package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// rtl_433: what weather stations, probes and tank sensors send by radio. It publishes the same as objects
// (<base>/events, <base>/states) and value by value (<base>/devices/<model>/<channel>/<id>/<field>), and as
// often as the radio repeats it. OpenMQTTGateway publishes the same objects. Keys carry their units.

func claimsRTL433(d *Decoder, m *message) bool {
	if m.json {
		return m.has(markModel) && (m.has(markChecksum) || m.last(0) == "events" || m.last(0) == "states" || m.rtlAt("RTL_433toMQTT") > 0) &&
			m.root.Get("model").Exists()
	}
	return d.rtlDevices(m) > 0
}

func ownerRTL433(d *Decoder, m *message) string {
	if i := d.rtlDevices(m); i > 0 {
		return strings.Join(m.path[i+1:len(m.path)-1], "-")
	}
	return ""
}

func (m *message) rtlAt(segment string) int {
	for i := 1; i < len(m.path); i++ {
		if m.path[i] == segment {
			return i
		}
	}
	return 0
}

// rtlDevices returns where "devices" stands in a topic of one field, 0 when this is none. The base is known
// by its name, or by the objects that came under it.
func (d *Decoder) rtlDevices(m *message) int {
	i := m.rtlAt("devices")
	if i == 0 || i+3 > len(m.path) {
		return 0
	}
	if base := m.above(len(m.path) - i); strings.Contains(base, "rtl_433") || d.stations.get(base) == "rtl_433" {
		return i
	}
	return 0
}

func decodeRTL433(d *Decoder, m *message) {
	m.idle = true
	if i := d.rtlDevices(m); !m.json && i > 0 {
		if n := m.rtlKey(m.last(0)); n.metric != "" {
			m.rtlTake(ownerRTL433(d, m), n, gjson.Result{Type: gjson.String, Str: m.text}, moment{})
		}
		d.repeats.drop(m)
		return
	}
	gateway := m.above(1)
	if i := m.rtlAt("RTL_433toMQTT"); i > 0 {
		gateway = strings.Join(m.path[:i], "/")
	} else {
		d.stations.put(gateway, "rtl_433")
	}
	if m.root.Get("type").Str == "TPMS" { // the tyres of passing cars
		return
	}
	device, at := m.rtlDevice(), m.clock.of(m.root, false)
	m.root.ForEach(func(key, value gjson.Result) bool {
		if n := m.rtlKey(key.Str); n.metric != "" && !(key.Str == "battery_ok" && m.root.Get("battery_pct").Exists()) {
			m.rtlTake(device, n, value, at)
		}
		return true
	})
	m.describe(sensors.Description{Device: device, Model: m.root.Get("model").Str, Gateway: m.owner(gateway)})
	d.repeats.drop(m)
}

// rtlDevice names a device as the field topics do: type, model, subtype, channel and id.
func (m *message) rtlDevice() string {
	var parts []string
	for _, key := range []string{"type", "model", "subtype", "channel", "id"} {
		if part := m.root.Get(key); part.Type == gjson.String && part.Str != "" || part.Type == gjson.Number {
			parts = append(parts, strings.ReplaceAll(part.String(), "/", "_"))
		}
	}
	return strings.Join(parts, "-")
}

// rtlKeys are fields whose names do not tell what they mean.
var rtlKeys = map[string]naming{"battery_ok": {metric: "battery"}, "battery_pct": {metric: "battery"}, "depth_cm": {metric: "water_level", unit: "cm"},
	"strike_count": {metric: "lightning_count"}, "storm_dist": {metric: "lightning_distance"}, "storm_dist_km": {metric: "lightning_distance"}, "storm_dist_mi": {metric: "lightning_distance", unit: "mi"},
	"rain_rate_in_h": {metric: "rain_rate", unit: "in/h"}, "lux": {metric: "illuminance"}, "light_lux": {metric: "illuminance"}, "light_klx": {metric: "illuminance", unit: "klx"},
	"detect_wet": {metric: "leak"}, "leak": {metric: "leak"}, "reed_open": {metric: "contact"}, "switch1": {}, "id": {}, "channel": {}, "time": {}, "noise": {}, "mod": {}, "type": {}, "code": {}, "data": {}}

func (m *message) rtlKey(key string) naming {
	if n, ok := rtlKeys[key]; ok {
		return n
	}
	n, _ := m.names.named(key)
	return n
}

// rtlTake adds a field; the charge of a battery is 0 to 1.
func (m *message) rtlTake(device string, n naming, value gjson.Result, at moment) {
	if v, _, ok := scalar(value); ok && n.metric == "battery" && n.unit == "" && v >= 0 && v <= 1 {
		m.observe(device, "battery", n.channel, 100*v, at)
		return
	}
	m.take(device, n, value, at)
}
