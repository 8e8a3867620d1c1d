package payload

import (
	"strings"
)

// JSON of any shape, flat or nested: keys name metrics, the topic names the device.

func claimsJSON(_ *Decoder, m *message) bool { return m.json }

func decodeJSON(d *Decoder, m *message) {
	path := m.path
	if len(path) > 1 && (tails[strings.ToLower(path[len(path)-1])] || jsonTails[strings.ToLower(path[len(path)-1])]) {
		path = path[:len(path)-1]
	}
	key := strings.Join(path, "/")
	if n, ok := m.names.named(m.last(0)); ok && len(m.path) > 1 && (m.root.Get("value").Exists() || m.root.Get("0.value").Exists()) {
		m.single(m.owner(strings.Join(m.path[:len(m.path)-1], "/")), n)
		return
	}
	if root := d.rootOf(path); root != "" {
		key = root
	}
	m.objects(m.owner(key), false)
}

// jsonTails are last segments that say only that here is the device's message.
var jsonTails = map[string]bool{"sensor": true, "sensors": true, "telemetry": true, "json": true, "message": true, "attributes": true, "up": true, "uplink": true, "measurements": true}

// ThingsBoard and the many gateways that copy it: {"ts":ms,"values":{…}}, arrays of that as a backlog, and
// an object of such arrays by device for a gateway. The plain form names no device, so the client does.

func claimsThingsBoard(_ *Decoder, m *message) bool {
	if !m.json {
		return false
	}
	topic := m.Topic
	if topic == "v1/devices/me/telemetry" || topic == "v1/gateway/telemetry" || topic == "v2/t" {
		return true
	}
	one := m.root
	if one.IsArray() {
		one = one.Get("0")
	}
	return one.Get("ts").Exists() && one.Get("values").IsObject()
}

func decodeThingsBoard(_ *Decoder, m *message) {
	if strings.HasSuffix(m.Topic, "gateway/telemetry") && m.root.IsObject() {
		for device, list := range m.root.Map() {
			for _, item := range list.Array() {
				w := walk{m: m, device: device, own: true, begin: len(m.out.Observations), at: m.clock.of(item, true)}
				w.object(item)
			}
		}
		return
	}
	device := ""
	if !strings.HasPrefix(m.Topic, "v1/devices/me/") && m.Topic != "v2/t" {
		device = strings.Join(m.path, "/")
	}
	m.objects(m.owner(device), true)
}
