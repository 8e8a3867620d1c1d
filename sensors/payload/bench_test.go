package payload

import (
	"strconv"
	"strings"
	"testing"

	"furrow/sensors"
)

// backlogText is an array of n objects with a time each.
func backlogText(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,{"time":` + strconv.Itoa(1_795_514_400+60*i) + `,"temperature":21.4,"humidity":55}`)
	}
	return "[" + b.String()[1:] + "]"
}

// BenchmarkDialect reads the commonest message of each dialect, and what a stranger can send at worst.
func BenchmarkDialect(b *testing.B) {
	for _, c := range []struct{ name, topic, payload string }{
		{"furrow-number", "farm/greenhouse-1/t1/temperature", "21.4"},
		{"furrow-json", "farm/greenhouse-1/t1", `{"time":1795514400,"temperature":21.4,"humidity":55.2}`},
		{"furrow-backlog-1000", "farm/greenhouse-1/t1", backlogText(1000)},
		{"plain", "home/outdoor/temperature", "21.4"},
		{"json", "home/outdoor", `{"temperature":21.4,"humidity":55.2,"battery":98}`},
		{"json-nested", "home/outdoor", `{"soil":{"moisture":{"value":31,"unit":"%"}},"battery":3.61}`},
		{"thingsboard", "v1/devices/me/telemetry", `{"ts":1795514400000,"values":{"temperature":21.4,"humidity":55}}`},
		{"tasmota", "tele/pump/SENSOR", `{"Time":"2026-01-01T00:00:00","BME280":{"Temperature":20.1,"Humidity":40.5,"Pressure":988.6},"PressureUnit":"hPa","TempUnit":"C"}`},
		{"zigbee2mqtt", "zigbee2mqtt/probe", `{"temperature":21.4,"humidity":55.2,"battery":98,"voltage":3000,"linkquality":120}`},
		{"esphome", "node/sensor/air_temperature/state", "21.4"},
		{"status", "node/status", "online"},
		{"homeassistant", "shed/pump/st", `{"moisture":31.5,"battery":98}`},
		{"homeassistant-template", "shed/flow", "0.5"},
		{"chirpstack", "application/17c82e96-be03-4f38-aef3-f83d48582d97/device/24e124136b321234/event/up", fuzzPayloads[2]},
		{"things-stack", "v3/app1@tenant1/devices/dev1/up", `{"end_device_ids":{"device_id":"dev1","dev_eui":"0004A30B001C0530"},"received_at":"2026-11-24T11:00:00Z","uplink_message":{"f_port":1,"frm_payload":"gkHe","decoded_payload":{"temperature":1.5,"humidity":50},"rx_metadata":[{"gateway_ids":{"gateway_id":"g"},"rssi":-35,"snr":5}]}}`},
		{"shelly-1", "shellies/shellyht-123456/sensor/temperature", "21.5"},
		{"shelly-2", "shellyplusht-a/events/rpc", `{"src":"shellyplusht-a","method":"NotifyStatus","params":{"ts":1795514400.5,"temperature:0":{"id":0,"tC":20.1,"tF":68.2}}}`},
		{"theengs", "home/TheengsGateway/BTtoMQTT/A4C1385B120E", `{"id":"A4:C1:38:5B:12:0E","model_id":"LYWSD03MMC_ATC","tempc":21.6,"hum":48,"batt":87,"volt":2.93,"rssi":-71}`},
		{"rtl_433", "rtl_433/pi/events", `{"time":"2019-08-29 08:38:19","model":"Nexus-TH","id":42,"channel":2,"battery_ok":1,"temperature_C":20.5,"humidity":83}`},
		{"ruuvi", "ruuvi/AA:CC:EE:00:11:22/CB:B8:33:4C:88:4F", `{"gw_mac":"AA:CC:EE:00:11:22","rssi":-70,"ts":"1795514400","data":"0201061BFF99040512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F"}`},
		{"homie", "homie/super-car/engine/temperature", "21.5"},
		{"ecowitt", "ecowitt/AA", "PASSKEY=ABC&dateutc=2026-11-24+11%3A30%3A00&tempinf=72.50&humidityin=45&baromrelin=29.921&tempf=64.40&humidity=70&winddir=225&windspeedmph=3.58&dailyrainin=0.1"},
		{"weewx", "weather/loop", `{"dateTime":"1795514400","usUnits":"1.0","outTemp_F":"46.4","outHumidity":"81.0","barometer_inHg":"30.02","windSpeed_mph":"5.0"}`},
		{"opensprinkler", "opensprinkler/sensor/flow", `{"count":120,"volume":12.00}`},
		{"senml", "farm2/senml", `[{"bn":"urn:dev:ow:10e2073a01080063","u":"Cel","t":1.795e+09,"v":23.5},{"u":"%RH","v":50}]`},
		{"sparkplug", "spBv1.0/Farm/DDATA/gw1/bed3", string(wirePayload(wireMetric(1, "Temperature", 2, 1, 12, float32(21.5))))},
		{"espeasy", "ESP_Easy/BME280/Temperature", "21.3"},
		{"hostile-topic", strings.Repeat("a/", 500) + "temperature", "21.4"},
		{"hostile-keys", "farm/a/b", `{"` + strings.Repeat(`k":1,"`, 20_000) + `k":1}`},
		{"hostile-depth", "farm/a/b", strings.Repeat(`{"a":`, 100_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := New()
			if c.name == "espeasy" {
				decode(d, "ESP_Easy/LWT", "Connected")
			}
			decode(d, "homeassistant/sensor/n1/moisture/config", `{"stat_t":"shed/pump/st","uniq_id":"m1","dev_cla":"moisture","unit_of_meas":"%","val_tpl":"{{ value_json.moisture }}","dev":{"ids":["n1"]}}`)
			decode(d, "homeassistant/sensor/n1/flow/config", `{"stat_t":"shed/flow","uniq_id":"f1","dev_cla":"volume_flow_rate","unit_of_meas":"L/min","val_tpl":"{{ (float(value) * 60) | round(1) }}","dev":{"ids":["n1"]}}`)
			m := Message{Topic: c.topic, Payload: []byte(c.payload), At: noon, Source: sensors.Source{ClientID: "client-1"}}
			b.ReportAllocs()
			b.SetBytes(int64(len(c.payload)))
			for b.Loop() {
				d.Decode(m)
			}
		})
	}
}
