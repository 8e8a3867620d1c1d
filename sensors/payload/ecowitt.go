package payload

import (
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// Ecowitt: a station's own upload, which is a URL-encoded form and always imperial; and ecowitt2mqtt, which
// publishes one object, with the same keys and texts (raw), or without units in the keys.

func claimsEcowitt(_ *Decoder, m *message) bool {
	if !m.json {
		return len(m.text) > len("stationtype=&dateutc=") && (strings.Contains(m.text, "PASSKEY=") || strings.Contains(m.text, "stationtype=") && strings.Contains(m.text, "dateutc="))
	}
	return m.has(markEcowitt) || m.has(markIndoor) && m.root.Get("humidityin").Exists()
}

func decodeEcowitt(_ *Decoder, m *message) {
	e := ecowitt{m: m, device: m.topic, form: true}
	fields := m.ecowittFields()
	for _, f := range fields {
		switch f.key {
		case "PASSKEY":
			e.device = f.value
		case "dateutc":
			if at, err := time.Parse(time.DateTime, f.value); err == nil {
				e.at = m.clock.judge(sensors.MilliOf(at))
			}
		case "model":
			e.model = f.value
		}
	}
	if m.json {
		e.form = m.root.Get("tempinf").Exists() || m.root.Get("tempf").Exists() || m.root.Get("baromrelin").Exists()
		e.metric = !e.form && m.ecowittMetric()
	}
	e.device = m.owner(e.device)
	for _, f := range fields {
		e.field(f.key, f.value)
	}
	m.describe(sensors.Description{Device: e.device, Model: e.model})
}

// ecowittField is a key with its value as text.
type ecowittField struct{ key, value string }

const maxFields = 1000

// ecowittFields returns the keys and values of a form or an object.
func (m *message) ecowittFields() (fields []ecowittField) {
	if m.json {
		m.root.ForEach(func(key, value gjson.Result) bool {
			if !value.IsObject() && !value.IsArray() && value.Type != gjson.Null {
				fields = append(fields, ecowittField{key.Str, value.String()})
			}
			return len(fields) < maxFields
		})
		return fields
	}
	for pair := range strings.SplitSeq(m.text, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(value); err == nil && len(fields) < maxFields {
			fields = append(fields, ecowittField{key, strings.TrimSpace(plain)})
		}
	}
	return fields
}

// ecowittMetric guesses the units of an object that tells none: imperial, as is usual, unless no barometer
// shows such inches.
func (m *message) ecowittMetric() bool {
	barometer := first(m.root, []string{"baromrel", "baromabs"})
	if v, _, ok := scalar(barometer); ok {
		return v > 100
	}
	inside, _, ok := scalar(m.root.Get("tempin"))
	return ok && inside < 40
}

// ecowitt reads the fields of one message.
type ecowitt struct {
	m      *message
	device string
	model  string
	at     moment
	form   bool // as the station sends it
	metric bool // no units, and metric
}

// field adds one value.
func (e ecowitt) field(key, text string) {
	if e.battery(key, text) {
		return
	}
	k, channel := ecowittKey(key)
	if k.metric == "" {
		return
	}
	unit := k.unit
	switch {
	case e.metric:
		unit = metricUnits[unit]
	case !e.form && unit == "km":
		unit = "mi"
	}
	n := naming{metric: k.metric, channel: strings.Trim(k.channel+" "+channel, " "), unit: unit}
	e.m.takeText(e.device, n, text, e.at)
}

// metricUnits are the units that ecowitt2mqtt takes instead of imperial ones.
var metricUnits = map[string]string{"f": "c", "inhg": "hpa", "mph": "km/h", "in": "mm", "in/h": "mm/h", "mi": "km", "km": "km"}

// battery adds the state of a battery if the key is one: volts, a flag of which 1 is low, or bars up to 5.
func (e ecowitt) battery(key, text string) bool {
	before, after, ok := strings.Cut(key, "batt")
	if !ok || strings.Contains(key, "batt_") {
		return ok
	}
	channel := strings.Trim(strings.Trim(before, "_")+" "+strings.Trim(after, "_"), " ")
	v, _, numeric := number(text)
	if !numeric {
		if v, numeric = word(text); !numeric {
			return true
		}
	}
	switch {
	case before == "soil", before == "tf_", before == "leaf_", before == "wh40", before == "wh68", before == "wh80", before == "wh90", before == "ws90":
		e.m.observe(e.device, "battery_voltage", channel, v, e.at)
	case before == "wh57", before == "pm25", before == "co2_", before == "leak_":
		if v > 5 { // 6 is power from outside; a percentage is as it is
			if v > 6 {
				e.m.observe(e.device, "battery", channel, v, e.at)
			}
			return true
		}
		e.m.observe(e.device, "battery", channel, 20*v, e.at)
	case v == 0 || v == 1: // wh65, wh26 and those of the channels
		e.m.observe(e.device, "battery_low", channel, v, e.at)
	default:
		e.m.observe(e.device, "battery_voltage", channel, v, e.at)
	}
	return true
}
