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
