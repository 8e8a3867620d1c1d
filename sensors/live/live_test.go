package live

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"furrow/sensors"
)

func filled() *Board {
	b := New(1000)
	b.Apply(Change{
		Farm: &sensors.Farm{Name: "Hillside"}, ZonesChanged: true,
		Zones:   []sensors.Zone{{ID: 2, Name: "B"}, {ID: 1, Name: "A"}},
		Devices: []sensors.Device{{ID: 1, Key: "a", Zone: 1}, {ID: 2, Key: "b", Zone: 2}},
		Sensors: []sensors.Sensor{{ID: 1, Device: 1, Metric: "humidity"}, {ID: 2, Device: 1, Metric: "temperature"}, {ID: 3, Device: 2, Metric: "co2"}},
	})
	return b
}

func TestSensorsFollowZoneOrderAndMetric(t *testing.T) {
	got := ""
	for _, s := range filled().Sensors() {
		got += s.ID.String()
	}
	if got != "321" {
		t.Errorf("order: got %s, want 321 (zone B first, temperature before humidity)", got)
	}
}

func TestLateReadingsNeverReplaceTheLiveValue(t *testing.T) {
	b := filled()
	b.Apply(Change{Readings: []sensors.Reading{{Sensor: 1, At: 100, Value: 1}, {Sensor: 1, At: 50, Value: 2}}})
	before := b.Version()
	b.Apply(Change{Readings: []sensors.Reading{{Sensor: 1, At: 99, Value: 3}}})
	if s, _ := b.Sensor(1); s.Last.Value != 1 {
		t.Errorf("got %v, want the reading of 100", s.Last)
	}
	if d := b.Since(before); len(d.Sensors) != 0 {
		t.Errorf("a late reading counts as a change: %v", d.Sensors)
	}
}

func TestSinceGivesEachChangeOnceInItsNewestState(t *testing.T) {
	b := filled()
	cursor := b.Version()
	for i := range 5 {
		b.Apply(Change{Readings: []sensors.Reading{{Sensor: 1, At: sensors.Milli(i), Value: float64(i)}}})
	}
	b.Apply(Change{Devices: []sensors.Device{{ID: 2, Key: "b", Zone: 1}}})
	d := b.Since(cursor)
	if d.Reset || d.ZonesChanged || d.FarmChanged || d.Version != b.Version() {
		t.Errorf("delta %+v claims too much", d)
	}
	if len(d.Sensors) != 2 || d.Sensors[0].Last.Value != 4 || d.Sensors[1].Zone != 1 || len(d.Devices) != 1 {
		t.Errorf("got sensors %v and devices %v, want the newest of sensor 1, moved sensor 3, device 2", d.Sensors, d.Devices)
	}
	if d := b.Since(d.Version); len(d.Sensors)+len(d.Devices) != 0 {
		t.Errorf("asked again: got %+v, want nothing", d)
	}
}

func TestForeignAndAncientCursorsGetEverything(t *testing.T) {
	b := filled()
	for _, cursor := range []uint64{0, 999, b.Version() + 1} {
		if d := b.Since(cursor); !d.Reset || len(d.Sensors) != 3 || len(d.Devices) != 2 {
			t.Errorf("cursor %d: got %+v, want a reset with all", cursor, d)
		}
	}
	old := b.Version()
	for i := range 3 * keptTouches {
		b.Apply(Change{Readings: []sensors.Reading{{Sensor: 1, At: sensors.Milli(i)}}})
	}
	if d := b.Since(old); !d.Reset {
		t.Error("a cursor from before what is remembered got a partial answer")
	}
	if n := len(b.recent); n > 2*keptTouches {
		t.Errorf("%d changes are remembered, want a bound", n)
	}
}

func TestGoneDevicesTakeTheirSensors(t *testing.T) {
	b := filled()
	cursor := b.Version()
	b.Apply(Change{Messages: []Heard{{Device: 1, Message: sensors.RawMessage{Payload: []byte("x")}}}})
	b.Apply(Change{GoneDevices: []sensors.DeviceID{1}})
	d := b.Since(cursor)
	if len(d.GoneDevices) != 1 || len(d.GoneSensors) != 2 || len(b.Sensors()) != 1 || len(b.Messages(1)) != 0 {
		t.Errorf("got %+v, left %v", d, b.Sensors())
	}
}

func TestMessagesAreBounded(t *testing.T) {
	b := filled()
	for i := range 120 {
		b.Apply(Change{Messages: []Heard{{Device: 1, Message: sensors.RawMessage{Topic: fmt.Sprint(i), Payload: make([]byte, 100_000)}}}})
	}
	got := b.Messages(1)
	if len(got) != keptMessages || got[0].Topic != "119" || got[keptMessages-1].Topic != "70" || len(got[0].Payload) != keptPayload {
		t.Errorf("got %d messages from %s on, payload %d", len(got), got[0].Topic, len(got[0].Payload))
	}
	if b.messages.bytes != keptMessages*keptPayload {
		t.Errorf("counted %d bytes, want %d", b.messages.bytes, keptMessages*keptPayload)
	}
}

func TestReadersAlongsideTheWriterMissNothing(t *testing.T) {
	b := filled()
	const last = 5000
	start := b.Version()
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			seen, cursor := sensors.Milli(0), start
			for seen < last {
				changed := b.Changed()
				d := b.Since(cursor)
				cursor = d.Version
				for _, s := range d.Sensors {
					if s.ID == 1 && s.Has {
						if s.Last.At < seen {
							t.Errorf("went back from %d to %d", seen, s.Last.At)
							return
						}
						seen = s.Last.At
					}
				}
				if seen < last {
					<-changed
				}
			}
		})
	}
	for i := sensors.Milli(1); i <= last; i++ {
		b.Apply(Change{Readings: []sensors.Reading{{Sensor: 1, At: i}, {Sensor: sensors.SensorID(2 + rand.IntN(2)), At: i}}})
	}
	readers.Wait()
}

func BenchmarkApply(b *testing.B) {
	board := New(1)
	c := Change{Devices: []sensors.Device{{ID: 1}}}
	for id := range sensors.SensorID(1000) {
		c.Sensors = append(c.Sensors, sensors.Sensor{ID: id + 1, Device: 1, Metric: "temperature"})
	}
	board.Apply(c)
	readings := make([]sensors.Reading, 1000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		for k := range readings {
			readings[k] = sensors.Reading{Sensor: sensors.SensorID(k + 1), At: sensors.Milli(i)}
		}
		board.Apply(Change{Readings: readings})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(readings)), "ns/reading")
}

func TestChannelsAreNamedWhereTheyTellSensorsApart(t *testing.T) {
	b := New(1)
	b.Apply(Change{Devices: []sensors.Device{{ID: 1}}, Sensors: []sensors.Sensor{{ID: 1, Device: 1, Metric: "temperature", Channel: "air"}}})
	label := func(id sensors.SensorID) string {
		s, _ := b.Sensor(id)
		return s.Label()
	}
	if got, want := label(1), "Air temperature"; got != want {
		t.Errorf("the only one: got %q, want %q", got, want)
	}
	before := b.Version()
	b.Apply(Change{Sensors: []sensors.Sensor{{ID: 2, Device: 1, Metric: "temperature", Channel: "duct"}}})
	if one, two := label(1), label(2); one != "Air temperature air" || two != "Air temperature duct" {
		t.Errorf("two of them: got %q and %q", one, two)
	}
	if d := b.Since(before); len(d.Sensors) != 2 {
		t.Errorf("readers hear of %d sensors, want both, for both have new names", len(d.Sensors))
	}
	b.Apply(Change{GoneSensors: []sensors.SensorID{2}})
	if got, want := label(1), "Air temperature"; got != want {
		t.Errorf("alone again: got %q, want %q", got, want)
	}
}
