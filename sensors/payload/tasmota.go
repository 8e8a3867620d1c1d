package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// Tasmota: tele/<topic>/SENSOR with a block per sensor and units as siblings, tele/<topic>/STATE about the
// device, tele/<topic>/LWT. The prefix may stand elsewhere in the topic. Its Time is local and old messages
// are never sent later, so that the arrival is the time of all readings.

var tasmotaTails = map[string]bool{"SENSOR": true, "STATE": true, "LWT": true, "STATUS8": true, "STATUS10": true, "RESULT": true, "INFO1": true, "INFO2": true, "INFO3": true, "UPTIME": true}

func claimsTasmota(_ *Decoder, m *message) bool {
	_, _, ok := m.tasmotaTopic()
	return ok || len(m.path) > 3 && m.path[0] == "tasmota" && m.path[1] == "discovery"
}

// tasmotaTopic takes the prefix out of the topic: the device, and what follows the prefix on a bridge.
func (m *message) tasmotaTopic() (device, below string, ok bool) {
	if len(m.path) < 3 || !tasmotaTails[m.last(0)] {
		return "", "", false
	}
	body := m.path[:len(m.path)-1]
	for i, part := range body {
		if part != "tele" && part != "stat" {
			continue
		}
		if i == 0 {
			if len(body) == 3 { // tele/<topic>/<Zigbee address>/SENSOR
				return body[1], body[2], true
			}
			return strings.Join(body[1:], "/"), "", true
		}
		return strings.Join(append(append([]string{}, body[:i]...), body[i+1:]...), "/"), "", true
	}
	return "", "", false
}

func decodeTasmota(_ *Decoder, m *message) {
	device, _, ok := m.tasmotaTopic()
	if !ok {
		m.tasmotaDiscovery()
		return
	}
	device = m.owner(device)
	switch tail := m.last(0); {
	case tail == "LWT":
		if online, ok := statusWord(m.text); ok {
			m.present(device, online)
		}
	case !m.json:
	case tail == "STATE":
		m.tasmotaState(device)
	case tail == "SENSOR", strings.HasPrefix(tail, "STATUS"):
		blocks := m.root
		if inner := blocks.Get("StatusSNS"); inner.IsObject() {
			blocks = inner
		}
		m.tasmotaBlocks(device, blocks)
	}
	m.quietTasmota()
}

// quietTasmota keeps messages about the device itself from counting as not understood.
func (m *message) quietTasmota() {
	if len(m.out.Observations)+len(m.out.Presences) == 0 && len(m.out.Descriptions) == 0 && m.json {
		m.describe(sensors.Description{Device: m.owner(func() string { d, _, _ := m.tasmotaTopic(); return d }())})
	}
}

// tasmotaBlocks reads the blocks of a SENSOR message.
func (m *message) tasmotaBlocks(device string, blocks gjson.Result) {
	units := tasmotaUnits(blocks)
	blocks.ForEach(func(name, block gjson.Result) bool {
		switch {
		case !block.IsObject():
		case name.Str == "ZbReceived":
			block.ForEach(func(address, node gjson.Result) bool {
				m.tasmotaNode(device, address.Str, node)
				return true
			})
		case block.Get("Device").Exists() && block.Get("Endpoint").Exists():
			m.tasmotaNode(device, name.Str, block)
		default:
			m.tasmotaBlock(device, name.Str, block, units)
		}
		return true
	})
}

// tasmotaUnits returns the units that stand beside the blocks.
func tasmotaUnits(blocks gjson.Result) map[sensors.MetricID]string {
	temperature := blocks.Get("TempUnit").Str
	pressure, speed := blocks.Get("PressureUnit").Str, blocks.Get("SpeedUnit").Str
	return map[sensors.MetricID]string{"temperature": temperature, "dew_point": temperature, "device_temperature": temperature,
		"soil_temperature": temperature, "pressure": pressure, "pressure_msl": pressure, "wind_speed": speed, "wind_gust": speed}
}

// tasmotaBlock reads one sensor's block.
func (m *message) tasmotaBlock(device, name string, block gjson.Result, units map[sensors.MetricID]string) {
	if speed := block.Get("Speed.Act"); speed.Exists() {
		if v, ok := toBase("wind_speed", speed.Num, units["wind_speed"]); ok {
			m.observe(device, "wind_speed", name, v, moment{})
		}
		if dir := block.Get("Dir.Deg"); dir.Type == gjson.Number {
			m.observe(device, "wind_direction", name, dir.Num, moment{})
		}
		return
	}
	if only := tasmotaOnly(name); only != nil {
		for _, k := range only {
			if v := block.Get(k.key); v.Type == gjson.Number {
				m.observe(device, k.metric, name, v.Num, moment{})
			}
		}
		return
	}
	plant := strings.HasPrefix(name, "Flora") || block.Get("Fertility").Exists()
	chip := strings.HasPrefix(name, "ESP32")
	block.ForEach(func(key, value gjson.Result) bool {
		v, _, numeric := scalar(value)
		n, known := m.names.named(key.Str)
		if !numeric || !known || value.Type == gjson.True || value.Type == gjson.False {
			return true
		}
		switch {
		case n.metric == "soil_moisture" && !plant && key.Str != "Moisture":
		case n.metric == "humidity" && plant:
			n.metric = "soil_moisture"
		case n.metric == "temperature" && chip:
			n.metric = "device_temperature"
		case n.metric == "distance" && units[n.metric] == "":
			n.unit = map[bool]string{true: "mm", false: "cm"}[strings.HasPrefix(name, "VL53")]
		}
		unit := n.unit
		if told := units[n.metric]; told != "" {
			unit = told
		}
		n, unit = battery(n, v, unit)
		if base, ok := toBase(n.metric, v, unit); ok {
			m.observe(device, n.metric, strings.Trim(name+"/"+n.channel, "/"), base, moment{})
		}
		return true
	})
}

// tasmotaKey is a key whose metric its name does not tell.
type tasmotaKey struct {
	key    string
	metric sensors.MetricID
}

// tasmotaOnly returns what is read of blocks whose keys mean something of their own, nil for all others.
func tasmotaOnly(name string) []tasmotaKey {
	switch {
	case name == "ENERGY": // apparent power and factors are no power
		return []tasmotaKey{{"Power", "power"}, {"Voltage", "voltage"}, {"Current", "current"}, {"Total", "energy"}}
	case strings.HasPrefix(name, "RG-15"), strings.HasPrefix(name, "RG15"): // a rain gauge, in mm
		return []tasmotaKey{{"Event", "rain_event"}, {"Total", "rain_total"}, {"FlowRate", "rain_rate"}}
	}
	return nil
}

// tasmotaNode reads what a Zigbee device behind a Tasmota bridge reported; it is a device of its own.
func (m *message) tasmotaNode(bridge, label string, node gjson.Result) {
	address, name := label, node.Get("Name").Str
	if device := node.Get("Device").Str; device != "" {
		address, name = device, label
	}
	key := address
	m.describe(sensors.Description{Device: key, Name: name, Model: node.Get("ModelId").Str, Gateway: bridge})
	units := map[sensors.MetricID]string{"pressure": node.Get("PressureUnit").Str}
	node.ForEach(func(k, value gjson.Result) bool {
		n, known := m.names.named(k.Str)
		if n.metric == "voltage" {
			n.metric = "battery_voltage"
		}
		if v, _, numeric := scalar(value); known && numeric {
			if base, ok := toBase(n.metric, v, units[n.metric]); ok {
				m.observe(key, n.metric, n.channel, base, moment{})
			}
		}
		return true
	})
}

// tasmotaState reads signal, supply and relays from a STATE message.
func (m *message) tasmotaState(device string) {
	if signal := m.root.Get("Wifi.Signal"); signal.Type == gjson.Number {
		m.observe(device, "rssi", "", signal.Num, moment{})
	}
	m.root.ForEach(func(key, value gjson.Result) bool {
		if channel, ok := strings.CutPrefix(key.Str, "POWER"); ok && len(channel) < 3 {
			if v, ok := word(value.Str); ok {
				m.observe(device, "switch", channel, v, moment{})
			}
		}
		return true
	})
}

// tasmotaDiscovery takes names from tasmota/discovery/<MAC>/config.
func (m *message) tasmotaDiscovery() {
	if m.last(0) == "config" {
		m.describe(sensors.Description{Device: m.root.Get("t").Str, Name: m.root.Get("dn").Str, Model: m.root.Get("md").Str})
	}
}
