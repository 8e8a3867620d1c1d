package payload

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// fuzzTopics are topics that lead into each dialect; a fuzzed payload is sent to one of them.
var fuzzTopics = []string{"farm/zone/device", "farm/zone/device/temperature", "shed/probe/humidity", "shed/probe", "v1/devices/me/telemetry",
	"v1/gateway/telemetry", "tele/pump/SENSOR", "pump/tele/STATE", "stat/pump/STATUS10", "tasmota/discovery/A0B1C2/config", "zigbee2mqtt/barn/door",
	"zigbee2mqtt/bridge/devices", "zigbee2mqtt/bridge/state", "zigbee2mqtt/door/availability", "node/sensor/air/state", "node/status", "Station/LWT",
	"homeassistant/sensor/n/o/config", "homeassistant/device/o/config", "n/state", "n/avail", "application/1/device/24e124136b321234/event/up", "application/1/device/24e124136b321234/status",
	"v3/a@t/devices/d/up", "shellies/shellyht-a/relay/0", "shellies/announce", "shelly-a/events/rpc", "shelly-a/status/switch:0", "home/gw/BTtoMQTT/AABBCCDDEEFF", "rtl_433/pi/events",
	"rtl_433/pi/devices/M/1/temperature_F", "homie/d/$state", "homie/d/n/p/$unit", "homie/d/n/temperature", "x/5/d/$description", "x/5/d/n/temperature", "ruuvi/AA:CC:EE:00:11:22/CB:B8:33:4C:88:4F",
	"ecowitt/a", "weather/loop", "weather/outTemp_F", "os/sensor/flow", "os/station/1", "senml", "domoticz/in", "v1/gateway/connect", "neuron/a", "spBv1.0/g/NBIRTH/e", "spBv1.0/g/DDATA/e/d"}

// fuzzPayloads are payloads that lead deep into each dialect.
var fuzzPayloads = []string{`{"stat_t":"n/state","dev_cla":"temperature","unit_of_meas":"°F","val_tpl":"{{ value_json.a | float(0) }}","avty_t":"n/avail","dev":{"ids":["n"],"name":"N"}}`,
	`{"dev":{"ids":"n"},"cmps":{"a":{"p":"sensor","dev_cla":"humidity","stat_t":"+/state"},"b":{"p":"valve","stat_t":"n/state"}},"avty":[{"t":"n/avail"}]}`,
	`{"deviceInfo":{"devEui":"24e124136b321234"},"time":"2026-11-24T11:00:00Z","data":"AQ==","fPort":1,"object":{"temperatureSensor":{"1":25},"history":[{"timestamp":1795514400,"co2":600}]},"rxInfo":[{"rssi":-36,"snr":1}]}`,
	`{"end_device_ids":{"device_id":"d"},"uplink_message":{"f_port":1,"frm_payload":"AA","decoded_payload":{"messages":[[{"measurementId":4097,"measurementValue":"1"}]]},"normalized_payload":[{"soil":{"depth":1,"ec":2}}]}}`,
	`{"src":"s","method":"NotifyStatus","params":{"ts":1795514400.5,"temperature:0":{"tC":1},"switch:1":{"output":true}}}`, `{"id":"AA:BB:CC:DD:EE:FF","tempc":"21","tempf":70,"hum":1,"rssi":-5}`,
	`{"model":"M","id":1,"channel":"A","battery_ok":1,"temperature_1_C":5,"mic":"CRC"}`, `{"nodes":{"n":{"properties":{"temperature":{"unit":"°F","datatype":"float"}}}},"children":["c"],"root":"r"}`,
	`{"gw_mac":"AA:CC:EE:00:11:22","ts":"1795514400","rssi":-7,"data":"0201061BFF99040512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F"}`, "PASSKEY=A&dateutc=2026-11-24+11%3A30%3A00&temp1f=70&wh65batt=1&rrain_piezo=1",
	`{"tempin":70,"humidityin":40,"baromrel":29.9,"wh57batt":3}`, `{"dateTime":"1795514400","usUnits":"1","outTemp_F":"50","leafWet1":"7","soilMoist1_centibar":"1"}`, `{"state":1,"count":2,"volume":3,"idx":1,"svalue":"1;2;3;4;5"}`,
	`[{"bn":"urn:a:","bt":-5,"bu":"Cel","bv":1,"n":"t","v":1},{"u":"%RH","v":2,"t":1e9}]`, `{"device":"A","timestamp":1,"node":"n","values":{"temperature":1},"errors":{"humidity":2}}`, "\x08\x01\x12\x05\x0a\x01a\x10\x01", "21.5", "online", "°F", "lost"}

// FuzzDialects sends two messages of any dialect to one decoder, to any of their topics.
func FuzzDialects(f *testing.F) {
	for i, payload := range fuzzPayloads {
		f.Add(uint8(17+i), uint8(19+i), payload, fuzzPayloads[(i+1)%len(fuzzPayloads)])
		f.Add(uint8(17), uint8(19), fuzzPayloads[0], payload)
	}
	f.Fuzz(func(t *testing.T, first, second uint8, one, two string) {
		d := New()
		for _, m := range [][2]string{{fuzzTopics[int(first)%len(fuzzTopics)], one}, {fuzzTopics[int(second)%len(fuzzTopics)], two}, {"n/state", two}, {"n/avail", two}, {two, one}} {
			checkSound(t, decode(d, m[0], m[1]))
		}
	})
}

// TestAnyPayloadOnAnyTopic crosses all topics with all payloads, each pair on a decoder that has heard much.
func TestAnyPayloadOnAnyTopic(t *testing.T) {
	d := New()
	for round := range 2 {
		for i, topic := range fuzzTopics {
			for _, payload := range fuzzPayloads {
				out := decode(d, topic, payload)
				checkSound(t, out)
				if out.Dialect == "" && out.Problem == "" {
					t.Errorf("round %d, topic %d %s: %q is nobody's", round, i, topic, payload)
				}
			}
		}
	}
}

// FuzzSequence sends two messages to one decoder, for what the first one teaches it meets the second.
func FuzzSequence(f *testing.F) {
	for i, payload := range []string{`{"temperature":20.5,"time":1795514400,"soil":{"moisture":{"value":31,"unit":"%"}}}`, "21,5 °C", `[{"ts":1795514400000,"values":{"co2":600}}]`,
		`{"house":[{"ts":1795514400000,"values":{"co2":600}}]}`, `{"Time":"2026-11-24T11:00:00Z","BME280":{"Temperature":70},"TempUnit":"F"}`, `{"ZbReceived":{"0x01F2":{"Name":"a","Humidity":44}}}`,
		`[{"friendly_name":"door","type":"EndDevice","definition":{"model":"m","vendor":"v","exposes":[{"property":"pressure","unit":"kPa"}]}}]`, `{"state":"offline"}`, "Connection Lost", "nan", "true"} {
		f.Add(uint8(i), uint8(3*i), payload, `{"pressure":98.4,"contact":false,"state":"ON"}`)
	}
	f.Fuzz(func(t *testing.T, first, second uint8, one, two string) {
		d := New()
		checkSound(t, decode(d, fuzzTopics[int(first)%len(fuzzTopics)], one))
		checkSound(t, decode(d, fuzzTopics[int(second)%len(fuzzTopics)], two))
		checkSound(t, decode(d, two, one))
	})
}

func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"21.4", "-21,4 °C", "+1e5", "1e400", "0x1A", "1_000", ".5", "55 %", `"24.1"`, "--5", "5e", "1.2.3", "\u22125", "١٢"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, unit, ok := number(text)
		if !ok && (v != 0 || unit != "") {
			t.Errorf("%q: no number, but %g %q", text, v, unit)
		}
		if !finite(v) || len(unit) > 16 || utf8.ValidString(text) && !utf8.ValidString(unit) {
			t.Errorf("%q: got %g %q", text, v, unit)
		}
		if ok && !strings.ContainsAny(text, "0123456789") {
			t.Errorf("%q: a number without a digit", text)
		}
		if _, isWord := word(text); isWord && nothing(text) {
			t.Errorf("%q is a word for a state and for no value", text)
		}
	})
}

func FuzzClock(f *testing.F) {
	for _, seed := range []string{"2026-11-24T11:00:00Z", "2026-11-24T11:00:00.123456+05:30", "2026-11-24 11:00:00", "1795514400", "1795514400123", "1e300", "-5", "99999-01-01T00:00:00Z"} {
		f.Add(seed, 1.7955144e9)
	}
	f.Fuzz(func(t *testing.T, text string, epoch float64) {
		now := sensors.MilliOf(noon)
		c := clock{now: now}
		told, _ := c.text(text)
		moments := []moment{told}
		if finite(epoch) {
			moments = append(moments, c.epoch(epoch))
		}
		for _, m := range moments {
			if m.at != 0 && (m.at < earliest || m.at > now+86_400_000 || m.quality != sensors.Good) {
				t.Errorf("%q, %g: got %+v", text, epoch, m)
			}
		}
	})
}

func FuzzUnits(f *testing.F) {
	for _, seed := range []string{"°F", "m³⋅m⁻³", "mS/cm", "µmol/m²/s", "ppm", "", "⁻", "K"} {
		f.Add(seed, 12.5)
	}
	f.Fuzz(func(t *testing.T, unit string, value float64) {
		if name := unitName(unit); unitName(name) != name && utf8.ValidString(unit) && !strings.ContainsAny(unit, "⁻⋅·^*²³µμ") {
			t.Errorf("%q: %q is not written in one way", unit, name)
		}
		for _, m := range sensors.Metrics() {
			if base, ok := toBase(m.ID, value, unit); ok && finite(value) && math.Abs(value) < 1e300 && !finite(base) {
				t.Errorf("%s %g %q: got %g", m.ID, value, unit, base)
			}
		}
	})
}

func FuzzNames(f *testing.F) {
	for _, seed := range []string{"outTemp_F", "soilMoisture2", "wind_speed_km_h", "PM2.5", "eCO2", "t", "", "____", "ÄÖ", "temperature\x00", strings.Repeat("temp_", 200)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		cache := nameCache{m: map[string]naming{}}
		n, ok := cache.named(key)
		again, okAgain := cache.named(key)
		if n != again || ok != okAgain {
			t.Errorf("%q: %+v, and from the cache %+v", key, n, again)
		}
		if ok != (n.metric != "") || ok && !n.metric.Known() {
			t.Errorf("%q: %v %+v", key, ok, n)
		}
		if own := ownMetric(key); own != "" && (len(own) > 64 || strings.Trim(string(own), "abcdefghijklmnopqrstuvwxyz0123456789_") != "") {
			t.Errorf("%q: own metric %q", key, own)
		}
		if clean := cleanKey(key); len(clean) > maxKey || utf8.ValidString(key) && (!utf8.ValidString(clean) || cleanKey(clean) != clean) {
			t.Errorf("%q: key %q", key, clean)
		}
	})
}

// FuzzObjects walks any object as own and as foreign readings.
func FuzzObjects(f *testing.F) {
	for _, seed := range []string{`{"a":{"b":{"c":{"d":{"e":{"f":{"temperature":1}}}}}}}`, `{"temperature":{"value":"21,4","unit":"°C"},"x":[1,2,{"y":3}]}`, `{"":1,"\u0000":2,"\ud800":3}`, `{"battery":3000,"batt":"3.1 V"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || !gjson.Valid(text) || len(text) > 1<<14 {
			t.Skip()
		}
		for _, own := range []bool{true, false} {
			m := message{names: &nameCache{m: map[string]naming{}}, clock: clock{now: sensors.MilliOf(noon)}, root: gjson.Parse(text)}
			walk{m: &m, device: "a device", own: own, at: m.clock.of(m.root, own)}.object(m.root)
			checkSound(t, m.out)
		}
	})
}
