package payload

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"furrow/sensors"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// read decodes one message and writes what came out, one word per observation.
func read(d *Decoder, topic, payload string) string {
	out := d.Decode(Message{Topic: topic, Payload: []byte(payload), At: noon, Source: sensors.Source{ClientID: "esp", Username: "esp"}})
	var parts []string
	for _, o := range out.Observations {
		s := fmt.Sprintf("%s:%s[%s]=%.6g", o.Device, o.Metric, o.Channel, o.Value)
		if o.At != 0 {
			s += "@" + o.At.Time().Format(time.RFC3339Nano)
		}
		if o.Quality != sensors.Good {
			s += "?"
		}
		parts = append(parts, s)
	}
	for _, p := range out.Presences {
		parts = append(parts, fmt.Sprintf("%s online=%v", p.Device, p.Online))
	}
	return strings.Join(parts, " ")
}

func TestDialects(t *testing.T) {
	for _, c := range []struct{ topic, payload, want string }{
		{"farm/gh 1/t1/temperature", "21.4", "gh 1/t1:temperature[]=21.4"},
		{"farm/gh1/t1/temperature", " 21,4 °C ", "gh1/t1:temperature[]=21.4"},
		{"farm/gh1/t1/temperature", "70.7 °F", "gh1/t1:temperature[]=21.5"},
		{"farm/gh1/t1/temperature", `{"value":71.6,"unit":"°F","time":"2026-11-24T11:00:00+01:00"}`, "gh1/t1:temperature[]=22@2026-11-24T10:00:00Z"},
		{"farm/gh1/t1", `{"time":1795514400,"temperature":21.4,"humidity":"55 %","ip":"1.2.3.4"}`, "gh1/t1:temperature[]=21.4@2026-11-24T10:00:00Z gh1/t1:humidity[]=55@2026-11-24T10:00:00Z"},
		{"farm/gh1/t1", `[{"time":1795514400000,"co2":600},{"time":1795514460123,"co2":610}]`, "gh1/t1:co2[]=600@2026-11-24T10:00:00Z gh1/t1:co2[]=610@2026-11-24T10:01:00.123Z"},
		{"farm/gh1/t1", `{"time":12,"temperature":21.4}`, "gh1/t1:temperature[]=21.4?"},
		{"node/state", `{"time":12,"temperature":21.4}`, "node:temperature[]=21.4"}, // seconds since its start
		{"farm/gh1/t1", `{"time":"2031-01-01T00:00:00Z","temperature":21.4}`, "gh1/t1:temperature[]=21.4?"},
		{"farm/gh1/t1/soil/moisture", "31", "gh1/t1:soil_moisture[soil]=31"},
		{"farm/gh1/t1/ethylene", "0.8", "gh1/t1:ethylene[]=0.8"},
		{"farm/gh1/t1/temperature", "-127", ""},
		{"farm/gh1/t1/temperature", "214", "gh1/t1:temperature[]=214?"},
		{"farm/gh1/v1/state", "ON", ""},
		{"farm/gh1/v1/command", `{"id":"1","value":21}`, ""},
		{"farm/gh1/t1/status", "offline", "gh1/t1 online=false"},
		{"farm/gh1/door/contact", "open", "gh1/door:contact[]=1"},
		{"farm/x/temperature", "19.5", "x:temperature[]=19.5"},
		{"farm/gh1/t1/temperature", "", ""},
		{"farm/gh1/t1/temperature", "NaN", ""},
		{"farm/gh1/t1/temperature", "1e400", ""},
		{"farm/gh1/t1/temperature", "0x1A", ""},
		{"Home/Outdoor/Temperature", "17.8", "Home/Outdoor:temperature[]=17.8"},
		{"sensor/temperature_fahrenheit", "70.7", "sensor:temperature[]=21.5"},
		{"shed/airTemp", "12", "shed:temperature[]=12"},
		{"shed/floorTemp/state", "12", "shed:temperature[floor]=12"},
		{"bed/soil_moisture2", "40", "bed:soil_moisture[2]=40"},
		{"weather/outTemp_F", "32", "weather:temperature[]=0"},
		{"station/windSpeed_km_h", "36", "station:wind_speed[]=10"},
		{"station/pressure_kPa", "101.3", "station:pressure[]=1013"},
		{"node/battery_mV", "3300", "node:battery_voltage[]=3.3"},
		{"node/battery", "3.6", "node:battery_voltage[]=3.6"},
		{"node/battery", "87", "node:battery[]=87"},
		{"a/uptime", "5", ""},
		{"temperature", "21", "esp:temperature[]=21"},
		{"sensorBedroom/state", `{ "temperature": 23.20, "humidity": 43.70 }`, "sensorBedroom:temperature[]=23.2 sensorBedroom:humidity[]=43.7"},
		{"x/y", `{"bme":{"temp":1,"hum":2},"data":{"soil":{"ec":{"value":1.2,"unit":"mS/cm"}}}}`, "x/y:temperature[bme]=1 x/y:humidity[bme]=2 x/y:soil_conductivity[soil]=1200"},
		{"$aws/things/n/shadow/update", `{"state":{"reported":{"temperature":5}}}`, "$aws/things/n/shadow/update:temperature[]=5"},
		{"v1/devices/me/telemetry", `{"ts":1451649600512,"values":{"temperature":22.5}}`, "esp:temperature[]=22.5@2016-01-01T12:00:00.512Z"},
		{"v1/gateway/telemetry", `{"A":[{"ts":1451649600000,"values":{"humidity":5}}]}`, "A:humidity[]=5@2016-01-01T12:00:00Z"},
		{"tele/pump/SENSOR", `{"Time":"2026-01-01T00:00:00","SI7021":{"Temperature":68,"Humidity":40},"TempUnit":"F"}`, "pump:temperature[SI7021]=20 pump:humidity[SI7021]=40"},
		{"tele/pump/STATE", `{"Time":"2026-01-01T00:00:00","POWER":"ON","Wifi":{"RSSI":80,"Signal":-60}}`, "pump:rssi[]=-60 pump:switch[]=1"},
		{"site/pump/tele/LWT", "Offline", "site/pump online=false"},
		{"zigbee2mqtt/barn/door", `{"contact":false,"battery":90,"voltage":2985,"linkquality":88}`, "barn/door:contact[]=1 barn/door:battery[]=90 barn/door:battery_voltage[]=2.985 barn/door:link_quality[]=88"},
		{"zigbee2mqtt/barn/door/availability", `{"state":"online"}`, "barn/door online=true"},
		{"cold-store/sensor/co2_value/state", "612", "cold-store:co2[co2_value]=612"},
		{"cold-store/binary_sensor/door/state", "ON", "cold-store:contact[door]=1"},
		{"ESP_Easy/LWT", "Connected", "ESP_Easy online=true"},
	} {
		if got := read(New(), c.topic, c.payload); got != c.want {
			t.Errorf("%s %s\n got %s\nwant %s", c.topic, c.payload, got, c.want)
		}
	}
}

func TestWhatIsLearntFromOtherMessages(t *testing.T) {
	d := New()
	read(d, "ESP_Easy/LWT", "Connected")
	if got, want := read(d, "ESP_Easy/BME280/Temperature", "21.30"), "ESP_Easy:temperature[BME280]=21.3"; got != want {
		t.Errorf("after LWT: got %s, want %s", got, want)
	}
	read(d, "farmzb/bridge/devices", `[{"friendly_name":"probe","type":"EndDevice","definition":{"model":"X1","vendor":"Y","exposes":[{"property":"pressure","unit":"kPa"}]}}]`)
	if got, want := read(d, "farmzb/probe", `{"pressure":98.5}`), "probe:pressure[]=985"; got != want {
		t.Errorf("after bridge/devices: got %s, want %s", got, want)
	}
}

func TestWhatCannotBeReadIsExplained(t *testing.T) {
	d := New()
	for _, c := range []struct{ topic, payload string }{
		{"a/b/c", "hello"}, {"farm/gh1/t1/temperature", "warm"}, {"a/b", `{"temperature":`}, {"a/b", strings.Repeat("[", 5000)},
		{"a/b", "\xff\xfe\x00"}, {"a/b", strings.Repeat("x", maxPayload+1)}, {strings.Repeat("t", 2000), "1"},
	} {
		out := d.Decode(Message{Topic: c.topic, Payload: []byte(c.payload), At: noon})
		if out.Problem == "" || len(out.Observations) > 0 {
			t.Errorf("%.40s %.40q: got %+v, want a problem", c.topic, c.payload, out)
		}
	}
}

// fixture is a recorded case of the dialect survey, if the machine has it.
type fixture struct {
	ID, Dialect, Kind string
	Setup, Messages   []struct {
		Topic    string
		Payload  json.RawMessage
		ClientID string `json:"client_id"`
		Username string
	}
	Expect []struct {
		Device     string
		Metric     sensors.MetricID
		Value      float64
		Time       string
		Tolerance  float64
		DeviceAlt  []string           `json:"device_alt"`
		MetricAlt  []sensors.MetricID `json:"metric_alt"`
		Alternates []any              `json:"channel_alt"`
	}
	Only  bool
	Allow []sensors.MetricID
}

var supported = []string{"plain", "espeasy", "json-flat", "thingsboard", "tasmota", "zigbee2mqtt", "robustness"}

func TestRecordedCases(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "fixtures", "dialects.jsonl"))
	if err != nil {
		t.Skip("the recorded cases are not on this machine: ", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c fixture
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Kind == "" && slices.Contains(supported, c.Dialect) {
			t.Run(c.ID, func(t *testing.T) { replay(t, c) })
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func replay(t *testing.T, c fixture) {
	d := New()
	var got []sensors.Observation
	for _, m := range append(c.Setup, c.Messages...) {
		var text string
		var binary struct{ Base64 string }
		if json.Unmarshal(m.Payload, &text) != nil && json.Unmarshal(m.Payload, &binary) == nil {
			b, err := base64.StdEncoding.DecodeString(binary.Base64)
			if err != nil {
				t.Fatal(err)
			}
			text = string(b)
		}
		got = append(got, d.Decode(Message{Topic: m.Topic, Payload: []byte(text), At: noon,
			Source: sensors.Source{ClientID: m.ClientID, Username: m.Username}}).Observations...)
	}
	used := make([]bool, len(got))
	for _, want := range c.Expect {
		tolerance := max(want.Tolerance, 0.01, math.Abs(want.Value)/1000)
		found := false
		for i, o := range got {
			at, _ := time.Parse(time.RFC3339Nano, want.Time)
			devices := append(want.DeviceAlt, want.Device)
			if slices.Contains(devices, o.Device) && (o.Metric == want.Metric || slices.Contains(want.MetricAlt, o.Metric)) &&
				math.Abs(o.Value-want.Value) <= tolerance && (want.Time == "" || o.At == sensors.MilliOf(at)) {
				found, used[i] = true, true
			}
		}
		if !found {
			t.Errorf("missing %s %s = %g; got %+v", want.Device, want.Metric, want.Value, got)
		}
	}
	for i, o := range got {
		if c.Only && !used[i] && !slices.Contains(c.Allow, o.Metric) {
			t.Errorf("nothing else was to be read, got %+v", o)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range [][2]string{{"farm/a/b", `{"time":1,"temperature":"21,4 °C","x":{"value":1,"unit":"K"}}`}, {"tele/x/SENSOR", `{"Time":"2026-01-01T00:00:00Z","ZbReceived":{"0x1":{"Temperature":1}}}`},
		{"zigbee2mqtt/bridge/devices", `[{"friendly_name":"a","definition":{"exposes":[{"property":"p","unit":"V"}]}}]`}, {"v1/gateway/telemetry", `{"a":[{"ts":1,"values":{"t":1}}]}`}, {"a/sensor/t/state", "1e5"}, {"a/LWT", "Online"}} {
		f.Add(seed[0], []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		out := New().Decode(Message{Topic: topic, Payload: payload, At: noon, Source: sensors.Source{ClientID: "c"}})
		if len(out.Observations) > maxObservations {
			t.Errorf("%d observations", len(out.Observations))
		}
		for _, o := range out.Observations {
			if !finite(o.Value) || o.Device == "" || len(o.Device) > maxKey || !utf8.ValidString(o.Device) || o.Metric == "" || o.At < 0 {
				t.Errorf("observation %+v", o)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for name, m := range map[string]Message{
		"number":      {Topic: "farm/greenhouse-1/t1/temperature", Payload: []byte("21.4")},
		"json":        {Topic: "farm/greenhouse-1/t1", Payload: []byte(`{"temperature":21.4,"humidity":55.2,"battery":98}`)},
		"tasmota":     {Topic: "tele/pump/SENSOR", Payload: []byte(`{"Time":"2026-01-01T00:00:00","SI7021":{"Temperature":20.1,"Humidity":40.5},"TempUnit":"C"}`)},
		"zigbee2mqtt": {Topic: "zigbee2mqtt/probe", Payload: []byte(`{"temperature":21.4,"humidity":55.2,"battery":98,"voltage":3000,"linkquality":120}`)},
	} {
		m.At = noon
		b.Run(name, func(b *testing.B) {
			d := New()
			b.ReportAllocs()
			for b.Loop() {
				if len(d.Decode(m).Observations) == 0 {
					b.Fatal("nothing was read")
				}
			}
		})
	}
}
