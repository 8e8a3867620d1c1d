package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// ThingsBoard and the many gateways that copy it: {"ts":ms,"values":{…}}, arrays of that as a backlog, and
// an object of such arrays by device for a gateway. The plain form names no device, so the client does.
// Neuron's form has the codes of errors beside the values.

func claimsThingsBoard(_ *Decoder, m *message) bool {
	if !m.json {
		return false
	}
	if kind, ok := m.thingsBoardKind(); ok {
		return kind != ""
	}
	if !m.has(markValues) {
		return false
	}
	one := m.root
	if one.IsArray() {
		one = one.Get("0")
	}
	return one.Get("values").IsObject() && first(one, []string{"ts", "timestamp"}).Exists()
}

// thingsBoardKind returns what a topic of ThingsBoard is about.
func (m *message) thingsBoardKind() (kind string, ok bool) {
	if m.path[0] == "v2" && len(m.path) == 2 {
		return map[string]string{"t": "telemetry", "a": "attributes"}[m.path[1]], true
	}
	if m.path[0] != "v1" || len(m.path) < 3 {
		return "", false
	}
	switch m.path[1] {
	case "devices":
		if m.path[2] == "me" && len(m.path) > 3 {
			return m.path[3], true
		}
	case "gateway":
		return "gateway/" + m.path[2], true
	}
	return "", false
}

func decodeThingsBoard(_ *Decoder, m *message) {
	kind, known := m.thingsBoardKind()
	switch {
	case kind == "gateway/telemetry" && m.root.IsObject():
		m.thingsBoardGateway()
	case kind == "gateway/connect" || kind == "gateway/disconnect":
		device := m.root.Get("device").String()
		m.present(device, kind == "gateway/connect")
		m.describe(sensors.Description{Device: device, Model: m.root.Get("type").String(), Gateway: m.owner("")})
	case kind == "telemetry":
		m.objects(m.owner(""), true)
	case known: // attributes, and calls from the server
		m.idle = true
	case m.root.Get("node").Type == gjson.String:
		m.neuron()
	default:
		m.objects(m.owner(m.topic), true)
	}
}

// thingsBoardGateway reads what a gateway tells of the devices behind it.
func (m *message) thingsBoardGateway() {
	m.root.ForEach(func(device, list gjson.Result) bool {
		described := len(m.out.Observations)
		for _, item := range list.Array() {
			w := walk{m: m, device: device.Str, own: true, begin: len(m.out.Observations), at: m.clock.of(item, true)}
			if item.IsObject() {
				w.object(item)
			}
		}
		if gateway := m.owner(""); gateway != device.Str && len(m.out.Observations) > described {
			m.describe(sensors.Description{Device: device.Str, Gateway: gateway})
		}
		return len(m.out.Observations) < maxObservations
	})
}

// neuron reads the tags of a node; what stands under errors are codes.
func (m *message) neuron() {
	device := m.root.Get("node").Str
	w := walk{m: m, device: device, own: true, begin: len(m.out.Observations), at: m.clock.of(m.root, true)}
	if group := m.root.Get("group").Str; group != "" {
		w.inside = strings.Trim(group, "/")
	}
	w.object(m.root.Get("values"))
	m.idle = true
}
