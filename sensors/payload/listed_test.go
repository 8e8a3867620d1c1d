package payload

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

func TestListsAndDoubles(t *testing.T) {
	const at1, at2 = "@2026-11-24T10:00:00Z", "@2026-11-24T10:01:00Z"
	for _, c := range []struct{ topic, payload, want string }{
		{"farm/gh1/t1/temperature", `[{"time":1795514400,"value":1},{"time":1795514460,"value":"2 °C"},null,7]`, "gh1/t1:temperature[]=1" + at1 + " gh1/t1:temperature[]=2" + at2},
		{"farm/gh1/t1/temperature", `{"temperature":21.4,"humidity":50}`, "gh1/t1:temperature[]=21.4 gh1/t1:humidity[]=50"},
		{"farm/gh1/t1/temperature", `{"value":true}`, ""},
		{"farm/gh1/t1/temperature", `{"value":null}`, ""},
		{"farm/gh1/t1", `{"data":[{"time":1795514400,"co2":600},{"time":1795514460,"co2":610}]}`, "gh1/t1:co2[]=600" + at1 + " gh1/t1:co2[]=610" + at2},
		{"node/up", `{"history":[{"ts":1795514400,"temp":1},{"ts":1795514460,"temp":2}],"temp":3}`, "node:temperature[]=1" + at1 + " node:temperature[]=2" + at2 + " node:temperature[]=3"},
		{"node", `{"sensors":[{"name":"temperature","value":21.4},{"type":"humidity","value":"50 %"},{"name":"mood","value":3}]}`, "node:temperature[]=21.4 node:humidity[]=50"},
		{"node", `[{"metric":"temperature","value":70.7,"unit":"°F"},{"sensor":"co2","val":600}]`, "node:temperature[]=21.5 node:co2[]=600"},
		{"node", `{"probes":[{"temperature":1},{"temperature":2}]}`, "node:temperature[probes/1]=1 node:temperature[probes/2]=2"},
		{"node", `{"sensors":[{"id":"a1","temperature":1},{"id":"b2","temperature":2}]}`, "node:temperature[a1]=1 node:temperature[b2]=2"},
		{"node", `{"temperature":[21.4,22.4],"tags":["a","b"],"x":[[{"temperature":1}]]}`, ""},
		// One value in two units is one reading; what the device did not convert is kept.
		{"node", `{"tempC":21.5,"tempF":70.8}`, "node:temperature[]=21.5"},
		{"node", `{"temp_f":70.8,"temp_c":21.5,"hum":44}`, "node:temperature[]=21.5 node:humidity[]=44"},
		{"node", `{"soil":{"tempF":50.2,"tempC":10},"tempC":21}`, "node:temperature[soil]=10 node:temperature[]=21"},
		{"farm/gh1/t1", `[{"co2":600},{"co2":600}]`, "gh1/t1:co2[]=600 gh1/t1:co2[]=600"},
		// NaN and its like, as Python writes them, take only their own value away.
		{"node", `{"temperature":NaN,"humidity":55,"co2":-Infinity,"note":"NaN, \"Infinity\""}`, "node:humidity[]=55"},
		{"node", `[{"temperature": nan},{"temperature":inf},{"temperature":5}]`, "node:temperature[]=5"},
		{"node", `{"temperature":Nothing,"humidity":55}`, ""},
		{"node", `{NaN:1,"humidity":55}`, ""},
		{"node/temperature", "−3.5", "node:temperature[]=-3.5"},
		{"node/get/floorTemp", "21", "node:temperature[floor]=21"},
		{"node/light_level", "3", ""},
		{"node/noise_level", "40", ""},
		{"node/tank_level_cm", "120", "node:water_level[]=1.2"},
		{"node/well_level", "2", "node:water_level[well]=2"},
		{"node/level", "2", "node:water_level[]=2"},
		{"node/flow_l_min", "12", "node:flow_rate[]=12"},
		{"node/battery_voltage", "3700", "node:battery_voltage[]=3.7"},
		{"zigbee2mqtt/plug", `{"voltage":231,"power":40,"linkquality":9}`, "plug:voltage[]=231 plug:power[]=40 plug:link_quality[]=9"},
		{"zigbee2mqtt/probe", `{"device_temperature":31,"voltage":3000}`, "probe:device_temperature[]=31 probe:battery_voltage[]=3"},
		{"tele/p/SENSOR", `{"ENERGY":{"Total":1.5,"Today":0.2,"Power":12,"ApparentPower":13,"ReactivePower":5,"Factor":0.9,"Voltage":230,"Current":0.05}}`,
			"p:power[ENERGY]=12 p:voltage[ENERGY]=230 p:current[ENERGY]=0.05 p:energy[ENERGY]=1.5"},
		{"tele/p/SENSOR", `{"RG-15":{"Active":0.1,"Event":0.2,"Total":12.3,"FlowRate":1.5}}`, "p:rain_event[RG-15]=0.2 p:rain_total[RG-15]=12.3 p:rain_rate[RG-15]=1.5"},
		{"tele/p/SENSOR", `{"Time":"2020-03-03T00:00:00+00:00","BH1750":{"Illuminance":79}}`, "p:illuminance[BH1750]=79"},
	} {
		if got := read(New(), c.topic, c.payload); got != c.want {
			t.Errorf("%s %s\n got %s\nwant %s", c.topic, c.payload, got, c.want)
		}
	}
}

func FuzzForgive(f *testing.F) {
	for _, seed := range []string{`{"a":NaN,"b":[-Infinity,inf,"NaN"],"c":nan}`, `{"a\"NaN":NaN}`, `{"a":+inf}`, `[NaN`, `{"é":NaN}`, `{"a":"\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip()
		}
		m := message{text: text}
		switch ok := m.forgive(); {
		case ok != gjson.Valid(m.text) && m.text != text:
			t.Errorf("%q became %q, which is valid: %v", text, m.text, !ok)
		case !ok && gjson.Valid(text) && !strings.ContainsAny(text, "nNiIuU"):
			return
		case strings.Count(m.text, `"`) != strings.Count(text, `"`):
			t.Errorf("%q became %q: texts were touched", text, m.text)
		}
	})
}
