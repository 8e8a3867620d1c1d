package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// Shelly of the second generation and later: <prefix>/events/rpc with JSON-RPC notifications, of which each
// holds only what has changed, and <prefix>/status/<component>:<id> where that is switched on too. The first
// generation is in shelly1.go.

func claimsShelly(_ *Decoder, m *message) bool {
	switch m.last(1) {
	case "events":
		return m.last(0) == "rpc" && m.json && m.root.Get("method").Exists()
	case "status":
		return m.json && strings.IndexByte(m.last(0), ':') > 0
	}
	return m.shellyOne() > 0
}

// ownerShelly returns the id of the Shelly that a topic belongs to.
func ownerShelly(d *Decoder, m *message) string {
	if i := m.shellyOne(); i > 0 && i < len(m.path) {
		return m.path[i]
	}
	if m.last(1) == "events" && m.last(0) == "rpc" || m.last(1) == "status" && strings.IndexByte(m.last(0), ':') > 0 {
		return d.shellyAt(m.above(2))
	}
	return ""
}

// shellyAt returns the id of the Shelly that publishes under a prefix.
func (d *Decoder) shellyAt(prefix string) string {
	if id := d.shelly.get(prefix); id != "" {
		return id
	}
	return prefix
}

func decodeShelly(d *Decoder, m *message) {
	if m.shellyOne() > 0 {
		m.decodeShellyOne()
		return
	}
	prefix := m.above(2)
	if m.last(1) == "status" {
		heard := d.shelly.get(prefix) != ""
		m.shellyComponent(m.owner(d.shellyAt(prefix)), m.last(0), m.root, moment{})
		if heard { // its notifications bring the same measurements, with their time
			m.keepSwitches()
		}
		return
	}
	m.idle = true
	if !strings.HasPrefix(m.root.Get("method").Str, "Notify") || m.root.Get("method").Str == "NotifyEvent" {
		return
	}
	id := m.root.Get("src").Str
	if id == "" {
		id = prefix
	}
	d.shelly.put(prefix, id)
	device, params := m.owner(id), m.root.Get("params")
	at := moment{}
	if ts := params.Get("ts"); ts.Type == gjson.Number && ts.Num > 1e8 {
		at = m.clock.epoch(ts.Num)
	}
	params.ForEach(func(name, component gjson.Result) bool {
		if component.IsObject() {
			m.shellyComponent(device, name.Str, component, at)
		}
		return true
	})
	m.describe(sensors.Description{Device: device, Name: id})
}

// shellyKeys are the values of components that mean something here. Degrees in Fahrenheit (tF) are the same
// again.
var shellyKeys = map[string][]keyed{
	"temperature":  {{"tC", naming{metric: "temperature"}}},
	"humidity":     {{"rh", naming{metric: "humidity"}}},
	"devicepower":  {{"battery.percent", naming{metric: "battery"}}, {"battery.V", naming{metric: "battery_voltage"}}},
	"switch":       shellyMeter("apower", "aenergy.total"),
	"pm1":          shellyMeter("apower", "aenergy.total"),
	"em1":          shellyMeter("act_power", "total_act_energy"),
	"em":           {{"total_act_power", naming{metric: "power"}}},
	"em1data":      {{"total_act_energy", naming{metric: "energy", unit: "wh"}}},
	"emdata":       {{"total_act", naming{metric: "energy", unit: "wh"}}},
	"cover":        shellyMeter("apower", "aenergy.total"),
	"light":        shellyMeter("apower", "aenergy.total"),
	"voltmeter":    {{"voltage", naming{metric: "voltage"}}},
	"illuminance":  {{"lux", naming{metric: "illuminance"}}},
	"flood":        {{"alarm", naming{metric: "leak"}}},
	"motion":       {{"motion", naming{metric: "motion"}}},
	"bthomedevice": {{"battery", naming{metric: "battery"}}, {"rssi", naming{metric: "rssi"}}},
	"wifi":         {{"rssi", naming{metric: "rssi"}}},
}

func shellyMeter(power, energy string) []keyed {
	return []keyed{{"output", naming{metric: "switch"}}, {power, naming{metric: "power"}}, {"voltage", naming{metric: "voltage"}}, {"current", naming{metric: "current"}},
		{energy, naming{metric: "energy", unit: "wh"}}, {"temperature.tC", naming{metric: "device_temperature"}}}
}

// shellyComponent reads one component. The first of a kind has no channel.
func (m *message) shellyComponent(device, name string, component gjson.Result, at moment) {
	m.idle = true
	kind, id, _ := strings.Cut(name, ":")
	if id == "0" {
		id = ""
	} else if kind == "bthomedevice" {
		id = name
	}
	for _, k := range shellyKeys[kind] {
		n := k.naming
		n.channel = id
		m.take(device, n, component.Get(k.key), at)
	}
}

// keepSwitches takes out all but states, which may be told twice without harm.
func (m *message) keepSwitches() {
	kept := m.out.Observations[:0]
	for _, o := range m.out.Observations {
		if o.Metric.Info().Class == sensors.Switch {
			kept = append(kept, o)
		}
	}
	m.out.Observations = kept
}
