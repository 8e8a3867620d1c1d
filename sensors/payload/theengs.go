package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// Theengs Gateway and OpenMQTTGateway: <base>/<gateway>/BTtoMQTT/<address> with what a Bluetooth device
// advertised, often one property a message, and <base>/<gateway>/SYStoMQTT about the gateway. Most of what
// they hear are phones and beacons, which have no readings.

func claimsTheengs(_ *Decoder, m *message) bool {
	if !m.json {
		return false
	}
	if m.theengsAt() > 0 || m.last(0) == "SYStoMQTT" {
		return true
	}
	return m.has(markModelID|markBrand) && m.root.Get("id").Exists()
}

// theengsAt returns where in the topic stands what the gateway translates, 0 for nowhere.
func (m *message) theengsAt() int {
	for i := len(m.path) - 1; i > 0; i-- {
		if m.path[i] == "BTtoMQTT" {
			return i
		}
	}
	return 0
}

func ownerTheengs(_ *Decoder, m *message) string {
	if i := m.theengsAt(); i > 0 && i+1 < len(m.path) {
		return plainAddress(m.path[i+1])
	}
	return ""
}

func decodeTheengs(_ *Decoder, m *message) {
	m.idle = true
	if m.last(0) == "SYStoMQTT" {
		gateway := m.owner(m.above(1))
		m.take(gateway, naming{metric: "rssi"}, m.root.Get("rssi"), moment{})
		m.describe(sensors.Description{Device: gateway})
		return
	}
	device := plainAddress(first(m.root, []string{"id", "mac"}).String())
	if device == "" {
		device = plainAddress(m.last(0))
	}
	gateway := ""
	if i := m.theengsAt(); i > 0 {
		gateway = m.owner(strings.Join(m.path[:i], "/"))
	}
	at, keys := m.clock.of(m.root, false), 0
	m.root.ForEach(func(key, value gjson.Result) bool {
		if n := m.theengsKey(key.Str); n.metric != "" {
			m.take(device, n, value, at)
		}
		keys++
		return keys < maxAdvertised
	})
	if len(m.out.Observations) == 0 {
		return
	}
	m.take(device, naming{metric: "rssi"}, m.root.Get("rssi"), at)
	m.describe(sensors.Description{Device: device, Name: m.root.Get("name").Str, Gateway: gateway,
		Model: strings.TrimSpace(m.root.Get("brand").Str + " " + m.root.Get("model").Str)})
}

// maxAdvertised is how many keys of a message are read.
const maxAdvertised = 100

// theengsNone are keys that look like readings and are none.
var theengsNone = map[string]bool{"rssi": true, "distance": true, "txpower": true, "type": true, "id": true, "mac": true, "presence": true, "volume": true, "weight_mode": true}

// theengsKey returns what a key means; Fahrenheit is read only where there is no Celsius.
func (m *message) theengsKey(key string) naming {
	lower := strings.ToLower(key)
	switch {
	case theengsNone[lower]:
		return naming{}
	case lower == "volt":
		return naming{metric: "battery_voltage"}
	case lower == "lvl_cm":
		return naming{metric: "water_level", unit: "cm"}
	case lower == "open":
		return naming{metric: "contact"}
	case strings.HasPrefix(lower, "tempf"):
		if m.root.Get("tempc" + lower[len("tempf"):]).Exists() {
			return naming{}
		}
		n, _ := m.names.named("tempc" + lower[len("tempf"):])
		n.unit = "f"
		return n
	}
	n, _ := m.names.named(key)
	return n
}
