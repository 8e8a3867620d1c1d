package payload

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// ChirpStack, version 4 (application/<id>/device/<DevEUI>/event/<kind>) and version 3 (without "event", and
// with other keys). Built-in servers of gateways publish the form of version 3 on topics of any kind.

// chirpEvents are the kinds of messages.
var chirpEvents = map[string]bool{"up": true, "rx": true, "status": true, "join": true, "ack": true, "txack": true, "tx": true, "log": true,
	"error": true, "location": true, "integration": true}

func claimsChirpStack(_ *Decoder, m *message) bool {
	if n := len(m.path); n >= 4 && (m.last(2) == "device" || n >= 5 && m.last(1) == "event" && m.last(3) == "device") && chirpEvents[m.last(0)] {
		return m.json || m.binary
	}
	return m.has(markDevEUI) || m.has(markDeviceInfo) && m.root.Get("deviceInfo.devEui").Exists()
}

func decodeChirpStack(_ *Decoder, m *message) {
	kind := m.last(0)
	if !chirpEvents[kind] {
		kind = "up"
	}
	u := m.chirpDevice(kind)
	switch {
	case !m.json:
		m.present(u.device, true)
		m.out.Problem = "ChirpStack sends this in binary; set its MQTT integration to JSON."
	case kind == "up" || kind == "rx":
		m.chirpUplink(u)
	case kind == "status":
		m.chirpStatus(u)
	case kind == "join":
		m.present(u.device, true)
		m.describe(sensors.Description{Device: u.device, Name: u.name, Model: u.model})
	default:
		m.idle = true
	}
}

// chirpDevice tells which device a message is of.
func (m *message) chirpDevice(kind string) uplink {
	u := uplink{device: first(m.root, []string{"deviceInfo.devEui", "devEUI", "devEui"}).String(),
		name:  first(m.root, []string{"deviceInfo.deviceName", "deviceName"}).String(),
		model: first(m.root, []string{"deviceInfo.deviceProfileName", "deviceProfileName"}).String()}
	if at, ok := m.clock.text(m.root.Get("time").String()); ok {
		u.at = at
	}
	for i, part := range m.path {
		if part == "device" && i+1 < len(m.path) && chirpEvents[kind] && len(m.path[i+1]) == 16 {
			u.device = m.path[i+1]
		}
	}
	if raw, err := base64.StdEncoding.DecodeString(u.device); err == nil && len(raw) == 8 && strings.HasSuffix(u.device, "=") {
		u.device = hex.EncodeToString(raw) // as the protobuf marshaller of version 3 writes it
	}
	u.device = strings.ToLower(u.device)
	return u
}

func (m *message) chirpUplink(u uplink) {
	m.received(u, m.root.Get("rxInfo"), func(item gjson.Result) reception {
		return reception{first(item, []string{"gatewayId", "gatewayID"}).String(), item.Get("rssi"), first(item, []string{"snr", "loRaSNR"})}
	})
	u.decoded = first(m.root, []string{"object", "objectJSON"})
	if u.decoded.Type == gjson.String && gjson.Valid(u.decoded.Str) {
		if _, shallow := scan(u.decoded.Str); shallow {
			u.decoded = gjson.Parse(u.decoded.Str)
		}
	}
	if u.decoded.Type == gjson.Null || u.decoded.Type == gjson.String {
		u.decoded = gjson.Result{}
	}
	u.carries = m.root.Get("data").String() != "" && m.root.Get("fPort").Int() != 0
	m.uplink(u)
}

// chirpStatus reads what the device told the network about its battery: percent in version 4; in version 3
// 1 to 254, with 0 for power from outside and 255 for unknown.
func (m *message) chirpStatus(u uplink) {
	level := m.root.Get("batteryLevel")
	switch raw := m.root.Get("battery"); {
	case m.root.Get("batteryLevelUnavailable").Bool(), m.root.Get("externalPowerSource").Bool():
	case level.Exists():
		m.take(u.device, naming{metric: "battery"}, level, u.at)
	case raw.Type == gjson.Number && raw.Num >= 1 && raw.Num <= 254:
		m.observe(u.device, "battery", "", raw.Num/2.54, u.at)
	}
	m.present(u.device, true)
	m.describe(sensors.Description{Device: u.device, Name: u.name, Model: u.model})
}
