package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// Furrow's own convention: farm/<zone>/<device>/<metric> with a number, or farm/<zone>/<device> with an
// object of metric: number and an optional time, or an array of such objects as a backlog. A device without
// a zone leaves that out.

func claimsFurrow(d *Decoder, m *message) bool {
	return len(m.path) >= 3 && strings.EqualFold(m.path[0], "farm") && !(d.farmBridge.Load() && claimsZigbee(d, m))
}

// ownerFurrow returns <zone>/<device> of a topic that names a metric, or a device with an object.
func ownerFurrow(_ *Decoder, m *message) string {
	if len(m.path) < 3 || !strings.EqualFold(m.path[0], "farm") || tails[strings.ToLower(m.last(0))] {
		return ""
	}
	if _, ok := m.names.named(m.last(0)); ok == (len(m.path) == 3) {
		return ""
	}
	return m.path[1] + "/" + m.path[2]
}

func decodeFurrow(d *Decoder, m *message) {
	switch last := strings.ToLower(m.last(0)); {
	case last == "command" || last == "state" && len(m.path) > 3:
		m.idle = true // what a device is told and answers is no reading
		return
	case len(m.path) > 3 && statusTopics[last]:
		if online, ok := statusWord(m.text); ok {
			m.present(m.furrowKey(3), online)
		}
		return
	}
	n, named := m.names.named(m.last(0))
	switch {
	case m.json && (!named || len(m.path) == 3):
		key := m.furrowKey(3)
		m.furrowDescribe(3, key)
		m.objects(key, true)
	case len(m.path) == 3: // farm/<device>/<metric>
		if named {
			m.single(m.owner(m.path[1]), n)
		}
	default:
		if !named {
			if n.metric = ownMetric(m.last(0)); n.metric == "" {
				return
			}
		}
		if len(m.path) > 4 { // what stands between device and metric tells sensors apart
			n.channel = strings.Trim(strings.Join(m.path[3:len(m.path)-1], "/")+"/"+n.channel, "/")
		}
		key := m.furrowKey(3)
		m.single(key, n)
		if len(m.out.Observations) > 0 {
			m.furrowDescribe(3, key)
		}
	}
	_ = d
}

// furrowKey is <zone>/<device>, or the device that signed in.
func (m *message) furrowKey(parts int) string {
	return m.owner(m.between(1, min(parts, len(m.path))))
}

// furrowDescribe proposes zone and name from the topic.
func (m *message) furrowDescribe(parts int, key string) {
	if len(m.path) >= parts {
		m.describe(sensors.Description{Device: key, Zone: m.path[1], Name: m.path[2]})
	}
}

// single reads a payload that is one value of the metric, bare or as an object with value, unit and time, or
// an array of such objects as a backlog. Objects without a value are read by their keys.
func (m *message) single(device string, n naming) {
	if m.json {
		m.each(device, true, func(w walk, item gjson.Result) {
			if amount := item.Get("value"); amount.Exists() {
				w.measured(n, amount, item.Get("unit").String())
			} else {
				w.object(item)
			}
		})
		return
	}
	if nothing(m.text) {
		return
	}
	v, unit, ok := number(m.text)
	if !ok {
		if n.metric.Info().Class != sensors.Switch {
			m.out.Problem = "The payload is not a number."
			return
		}
		if v, ok = word(m.text); !ok {
			m.out.Problem = "The payload is neither a number nor a word like on and off."
			return
		}
	}
	if unit == "" {
		unit = n.unit
	}
	n, unit = meant(n, v, unit)
	base, ok := toBase(n.metric, v, unit)
	if !ok {
		m.out.Problem = "The unit does not fit what the topic says is measured."
		return
	}
	m.observe(device, n.metric, n.channel, base, moment{})
}

// objects reads one object, or an array of objects as a backlog, as readings of the device.
func (m *message) objects(device string, own bool) {
	m.each(device, own, walk.item)
}

// each calls read for the object that the message is, or for each object of an array.
func (m *message) each(device string, own bool, read func(walk, gjson.Result)) {
	items := []gjson.Result{m.root}
	if m.root.IsArray() {
		items = m.root.Array()
	}
	for _, item := range items {
		if item.IsObject() {
			read(walk{m: m, device: device, own: own, begin: len(m.out.Observations), at: m.clock.of(item, own)}, item)
		}
	}
}
