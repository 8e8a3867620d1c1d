package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// Zigbee2MQTT: <base>/<friendly name> with an object of properties, <base>/<name>/availability, and
// <base>/bridge/devices, which describes every device with the units of its properties. The base is learnt
// from the bridge's own topics.

func claimsZigbee(d *Decoder, m *message) bool {
	if what := m.last(0); m.last(1) == "bridge" && len(m.path) > 2 && (what == "devices" || what == "state" || what == "info") {
		d.learnBridge(m.above(2))
		return true
	}
	if !m.json && m.last(0) != "availability" {
		return false
	}
	base, name := d.zigbeeTopic(m)
	return name != "" && (base != "" || base == "" && m.has(markLinkQuality) && m.root.Get("linkquality").Exists())
}

// zigbeeTopic cuts the topic at a known bridge's base.
func (d *Decoder) zigbeeTopic(m *message) (base, name string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for end, part := range m.path {
		if base += part; end == len(m.path)-1 || end == maxBase {
			break
		}
		if base = m.topic[:len(base)]; d.bridges[base] {
			return base, m.topic[len(base)+1:]
		}
		base = m.topic[:len(base)+1]
	}
	_, name, more := strings.Cut(m.topic, "/")
	if !more {
		name = m.topic
	}
	return "", name
}

// maxBase is how many segments the topic of a bridge may have.
const maxBase = 8

func (d *Decoder) learnBridge(base string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.bridges) < 1000 && base != "" {
		d.bridges[strings.Clone(base)] = true
		if strings.HasPrefix(strings.ToLower(base), "farm/") {
			d.farmBridge.Store(true)
		}
	}
}

// ownerZigbee returns the device of a topic below a known bridge.
func ownerZigbee(d *Decoder, m *message) string {
	base, name := d.zigbeeTopic(m)
	if base == "" || strings.HasPrefix(name, "bridge/") {
		return ""
	}
	return strings.TrimSuffix(name, "/availability")
}

func decodeZigbee(d *Decoder, m *message) {
	base, name := d.zigbeeTopic(m)
	if rest, ok := strings.CutPrefix(name, "bridge/"); ok {
		if rest == "devices" && m.root.IsArray() {
			d.describeZigbee(m, base)
		}
		m.describe(sensors.Description{Device: base})
		return
	}
	if device, ok := strings.CutSuffix(name, "/availability"); ok {
		word := m.text
		if m.json {
			word = m.root.Get("state").Str
		}
		if online, ok := statusWord(word); ok {
			m.present(device, online)
		}
		return
	}
	if strings.HasSuffix(name, "/set") || strings.HasSuffix(name, "/get") || !m.root.IsObject() {
		return
	}
	w := walk{m: m, device: name, begin: len(m.out.Observations), at: m.clock.of(m.root, false), unitOf: func(key string) string { return d.unitOf(name, key) }}
	before := len(m.out.Observations)
	w.object(m.root)
	m.zigbeeState(name, w.at)
	m.soilProbe(before)
	for i := before; i < len(m.out.Observations); i++ {
		o := &m.out.Observations[i]
		if o.Metric == "voltage" && (m.root.Get("battery").Exists() || o.Value >= 1000) { // its supply, in millivolts
			o.Metric = "battery_voltage"
			if o.Value > 60 {
				o.Value /= 1000
			}
			o.Quality = sensors.Good
		}
	}
	m.describe(sensors.Description{Device: name, Gateway: base})
}

// zigbeeState reads the state of switches and valves, which is a word.
func (m *message) zigbeeState(device string, at moment) {
	if state := m.root.Get("state"); state.Type == gjson.String {
		if v, ok := word(state.Str); ok {
			m.observe(device, "switch", "", v, at)
		}
	}
	if contact := m.root.Get("contact"); contact.IsBool() { // true means that the contact is closed
		for i := range m.out.Observations {
			if o := &m.out.Observations[i]; o.Metric == "contact" && o.Device == device {
				o.Value = 1 - o.Value
			}
		}
	}
}

// describeZigbee takes names, models and units from the bridge's list of devices.
func (d *Decoder) describeZigbee(m *message, base string) {
	for _, device := range m.root.Array() {
		if device.Get("type").Str == "Coordinator" {
			continue
		}
		name := device.Get("friendly_name").Str
		m.describe(sensors.Description{Device: name, Name: name, Gateway: base,
			Model: strings.TrimSpace(device.Get("definition.vendor").Str + " " + device.Get("definition.model").Str)})
		for _, exposed := range device.Get("definition.exposes").Array() {
			d.learnUnit(name, exposed.Get("property").Str, exposed.Get("unit").Str)
		}
	}
}

func (d *Decoder) learnUnit(device, property, unit string) {
	if device == "" || property == "" || unit == "" || len(unit) > 16 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.metrics) < 10*maxRemembered {
		d.metrics[strings.Clone(device+" "+property)] = strings.Clone(unit)
	}
}

func (d *Decoder) unitOf(device, property string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.metrics[device+" "+property]
}
