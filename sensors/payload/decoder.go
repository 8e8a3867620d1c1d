package payload

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// Limits of what is read.
const (
	maxPayload      = 256 << 10 // bytes; a backlog may be long
	maxTopic        = 1 << 10
	maxDepth        = 12 // of JSON
	maxObservations = 10_000
	maxKey          = 200
)

// Message is one publish as it came in.
type Message struct {
	Topic   string
	Payload []byte // not changed after the call; parts of it may live on in the result
	Source  sensors.Source
	At      time.Time // of arrival
}

// Decoder reads messages of all dialects. It remembers what messages say about later ones, such as which
// topics belong to a Zigbee2MQTT bridge; all that it remembers is bounded.
type Decoder struct {
	mu         sync.RWMutex
	bridges    map[string]bool   // Zigbee2MQTT base topics
	farmBridge atomic.Bool       // one of them lies below Furrow's own topics
	roots      map[string]bool   // topics under which a device announced its presence
	metrics    map[string]string // "device property" → unit, as a bridge described it
	names      nameCache
	announce   *announcements // Home Assistant discovery
	births     births         // Sparkplug names
	homie      homieTree
	tasmota    lexicon // words that Tasmotas were told to use instead of tele, stat, Online and Offline
	shelly     lexicon // topic prefix → id of the Shelly that reports there
	stations   lexicon // topics under which a program publishes the same values as one object and one by one
	repeats    repeats
	dialects   []dialect
	spare      sync.Pool // of *message, of which every call needs one
}

// dialect is one way in which devices publish. claims looks at shape and suffix, never at a fixed prefix
// that somebody may have configured otherwise; decode fills in the result.
type dialect struct {
	name   string
	claims func(*Decoder, *message) bool
	decode func(*Decoder, *message)
	// owner returns the device that a topic belongs to, "" when it is none of this dialect's. It is set
	// where topics tell that, so that what Home Assistant is told about a device finds the same one.
	owner  func(*Decoder, *message) string
	bare   bool // values do not tell their metric or unit for sure, so that announcements of them come first
	binary bool // payloads need not be text
}

// New returns a Decoder that has heard nothing.
func New() *Decoder {
	return &Decoder{bridges: map[string]bool{"zigbee2mqtt": true}, roots: map[string]bool{}, metrics: map[string]string{},
		names: nameCache{m: map[string]naming{}}, announce: newAnnouncements(), births: births{edges: map[string]*edge{}}, homie: newHomieTree(),
		dialects: []dialect{ // the first that claims a message gets it: own and specific ones before general ones
			{name: "sparkplug", claims: claimsSparkplug, decode: decodeSparkplug, binary: true},
			{name: "homeassistant", claims: claimsAnnounced, decode: decodeAnnounced},
			{name: "chirpstack", claims: claimsChirpStack, decode: decodeChirpStack, binary: true},
			{name: "tasmota", claims: claimsTasmota, decode: decodeTasmota, owner: ownerTasmota},
			{name: "shelly", claims: claimsShelly, decode: decodeShelly, owner: ownerShelly},
			{name: "theengs", claims: claimsTheengs, decode: decodeTheengs, owner: ownerTheengs},
			{name: "rtl_433", claims: claimsRTL433, decode: decodeRTL433, owner: ownerRTL433},
			{name: "furrow", claims: claimsFurrow, decode: decodeFurrow, owner: ownerFurrow, bare: true},
			{name: "things-stack", claims: claimsThingsStack, decode: decodeThingsStack},
			{name: "zigbee2mqtt", claims: claimsZigbee, decode: decodeZigbee, owner: ownerZigbee},
			{name: "homie", claims: claimsHomie, decode: decodeHomie, owner: ownerHomie},
			{name: "ruuvi", claims: claimsRuuvi, decode: decodeRuuvi},
			{name: "ecowitt", claims: claimsEcowitt, decode: decodeEcowitt},
			{name: "weewx", claims: claimsWeewx, decode: decodeWeewx},
			{name: "opensprinkler", claims: claimsOpenSprinkler, decode: decodeOpenSprinkler},
			{name: "senml", claims: claimsSenML, decode: decodeSenML},
			{name: "thingsboard", claims: claimsThingsBoard, decode: decodeThingsBoard},
			{name: "esphome", claims: claimsESPHome, decode: decodeESPHome, owner: ownerESPHome, bare: true},
			{name: "espeasy", claims: claimsESPEasy, decode: decodeESPEasy},
			{name: "status", claims: claimsStatus, decode: decodeStatus},
			{name: "json", claims: claimsJSON, decode: decodeJSON},
			{name: "plain", claims: claimsPlain, decode: decodePlain},
		}}
}

// message is a message while it is read.
type message struct {
	Message
	names    *nameCache
	topic    string   // without slashes at its ends
	text     string   // the payload without surrounding space and byte order mark
	path     []string // the topic's segments
	segments [4]string
	root     gjson.Result
	json     bool // text is valid JSON, an object or an array
	marks    marks
	idle     bool // a message that rightly holds no reading, such as what a device is told
	binary   bool // the payload is not text
	out      sensors.Decoded
	clock    clock
}

// Decode reads one message. What it cannot read it says in Problem.
func (d *Decoder) Decode(in Message) sensors.Decoded {
	switch {
	case len(in.Topic) > maxTopic || !utf8.ValidString(in.Topic) || strings.IndexByte(in.Topic, 0) >= 0:
		return sensors.Decoded{Problem: "The topic is longer than 1,024 bytes or not valid text."}
	case len(in.Payload) > maxPayload:
		return sensors.Decoded{Problem: "The payload is longer than 256 KiB."}
	case len(in.Payload) == 0: // a deleted topic
		d.announce.forget(in.Topic)
		return sensors.Decoded{}
	}
	m, ok := d.spare.Get().(*message)
	if !ok {
		m = &message{}
	}
	m.Message, m.names, m.clock = in, &d.names, clock{now: sensors.MilliOf(in.At)}
	out := d.decode(m)
	*m = message{} // what it pointed to may go
	d.spare.Put(m)
	return out
}

// decode asks the dialects in their order.
func (d *Decoder) decode(m *message) sensors.Decoded {
	m.split()
	if problem := m.parse(); problem != "" {
		return sensors.Decoded{Problem: problem}
	}
	for i := range d.dialects {
		if row := &d.dialects[i]; (row.binary || !m.binary) && row.claims(d, m) {
			m.out.Dialect = row.name
			row.decode(d, m)
			break
		}
	}
	if len(m.out.Observations)+len(m.out.Presences)+len(m.out.Descriptions) == 0 && m.out.Problem == "" && !m.idle {
		if m.binary {
			m.out.Problem = "The payload is binary; no dialect that is known here looks like this."
		} else if !m.quiet() {
			m.out.Problem = "Nothing in this message is known to be a reading."
		}
	}
	return m.out
}

// split cuts the topic into its segments.
func (m *message) split() {
	m.topic = strings.Trim(m.Topic, "/")
	m.path = m.segments[:0]
	begin := 0
	for i := range len(m.topic) {
		if m.topic[i] == '/' {
			m.path = append(m.path, m.topic[begin:i])
			begin = i + 1
		}
	}
	m.path = append(m.path, m.topic[begin:])
}

// between returns the topic's segments from one to before another, as they stand there.
func (m *message) between(from, to int) string {
	begin := 0
	for _, part := range m.path[:from] {
		begin += len(part) + 1
	}
	end := begin - 1
	for _, part := range m.path[from:to] {
		end += len(part) + 1
	}
	return m.topic[begin:max(begin, end)]
}

// parse makes text, and JSON of what begins like it; it says what is wrong with the payload.
func (m *message) parse() (problem string) {
	if m.binary = !utf8.Valid(m.Payload); m.binary {
		return ""
	}
	m.text = strings.TrimSpace(strings.TrimPrefix(string(m.Payload), "\ufeff"))
	if m.text == "" || m.text[0] != '{' && m.text[0] != '[' {
		return ""
	}
	found, shallow := scan(m.text)
	if !shallow || !gjson.Valid(m.text) && !m.forgive() {
		return "The payload begins like JSON but is broken off, wrong or nested too deeply."
	}
	m.json, m.marks, m.root = true, found, gjson.Parse(m.text)
	return ""
}

// above returns the topic without its last n segments.
func (m *message) above(n int) string {
	topic := m.topic
	for ; n > 0; n-- {
		topic = topic[:max(strings.LastIndexByte(topic, '/'), 0)]
	}
	return topic
}

// quiet reports whether a message may rightly hold no reading: a word for "none", or a null.
func (m *message) quiet() bool {
	return nothing(m.text) || m.text == "[]" || m.text == "{}" || m.json && strings.Contains(m.text, "null")
}

// has reports whether all of the marks stand in the payload.
func (m *message) has(all marks) bool { return m.marks&all == all }

// last returns the topic's segment i from the end, "" when there is none; last(0) is the last one.
func (m *message) last(i int) string {
	if i >= len(m.path) {
		return ""
	}
	return m.path[len(m.path)-1-i]
}

// observe adds a value of a device if it can be a reading; it judges what the metric's range says.
func (m *message) observe(device string, metric sensors.MetricID, channel string, value float64, at moment) {
	device = cleanKey(device)
	if device == "" || len(m.out.Observations) >= maxObservations || !finite(value) || sentinel(metric, value) {
		return
	}
	quality := at.quality
	if !metric.Info().Plausible(value) {
		quality = sensors.Suspect
	}
	if metric == "wind_direction" && value == 360 {
		value = 0
	}
	if metric == "temperature" && value == 85 && strings.HasPrefix(strings.ToUpper(channel), "DS18B20") {
		quality = sensors.Suspect // what that sensor says after it was switched on
	}
	m.out.Observations = append(m.out.Observations, sensors.Observation{Device: device, Metric: metric, Channel: channel,
		Value: value, At: at.at, Quality: quality})
}

func (m *message) present(device string, online bool) {
	if device = cleanKey(device); device != "" {
		m.out.Presences = append(m.out.Presences, sensors.Presence{Device: device, Online: online})
	}
}

func (m *message) describe(about sensors.Description) {
	if about.Device = cleanKey(about.Device); about.Device != "" && len(m.out.Descriptions) < maxObservations {
		m.out.Descriptions = append(m.out.Descriptions, about)
	}
}

// cleanKey makes a device's key: printable text of at most maxKey bytes.
func cleanKey(key string) string {
	plain := len(key) <= maxKey
	for i := 0; plain && i < len(key); i++ {
		plain = key[i] >= 0x20 && key[i] < 0x7f
	}
	if plain {
		return strings.TrimSpace(key)
	}
	key = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == utf8.RuneError || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r == 0xfeff {
			return -1
		}
		return r
	}, key))
	for len(key) > maxKey {
		_, size := utf8.DecodeLastRuneInString(key)
		key = key[:len(key)-size]
	}
	return key
}

// owner returns the device a flat message is about: the one whose credentials it came with, else the one
// its topic names, else its client.
func (m *message) owner(fromTopic string) string {
	switch {
	case m.Source.Key != "":
		return m.Source.Key
	case fromTopic != "":
		return fromTopic
	case m.Source.Username != "":
		return m.Source.Username
	}
	return m.Source.ClientID
}
