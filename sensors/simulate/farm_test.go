package simulate

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"furrow/sensors"
)

// script returns the next n messages as text.
func script(t *testing.T, f *Farm, n int) []string {
	t.Helper()
	var out []string
	last := time.UnixMilli(f.start)
	for len(out) < n {
		at, batch := f.Next()
		if !at.After(last) || len(batch) == 0 {
			t.Fatalf("got %d messages at %v after %v", len(batch), at, last)
		}
		last = at
		for _, m := range batch {
			if !m.At.Equal(at) {
				t.Fatalf("got a message of %v at %v", m.At, at)
			}
			out = append(out, at.UTC().Format(time.RFC3339Nano)+" "+m.Topic+" "+string(m.Payload))
		}
	}
	return out
}

func TestSameOptionsLiveTheSameLife(t *testing.T) {
	t.Parallel()
	o := netherlands(t, springNoon)
	first, second := script(t, New(o), 300), script(t, New(o), 300)
	if !reflect.DeepEqual(first, second) {
		t.Error("two farms with the same options differ")
	}
	o.Seed = 2
	if reflect.DeepEqual(script(t, New(o), 300), first) {
		t.Error("another seed changes nothing")
	}
}

func TestMessagesGoOnWhereTheBackfillEnded(t *testing.T) {
	t.Parallel()
	o := netherlands(t, springNoon)
	end := springNoon.Add(90 * time.Second) // some time passes between New and Backfill
	f := New(o)
	last := map[string]sensors.Milli{}
	err := f.Backfill(end.AddDate(0, 0, -21), end, 5*time.Minute, func(posted []sensors.Posted) error {
		for _, p := range posted {
			last[p.Device] = max(last[p.Device], p.At)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fresh := New(netherlands(t, springNoon)) // as after a restart of the program
	for fresh.queue[0].due <= end.UnixMilli() {
		fresh.Next()
	}
	heard := map[string]bool{}
	want := map[string]string{}
	for range 3000 {
		at, batch := fresh.Next()
		for _, m := range batch {
			want[at.String()+m.Topic] = string(m.Payload)
		}
	}
	for range 3000 {
		at, batch := f.Next()
		if !at.After(end) {
			t.Fatalf("a message of %v after a past until %v", at, end)
		}
		for _, m := range batch {
			if got := string(m.Payload); got != want[at.String()+m.Topic] {
				t.Fatalf("%s at %v: got %s, after a restart %s", m.Topic, at, got, want[at.String()+m.Topic])
			}
			heard[m.Topic] = true
		}
	}
	for device, at := range last {
		if ago := sensors.MilliOf(end) - at; ago > sensors.Milli((15*time.Minute).Milliseconds()) && device != "north-field/soil-probe-2" {
			t.Errorf("%s: the past ends %d s before now", device, ago/1000)
		}
	}
	if len(heard) < len(f.devices) {
		t.Errorf("got %d topics of %d devices", len(heard), len(f.devices))
	}
}

func TestBackfillIsBoundedOrderedAndThinned(t *testing.T) {
	t.Parallel()
	f := New(netherlands(t, springNoon))
	from, day := springNoon.AddDate(0, 0, -14), 24*time.Hour
	var previous sensors.Milli // end of the chunk before
	count := map[bool]int{}    // of the climate box's temperatures, by whether they are of the last day
	err := f.Backfill(from, springNoon, 5*time.Minute, func(posted []sensors.Posted) error {
		if len(posted) > chunk+100 {
			t.Errorf("a chunk of %d readings", len(posted))
		}
		var latest sensors.Milli
		for _, p := range posted {
			if p.At < previous || p.At.Time().After(springNoon) || p.At < sensors.MilliOf(from) {
				t.Fatalf("%s at %v after a chunk that ended at %v", p.Device, p.At.Time(), previous.Time())
			}
			latest = max(latest, p.At)
			if p.Device == "Greenhouse 1/Climate box" && p.Metric == "temperature" {
				count[springNoon.Sub(p.At.Time()) < day]++
			}
		}
		previous = latest / 1000 * 1000
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := count[false]; got < 13*24*12 || got > 13*24*12+200 {
		t.Errorf("got %d readings of the days before the last, want one in five minutes", got)
	}
	if got := count[true]; got < 23*60+360 {
		t.Errorf("got %d readings of the last day, want one a minute and the last hour in full", got)
	}
}

func TestBackfillEndsWithTheError(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	calls := 0
	err := New(netherlands(t, springNoon)).Backfill(springNoon.AddDate(0, 0, -7), springNoon, 5*time.Minute, func([]sensors.Posted) error {
		calls++
		return full
	})
	if !errors.Is(err, full) || calls != 1 {
		t.Errorf("got %v after %d calls", err, calls)
	}
}

func TestDevicesAreCountedExactly(t *testing.T) {
	for _, n := range []int{1, 29, 31, 1000} {
		o := netherlands(t, springNoon)
		o.Devices = n
		f := New(o)
		keys, topics := map[string]bool{}, map[string]bool{}
		for _, d := range f.devices {
			keys[d.key] = true
			for _, topic := range d.topics {
				topics[topic] = true
			}
		}
		if len(f.devices) != n || len(keys) != n || len(topics) < n {
			t.Errorf("%d devices: got %d with %d keys and %d topics", n, len(f.devices), len(keys), len(topics))
		}
	}
}

func TestZonesAreNamedOn(t *testing.T) {
	o := netherlands(t, springNoon)
	o.Devices = 3 * len(standard())
	zones := New(o).Zones()
	names := map[string]sensors.Zone{}
	for i, z := range zones {
		if err := z.Validate(); err != nil || z.Crop == "" || z.Position != i+1 || !z.Simulated {
			t.Errorf("%+v: %v", z, err)
		}
		names[z.Name] = z
	}
	if len(zones) != 21 || names["Greenhouse 6"].Crop != "Peppers" || names["North field 3"].Kind != "field" {
		t.Errorf("got %d zones: %v", len(zones), names)
	}
	for _, p := range standard() {
		if _, ok := names[p.zone]; !ok {
			t.Errorf("%s stands in %s, which is no zone", p.name, p.zone)
		}
	}
}

func TestFarmLooksHealthyButForWhatWasForgotten(t *testing.T) {
	t.Parallel()
	f := New(netherlands(t, springNoon))
	rhythms := map[string]*sensors.Rhythm{}
	low := map[string]bool{}
	silences := map[string]bool{}
	err := f.Backfill(springNoon.AddDate(0, 0, -10), springNoon, 5*time.Minute, func(posted []sensors.Posted) error {
		for _, p := range posted {
			if p.Metric == "battery" {
				low[p.Device] = p.Value < 20
			}
			r := rhythms[p.Device]
			if r == nil {
				r = &sensors.Rhythm{}
				rhythms[p.Device] = r
			}
			if r.Every() > 0 && r.Stale(p.At.Time().Add(-time.Second)) {
				silences[p.Device] = true
			}
			r.Heard(p.At)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for device, is := range low {
		if is != (device == "orchard/leaf-sensor") {
			t.Errorf("%s: battery low is %v", device, is)
		}
	}
	if want := map[string]bool{"north-field/soil-probe-2": true}; !reflect.DeepEqual(silences, want) {
		t.Errorf("silent at times: got %v, want %v", silences, want)
	}
}

func TestFarmLivesAnywhere(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{
		{Start: springNoon, Latitude: 90},
		{Start: springNoon, Latitude: -90, Longitude: 180, Location: time.FixedZone("", 14*3600), Seed: 1 << 63},
		{Start: time.Date(1999, 12, 31, 23, 59, 0, 0, time.UTC), Longitude: -180, Location: time.FixedZone("", -12*3600)},
	} {
		n := 0
		follow(New(o), o.Start.Add(10*time.Minute), func(m Message, decoded sensors.Decoded) {
			n++
			if decoded.Problem != "" || len(decoded.Observations) == 0 {
				t.Errorf("%+v: %s %s: %q", o, m.Topic, m.Payload, decoded.Problem)
			}
		})
		if n < 200 {
			t.Errorf("%+v: got %d messages in ten minutes", o, n)
		}
	}
}
