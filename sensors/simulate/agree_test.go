package simulate

import (
	"math"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/sensors/payload"
)

// identity is what a reading belongs to.
type identity struct {
	device  string
	metric  sensors.MetricID
	channel string
}

func amsterdam(t testing.TB) *time.Location {
	t.Helper()
	location, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return location
}

func netherlands(t testing.TB, start time.Time) Options {
	return Options{Start: start, Latitude: 52.1, Longitude: 5.2, Location: amsterdam(t), Seed: 1}
}

// follow shows all messages until a moment, decoded.
func follow(f *Farm, until time.Time, each func(Message, sensors.Decoded)) {
	decoder := payload.New()
	for {
		at, batch := f.Next()
		if at.After(until) {
			return
		}
		for _, m := range batch {
			each(m, decoder.Decode(payload.Message{Topic: m.Topic, Payload: m.Payload, Source: sensors.Source{ClientID: "farm"}, At: m.At}))
		}
	}
}

// remember returns what Backfill tells of a time, in full.
func remember(t *testing.T, f *Farm, from, to time.Time) (past map[identity]map[sensors.Milli]float64, zones map[string]bool) {
	t.Helper()
	past, zones = map[identity]map[sensors.Milli]float64{}, map[string]bool{}
	err := f.Backfill(from, to, 0, func(posted []sensors.Posted) error {
		for _, p := range posted {
			id := identity{p.Device, p.Metric, p.Channel}
			if past[id] == nil {
				past[id] = map[sensors.Milli]float64{}
			}
			past[id][p.At] = p.Value
			zones[p.Zone] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return past, zones
}

func TestMessagesSayWhatTheBackfillHolds(t *testing.T) {
	for name, start := range map[string]time.Time{
		"clocks go forward": time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC),
		"clocks go back":    time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC),
		"summer afternoon":  time.Date(2026, 7, 17, 11, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			end := start.Add(3 * time.Hour)
			past, zones := remember(t, New(netherlands(t, start)), start, end)
			devices, dialects, seen := map[string]bool{}, map[string]bool{}, map[identity]int{}
			follow(New(netherlands(t, start)), end, func(m Message, decoded sensors.Decoded) {
				if decoded.Problem != "" || len(decoded.Observations) == 0 || m.Retain {
					t.Fatalf("%s %s: got problem %q, %d readings, retain %v", m.Topic, m.Payload, decoded.Problem, len(decoded.Observations), m.Retain)
				}
				dialects[decoded.Dialect] = true
				for _, o := range decoded.Observations {
					compare(t, m, o, past)
					devices[o.Device] = true
					seen[identity{o.Device, o.Metric, o.Channel}]++
				}
			})
			for id, readings := range past {
				if seen[id] != len(readings) {
					t.Errorf("%v: got %d readings in messages, %d in the past", id, seen[id], len(readings))
				}
			}
			for _, d := range []string{"furrow", "json", "plain", "tasmota", "zigbee2mqtt"} {
				if !dialects[d] {
					t.Errorf("no device speaks %s", d)
				}
			}
			if len(devices) < 25 || len(zones) < 6 || zones[""] {
				t.Errorf("got %d devices in zones %v", len(devices), zones)
			}
		})
	}
}

// compare checks one reading of a message against the past. Probes keep their values within what the metric
// can be; one at the limit would hide physics that went wrong.
func compare(t *testing.T, m Message, o sensors.Observation, past map[identity]map[sensors.Milli]float64) {
	t.Helper()
	at := o.At
	if at == 0 {
		at = sensors.MilliOf(m.At.Truncate(time.Second))
	}
	want, ok := past[identity{o.Device, o.Metric, o.Channel}][at]
	info := o.Metric.Info()
	limited := o.Value == info.Max || o.Value == info.Min && o.Value != 0
	switch {
	case !o.Metric.Known() || o.Quality != sensors.Good:
		t.Fatalf("%s %s: %s is of quality %v", m.Topic, m.Payload, o.Metric, o.Quality)
	case limited && info.Class != sensors.Switch && info.Unit != "%":
		t.Fatalf("%s %s: %s is at its limit", m.Topic, m.Payload, o.Metric)
	case !ok:
		t.Fatalf("%s %s: %s %q at %v is not in the past", m.Topic, m.Payload, o.Metric, o.Channel, at.Time())
	case math.Abs(o.Value-want) > 1e-9:
		t.Fatalf("%s %s: got %v for %s, %v in the past", m.Topic, m.Payload, o.Value, o.Metric, want)
	}
}
