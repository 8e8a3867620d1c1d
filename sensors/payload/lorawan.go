package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// LoRaWAN: what the network servers have in common. A vendor's codec has decoded the bytes already, into
// keys of its own; an uplink without one tells that the device lives and how well it is received.

// uplink is a message of a LoRaWAN device.
type uplink struct {
	device  string // DevEUI, in lower case, or what else names the device
	name    string
	model   string
	at      moment
	decoded gjson.Result // the codec's answer
	carries bool         // it has bytes of the device, not only of the network
}

// uplink adds what the codec made of an uplink.
func (m *message) uplink(u uplink) {
	from := len(m.out.Observations)
	if u.decoded.IsObject() || u.decoded.IsArray() {
		m.codecObject(u)
	}
	read := len(m.out.Observations) > from
	switch {
	case u.carries && !u.decoded.Exists():
		m.out.Problem = "Received, not decoded: the network server has no codec for this device" + profile(u.model) + "."
	case u.carries && !read && u.decoded.Raw != "{}":
		m.out.Problem = "Received, but nothing in the codec's answer is known to be a reading."
	}
	m.present(u.device, true)
}

func profile(name string) string {
	if name = sensors.CleanName(name); name == "" {
		return ""
	}
	return " (profile " + name + ")"
}

// codecObject reads a codec's answer: keys that name metrics, SenseCAP's numbered measurements, and a few
// keys whose unit only the vendor's manual tells.
func (m *message) codecObject(u uplink) {
	from := len(m.out.Observations)
	w := walk{m: m, device: u.device, begin: from, at: u.at}
	w.unitOf = func(key string) string {
		if strings.EqualFold(key, "distance") {
			return "mm" // ultrasonic sensors, of all makers alike
		}
		return ""
	}
	if list := u.decoded.Get("messages"); list.IsArray() {
		w.senseCAP(list, 0)
	} else {
		w.objects(u.decoded)
	}
	if depth := u.decoded.Get("depth"); depth.Type == gjson.Number { // of water, above the sensor
		m.take(u.device, naming{metric: "water_level", unit: "cm"}, depth, u.at)
	}
	m.soilProbe(from)
	m.pipePressure(from)
}

// objects reads one object or an array of them.
func (w walk) objects(value gjson.Result) {
	if value.IsObject() {
		w.item(value)
		return
	}
	w.list("", "data", value)
}

// pipePressure makes a pressure that no air can have, and that stands alone, the one of a line, in kPa.
func (m *message) pipePressure(from int) {
	added := m.out.Observations[from:]
	for _, o := range added {
		if o.Metric == "temperature" || o.Metric == "humidity" || o.Metric == "co2" {
			return
		}
	}
	for i := range added {
		if o := &added[i]; o.Metric == "pressure" && o.Quality != sensors.Good && sensors.MetricID("line_pressure").Info().Plausible(o.Value) {
			o.Metric, o.Quality = "line_pressure", sensors.Good
		}
	}
}

// senseCAP are the numbers of SenseCAP's measurements.
var senseCAP = map[string]naming{
	"4097": {metric: "temperature"}, "4098": {metric: "humidity"}, "4099": {metric: "illuminance"}, "4100": {metric: "co2"},
	"4101": {metric: "pressure", unit: "pa"}, "4102": {metric: "soil_temperature"}, "4103": {metric: "soil_moisture"}, "4104": {metric: "wind_direction"},
	"4105": {metric: "wind_speed"}, "4106": {metric: "soil_ph"}, "4108": {metric: "soil_conductivity", unit: "ms/cm"}, "4113": {metric: "rain_rate"}, "4190": {metric: "uv_index"},
}

// senseCAP reads the measurements of a list, which may hold lists.
func (w walk) senseCAP(list gjson.Result, depth int) {
	if depth >= maxNested {
		return
	}
	list.ForEach(func(_, item gjson.Result) bool {
		if item.IsArray() {
			w.senseCAP(item, depth+1)
			return true
		}
		if n, ok := senseCAP[item.Get("measurementId").String()]; ok {
			w.m.take(w.device, n, item.Get("measurementValue"), w.at)
		}
		if charge := item.Get("Battery(%)"); charge.Exists() {
			w.m.take(w.device, naming{metric: "battery"}, charge, w.at)
		}
		return len(w.m.out.Observations) < maxObservations
	})
}

// reception is how one gateway heard an uplink.
type reception struct {
	gateway   string
	rssi, snr gjson.Result
}

// received adds the reception by the gateway that heard best, and names it.
func (m *message) received(u uplink, gateways gjson.Result, read func(gjson.Result) reception) {
	var best reception
	gateways.ForEach(func(_, item gjson.Result) bool {
		if r := read(item); best.gateway == "" || r.rssi.Type == gjson.Number && r.rssi.Num > best.rssi.Num {
			best = r
		}
		return true
	})
	m.describe(sensors.Description{Device: u.device, Name: u.name, Model: u.model, Gateway: best.gateway})
	m.take(u.device, naming{metric: "rssi"}, best.rssi, u.at)
	m.take(u.device, naming{metric: "snr"}, best.snr, u.at)
}
