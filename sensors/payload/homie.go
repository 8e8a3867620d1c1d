package payload

import (
	"cmp"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// Homie 4 (<root>/<device>/<node>/<property> with attributes under $ topics) and Homie 5
// (<domain>/5/<device>/<node>/<property> with one $description). Values are read with the units that the
// attributes told, by the tree that any $ topic makes known.

// homieTree holds what attributes told, by the topic of the device or property.
type homieTree struct {
	mu         sync.RWMutex
	devices    map[string]*homieDevice
	properties map[string]homieProperty
}

type homieDevice struct {
	parent   string
	children []string
}

type homieProperty struct{ unit, datatype string }

func newHomieTree() homieTree {
	return homieTree{devices: map[string]*homieDevice{}, properties: map[string]homieProperty{}}
}

const maxHomie = 5000

// homieAt returns where in the topic the device stands, 0 when this is no topic of Homie.
func (d *Decoder) homieAt(m *message) int {
	n := len(m.path)
	if n < 3 || m.path[0] == "" || m.path[0][0] == '$' {
		return 0
	}
	for i := 2; i < min(n, 6); i++ {
		if part := m.path[i]; len(part) > 1 && part[0] == '$' && part != "$aws" {
			return d.homieAttribute(m, i)
		}
	}
	if n < 4 || n > 8 {
		return 0
	}
	device := n - 3
	if m.last(0) == "set" {
		device--
	}
	if device <= 0 || m.json {
		return 0
	}
	byDefault := m.path[0] == "homie" && (device == 1 || device == 2 && m.path[1] == "5")
	if byDefault || d.homie.knows(m.above(n-1-device)) {
		return device
	}
	return 0
}

// homieAttribute returns where the device stands in a topic whose segment i begins with $.
func (d *Decoder) homieAttribute(m *message, i int) int {
	if m.path[i-1] == "5" { // <domain>/5/$…: nothing
		return 0
	}
	if i >= 3 && m.path[i-2] == "5" { // version 5 has attributes of devices only, and targets
		return i - 1
	}
	if m.path[i] == "$target" && i >= 4 {
		return i - 3
	}
	for device := max(i-3, 1); device < i; device++ {
		if d.homie.knows(strings.Join(m.path[:device+1], "/")) {
			return device
		}
	}
	switch m.path[i] {
	case "$homie", "$state", "$nodes", "$description":
		return i - 1
	case "$name", "$extensions", "$implementation":
		if i == 2 {
			return 1
		}
	case "$properties", "$type":
		return max(i-2, 0)
	case "$datatype", "$unit", "$settable", "$format", "$retained":
		return max(i-3, 0)
	}
	return 0
}

func claimsHomie(d *Decoder, m *message) bool { return d.homieAt(m) > 0 }

func ownerHomie(d *Decoder, m *message) string {
	if i := d.homieAt(m); i > 0 {
		return m.path[i]
	}
	return ""
}

func decodeHomie(d *Decoder, m *message) {
	at := d.homieAt(m)
	topic, device, rest := strings.Join(m.path[:at+1], "/"), m.path[at], m.path[at+1:]
	parent := d.homie.meet(topic)
	m.idle = true
	key := device
	if parent == "" {
		key = m.owner(device)
	}
	switch {
	case len(rest) == 0:
	case rest[0][:min(len(rest[0]), 1)] == "$":
		d.homieDevice(m, topic, key, rest)
	case len(rest) == 3 && strings.HasPrefix(rest[2], "$"):
		d.homie.property(topic+"/"+rest[0]+"/"+rest[1], rest[2], m.text)
	case len(rest) == 2 && !strings.HasPrefix(rest[1], "$"):
		m.homieValue(key, rest[0], rest[1], d.homie.propertyOf(topic+"/"+rest[0]+"/"+rest[1]))
	}
}

// homieDevice reads an attribute of a device.
func (d *Decoder) homieDevice(m *message, topic, key string, rest []string) {
	switch rest[0] {
	case "$name":
		m.describe(sensors.Description{Device: key, Name: m.text})
	case "$description":
		if m.json {
			d.homieDescription(m, topic, key)
		}
	case "$state":
		online := m.text == "ready" || m.text == "alert"
		if !online && m.text != "lost" && m.text != "disconnected" {
			return // it starts or sleeps, which is no reason to worry
		}
		m.present(key, online)
		if m.text == "lost" {
			for _, child := range d.homie.childrenOf(topic) {
				m.present(child, false)
			}
		}
	}
}

// homieDescription learns a device of version 5.
func (d *Decoder) homieDescription(m *message, topic, key string) {
	parent := cmp.Or(m.root.Get("root").Str, m.root.Get("parent").Str)
	m.describe(sensors.Description{Device: key, Name: m.root.Get("name").Str, Model: m.root.Get("type").Str, Gateway: parent})
	base := topic[:strings.LastIndexByte(topic, '/')+1]
	m.root.Get("children").ForEach(func(_, child gjson.Result) bool {
		d.homie.adopt(topic, base+child.Str)
		return true
	})
	if parent != "" {
		d.homie.adopt(base+parent, topic)
	}
	m.root.Get("nodes").ForEach(func(node, about gjson.Result) bool {
		about.Get("properties").ForEach(func(name, p gjson.Result) bool {
			path := topic + "/" + node.Str + "/" + name.Str
			d.homie.property(path, "$datatype", p.Get("datatype").Str)
			d.homie.property(path, "$unit", p.Get("unit").Str)
			return true
		})
		return true
	})
}

// homieValue reads a property: its name tells the metric, else its node's, else its unit. The node tells
// several apart.
func (m *message) homieValue(device, node, property string, about homieProperty) {
	if about.datatype == "string" || about.datatype == "enum" || about.datatype == "color" || about.datatype == "json" {
		return
	}
	n, ok := m.names.named(property)
	switch {
	case ok && n.channel != "":
		n.channel = node + "/" + n.channel
	case ok:
		n.channel = node
	default:
		if n, ok = m.names.named(node); !ok {
			n.metric = metricOfUnit(about.unit)
		}
		if n.metric == "" && about.datatype == "boolean" {
			n.metric = "switch"
		}
		n.channel = node
		if property != "value" && property != "state" {
			n.channel = node + "/" + property
		}
	}
	if n.metric == "" || nothing(m.text) {
		return
	}
	if about.unit != "" {
		n.unit = about.unit
	}
	m.takeText(device, n, m.text, moment{})
}
