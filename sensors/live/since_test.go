package live

import (
	"math/rand/v2"
	"slices"
	"testing"

	"furrow/sensors"
)

// mirror is a reader that knows the board only from what Since tells it.
type mirror struct {
	version uint64
	devices map[sensors.DeviceID]sensors.Device
	sensors map[sensors.SensorID]SensorState
}

func (m *mirror) follow(d Delta) {
	m.version = d.Version
	if d.Reset || m.devices == nil {
		m.devices, m.sensors = map[sensors.DeviceID]sensors.Device{}, map[sensors.SensorID]SensorState{}
	}
	for _, v := range d.Devices {
		m.devices[v.ID] = v
	}
	for _, s := range d.Sensors {
		m.sensors[s.ID] = s
	}
	for _, id := range d.GoneDevices {
		delete(m.devices, id)
	}
	for _, id := range d.GoneSensors {
		delete(m.sensors, id)
	}
}

func TestReadersWithCursorsOfAnyAgeSeeTheSame(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 7))
		b := New(1000)
		readers := make([]mirror, 5)
		next := int64(0)
		for range 2000 {
			b.Apply(randomChange(random, b, &next))
			for i := range readers {
				if random.IntN(1<<(2*i)) == 0 { // the last one asks rarely
					readers[i].follow(b.Since(readers[i].version))
				}
			}
		}
		for i := range readers {
			r := &readers[i]
			r.follow(b.Since(r.version))
			for _, d := range b.Devices() {
				if r.devices[d.ID] != d {
					t.Errorf("seed %d, reader %d: device %v is %v", seed, i, d, r.devices[d.ID])
				}
			}
			for _, s := range b.Sensors() {
				got := r.sensors[s.ID]
				got.Every = s.Every
				if got != s {
					t.Errorf("seed %d, reader %d: sensor %v is %v", seed, i, s, got)
				}
			}
			if len(r.devices) != len(b.Devices()) || len(r.sensors) != len(b.Sensors()) {
				t.Errorf("seed %d, reader %d: %d devices and %d sensors, the board has %d and %d", seed, i,
					len(r.devices), len(r.sensors), len(b.Devices()), len(b.Sensors()))
			}
		}
	}
}

// randomChange makes a change of what the board has, or adds to it.
func randomChange(random *rand.Rand, b *Board, next *int64) Change {
	devices, all := b.Devices(), b.Sensors()
	c := Change{}
	switch pick := random.IntN(20); {
	case pick == 0 || len(devices) == 0:
		*next++
		c.Devices = []sensors.Device{{ID: sensors.DeviceID(*next), Zone: sensors.ZoneID(random.IntN(3))}}
		for range 3 {
			*next++
			c.Sensors = append(c.Sensors, sensors.Sensor{ID: sensors.SensorID(*next), Device: c.Devices[0].ID})
		}
	case pick == 1 && len(devices) > 3:
		c.GoneDevices = []sensors.DeviceID{devices[random.IntN(len(devices))].ID}
	case pick == 2:
		d := devices[random.IntN(len(devices))]
		d.Zone = sensors.ZoneID(random.IntN(3))
		c.Devices = []sensors.Device{d}
	case pick == 3 && len(all) > 0:
		c.Stale = map[sensors.SensorID]bool{all[random.IntN(len(all))].ID: random.IntN(2) == 0}
	default:
		for range random.IntN(5) {
			if len(all) > 0 {
				c.Readings = append(c.Readings, sensors.Reading{Sensor: all[random.IntN(len(all))].ID, At: sensors.Milli(random.IntN(100_000)), Value: random.Float64()})
			}
		}
	}
	return c
}

func TestWhatReadersGetIsTheirs(t *testing.T) {
	b := filled()
	b.Zones()[0].Name = "spoiled"
	b.Sensors()[0].Name = "spoiled"
	b.Devices()[0].Name = "spoiled"
	d := b.Since(0)
	d.Sensors[0].Name = "spoiled"
	for _, s := range b.Sensors() {
		if s.Name == "spoiled" {
			t.Error("a sensor on the board was changed by a reader")
		}
	}
	if b.Zones()[0].Name != "B" || slices.ContainsFunc(b.Devices(), func(d sensors.Device) bool { return d.Name == "spoiled" }) {
		t.Error("a zone or device on the board was changed by a reader")
	}
}

func TestSuspectReadingsAreShownMarked(t *testing.T) {
	b := filled()
	b.Apply(Change{Readings: []sensors.Reading{{Sensor: 1, At: 100, Value: 20}, {Sensor: 1, At: 200, Value: 900, Quality: sensors.Suspect}}})
	if s, _ := b.Sensor(1); s.Last.Quality != sensors.Suspect || s.Last.Value != 900 {
		t.Errorf("got %v, want the suspect reading", s.Last)
	}
}

func TestChangedWakesEverybodyOnce(t *testing.T) {
	b := filled()
	first, second := b.Changed(), b.Changed()
	b.Apply(Change{})
	<-first
	<-second
	select {
	case <-b.Changed():
		t.Error("woken before anything changed again")
	default:
	}
}

func TestCountsAddUp(t *testing.T) {
	b := New(1)
	for range 3 {
		b.Apply(Change{Counts: Counts{Readings: 5, Duplicates: 4, Refused: 3, Unread: 2, Batches: 1}})
	}
	if got, want := b.Counts(), (Counts{15, 12, 9, 6, 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, n := b.Unread(); n != 6 {
		t.Errorf("unread: got %d, want 6", n)
	}
}

func TestSensorsOfADeviceComeInItsOrder(t *testing.T) {
	b := New(1)
	b.Apply(Change{Devices: []sensors.Device{{ID: 1}}, Sensors: []sensors.Sensor{
		{ID: 1, Device: 1, Metric: "battery", Position: 0}, {ID: 2, Device: 1, Metric: "temperature", Channel: "b"},
		{ID: 3, Device: 1, Metric: "temperature", Channel: "a"}, {ID: 4, Device: 1, Metric: "humidity", Position: -1}}})
	var got []sensors.SensorID
	for _, s := range b.SensorsOf(1) {
		got = append(got, s.ID)
	}
	if want := []sensors.SensorID{4, 3, 2, 1}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
