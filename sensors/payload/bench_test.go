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
		{"hostile-topic", strings.Repeat("a/", 500) + "temperature", "21.4"},
		{"hostile-keys", "farm/a/b", `{"` + strings.Repeat(`k":1,"`, 20_000) + `k":1}`},
		{"hostile-depth", "farm/a/b", strings.Repeat(`{"a":`, 100_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := New()
			m := Message{Topic: c.topic, Payload: []byte(c.payload), At: noon, Source: sensors.Source{ClientID: "client-1"}}
			b.ReportAllocs()
			b.SetBytes(int64(len(c.payload)))
			for b.Loop() {
				d.Decode(m)
			}
		})
	}
}
