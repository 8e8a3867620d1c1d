package payload

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// hostile are messages that a stranger may send to hurt; each must come back soon and sound.
func hostile() map[string][2]string {
	var distinct strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&distinct, `,"k%d":%d`, i, i)
	}
	nest := func(open, closing string, n int) string {
		return strings.Repeat(open, n) + "1" + strings.Repeat(closing, n)
	}
	return map[string][2]string{
		"many objects":         {"farm/a/b", "[" + strings.Repeat("{},", 80_000) + "{}]"},
		"many readings":        {"farm/a/b", "[" + strings.TrimSuffix(strings.Repeat(`{"co2":600},`, 20_000), ",") + "]"},
		"many keys":            {"farm/a/b", "{" + distinct.String()[1:] + "}"},
		"one key many times":   {"a/b", `{"` + strings.Repeat(`temperature":1,"`, 15_000) + `x":1}`},
		"deep objects":         {"a/b", nest(`{"a":`, "}", 40_000)},
		"deep arrays":          {"a/b", nest("[", "]", 120_000)},
		"long key":             {"farm/a/b", `{"` + strings.Repeat("k", 200_000) + `":1}`},
		"long number":          {"farm/a/b", `{"temperature":` + strings.Repeat("9", 200_000) + `}`},
		"long text":            {"farm/a/b/temperature", strings.Repeat("9", 200_000)},
		"huge exponents":       {"farm/a/b", `{"temperature":1e999999999,"humidity":-1e400,"co2":1e-999999999,"time":1e308}`},
		"escapes":              {"farm/a/b", `{"temp\u0065rature":21,"\ud800":1,"\u0000":2,"a\u202eb":3}`},
		"many segments":        {strings.Repeat("/", 1000), "1"},
		"controls in topic":    {"farm/a\x01\u202e/b\x7f/temperature", "21"},
		"backlog of a gateway": {"v1/gateway/telemetry", `{"` + strings.Repeat(`d":[{"ts":1795514400000,"values":{"co2":600}}],"`, 5_000) + `x":[]}`},
		"list of devices":      {"zigbee2mqtt/bridge/devices", "[" + strings.TrimSuffix(strings.Repeat(`{"friendly_name":"n","definition":{"exposes":[{"property":"p","unit":"u"}]}},`, 3_000), ",") + "]"},
		"blocks":               {"tele/x/SENSOR", `{"` + strings.Repeat(`b":{"Temperature":1},"`, 10_000) + `Time":"2026-01-01T00:00:00"}`},
		"announced components": {"homeassistant/device/a/config", `{"dev":{"ids":"a"},"cmps":{` + strings.Repeat(`"c":{"p":"sensor","stat_t":"x","avty":[{"t":"y"},{"t":"z"}]},`, 3_000) + `"d":{}}}`},
		"announced template":   {"homeassistant/sensor/a/config", `{"stat_t":"x","val_tpl":"` + strings.Repeat("{{((", 50_000) + `"}`},
		"deep template":        {"homeassistant/sensor/a/config", `{"stat_t":"x","val_tpl":"{{ ` + strings.Repeat("-", 900) + `1 }}"}`},
		"ecowitt form":         {"ecowitt/a", "PASSKEY=a&" + strings.Repeat("temp1f=70&", 20_000)},
		"senml records":        {"s", `[{"n":"a","u":"Cel","v":1}` + strings.Repeat(`,{"v":1}`, 25_000) + "]"},
		"homie children":       {"homie/5/a/$description", `{"children":[` + strings.Repeat(`"c",`, 40_000) + `"d"],"nodes":{` + strings.Repeat(`"n":{"properties":{"p":{}}},`, 1000) + `"m":{}}}`},
		"sparkplug metrics":    {"spBv1.0/g/NBIRTH/e", strings.Repeat("\x12\x05\x0a\x01a\x10\x01", 30_000)},
		"sparkplug properties": {"spBv1.0/g/NBIRTH/e", "\x12\xf0\xd4\x06\x4a\xec\xd4\x06" + strings.Repeat("\x0a\x01a", 36_388)},
		"receptions":           {"application/1/device/24e124136b321234/event/up", `{"deviceInfo":{"devEui":"a"},"rxInfo":[` + strings.Repeat(`{"gatewayId":"g","rssi":-1},`, 9_000) + `{}]}`},
		"measurements":         {"v3/a/devices/d/up", `{"end_device_ids":{"device_id":"d"},"uplink_message":{"decoded_payload":{"messages":[` + strings.Repeat(`[{"measurementId":4097,"measurementValue":1}],`, 4_000) + `[]]},"normalized_payload":[` + strings.Repeat(`{"air":{"temperature":1}},`, 2_000) + `{}]}}`},
		"notification":         {"a/events/rpc", `{"src":"a","method":"NotifyStatus","params":{` + strings.Repeat(`"switch:1":{"output":true,"apower":1},`, 6_000) + `"ts":1}}`},
		"radio":                {"rtl_433/p/events", `{"model":"m",` + strings.Repeat(`"temperature_C":1,`, 12_000) + `"id":1}`},
		"bluetooth":            {"h/g/BTtoMQTT/a", `{"id":"a",` + strings.Repeat(`"tempf1":1,`, 20_000) + `"x":1}`},
		"advertisement":        {"ruuvi/a/b", `{"gw_mac":"a","data":"` + strings.Repeat("02FF99", 40_000) + `"}`},
		"domoticz":             {"domoticz/in", `{"idx":1,"svalue":"` + strings.Repeat(";", 200_000) + `"}`},
		"weather station":      {"w/loop", `{"usUnits":"1",` + strings.Repeat(`"outTemp_F":"1",`, 12_000) + `"x":1}`},
		"numbered channels":    {"a/b", `{"temperature":{` + strings.Repeat(`"1":5,`, 30_000) + `"2":5}}`},
		"byte order mark":      {"farm/a/b/temperature", "\ufeff21"},
	}
}

func TestHostileMessagesAreBounded(t *testing.T) {
	for name, m := range hostile() {
		checkSound(t, decode(New(), m[0], m[1]))
		// Work that grows faster than the message shows in what it allocates.
		if n := testing.AllocsPerRun(1, func() { decode(New(), m[0], m[1]) }); n > float64(1000+2*len(m[1])) {
			t.Errorf("%s: %.0f allocations for %d bytes", name, n, len(m[1]))
		}
	}
}

// TestWhatIsLearntIsBounded lets a stranger teach for long, and then read what was taught.
func TestWhatIsLearntIsBounded(t *testing.T) {
	d := New()
	for i := range maxEntities + 2_000 {
		n := strconv.Itoa(i)
		decode(d, "homeassistant/sensor/"+n+"/config", `{"stat_t":"one","avty_t":"alive","dev_cla":"temperature","val_tpl":"{{ value_json.a`+n+` }}","dev":{"ids":"`+n+`"}}`)
		decode(d, "homie/d"+n+"/$homie", "4")
		decode(d, "homie/d"+n+"/n/temperature/$unit", "°C")
		decode(d, n+"/events/rpc", `{"src":"s`+n+`","method":"NotifyStatus","params":{"temperature:0":{"tC":1}}}`)
		decode(d, "rtl/events", `{"model":"m","id":`+n+`,"temperature_C":1}`)
		decode(d, "tasmota/discovery/"+n+"/config", `{"t":"`+n+`","tp":["c","s`+n+`","t`+n+`"],"onln":"a`+n+`"}`)
	}
	for range 20 {
		checkSound(t, decode(d, "one", `{"a1":1}`))
		checkSound(t, decode(d, "alive", "online"))
	}
	if d.announce.count > maxEntities || len(d.announce.topics["one"].entities) > maxAtTopic || len(d.announce.topics["alive"].lives) > maxAtTopic || len(d.announce.series) > maxEntities {
		t.Errorf("announcements: %d, %d at a topic", d.announce.count, len(d.announce.topics["one"].entities))
	}
	if len(d.homie.devices) > maxHomie || len(d.homie.properties) > 4*maxHomie {
		t.Errorf("Homie: %d devices, %d properties", len(d.homie.devices), len(d.homie.properties))
	}
	for name, size := range map[string]int{"Shelly": len(d.shelly.m), "stations": len(d.stations.m), "repeats": len(d.repeats.m), "Tasmota": len(d.tasmota.m)} {
		if size > maxRemembered {
			t.Errorf("%s: %d", name, size)
		}
	}
	for i := range maxEntities {
		d.Decode(Message{Topic: "homeassistant/sensor/" + strconv.Itoa(i) + "/config", At: noon})
	}
	if a := d.announce; a.count != 0 || len(a.configs)+len(a.topics) != 0 {
		t.Errorf("after all were deleted: %d, %d", a.count, len(a.topics))
	}
}

// TestOneDecoderForManyConnections is for the race detector: connections share what the decoder learns.
func TestOneDecoderForManyConnections(t *testing.T) {
	d := New()
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 200 {
				n := strconv.Itoa(i % 50)
				decode(d, "base"+n+"/bridge/devices", `[{"friendly_name":"p`+n+`","definition":{"exposes":[{"property":"pressure","unit":"kPa"}]}}]`)
				decode(d, "base"+n+"/p"+n, `{"pressure":98.5,"key`+strconv.Itoa(worker)+`":1}`)
				decode(d, "node"+n+"/LWT", "Connected")
				decode(d, "homeassistant/sensor/"+n+"/config", `{"stat_t":"shared/`+n+`","avty_t":"shared/alive","avty_mode":"all","dev_cla":"temperature","dev":{"ids":"`+n+`"}}`)
				decode(d, "shared/"+n, "21")
				decode(d, "shared/alive", "online")
				decode(d, "homie/d"+n+"/n/temperature/$unit", "°C")
				decode(d, "homie/d"+n+"/n/temperature", "21")
				decode(d, "spBv1.0/g/NBIRTH/"+n, "\x12\x0a\x0a\x01t\x10\x01\x65\x00\x00\x80\x3f")
				decode(d, "rtl_433/pi/events", `{"model":"m","id":`+n+`,"temperature_C":1}`)
				decode(d, "node"+n+"/BME280/Temperature", "21")
			}
		})
	}
	wait.Wait()
	out := decode(d, "base7/p7", `{"pressure":98.5}`)
	if len(out.Observations) != 1 || out.Observations[0].Value != 985 || out.Observations[0].Device != "p7" {
		t.Errorf("what was learnt got lost: %+v", out)
	}
}
