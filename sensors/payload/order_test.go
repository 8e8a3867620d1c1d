package payload

import (
	"slices"
	"strings"
	"testing"
)

// claimants returns the dialects that would take a message, in the order in which they are asked.
func claimants(d *Decoder, topic, payload string) (names []string) {
	for _, dialect := range d.dialects {
		m := message{Message: Message{Topic: topic, Payload: []byte(payload), At: noon}, names: &d.names}
		m.split()
		m.parse()
		if (dialect.binary || !m.binary) && dialect.claims(d, &m) {
			names = append(names, dialect.name)
		}
	}
	return names
}

// TestOrderOfDialects lists which dialects want each kind of message. Where several do, the order of the
// table decides; a new dialect that wants what was another's shows here.
func TestOrderOfDialects(t *testing.T) {
	d := New()
	seen := map[string]bool{}
	for _, c := range []struct{ topic, payload, want string }{
		{"farm/gh1/t1/temperature", "21", "furrow plain"},
		{"farm/gh1/t1", `{"temperature":21}`, "furrow json plain"},
		{"farm/gh1/t1", `{"ts":1795514400000,"values":{"temperature":21}}`, "furrow thingsboard json plain"},
		{"farm/gh1/t1/status", "online", "furrow status plain"},
		{"zigbee2mqtt/t1", `{"temperature":21}`, "zigbee2mqtt json plain"},
		{"zigbee2mqtt/a/b/availability", "online", "zigbee2mqtt status plain"},
		{"tele/p1/SENSOR", `{"Time":"2026-11-24T11:00:00","DHT11":{"Temperature":21}}`, "tasmota json plain"},
		{"p1/tele/STATE", `{"Time":"2026-11-24T11:00:00","POWER":"ON"}`, "tasmota json plain"},
		{"tele/p1/LWT", "Online", "tasmota status plain"},
		{"v1/devices/me/telemetry", `{"temperature":21}`, "thingsboard json plain"},
		{"site/gw/data", `[{"ts":1795514400000,"values":{"temperature":21}}]`, "thingsboard json plain"},
		{"node/sensor/air_temperature/state", "21", "esphome plain"},
		{"node/status", "online", "status plain"},
		{"ESP_Easy/LWT", "Connected", "status plain"},
		{"ESP_Easy/BME280/Temperature", "21", "espeasy plain"},
		{"domoticz/in", `{"idx":7,"svalue":"21;50;1"}`, "espeasy json plain"},
		{"spBv1.0/Farm/DDATA/gw1/bed3", "\x08\x01", "sparkplug plain"},
		{"spBv1.0/Farm/DDATA/gw1/bed3", "\xff", "sparkplug"},
		{"homeassistant/sensor/a/b/config", `{"stat_t":"x"}`, "homeassistant json plain"},
		{"homeassistant/sensor/a/state", "21", "homeassistant plain"},
		{"homeassistant/status", "online", "homeassistant status plain"},
		{"other/device/a/config", `{"cmps":{}}`, "homeassistant json plain"},
		{"application/1/device/24e124136b321234/event/up", `{"deviceInfo":{"devEui":"24e124136b321234"},"object":{"temperature":1}}`, "chirpstack json plain"},
		{"application/1/device/24e124136b321234/rx", `{"devEUI":"24e124136b321234","object":{}}`, "chirpstack json plain"},
		{"farm/anywhere/uplink", `{"devEUI":"24e124136b321234","object":{}}`, "chirpstack furrow json plain"},
		{"farm/tele/p1/SENSOR", `{"DHT11":{"Temperature":21}}`, "tasmota furrow json plain"},
		{"shellies/shellyht-a/sensor/temperature", "21", "shelly plain"},
		{"shellies/shellyht-a/online", "true", "shelly status plain"},
		{"shellyplus-a/events/rpc", `{"src":"a","method":"NotifyStatus","params":{}}`, "shelly json plain"},
		{"shellyplus-a/status/switch:0", `{"output":true}`, "shelly json plain"},
		{"home/gw/BTtoMQTT/AABBCCDDEEFF", `{"id":"AA:BB:CC:DD:EE:FF","tempc":21}`, "theengs json plain"},
		{"rtl_433/pi/events", `{"model":"Nexus-TH","id":42,"mic":"CRC","temperature_C":20}`, "rtl_433 json plain"},
		{"rtl_433/pi/devices/Nexus-TH/42/humidity", "40", "rtl_433 plain"},
		{"home/gw/RTL_433toMQTT/Nexus-TH/42", `{"model":"Nexus-TH","id":42}`, "rtl_433 json plain"},
		{"v3/app@ttn/devices/d1/up", `{"end_device_ids":{"device_id":"d1"},"uplink_message":{}}`, "things-stack json plain"},
		{"homie/dev/$homie", "4.0.0", "homie plain"},
		{"homie/dev/node/temperature", "21", "homie plain"},
		{"homie/dev/$state", "ready", "homie plain"},
		{"$aws/things/n/shadow/update", `{"state":{"reported":{"temperature":5}}}`, "json plain"},
		{"ruuvi/AA:CC:EE:00:11:22/CB:B8:33:4C:88:4F", `{"gw_mac":"AA:CC:EE:00:11:22","data":""}`, "ruuvi json plain"},
		{"ecowitt/AA", "PASSKEY=A&stationtype=GW&dateutc=now&tempf=70", "ecowitt plain"},
		{"ecowitt2mqtt/d", `{"tempin":70,"humidityin":40,"baromrel":29.9}`, "ecowitt json plain"},
		{"weather/loop", `{"dateTime":"1","usUnits":"1","outTemp_F":"50"}`, "weewx json plain"},
		{"weather/outTemp_F", "50", "weewx plain"},
		{"opensprinkler/station/3", `{"state":1,"duration":600}`, "opensprinkler json plain"},
		{"farm2/senml", `[{"n":"urn:dev:ow:1","u":"Cel","v":1}]`, "senml json plain"},
		{"v1/gateway/connect", `{"device":"A"}`, "thingsboard json plain"},
		{"neuron/app", `{"timestamp":1,"node":"n","values":{"a":1},"errors":{}}`, "thingsboard json plain"},
		{"shed/t1", `{"temperature":21}`, "json plain"},
		{"shed/t1/temperature", "21", "plain"},
	} {
		got := claimants(d, c.topic, c.payload)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %s\n got %s\nwant %s", c.topic, c.payload, strings.Join(got, " "), c.want)
		}
		if out := decode(d, c.topic, c.payload); len(got) > 0 && out.Dialect != got[0] {
			t.Errorf("%s: read as %q, but %q comes first", c.topic, out.Dialect, got[0])
		}
		for _, name := range strings.Fields(c.want) {
			seen[name] = true
		}
	}
	for _, dialect := range d.dialects {
		if !seen[dialect.name] {
			t.Errorf("the table has no message of dialect %s", dialect.name)
		}
	}
	last := d.dialects[len(d.dialects)-2:]
	if names := []string{last[0].name, last[1].name}; !slices.Equal(names, []string{"json", "plain"}) {
		t.Errorf("the general dialects must come last, got %v", names)
	}
}
