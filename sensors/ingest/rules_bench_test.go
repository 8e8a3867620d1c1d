package ingest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"furrow/db/dbtest"
	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/payload"
)

// farmRules are rules that watch every thermometer and hold all the time.
func farmRules(n int) (list []sensors.Rule) {
	for i := range n {
		list = append(list, sensors.Rule{ID: sensors.RuleID(i + 100), Name: "Too hot", Enabled: true, Severity: sensors.Warning, Metric: "temperature",
			Condition: sensors.Above, Limits: sensors.Limits{Limit: 1e6 + float64(i), Clear: 1e6}, Hold: time.Minute})
	}
	return list
}

// BenchmarkRules decodes and stores a reading of each of 10,000 sensors, a thousand in a commit as a busy broker hands
// them over, with three rules for each beside the silence watch. The yardstick is the same without any, on a database of
// its own, in turns.
func BenchmarkRules(b *testing.B) {
	const devices, rules = 10_000, 3
	with, without := newFarmBench(b, devices, rules), newFarmBench(b, devices, 0)
	for b.Loop() {
		without.round()
		with.round()
	}
	ours, bare := with.undisturbed(), without.undisturbed()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(devices/ours.Seconds(), "readings/s")
	b.ReportMetric(devices/bare.Seconds(), "yardstick-readings/s")
	b.ReportMetric(ours.Seconds()/bare.Seconds(), "x-yardstick")
}

// farmBench is an ingest on a real database with devices that report at the same pace.
type farmBench struct {
	b       *testing.B
	in      *Ingest
	decoder *payload.Decoder
	jobs    []job
	now     time.Time
	took    []time.Duration // of each round
}

// undisturbed is how long a round takes while nothing else runs on the machine: that of the fastest tenth.
func (f *farmBench) undisturbed() time.Duration {
	slices.Sort(f.took)
	return f.took[len(f.took)/10]
}

func newFarmBench(b *testing.B, devices, rules int) *farmBench {
	b.Helper()
	d := dbtest.Open(b)
	start, err := d.Start(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	f := &farmBench{b: b, decoder: payload.New(), now: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), jobs: make([]job, devices)}
	if start.Rules = append(start.Rules, farmRules(rules)...); rules == 0 {
		start.Rules = nil
	}
	f.in = New(Options{Store: d, Edits: d, Board: live.New(1), Log: quiet, Adopt: "auto", Now: func() time.Time { return f.now }}, start)
	for i := range f.jobs {
		f.jobs[i].delivery = &sensors.Delivery{Source: sensors.Source{ClientID: fmt.Sprint("d", i), Address: "10.0.0.1"}, Topic: fmt.Sprintf("farm/z/d%d/temperature", i)}
	}
	f.round() // all devices are known from here on
	f.in.watchTime(b.Context())
	f.took = f.took[:0]
	return f
}

// round stores the next reading of every device.
func (f *farmBench) round() {
	f.now = f.now.Add(10 * time.Second)
	for i := range f.jobs {
		f.jobs[i].delivery.ReceivedAt, f.jobs[i].delivery.Payload = sensors.MilliOf(f.now), fmt.Append(nil, 20+i%10)
	}
	begun := time.Now()
	const together = 1000
	for at := 0; at < len(f.jobs); at += together {
		for _, j := range f.jobs[at : at+together] {
			d := j.delivery
			d.Decoded = f.decoder.Decode(payload.Message{Topic: d.Topic, Payload: d.Payload, Source: d.Source, At: f.now})
		}
		f.in.process(context.Background(), f.jobs[at:at+together])
	}
	for range 10 { // the seconds in between
		f.in.tick()
		f.in.watchTime(context.Background())
	}
	f.took = append(f.took, time.Since(begun))
	if h := f.in.Health(); h.Err != nil {
		f.b.Fatal(h.Err)
	}
}
