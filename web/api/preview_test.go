package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"furrow/db/dbtest"
	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/rules"
)

// past30 is a board with a sensor in a zone, and a database with 30 days of its readings, one a minute, as days
// that are sealed.
func past30(tb testing.TB) (p Previewer, rule sensors.Rule, from, to sensors.Milli) {
	tb.Helper()
	store := dbtest.Open(tb)
	device := sensors.Device{Key: "t1", Name: "Probe", Status: sensors.DeviceAdopted}
	sensor := sensors.Sensor{Metric: "temperature"}
	registration := &sensors.Registration{Devices: []*sensors.Device{&device}, Sensors: []sensors.NewSensor{{Device: &device, Sensor: &sensor}}}
	if err := store.Register(tb.Context(), registration); err != nil {
		tb.Fatal(err)
	}
	to = sensors.MilliOf(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	from = to - 30*sensors.Milli(day.Milliseconds())
	batch := &sensors.Batch{}
	for i := range 30 * 24 * 60 {
		x := float64(i) / (24 * 60) * 2 * math.Pi
		batch.Readings = append(batch.Readings, sensors.Reading{Sensor: sensor.ID, At: from + sensors.Milli(i)*60_000, Value: 27 - 4*math.Cos(x) + math.Sin(x*48)})
	}
	if err := store.Commit(tb.Context(), batch); err != nil {
		tb.Fatal(err)
	}
	if err := store.Maintain(tb.Context(), to.Time().Add(48*time.Hour)); err != nil {
		tb.Fatal(err)
	}
	board := live.New(1)
	board.Apply(live.Change{Devices: []sensors.Device{device}, Sensors: []sensors.Sensor{sensor}})
	rule = sensors.Rule{Severity: sensors.Warning, Metric: "temperature", Scope: sensors.Scope{Sensor: sensor.ID}, Condition: sensors.Above,
		Limits: sensors.Limits{Limit: 30}, Hold: 10 * time.Minute}.WithDefaults(false, true)
	return Previewer{board, store}, rule, from, to
}

func TestPreviewOfAMonth(t *testing.T) {
	p, rule, from, to := past30(t)
	got, err := p.Preview(t.Context(), rule, from, to)
	if err != nil || got.Count < 30 || len(got.Alerts) != got.Count || got.Longest == 0 {
		t.Errorf("%d alerts, the longest %v, %v; want one a day at least", got.Count, got.Longest, err)
	}
	half, err := p.Preview(t.Context(), rule, from+(to-from)/2, to)
	if err != nil || half.Count != got.Count/2 {
		t.Errorf("half of the time: %d alerts, %v; want half of %d", half.Count, err, got.Count)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := p.Preview(ended, rule, from, to); !errors.Is(err, context.Canceled) {
		t.Errorf("after the asker left: %v", err)
	}
}

// memory is a history of made-up readings that knows how many it handed out.
type memory struct {
	History
	readings map[sensors.SensorID][]sensors.Reading
	asked    int
	fail     error
}

func (m *memory) Range(_ context.Context, id sensors.SensorID, from, to sensors.Milli, f func(sensors.Reading) bool) error {
	m.asked++
	for _, r := range m.readings[id] {
		if r.At >= from && r.At < to && !f(r) {
			break
		}
	}
	return m.fail
}

func TestMergedReadingsComeByTime(t *testing.T) {
	m := &memory{readings: map[sensors.SensorID][]sensors.Reading{}}
	var ids []sensors.SensorID
	total := 0
	begin := sensors.MilliOf(time.Date(2026, 7, 1, 11, 0, 0, 0, time.UTC))
	for id := sensors.SensorID(1); id <= 40; id++ { // one dense hour, more than is held at once, between sparse days
		ids = append(ids, id)
		for at := sensors.Milli(0); at < 7_200_000; at += 200 + 2*sensors.Milli(id) {
			m.readings[id] = append(m.readings[id], sensors.Reading{Sensor: id, At: begin + at})
		}
		m.readings[id] = append(m.readings[id], sensors.Reading{Sensor: id, At: begin + 20*86_400_000 + sensors.Milli(id)})
		total += len(m.readings[id])
	}
	all := &merged{ctx: t.Context(), history: m, sensors: ids, at: begin - 40*86_400_000, to: begin + 21*86_400_000, width: day}
	var got []sensors.Reading
	most := 0
	for r, err := range all.each {
		if err != nil {
			t.Fatal(err)
		}
		got, most = append(got, r), max(most, len(all.held))
	}
	if len(got) != total || total <= maxHeld {
		t.Errorf("%d readings, want all %d, which are more than %d", len(got), total, maxHeld)
	}
	if most > maxHeld {
		t.Errorf("%d readings were held, want at most %d", most, maxHeld)
	}
	if !slices.IsSortedFunc(got, func(a, b sensors.Reading) int { return int(a.At - b.At) }) {
		t.Error("the readings are not by time")
	}
	if m.asked > 40*60 {
		t.Errorf("asked %d times", m.asked)
	}
}

func TestMergedReadingsHaveBounds(t *testing.T) {
	m := &memory{readings: map[sensors.SensorID][]sensors.Reading{}, fail: errors.New("disk on fire")}
	all := &merged{ctx: t.Context(), history: m, sensors: []sensors.SensorID{1}, at: 1, to: 1000, width: day}
	for _, err := range all.each {
		if !errors.Is(err, m.fail) {
			t.Errorf("got %v, want what went wrong", err)
		}
	}
	for at := range sensors.Milli(200_000) {
		m.readings[1] = append(m.readings[1], sensors.Reading{Sensor: 1, At: at + 1})
	}
	m.fail = nil
	all = &merged{ctx: t.Context(), history: m, sensors: []sensors.SensorID{1}, at: 1, to: 1 << 20, width: day, passed: maxReplayed - 100_000}
	var last error
	for _, err := range all.each {
		last = err
	}
	var invalid sensors.Invalid
	if !errors.As(last, &invalid) {
		t.Errorf("too many readings: got %v, want what to do about it", last)
	}
}

// TestPreviewWatchesWhatTheRuleWould holds the sensors that are looked at against the rule's scope.
func TestPreviewWatchesWhatTheRuleWould(t *testing.T) {
	board := live.New(1)
	zones := []sensors.Zone{{ID: 1, Name: "House", Kind: "greenhouse"}, {ID: 2, Name: "Yard", Kind: "other"}}
	devices := []sensors.Device{{ID: 1, Key: "a", Zone: 1, Status: sensors.DeviceAdopted, Gateway: "g"}, {ID: 2, Key: "b", Zone: 2, Status: sensors.DeviceAdopted},
		{ID: 3, Key: "g", Status: sensors.DeviceNew}}
	list := []sensors.Sensor{{ID: 1, Device: 1, Metric: "temperature"}, {ID: 2, Device: 1, Metric: "humidity"}, {ID: 3, Device: 2, Metric: "temperature"},
		{ID: 4, Device: 3, Metric: "temperature"}}
	board.Apply(live.Change{Zones: zones, ZonesChanged: true, Devices: devices, Sensors: list})
	p := Previewer{Board: board, History: &memory{}}
	for _, c := range []struct {
		rule sensors.Rule
		want string
	}{
		{sensors.Rule{Metric: "temperature"}, "[1 3]"}, // the gateway is not adopted
		{sensors.Rule{Metric: "temperature", Scope: sensors.Scope{Zone: 1}}, "[1]"},
		{sensors.Rule{Metric: "temperature", Scope: sensors.Scope{ZoneKind: "other"}}, "[3]"},
		{sensors.Rule{Metric: "temperature", Scope: sensors.Scope{Sensor: 3}, Other: 1, Condition: sensors.Difference}, "[1 3]"},
		{sensors.Rule{Metric: "temperature", Scope: sensors.Scope{Sensor: 3}}, "[3]"},
		{sensors.Rule{Condition: sensors.Silent, Scope: sensors.Scope{Sensor: 2}}, "[2]"},
		{sensors.Rule{Condition: sensors.Silent}, "[1 2 3]"},
	} {
		var got []sensors.SensorID
		for _, s := range p.subjects(c.rule) {
			got = append(got, s.Sensor)
		}
		if slices.Sort(got); fmt.Sprint(got) != c.want {
			t.Errorf("%+v looks at %v, want %s", c.rule.Scope, got, c.want)
		}
	}
	got := p.subjects(sensors.Rule{Metric: "temperature", Scope: sensors.Scope{Zone: 1}})
	want := rules.Subject{Sensor: 1, Device: 1, Metric: "temperature", Zone: 1, ZoneKind: "greenhouse", Gateway: "g", GatewayDevice: 3, Adopted: true}
	if len(got) != 1 || got[0] != want {
		t.Errorf("subjects %+v, want %+v", got, want)
	}
}

// BenchmarkPreview is a month of a reading a minute, from the disk; it is to take less than 300 ms.
func BenchmarkPreview(b *testing.B) {
	p, rule, from, to := past30(b)
	rate := rule
	rate.Condition, rate.Limits = sensors.Rate, sensors.Limits{Limit: 4, Clear: 2}
	for name, r := range map[string]sensors.Rule{"above": rule, "rate": rate} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Preview(b.Context(), r, from, to); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
