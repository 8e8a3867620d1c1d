package payload

import (
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// claimants returns the dialects that would take a message, in the order in which they are asked.
func claimants(d *Decoder, topic, payload string) (names []string) {
	for _, dialect := range d.dialects {
		m := message{Message: Message{Topic: topic, Payload: []byte(payload), At: noon}, names: &d.names, text: payload, path: strings.Split(topic, "/")}
		if strings.HasPrefix(payload, "{") || strings.HasPrefix(payload, "[") {
			m.json, m.root = true, gjson.Parse(payload)
		}
		if dialect.claims(d, &m) {
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
