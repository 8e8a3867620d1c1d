package payload

import (
	"strings"
	"sync"
	"sync/atomic"

	"furrow/sensors"
)

// Home Assistant discovery: <prefix>/<component>/[<node>/]<object>/config announces which topic carries which
// value of which device, or <prefix>/device/<object>/config all values of a device. Where a topic belongs to
// a dialect that describes itself, that one reads it, and the announcement finds the same device.

// announcements is what was announced.
type announcements struct {
	mu       sync.RWMutex
	any      atomic.Bool          // something was announced, so that it is worth looking
	configs  map[string][]*entity // by the topic that announced them
	topics   map[string]topicUse
	patterns map[string][]*entity     // with wildcards in the state topic, by its last segment
	series   map[string]string        // device, metric and channel → entity, so that no two share a series
	clients  map[string]clientDevices // by key of the device that signed in
	count    int                      // entities
}

// topicUse is what a topic carries: values, and whether devices are there.
type topicUse struct {
	entities []*entity
	lives    []*life
}

// entity is one announced value.
type entity struct {
	config   string // the topic that announced it
	id       string
	object   string
	state    string // topic, possibly with wildcards
	device   string // as the announcement identifies it
	node     string // <node> of the topic
	kind     string // sensor, binary_sensor, switch or valve
	naming   naming
	on, off  string
	template *template // nil takes the payload as it is
	guessed  bool      // the template is not understood, a key in it is taken
	lives    *lives
}

// lives is how the availability of an entity's device is told: by topics that add up.
type lives struct {
	mode  string // all, any or latest
	parts []*life
}

// life is one availability topic of an entity.
type life struct {
	entity        *entity
	topic         string
	on, off       string
	template      *template
	heard, online bool
}

// clientDevices is whose values a client that signed in announces: of itself, or of several devices.
type clientDevices struct {
	device  string
	several bool
}

// Limits of what announcements may teach.
const (
	maxEntities   = 20_000
	maxAtTopic    = 200 // entities that share a state or availability topic
	maxComponents = 500 // of one device-based announcement
	maxLives      = 8   // availability topics of one entity
	maxEvaluated  = 16 << 10
)

func newAnnouncements() *announcements {
	return &announcements{configs: map[string][]*entity{}, topics: map[string]topicUse{}, patterns: map[string][]*entity{},
		series: map[string]string{}, clients: map[string]clientDevices{}}
}

// of returns what was announced about the topic of a message. The lists are never changed, only replaced.
func (a *announcements) of(m *message) (entities []*entity, lives []*life) {
	if !a.any.Load() {
		return nil, nil
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	use := a.topics[m.topic]
	entities, lives = use.entities, use.lives
	if len(a.patterns) > 0 && entities == nil {
		for _, e := range a.patterns[m.last(0)] {
			if matches(strings.Split(e.state, "/"), m.path) {
				entities = append(entities, e)
			}
		}
	}
	return entities, lives
}

// matches reports whether a topic fits a filter with + for any segment.
func matches(filter, path []string) bool {
	if len(filter) != len(path) {
		return false
	}
	for i, part := range filter {
		if part != "+" && part != path[i] {
			return false
		}
	}
	return true
}

// components are the kinds of entities that announcements know.
var components = map[string]bool{"sensor": true, "binary_sensor": true, "switch": true, "valve": true, "device": true, "number": true, "button": true, "light": true,
	"climate": true, "cover": true, "fan": true, "select": true, "text": true, "update": true, "event": true, "camera": true, "device_automation": true, "tag": true,
	"device_tracker": true, "lock": true, "humidifier": true, "water_heater": true, "image": true, "notify": true, "scene": true, "siren": true, "vacuum": true,
	"alarm_control_panel": true, "lawn_mower": true, "date": true, "time": true, "datetime": true}

// discovery reports whether a topic announces something.
func (m *message) discovery() bool {
	return m.last(0) == "config" && len(m.path) >= 4 && (components[m.last(2)] || components[m.last(3)])
}

// below reports whether a topic lies among announcements: below their usual prefix.
func (m *message) below() bool { return m.path[0] == "homeassistant" && len(m.path) > 1 }

func claimsAnnounced(d *Decoder, m *message) bool {
	if m.json && m.discovery() || m.below() {
		return true
	}
	entities, lives := d.announce.of(m)
	if len(entities)+len(lives) == 0 {
		return false
	}
	_, told := d.native(m)
	return !told
}

// native returns the device that a topic belongs to by a dialect that tells, "" for none; told reports
// whether that dialect tells the metrics and units of values too.
func (d *Decoder) native(m *message) (device string, told bool) {
	for i := range d.dialects {
		if owner := d.dialects[i].owner; owner != nil {
			if device := owner(d, m); device != "" {
				return device, !d.dialects[i].bare
			}
		}
	}
	return "", false
}

// deviceOf returns the device that an entity's values belong to.
func (d *Decoder) deviceOf(m *message, e *entity, state *message) string {
	if native, told := d.native(state); native != "" {
		if told {
			return native
		}
		return m.owner(native)
	}
	if e.device != "" {
		if m.Source.Key != "" && d.announce.alone(m.Source.Key) {
			return m.Source.Key
		}
		return e.device
	}
	return m.owner(e.place(state))
}

// place names a device that the announcement does not identify: by its node, or by its state topic.
func (e *entity) place(state *message) string {
	if e.node != "" {
		return e.node
	}
	path := state.path
	if state.below() && len(path) > 2 && components[path[1]] {
		path = path[2:]
	}
	if len(path) > 1 && tails[strings.ToLower(path[len(path)-1])] {
		path = path[:len(path)-1]
	}
	if _, ok := state.names.named(path[len(path)-1]); ok && len(path) > 1 && e.template == nil {
		path = path[:len(path)-1]
	}
	return strings.Join(path, "/")
}

func decodeAnnounced(d *Decoder, m *message) {
	m.idle = true
	if m.discovery() {
		if m.json {
			d.learnAnnounced(m)
		}
		return
	}
	entities, lives := d.announce.of(m)
	if len(entities)+len(lives) == 0 {
		m.unannounced()
		return
	}
	if len(m.text) > maxEvaluated {
		m.out.Problem = "The payload is too long for a value that was announced."
		return
	}
	for _, l := range lives {
		if online, ok := d.announce.alive(l, m.scope()); ok {
			m.present(d.deviceOf(m, l.entity, topicMessage(m, l.entity.state)), online)
		}
	}
	at := moment{}
	if m.json {
		at = m.clock.of(m.root, false)
	}
	for _, e := range entities {
		m.entity(d.deviceOf(m, e, m), e, at)
	}
}

// topicMessage is a message on another topic, to ask whom that belongs to.
func topicMessage(m *message, topic string) *message {
	other := &message{Message: Message{Topic: topic, Source: m.Source}, names: m.names}
	other.split()
	return other
}

func (m *message) scope() scope {
	s := scope{text: m.text, json: m.root}
	if !m.json {
		s.json = bareJSON(m.text)
	}
	return s
}

// entity adds the value of one entity.
func (m *message) entity(device string, e *entity, at moment) {
	text, ok := m.text, true
	if e.template != nil {
		if text, ok = e.template.evaluate(m.scope()); !ok {
			return
		}
	}
	if e.naming.metric == "" || nothing(text) {
		return
	}
	if e.guessed {
		at.quality = sensors.Suspect
	}
	if e.kind == "sensor" {
		m.takeText(device, e.naming, text, at)
		return
	}
	switch v, known := word(text); {
	case text == e.on:
		m.observe(device, e.naming.metric, e.naming.channel, 1, at)
	case text == e.off:
		m.observe(device, e.naming.metric, e.naming.channel, 0, at)
	case known:
		m.observe(device, e.naming.metric, e.naming.channel, v, at)
	}
}

// unannounced reads a value below the usual prefix whose announcement was not heard.
func (m *message) unannounced() {
	last := strings.ToLower(m.last(0))
	if len(m.path) < 4 || !components[m.path[1]] || last == "attributes" || last == "set" || last == "command" || last == "availability" || last == "config" {
		return
	}
	other := topicMessage(m, strings.Join(m.path[2:], "/"))
	other.Payload, other.text, other.json, other.root, other.clock = m.Payload, m.text, m.json, m.root, m.clock
	if m.json {
		decodeJSON(&Decoder{}, other)
	} else {
		decodePlain(&Decoder{}, other)
	}
	m.out.Observations = other.out.Observations
}
