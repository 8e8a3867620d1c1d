package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// Tasmota: tele/<topic>/SENSOR with a block per sensor and units as siblings, tele/<topic>/STATE about the
// device, tele/<topic>/LWT. The prefix may stand elsewhere in the topic. Its Time is local and old messages
// are never sent later, so that the arrival is the time of all readings.

func claimsTasmota(d *Decoder, m *message) bool {
	_, ok := d.tasmotaTopic(m)
	return ok || m.json && m.last(2) == "discovery" && (m.last(0) == "config" || m.last(0) == "sensors")
}

func ownerTasmota(d *Decoder, m *message) string {
	device, _ := d.tasmotaTopic(m)
	return device
}

// tasmotaTail reports whether a topic's last segment is one of Tasmota's.
func tasmotaTail(last string) bool {
	if last == "" || last[0] < 'A' || last[0] > 'Z' {
		return false
	}
	switch last {
	case "SENSOR", "STATE", "LWT", "STATUS8", "STATUS10", "RESULT", "INFO1", "INFO2", "INFO3", "UPTIME":
		return true
	}
	return false
}

// tasmotaTopic takes the prefix out of the topic, which leaves the device; below a bridge the address of a
// Zigbee node may follow, which the payload tells too.
func (d *Decoder) tasmotaTopic(m *message) (device string, ok bool) {
	if len(m.path) < 3 || !tasmotaTail(m.last(0)) {
		return "", false
	}
	body := m.path[:len(m.path)-1]
	for i, part := range body {
		if part != "tele" && part != "stat" && d.tasmota.get(part) != "prefix" {
			continue
		}
		if i == 0 {
			if len(body) == 3 && zigbeeAddress(body[2]) { // tele/<topic>/<Zigbee address>/SENSOR
				return body[1], true
			}
			return strings.Join(body[1:], "/"), true
		}
		return strings.Join(append(append([]string{}, body[:i]...), body[i+1:]...), "/"), true
	}
	return "", false
}

// zigbeeAddress reports whether a segment is the short address of a Zigbee node.
func zigbeeAddress(part string) bool {
	return len(part) == 4 && strings.Trim(part, "0123456789ABCDEF") == ""
}

func decodeTasmota(d *Decoder, m *message) {
	m.idle = m.json
	device, ok := d.tasmotaTopic(m)
	if !ok {
		d.tasmotaDiscovery(m)
		return
	}
	device = m.owner(device)
	switch tail := m.last(0); {
	case tail == "LWT":
		online, ok := statusWord(m.text)
		if told := d.tasmota.get("word " + m.text); told != "" {
			online, ok = told == "online", true
		}
		if ok {
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
		n, unit = meant(n, v, unit)
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
	if supply := m.root.Get("Vcc"); supply.Type == gjson.Number && supply.Num < 6 {
		m.observe(device, "battery_voltage", "", supply.Num, moment{})
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

// tasmotaDiscovery takes names from tasmota/discovery/<MAC>/config, and the order of topics and the words
// that this device was told to use. The numbers in …/sensors are samples.
func (d *Decoder) tasmotaDiscovery(m *message) {
	topic := m.root.Get("t").Str
	if m.last(0) != "config" || topic == "" {
		return
	}
	var segments []string
	for part := range strings.SplitSeq(strings.Trim(m.root.Get("ft").Str, "/"), "/") {
		if part == "%topic%" {
			part = topic
		}
		if part != "%prefix%" && part != "" {
			segments = append(segments, part)
		}
	}
	if len(segments) == 0 {
		segments = []string{topic}
	}
	for i, prefix := range m.root.Get("tp").Array() {
		if word := prefix.Str; i > 0 && word != "" && word != "tele" && word != "stat" {
			d.tasmota.put(word, "prefix")
		}
	}
	for _, word := range []struct{ key, state string }{{"onln", "online"}, {"ofln", "offline"}} {
		if text := m.root.Get(word.key).Str; text != "" {
			d.tasmota.put("word "+text, word.state)
		}
	}
	m.describe(sensors.Description{Device: m.owner(strings.Join(segments, "/")), Name: m.root.Get("dn").Str, Model: m.root.Get("md").Str})
}
