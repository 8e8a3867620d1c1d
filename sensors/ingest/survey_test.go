package ingest

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

// survey is a case of the dialect survey.
type survey struct {
	ID, Dialect, Level, Kind string
	Setup, Messages          []struct {
		Topic    string
		Payload  json.RawMessage
		Retain   bool
		ClientID string `json:"client_id"`
		Username string
	}
	Expect, Reject, Suspect []wanted
	Only                    bool
	Allow                   []sensors.MetricID
	NoDuplicates            bool `json:"no_duplicates"`
	MaxDevices              int  `json:"max_devices"`
	Latest                  []wanted
	Status                  []struct{ Device, State string }
}

// wanted is a reading that is meant; empty fields mean any.
type wanted struct {
	Device, Unit, Channel, Time string
	Metric                      sensors.MetricID
	Value                       *float64
	Tolerance                   float64
	DeviceAlt                   []string           `json:"device_alt"`
	MetricAlt                   []sensors.MetricID `json:"metric_alt"`
	TimeTolerance               float64            `json:"time_tolerance_s"`
	Alt                         []wanted
}

func (w wanted) fits(r stored, arrival time.Time) bool {
	for _, alt := range w.Alt {
		other := w
		other.Metric, other.Value, other.Unit, other.Alt = alt.Metric, alt.Value, alt.Unit, nil
		if other.fits(r, arrival) {
			return true
		}
	}
	at := arrival
	if w.Time != "" {
		var err error
		if at, err = time.Parse(time.RFC3339Nano, w.Time); err != nil {
			return false
		}
	}
	return (w.Device == "" || w.Device == r.device || slices.Contains(w.DeviceAlt, r.device)) &&
		(w.Metric == "" || w.Metric == r.metric || slices.Contains(w.MetricAlt, r.metric)) &&
		(w.Unit == "" || w.Unit == r.metric.Info().Unit || w.Unit == "-" && r.metric.Info().Unit == "") &&
		(w.Value == nil || math.Abs(r.Value-*w.Value) <= max(w.Tolerance, 0.01, math.Abs(*w.Value)/1000)) &&
		math.Abs(float64(r.At-sensors.MilliOf(at))) <= 1000*max(1, w.TimeTolerance)
}

// TestSurveyCasesReachTheDisk plays the survey's cases of all dialects through decoder, ingest and database.
func TestSurveyCasesReachTheDisk(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "fixtures", "dialects.jsonl"))
	if err != nil {
		t.Skip("the cases of the dialect survey are not on this machine: ", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c survey
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Kind == "" { // commands are not decoded
			t.Run(c.ID, func(t *testing.T) { playSurvey(t, c) })
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func playSurvey(t *testing.T, c survey) {
	s := newSpine(t, t.TempDir(), autumn)
	for _, m := range append(c.Setup, c.Messages...) {
		var text string
		var binary struct{ Base64 []byte }
		if json.Unmarshal(m.Payload, &text) != nil && json.Unmarshal(m.Payload, &binary) == nil {
			text = string(binary.Base64)
		}
		s.deliver(m.Topic, text, func(d *sensors.Delivery) {
			d.Retained = m.Retain // the worst that a bridge does
			if m.ClientID != "" {
				d.Source.ClientID, d.Source.Username = m.ClientID, m.Username
			}
		})
	}
	all := s.all()
	for _, w := range c.Expect {
		if i := slices.IndexFunc(all, func(r stored) bool { return w.fits(r, autumn) && r.Quality == sensors.Good }); i < 0 {
			t.Errorf("missing %s %s = %v; stored %+v", w.Device, w.Metric, *w.Value, all)
		}
	}
	devices, moments := map[string]bool{}, map[string]bool{}
	for _, r := range all {
		devices[r.device] = true
		fits := func(w wanted) bool { return w.fits(r, r.At.Time()) }
		if c.Only && !slices.ContainsFunc(c.Expect, fits) && !slices.Contains(c.Allow, r.metric) {
			t.Errorf("nothing else was to be stored, got %+v", r)
		}
		if slices.ContainsFunc(c.Reject, fits) || r.Quality == sensors.Good && slices.ContainsFunc(c.Suspect, fits) {
			t.Errorf("%+v must not be stored as good", r)
		}
		moment := fmt.Sprint(r.metric, r.channel, r.At.Time().Unix(), r.Value)
		if c.NoDuplicates && moments[moment] {
			t.Errorf("%+v is stored twice", r)
		}
		moments[moment] = true
	}
	if c.MaxDevices > 0 && len(devices) > c.MaxDevices {
		t.Errorf("%d devices, want at most %d", len(devices), c.MaxDevices)
	}
	for _, w := range c.Latest {
		found := false
		for _, state := range s.Board.Sensors() {
			d, _ := s.Board.Device(state.Device)
			found = found || state.Has && w.fits(stored{d.Key, state.Metric, state.Channel, state.Last}, state.Last.At.Time())
		}
		if !found {
			t.Errorf("the current %s of %s is not %v", w.Metric, w.Device, *w.Value)
		}
	}
	for _, w := range c.Status {
		for _, d := range s.Board.Devices() {
			if d.Key == w.Device && d.Online != (w.State == "online") {
				t.Errorf("%s is online: %v, want %s", d.Key, d.Online, w.State)
			}
		}
	}
}
