package simulate

import (
	"strconv"
	"strings"
	"time"
)

// dialect is a way in which devices publish.
type dialect struct {
	// topics returns the topics of a device that is the nth of its kind, from 1, and its key.
	topics func(p *plan, zone string, nth int) (topics []string, key string)
	// write adds the messages with which the device tells its values at a moment of the farm's clock.
	write func(d *device, values []float64, at time.Time, to []Message) []Message
}

// furrowValues is Furrow's own convention with a topic for each value.
var furrowValues = &dialect{
	topics: func(p *plan, zone string, _ int) ([]string, string) {
		key := zone + "/" + p.name
		return below("farm/"+key, p.probes), key
	},
	write: writeValues,
}

// furrowObject is Furrow's own convention with an object of all values.
var furrowObject = &dialect{
	topics: func(p *plan, zone string, _ int) ([]string, string) {
		key := zone + "/" + p.name
		return []string{"farm/" + key}, key
	},
	write: writeObject,
}

// plainValues is a topic for each value below one of the builder's choice.
var plainValues = &dialect{
	topics: func(p *plan, zone string, _ int) ([]string, string) {
		key := slug(zone) + "/" + slug(p.name)
		return below(key, p.probes), key
	},
	write: writeValues,
}

// plainObject is an object under a topic of the builder's choice.
var plainObject = &dialect{
	topics: func(p *plan, zone string, _ int) ([]string, string) {
		key := slug(zone) + "/" + slug(p.name)
		return []string{key + "/telemetry"}, key
	},
	write: writeObject,
}

// zigbee is Zigbee2MQTT, which knows no zones.
var zigbee = &dialect{
	topics: func(p *plan, _ string, nth int) ([]string, string) {
		name := p.name
		if nth > 1 {
			name += " " + strconv.Itoa(nth)
		}
		return []string{"zigbee2mqtt/" + name}, name
	},
	write: writeObject,
}

// tasmota is Tasmota's telemetry: STATE about the device, SENSOR with a block for each chip.
var tasmota = &dialect{
	topics: func(p *plan, zone string, _ int) ([]string, string) {
		key := slug(zone) + "-" + slug(p.name)
		return []string{"tele/" + key + "/STATE", "tele/" + key + "/SENSOR"}, key
	},
	write: writeTasmota,
}

// below returns a topic for each probe.
func below(root string, probes []probe) []string {
	topics := make([]string, len(probes))
	for i, p := range probes {
		topics[i] = root + "/" + p.field
	}
	return topics
}

func slug(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

func writeValues(d *device, values []float64, at time.Time, to []Message) []Message {
	for i := range d.plan.probes {
		p := &d.plan.probes[i]
		to = append(to, Message{Topic: d.topics[i], Payload: p.write(make([]byte, 0, 12), p, values[i]), At: at})
	}
	return to
}

func writeObject(d *device, values []float64, at time.Time, to []Message) []Message {
	b := make([]byte, 0, 32+24*len(values))
	b = append(b, '{')
	if d.plan.stamped {
		b = append(b, `"time":"`...)
		b = append(at.UTC().AppendFormat(b, time.RFC3339), `",`...)
	}
	b = appendFields(b, d.plan.probes, values)
	return append(to, Message{Topic: d.topics[0], Payload: append(b, '}'), At: at})
}

func appendFields(b []byte, probes []probe, values []float64) []byte {
	for i := range probes {
		p := &probes[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), p.field...), '"', ':')
		b = p.write(b, p, values[i])
	}
	return b
}

const tasmotaTime = "2006-01-02T15:04:05" // local, without a zone

// writeTasmota takes the first probe for the signal and all others for chips, those of one chip together.
func writeTasmota(d *device, values []float64, at time.Time, to []Message) []Message {
	state := append(at.AppendFormat(append(make([]byte, 0, 160), `{"Time":"`...), tasmotaTime), `","Wifi":{"AP":1,"SSId":"farm","Channel":6,"Mode":"11n","Signal":`...)
	state = append(d.plan.probes[0].write(state, &d.plan.probes[0], values[0]), "}}"...)
	b := at.AppendFormat(append(make([]byte, 0, 64+32*len(values)), `{"Time":"`...), tasmotaTime)
	b = append(b, '"')
	probes := d.plan.probes
	for from := 1; from < len(probes); {
		to := from + 1
		for to < len(probes) && probes[to].block == probes[from].block {
			to++
		}
		b = append(append(append(b, `,"`...), probes[from].block...), `":{`...)
		b = append(appendFields(b, probes[from:to], values[from:to]), '}')
		from = to
	}
	b = append(b, `,"PressureUnit":"hPa","TempUnit":"C"}`...)
	return append(to, Message{Topic: d.topics[0], Payload: state, At: at}, Message{Topic: d.topics[1], Payload: b, At: at})
}

// form is how a value stands in a payload.
type form func(b []byte, p *probe, v float64) []byte

func number(b []byte, p *probe, v float64) []byte {
	return strconv.AppendFloat(b, v, 'f', p.decimals, 64)
}

// thousandths writes volts as millivolts.
func thousandths(b []byte, _ *probe, v float64) []byte {
	return strconv.AppendFloat(b, v*1000, 'f', 0, 64)
}

func truth(b []byte, _ *probe, v float64) []byte   { return strconv.AppendBool(b, v != 0) }
func untruth(b []byte, _ *probe, v float64) []byte { return strconv.AppendBool(b, v == 0) }

func onOff(b []byte, _ *probe, v float64) []byte {
	if v != 0 {
		return append(b, `"ON"`...)
	}
	return append(b, `"OFF"`...)
}

func openClosed(b []byte, _ *probe, v float64) []byte {
	if v != 0 {
		return append(b, "open"...)
	}
	return append(b, "closed"...)
}
