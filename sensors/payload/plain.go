package payload

import (
	"strings"

	"furrow/sensors"
)

// One value per topic, as most home-made devices publish: the topic's end names the metric, what stands
// before it the device.

// tails are last segments that say only that here is the value.
var tails = map[string]bool{"state": true, "value": true, "get": true, "data": true, "status": true, "current": true, "reading": true}

func claimsPlain(*Decoder, *message) bool { return true }

func decodePlain(d *Decoder, m *message) {
	path := m.path
	if len(path) > 1 && tails[strings.ToLower(path[len(path)-1])] {
		path = path[:len(path)-1]
	}
	if housekeeping[strings.ToLower(path[len(path)-1])] {
		return
	}
	n, ok := m.names.named(path[len(path)-1])
	device := path[:len(path)-1]
	if !ok && len(path) > 1 { // …/temperature/outdoor
		if n, ok = m.names.named(path[len(path)-2]); ok {
			n.channel = strings.Trim(n.channel+"/"+path[len(path)-1], "/")
			device = path[:len(path)-2]
		}
	}
	if !ok {
		if !nothing(m.text) {
			m.out.Problem = "The topic does not say what is measured."
		}
		return
	}
	if len(device) > 1 && strings.EqualFold(device[len(device)-1], "get") { // …/get/temperature
		device = device[:len(device)-1]
	}
	key := strings.Join(device, "/")
	if root := d.rootOf(device); root != "" && root != key {
		n.channel = strings.Trim(strings.Trim(strings.TrimPrefix(key, root), "/")+"/"+n.channel, "/")
		key = root
	}
	m.single(m.owner(key), n)
}

// rootOf returns the topic above device under which a device announced itself, "" when none did.
func (d *Decoder) rootOf(device []string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if len(d.roots) == 0 {
		return ""
	}
	for root := strings.Join(device, "/"); root != ""; root = root[:max(strings.LastIndexByte(root, '/'), 0)] {
		if d.roots[root] {
			return root
		}
	}
	return ""
}

// statusTopics are last segments under which devices say, or their last will says, whether they are there.
var statusTopics = map[string]bool{"lwt": true, "status": true, "availability": true, "online": true, "available": true, "connected": true}

// statusWord reads such a message.
func statusWord(text string) (online, ok bool) {
	switch strings.ToLower(strings.Trim(text, `"`)) {
	case "online", "connected", "true", "1", "available", "alive", "ready":
		return true, true
	case "offline", "connection lost", "disconnected", "false", "0", "lost", "unavailable":
		return false, true
	}
	return false, false
}

func claimsStatus(_ *Decoder, m *message) bool {
	if len(m.path) < 2 || !statusTopics[strings.ToLower(m.last(0))] {
		return false
	}
	_, ok := statusWord(m.text)
	return ok
}

func decodeStatus(d *Decoder, m *message) {
	root := m.above(1)
	d.remember(root)
	if text := strings.ToLower(m.text); m.last(0) == "LWT" && (text == "connected" || text == "connection lost") {
		d.stations.put(root, "espeasy")
	}
	online, _ := statusWord(m.text)
	if id := d.shelly.get(root); id != "" {
		root = id
	}
	m.present(m.owner(root), online)
}

const maxRemembered = 10_000

// remember notes a topic under which a device announced itself.
func (d *Decoder) remember(root string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.roots) >= maxRemembered {
		clear(d.roots)
	}
	d.roots[strings.Clone(root)] = true
}

// ESPHome: <node>/<type>/<object>/state with a bare value, <node>/status for presence.

var esphomeTypes = map[string]bool{"sensor": true, "binary_sensor": true, "switch": true, "number": true, "valve": true, "fan": true, "light": true}

func claimsESPHome(_ *Decoder, m *message) bool {
	return len(m.path) >= 4 && m.last(0) == "state" && esphomeTypes[m.last(2)] && !m.json && !m.below()
}

// ownerESPHome returns the node of a topic.
func ownerESPHome(d *Decoder, m *message) string {
	if claimsESPHome(d, m) {
		return m.above(3)
	}
	return ""
}

func decodeESPHome(_ *Decoder, m *message) {
	device, object := m.above(3), m.last(1)
	n, ok := m.names.named(object)
	switch kind := m.last(2); {
	case !ok && (kind == "switch" || kind == "valve"):
		n.metric = sensors.MetricID(kind)
	case !ok || kind == "number":
		return
	}
	n.channel = object
	m.single(m.owner(device), n)
}
