package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// walk gathers the readings of a JSON object, wherever in it they stand.
type walk struct {
	m      *message
	device string
	at     moment
	// own keeps numbers under keys that name no known metric, where the topic's convention says that all
	// are readings.
	own bool
	// begin is how many observations the message had given before the object that is read.
	begin int
	// inside is the channel that the objects around a key give: their names, but for those that only wrap.
	inside string
	depth  int
	unitOf func(key string) string // what a description said about a key's unit, nil when nothing
}

// maxNested is how many objects within each other are read.
const maxNested = 5

// wrappers are keys of objects that hold readings and name nothing.
var wrappers = map[string]bool{"data": true, "values": true, "value": true, "payload": true, "sensors": true, "sensor": true, "readings": true, "reading": true,
	"state": true, "reported": true, "params": true, "measurements": true, "measurement": true, "object": true, "decoded": true, "fields": true, "telemetry": true, "d": true, "telemetries": true, "environment": true, "status": true}

// object reads one object.
func (w walk) object(object gjson.Result) {
	if w.depth++; w.depth > maxNested {
		return
	}
	object.ForEach(func(key, value gjson.Result) bool {
		lower := strings.ToLower(key.Str)
		switch {
		case timeKeys[lower] || len(key.Str) > 100:
		case value.Type == gjson.JSON && asides[lower]:
		case value.IsObject():
			w.nested(key.Str, lower, value)
		case value.IsArray():
			w.list(key.Str, lower, value)
		default:
			w.field(key.Str, lower, value)
		}
		return len(w.m.out.Observations) < maxObservations
	})
}

// nested reads an object within: a value with its unit, a wrapper, or a part of the device with a name.
func (w walk) nested(key, lower string, value gjson.Result) {
	if amount := value.Get("value"); amount.Exists() && !amount.IsObject() && !amount.IsArray() {
		w.amount(key, amount, value.Get("unit").String())
		return
	}
	if n, ok := w.m.names.named(key); ok && numbered(value) {
		w.channels(n, value)
		return
	}
	if !wrappers[lower] {
		w.inside = strings.Trim(w.inside+"/"+key, "/")
	}
	if at := w.m.clock.of(value, false); at != (moment{}) {
		w.at = at
	}
	w.object(value)
}

// asides are keys of objects that hold no readings, though their keys may look like it.
var asides = map[string]bool{"error": true, "errors": true, "alarms": true, "alerts": true, "thresholds": true, "limits": true, "config": true, "settings": true, "calibration": true}

// numbered reports whether an object's first key is the number of a channel, as Cayenne's codec writes.
func numbered(object gjson.Result) (yes bool) {
	object.ForEach(func(key, _ gjson.Result) bool {
		yes = key.Str != "" && strings.Trim(key.Str, "0123456789") == ""
		return false
	})
	return yes
}

// channels reads the values of one metric by the numbers of its channels.
func (w walk) channels(n naming, object gjson.Result) {
	channel := n.channel
	object.ForEach(func(key, value gjson.Result) bool {
		if v, unit, ok := scalar(value); ok && !n.boolean(value) && len(key.Str) <= 40 {
			if unit == "" {
				unit = n.unit
			}
			n.channel = strings.Trim(channel+"_"+key.Str, "_")
			w.put(n, v, unit)
		}
		return len(w.m.out.Observations) < maxObservations
	})
}

// amount reads a value whose unit stands beside it.
func (w walk) amount(key string, amount gjson.Result, unit string) {
	n, ok := w.m.names.named(key)
	v, inText, numeric := scalar(amount)
	if !numeric {
		return
	}
	if unit == "" {
		unit = inText
	}
	if ok && n.boolean(amount) {
		return
	}
	if !ok {
		if n.metric = metricOfUnit(unit); n.metric == "" {
			if !w.own {
				return
			}
			if n.metric = ownMetric(key); n.metric == "" {
				return
			}
		}
		n.channel = key
	}
	if unit == "" {
		unit = n.unit
	}
	w.put(n, v, unit)
}

// field reads a plain value.
func (w walk) field(key, lower string, value gjson.Result) {
	v, unit, numeric := scalar(value)
	n, ok := w.m.names.named(key)
	switch {
	case !ok && (!w.own || !numeric || value.Type == gjson.True || value.Type == gjson.False || housekeeping[lower]):
		return
	case !ok:
		if n.metric = ownMetric(key); n.metric == "" {
			return
		}
	case !numeric:
		if v, numeric = word(value.String()); !numeric || value.Type == gjson.Null || n.metric.Info().Class != sensors.Switch {
			return
		}
	case n.boolean(value):
		return
	}
	if unit == "" {
		unit = n.unit
	}
	if w.unitOf != nil {
		if told := w.unitOf(key); told != "" {
			unit = told
		}
	}
	w.put(n, v, unit)
}

func (w walk) put(n naming, v float64, unit string) {
	n, unit = meant(n, v, unit)
	base, ok := toBase(n.metric, v, unit)
	if !ok {
		return
	}
	n.channel = strings.Trim(w.inside+"/"+n.channel, "/")
	if twin := w.twin(n); twin != nil { // °C and °F side by side: what was not converted is kept
		if base == v && twin.Value != v && n.metric.Info().Plausible(v) {
			twin.Value, twin.Quality = v, w.at.quality
		}
		return
	}
	w.m.observe(w.device, n.metric, n.channel, base, w.at)
}

// twins is how many observations are looked back for a second form of a value.
const twins = 64

// twin returns the observation of the same sensor that the same object gave before, nil when there is none.
func (w walk) twin(n naming) *sensors.Observation {
	all := w.m.out.Observations
	for i := len(all) - 1; i >= max(w.begin, len(all)-twins); i-- {
		if o := &all[i]; o.Metric == n.metric && o.Channel == n.channel && o.At == w.at.at && o.Device == cleanKey(w.device) {
			return o
		}
	}
	return nil
}

// meant decides whether a battery value is a charge or a voltage, which devices name alike, and whether a
// pressure is that of the air or of a line.
func meant(n naming, v float64, unit string) (naming, string) {
	switch {
	case n.metric == "pressure" && unit != "":
		if hectopascal, ok := toBase("pressure", v, unit); ok && !n.metric.Info().Plausible(hectopascal) {
			switch unitName(unit) {
			case "bar", "psi", "kpa", "mpa":
				n.metric = "line_pressure"
			}
		}
	case n.metric == "battery_voltage" && unit == "" && v >= 1000 && v <= 6000:
		unit = "mv"
	case n.metric != "battery":
	case unitName(unit) == "v" || unitName(unit) == "mv":
		n.metric = "battery_voltage"
	case unit == "" && v >= 1000 && v <= 6000:
		n.metric, unit = "battery_voltage", "mv"
	case unit == "" && v >= 1 && v <= 5.5 && v != float64(int(v)):
		n.metric = "battery_voltage"
	}
	return n, unit
}

// boolean reports whether the value is a yes or no though the metric is none.
func (n naming) boolean(value gjson.Result) bool {
	return (value.Type == gjson.True || value.Type == gjson.False) && n.metric.Info().Class != sensors.Switch && n.metric != "battery_low"
}

// scalar reads a JSON value that may be a number: also as text, with or without its unit, or a yes or no.
func scalar(value gjson.Result) (v float64, unit string, ok bool) {
	switch value.Type {
	case gjson.Number:
		return value.Num, "", finite(value.Num)
	case gjson.String:
		return number(value.Str)
	case gjson.True:
		return 1, "", true
	case gjson.False:
		return 0, "", true
	}
	return 0, "", false
}

// metricOfUnit returns the metric that a unit alone names, "" when it could be several.
func metricOfUnit(unit string) sensors.MetricID {
	switch unitName(unit) {
	case "°c", "cel", "°f":
		return "temperature"
	case "%rh":
		return "humidity"
	case "lx", "lux":
		return "illuminance"
	case "w/m2":
		return "solar_radiation"
	case "us/cm", "ds/m", "ms/cm":
		return "soil_conductivity"
	case "m3/m3":
		return "soil_moisture"
	}
	return ""
}

// ownMetric makes a metric name out of a key that no metric has, "" when nothing is left of it.
func ownMetric(key string) sensors.MetricID {
	name := strings.Join(words(key), "_")
	var b strings.Builder
	for _, r := range name {
		if r >= 'a' && r <= 'z' || r == '_' || b.Len() > 0 && r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	if name = strings.TrimLeft(strings.Trim(b.String(), "_"), "_0123456789"); name == "" || len(name) > 64 {
		return ""
	}
	return sensors.MetricID(name)
}
