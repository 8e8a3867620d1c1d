package payload

import (
	"cmp"
	"math"
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// The Things Stack, version 3: messages are known by what they hold, for the topic is free when the server
// pushes them. It leaves out zeros and empty texts of the envelope.

func claimsThingsStack(_ *Decoder, m *message) bool {
	return m.has(markEndDevice) && m.root.Get("end_device_ids").IsObject()
}

func decodeThingsStack(_ *Decoder, m *message) {
	ids, message := m.root.Get("end_device_ids"), m.root.Get("uplink_message")
	u := uplink{device: strings.ToLower(ids.Get("dev_eui").String()), name: ids.Get("device_id").String(),
		model: strings.TrimSpace(message.Get("version_ids.brand_id").String() + " " + message.Get("version_ids.model_id").String())}
	u.device = cmp.Or(u.device, u.name)
	if at, ok := m.clock.text(first(m.root, []string{"received_at", "uplink_message.received_at"}).String()); ok {
		u.at = at
	}
	switch {
	case m.root.Get("simulated").Bool():
		m.describe(sensors.Description{Device: u.device, Name: u.name})
		m.out.Problem = "This uplink was simulated in the console, so it is not stored."
	case message.IsObject():
		m.thingsUplink(u, message)
	case m.root.Get("join_accept").Exists():
		m.present(u.device, true)
		m.describe(sensors.Description{Device: u.device, Name: u.name})
	default: // of a downlink, a location or a service
		m.idle = true
	}
}

func (m *message) thingsUplink(u uplink, message gjson.Result) {
	m.received(u, message.Get("rx_metadata"), func(item gjson.Result) reception {
		return reception{first(item, []string{"gateway_ids.gateway_id", "gateway_ids.eui"}).String(), item.Get("rssi"), item.Get("snr")}
	})
	from := len(m.out.Observations)
	message.Get("normalized_payload").ForEach(func(_, item gjson.Result) bool {
		m.normalized(u, item)
		return len(m.out.Observations) < maxObservations
	})
	normal := len(m.out.Observations)
	u.decoded = message.Get("decoded_payload")
	if normal > from && !u.decoded.Exists() {
		u.decoded = gjson.Parse("{}")
	}
	u.carries = message.Get("frm_payload").String() != "" && message.Get("f_port").Int() != 0
	m.uplink(u)
	m.dropTold(from, normal)
	if normal > from {
		m.out.Problem = ""
	}
	if charge := message.Get("last_battery_percentage.value"); charge.Exists() && !m.tells("battery", from) {
		m.take(u.device, naming{metric: "battery"}, charge, u.at)
	}
}

// normalKeys are the measurements of a normalized payload.
var normalKeys = []keyed{
	{"air.temperature", naming{metric: "temperature"}}, {"air.relativeHumidity", naming{metric: "humidity"}}, {"air.pressure", naming{metric: "pressure"}},
	{"air.co2", naming{metric: "co2"}}, {"air.lightIntensity", naming{metric: "illuminance"}},
	{"soil.moisture", naming{metric: "soil_moisture"}}, {"soil.temperature", naming{metric: "soil_temperature"}}, {"soil.ec", naming{metric: "soil_conductivity", unit: "ds/m"}},
	{"soil.pH", naming{metric: "soil_ph"}}, {"soil.n", naming{metric: "soil_nitrogen"}}, {"soil.p", naming{metric: "soil_phosphorus"}}, {"soil.k", naming{metric: "soil_potassium"}},
	{"wind.speed", naming{metric: "wind_speed"}}, {"wind.direction", naming{metric: "wind_direction"}},
	{"water.temperature.current", naming{metric: "water_temperature"}}, {"rain.intensity", naming{metric: "rain_rate"}}, {"battery", naming{metric: "battery_voltage"}},
}

// normalized reads one measurement in the form that all codecs can have in common. The depth of a probe in
// the soil tells several apart.
func (m *message) normalized(u uplink, item gjson.Result) {
	at := u.at
	if own, ok := m.clock.text(item.Get("time").String()); ok {
		at = own
	}
	for _, k := range normalKeys {
		value := item.Get(k.key)
		if !value.Exists() {
			continue
		}
		n := k.naming
		if depth := item.Get("soil.depth"); depth.Type == gjson.Number && strings.HasPrefix(k.key, "soil.") {
			n.channel = depth.Raw + "cm"
		}
		m.take(u.device, n, value, at)
	}
}

// dropTold takes out of the codec's own answer what the normalized one, which stands before it, tells too.
func (m *message) dropTold(from, normal int) {
	told := m.out.Observations[from:normal]
	kept := m.out.Observations[:normal]
	for _, o := range m.out.Observations[normal:] {
		again := false
		for _, t := range told {
			same := math.Abs(t.Value-o.Value) <= max(.01, math.Abs(t.Value)/200)
			again = again || t.Metric == o.Metric && (o.Channel == "" || same) || same && kin(t.Metric, o.Metric)
		}
		if !again {
			kept = append(kept, o)
		}
	}
	m.out.Observations = kept
}

// kin reports whether two metrics are the same quantity, in the soil and elsewhere.
func kin(a, b sensors.MetricID) bool { return a == "soil_"+b || b == "soil_"+a }

// tells reports whether an observation of the metric was added.
func (m *message) tells(metric sensors.MetricID, from int) bool {
	for _, o := range m.out.Observations[from:] {
		if o.Metric == metric {
			return true
		}
	}
	return false
}
