package payload

import (
	"slices"
	"strings"

	"furrow/sensors"
)

// Shelly of the first generation: shellies/<model>-<id>/… with one value a topic.

// shellyOne returns where in the topic the device's id stands, 0 when this is no such topic.
func (m *message) shellyOne() int {
	for i := range len(m.path) - 1 {
		if m.path[i] == "shellies" {
			return i + 1
		}
	}
	return 0
}

// shellyOneKeys are the values by what follows the id, without the number of a relay or probe.
var shellyOneKeys = map[string]naming{
	"sensor/temperature": {metric: "temperature"}, "sensor/humidity": {metric: "humidity"}, "sensor/battery": {metric: "battery"},
	"sensor/lux": {metric: "illuminance"}, "sensor/flood": {metric: "leak"}, "sensor/motion": {metric: "motion"}, "sensor/state": {metric: "contact"},
	"ext_temperature": {metric: "temperature"}, "ext_humidity": {metric: "humidity"}, "temperature": {metric: "device_temperature"}, "voltage": {metric: "voltage"},
	"relay": {metric: "switch"}, "relay/power": {metric: "power"}, "relay/energy": {metric: "energy", unit: "wmin"},
	"light": {metric: "switch"}, "light/power": {metric: "power"}, "light/energy": {metric: "energy", unit: "wmin"},
	"roller/power": {metric: "power"}, "roller/energy": {metric: "energy", unit: "wmin"},
	"emeter/power": {metric: "power"}, "emeter/voltage": {metric: "voltage"}, "emeter/current": {metric: "current"}, "emeter/total": {metric: "energy", unit: "wh"},
}

func (m *message) decodeShellyOne() {
	m.idle = true
	i := m.shellyOne()
	id, rest := m.path[i], m.path[i+1:]
	switch {
	case len(rest) == 0 && id == "announce", len(rest) == 1 && rest[0] == "announce":
		if about := m.root.Get("id").Str; m.json && about != "" {
			m.describe(sensors.Description{Device: m.owner(about), Name: about, Model: m.root.Get("model").Str})
		}
		return
	case len(rest) == 0 || m.json:
		return
	case len(rest) == 1 && rest[0] == "online":
		if online, ok := statusWord(m.text); ok {
			m.present(m.owner(id), online)
		}
		return
	}
	number := slices.IndexFunc(rest, func(part string) bool { return strings.Trim(part, "0123456789") == "" })
	key, channel := strings.Join(rest, "/"), ""
	if number > 0 {
		channel = rest[number]
		key = strings.Join(slices.Concat(rest[:number], rest[number+1:]), "/")
	}
	n, ok := shellyOneKeys[key]
	if !ok {
		return
	}
	n.channel = channel
	m.takeText(m.owner(id), n, m.text, moment{})
}
