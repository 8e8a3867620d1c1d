package payload

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"furrow/sensors"
)

// survey is a case of the dialect survey with everything that can be judged without a store.
type survey struct {
	ID, Dialect, Kind string
	Setup, Messages   []surveyMessage
	Expect            []expectation
	Reject            []expectation
	Suspect           []expectation
	NoDuplicates      bool `json:"no_duplicates"`
	MaxDevices        int  `json:"max_devices"`
	Only              bool
	Allow             []sensors.MetricID
	Status            []struct{ Device, State string }
}

type surveyMessage struct {
	Topic    string
	Payload  json.RawMessage
	ClientID string `json:"client_id"`
	Username string
}

type expectation struct {
	Device, Channel, Time string
	Metric                sensors.MetricID
	Value                 *float64
	Tolerance             float64
	DeviceAlt             []string           `json:"device_alt"`
	MetricAlt             []sensors.MetricID `json:"metric_alt"`
	TimeTolerance         float64            `json:"time_tolerance_s"`
	Alt                   []expectation
}

// fits reports whether an observation is the one that is meant; fields that are empty mean any.
func (e expectation) fits(o sensors.Observation) bool {
	for _, alt := range e.Alt {
		other := e
		other.Metric, other.Value, other.MetricAlt, other.Alt = alt.Metric, alt.Value, nil, nil
		if other.fits(o) {
			return true
		}
	}
	if e.Device != "" && o.Device != e.Device && !slices.Contains(e.DeviceAlt, o.Device) {
		return false
	}
	if e.Metric != "" && o.Metric != e.Metric && !slices.Contains(e.MetricAlt, o.Metric) {
		return false
	}
	if e.Value != nil && math.Abs(o.Value-*e.Value) > max(e.Tolerance, 0.01, math.Abs(*e.Value)/1000) {
		return false
	}
	if e.Time == "" {
		return true
	}
	at, err := time.Parse(time.RFC3339Nano, e.Time)
	return err == nil && math.Abs(float64(o.At-sensors.MilliOf(at))) <= 1000*max(1, e.TimeTolerance)
}

// learnt are the dialects that this package reads; cases of others are counted, not judged.
var learnt = []string{"plain", "espeasy", "json-flat", "thingsboard", "tasmota", "zigbee2mqtt", "esphome", "robustness", "senml", "shelly-gen1", "shelly-gen2", "chirpstack-v4",
	"chirpstack-v3", "things-stack-v3", "ha-discovery", "sparkplug-b", "homie-v4", "homie-v5", "ruuvi-gateway", "rtl_433", "theengs", "openmqttgateway", "ecowitt-native",
	"ecowitt2mqtt", "weewx", "opensprinkler"}

func TestSurveyCases(t *testing.T) {
	folder, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for ; filepath.Dir(folder) != folder; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
	}
	file, err := os.Open(filepath.Join(folder, "..", "shared", "fixtures", "dialects.jsonl"))
	if err != nil {
		t.Skip("the cases of the dialect survey are not on this machine: ", err)
	}
	defer file.Close()
	later := map[string]int{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c survey
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out := play(t, c)
		switch {
		case c.Kind != "":
		case !slices.Contains(learnt, c.Dialect):
			later[c.Dialect]++
		default:
			t.Run(c.ID, func(t *testing.T) { judge(t, c, out) })
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("not judged, for their dialects are not read yet: %v", later)
}

// play sends the messages of a case to a fresh decoder.
func play(t *testing.T, c survey) (all sensors.Decoded) {
	d := New()
	for _, m := range append(c.Setup, c.Messages...) {
		var text string
		var binary struct{ Base64 []byte }
		if err := json.Unmarshal(m.Payload, &text); err != nil {
			if err := json.Unmarshal(m.Payload, &binary); err != nil {
				t.Fatal(c.ID, ": ", err)
			}
			text = string(binary.Base64)
		}
		out := d.Decode(Message{Topic: m.Topic, Payload: []byte(text), At: noon, Source: sensors.Source{ClientID: m.ClientID, Username: m.Username}})
		checkSound(t, out)
		all.Observations = append(all.Observations, out.Observations...)
		all.Presences = append(all.Presences, out.Presences...)
	}
	return all
}

// judge holds what a case gave against what it promises.
func judge(t *testing.T, c survey, got sensors.Decoded) {
	series, rest := map[string]string{}, slices.Clone(got.Observations)
	for _, want := range c.Expect {
		i := slices.IndexFunc(rest, func(o sensors.Observation) bool { return want.fits(o) && o.Quality == sensors.Good })
		if i < 0 {
			i = slices.IndexFunc(rest, want.fits)
		}
		if i < 0 {
			t.Errorf("missing %s %s = %v; got %+v", want.Device, want.Metric, *want.Value, got.Observations)
			continue
		}
		o := rest[i]
		rest = slices.Delete(rest, i, i+1)
		if o.Quality != sensors.Good {
			t.Errorf("%+v is suspect, want good", o)
		}
		key := fmt.Sprint(o.Device, " ", o.Metric, " ", o.Channel)
		if other, taken := series[key]; taken && other != want.Channel {
			t.Errorf("%s: channels %q and %q are one series", key, other, want.Channel)
		}
		series[key] = want.Channel
	}
	devices, seen := map[string]bool{}, map[string]bool{}
	for _, o := range got.Observations {
		devices[o.Device] = true
		key := fmt.Sprint(o.Device, o.Metric, o.Channel, o.At)
		if c.NoDuplicates && seen[key] {
			t.Errorf("%+v stands there twice", o)
		}
		seen[key] = true
		if c.Only && !slices.ContainsFunc(c.Expect, func(e expectation) bool { return e.fits(o) }) && !slices.Contains(c.Allow, o.Metric) {
			t.Errorf("nothing else was to be read, got %+v", o)
		}
		if slices.ContainsFunc(c.Reject, func(e expectation) bool { return e.fits(o) }) {
			t.Errorf("%+v must not be read", o)
		}
		if o.Quality == sensors.Good && slices.ContainsFunc(c.Suspect, func(e expectation) bool { return e.fits(o) }) {
			t.Errorf("%+v must not be good", o)
		}
	}
	if c.MaxDevices > 0 && len(devices) > c.MaxDevices {
		t.Errorf("%d devices, want at most %d", len(devices), c.MaxDevices)
	}
	for _, want := range c.Status {
		last := ""
		for _, p := range got.Presences {
			if p.Device == want.Device {
				last = map[bool]string{true: "online", false: "offline"}[p.Online]
			}
		}
		if last != want.State {
			t.Errorf("%s is %q, want %s", want.Device, last, want.State)
		}
	}
}
