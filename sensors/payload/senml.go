package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// SenML (RFC 8428) in JSON: an array of records, of which base values carry forward to those that follow,
// and its forerunner with the records under "e".

func claimsSenML(_ *Decoder, m *message) bool {
	if m.marks&(markRecord|markRecords) == 0 {
		return false
	}
	if m.root.IsObject() {
		return m.has(markRecords) && m.root.Get("e").IsArray() && (m.root.Get("bn").Exists() || m.root.Get("e.0.n").Exists())
	}
	one := m.root.Get("0")
	if !one.Get("n").Exists() && !one.Get("bn").Exists() {
		return false
	}
	for _, member := range []string{"v", "vs", "vb", "vd", "s", "bv", "bt", "bu", "bver"} {
		if one.Get(member).Exists() {
			return true
		}
	}
	return m.root.Get("1.v").Exists() // a record of base values alone
}

// senBase are the base values.
type senBase struct {
	name, unit         string
	time, value, total float64
}

func (b *senBase) take(record gjson.Result) {
	for _, member := range []struct {
		key  string
		text *string
	}{{"bn", &b.name}, {"bu", &b.unit}} {
		if v := record.Get(member.key); v.Type == gjson.String {
			*member.text = v.Str
		}
	}
	for _, member := range []struct {
		key    string
		number *float64
	}{{"bt", &b.time}, {"bv", &b.value}, {"bs", &b.total}} {
		if v := record.Get(member.key); v.Type == gjson.Number && finite(v.Num) {
			*member.number = v.Num
		}
	}
}

func decodeSenML(_ *Decoder, m *message) {
	var base senBase
	records := m.root
	if records.IsObject() {
		base.take(records)
		records = records.Get("e")
	}
	records.ForEach(func(_, record gjson.Result) bool {
		if record.IsObject() {
			base.take(record)
			m.senRecord(base, record)
		}
		return len(m.out.Observations) < maxObservations
	})
}

// absolute is the first time of SenML that is no offset to now, in seconds.
const absolute = 1 << 28

func (m *message) senRecord(b senBase, record gjson.Result) {
	value, offset := record.Get("v"), b.value
	if !value.Exists() {
		if value, offset = record.Get("vb"), 0; !value.Exists() {
			value, offset = record.Get("s"), b.total
		}
	}
	if value.Type == gjson.Number {
		value.Num += offset
	} else if record.Get("v").Exists() || !value.IsBool() {
		return
	}
	unit := b.unit
	if u := record.Get("u"); u.Exists() {
		unit = u.String()
	}
	device, n := m.senName(b.name, record.Get("n").String(), unit)
	if n.metric == "" {
		return
	}
	t, at := b.time+record.Get("t").Num, moment{}
	switch {
	case t >= absolute && t < 1e11: // the standard says that this is a time, however long ago
		at.at = sensors.Milli(t*1000 + .5)
		if at.at > m.clock.now+86_400_000 {
			at = moment{0, sensors.Suspect}
		}
	case t != 0:
		at = m.clock.judge(m.clock.now + sensors.Milli(min(max(t, -absolute), absolute)*1000))
	}
	m.take(m.owner(device), n, value, at)
}

// senUnits are the units that tell what is measured where the name does not.
var senUnits = map[string]naming{"Cel": {metric: "temperature"}, "K": {metric: "temperature", unit: "k"}, "%RH": {metric: "humidity"}, "lx": {metric: "illuminance"},
	"Pa": {metric: "pressure", unit: "pa"}, "hPa": {metric: "pressure"}, "m/s": {metric: "wind_speed"}, "km/h": {metric: "wind_speed", unit: "km/h"}, "V": {metric: "voltage"},
	"mV": {metric: "voltage", unit: "mv"}, "A": {metric: "current"}, "mA": {metric: "current", unit: "ma"}, "W": {metric: "power"}, "kW": {metric: "power", unit: "kw"}, "kWh": {metric: "energy"},
	"W/m2": {metric: "solar_radiation"}, "%EL": {metric: "battery"}, "pH": {metric: "soil_ph"}, "ppm": {metric: "co2"}, "dBm": {metric: "rssi"}, "m3": {metric: "water_volume", unit: "m3"},
	"l": {metric: "water_volume"}, "l/s": {metric: "flow_rate", unit: "l/s"}, "kg": {metric: "weight"}, "S/m": {metric: "soil_conductivity", unit: "s/m"}, "mm": {metric: "distance", unit: "mm"}, "cm": {metric: "distance", unit: "cm"}, "m": {metric: "distance"}}

// senName takes a name apart: its end names the metric, or the unit does. What a name says beyond that tells
// sensors of the device apart.
func (m *message) senName(base, name, unit string) (device string, n naming) {
	if unit == "lat" || unit == "lon" || strings.HasSuffix(unit, "_") {
		return "", naming{}
	}
	full := base + name
	cut := strings.LastIndexAny(strings.TrimRight(full, ":/"), ":/")
	byUnit := senUnits[unit]
	if tail := full[cut+1:]; name != "" {
		if n, ok := m.names.named(tail); ok {
			if unit != "" && !isUnit(n.metric, unitName(unit)) && byUnit.metric != "" && n.metric.Info().Unit != unit {
				n.metric, n.unit = byUnit.metric, byUnit.unit
			} else if unit != "" {
				n.unit = unit
			}
			return senDevice(full[:max(cut, 0)], m), n
		}
	}
	if n = byUnit; base != "" && name != "" {
		n.channel = name
		return senDevice(base, m), n
	}
	return senDevice(full, m), n
}

func senDevice(name string, m *message) string {
	if name = strings.Trim(name, ":/ "); name == "" {
		return m.topic
	}
	return name
}
