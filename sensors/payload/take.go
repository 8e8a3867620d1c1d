package payload

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// What the decoders of dialects with keys of their own share.

// keyed is a value under a JSON path, and what it means.
type keyed struct {
	key string
	naming
}

// take adds a JSON value as a metric of a device if it is a number, a number as text, or a word that suits a
// switch. A unit in the text comes before the one that the naming tells. It reports whether that was a reading.
func (m *message) take(device string, n naming, value gjson.Result, at moment) bool {
	v, unit, ok := scalar(value)
	if !ok && value.Type == gjson.String && n.metric.Info().Class == sensors.Switch {
		v, ok = word(value.Str)
	}
	if !ok || n.boolean(value) {
		return false
	}
	if unit == "" {
		unit = n.unit
	}
	return m.amount(device, n, v, unit, at)
}

// takeText adds a payload that is one value.
func (m *message) takeText(device string, n naming, text string, at moment) bool {
	return m.take(device, n, gjson.Result{Type: gjson.String, Str: text}, at)
}

// amount adds a value with a unit, "" for the base unit.
func (m *message) amount(device string, n naming, v float64, unit string, at moment) bool {
	n, unit = meant(n, v, unit)
	base, ok := toBase(n.metric, v, unit)
	before := len(m.out.Observations)
	if ok {
		m.observe(device, n.metric, n.channel, base, at)
	}
	return len(m.out.Observations) > before
}

// soilProbe makes the temperature of a device that measures the soil, and no air, the soil's.
func (m *message) soilProbe(from int) {
	soil, air := false, false
	for _, o := range m.out.Observations[from:] {
		soil = soil || o.Metric == "soil_moisture" || o.Metric == "soil_conductivity"
		air = air || o.Metric == "humidity" || o.Metric == "co2" || o.Metric == "soil_temperature"
	}
	for i := from; soil && !air && i < len(m.out.Observations); i++ {
		if o := &m.out.Observations[i]; o.Metric == "temperature" && o.Channel == "" {
			o.Metric = "soil_temperature"
		}
	}
}

var addressSigns = strings.NewReplacer(":", "", "-", "")

// plainAddress writes a hardware address in one way: upper-case digits without signs between them. What is
// none stays as it is.
func plainAddress(text string) string {
	plain := strings.ToUpper(addressSigns.Replace(text))
	if len(plain) != 12 || strings.Trim(plain, "0123456789ABCDEF") != "" {
		return text
	}
	return plain
}

// lexicon is a bounded table of words that messages taught.
type lexicon struct {
	any atomic.Bool // it is worth looking
	mu  sync.RWMutex
	m   map[string]string
}

func (l *lexicon) get(key string) string {
	if !l.any.Load() {
		return ""
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.m[key]
}

func (l *lexicon) put(key, value string) {
	if l.get(key) == value || len(key)+len(value) > 2*maxTopic {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.m == nil || len(l.m) >= maxRemembered {
		l.m = map[string]string{}
	}
	l.m[strings.Clone(key)] = strings.Clone(value)
	l.any.Store(true)
}

// repeats recognises what one transmission brings several times: a radio that receives it again, a program
// that publishes it on several topics.
type repeats struct {
	mu sync.Mutex
	m  map[string]sighting
}

type sighting struct {
	value float64
	at    sensors.Milli // of arrival
	own   sensors.Milli // as the device told it
}

// repeated is how long the same value of the same sensor counts as the same transmission.
const repeated sensors.Milli = 2000

// drop takes out the observations that were made a moment ago with the same value, unless their own times tell
// that they are others.
func (r *repeats) drop(m *message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.m == nil || len(r.m) >= maxRemembered {
		r.m = map[string]sighting{}
	}
	kept := m.out.Observations[:0]
	for _, o := range m.out.Observations {
		key := o.Device + "\x00" + string(o.Metric) + "\x00" + o.Channel
		last, ok := r.m[key]
		other := o.At != 0 && last.own != 0 && max(o.At-last.own, last.own-o.At) > repeated
		if ok && !other && last.value == o.Value && m.clock.now-last.at >= 0 && m.clock.now-last.at <= repeated {
			continue
		}
		if len(r.m) < maxRemembered {
			r.m[key] = sighting{o.Value, m.clock.now, o.At}
		}
		kept = append(kept, o)
	}
	if len(kept) < len(m.out.Observations) {
		m.idle = true
	}
	m.out.Observations = kept
}
