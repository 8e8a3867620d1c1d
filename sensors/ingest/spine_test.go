package ingest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"furrow/db"
	"furrow/db/dbtest"
	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/payload"
)

// spine is the way of a message from the decoder to a real database and back.
type spine struct {
	*Ingest
	t       *testing.T
	db      *db.DB
	decoder *payload.Decoder
	now     time.Time
}

func newSpine(t *testing.T, dir string, now time.Time) *spine {
	t.Helper()
	s := &spine{t: t, db: dbtest.OpenDir(t, dir), decoder: payload.New(), now: now}
	start, err := s.db.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Ingest = New(Options{Store: s.db, Edits: s.db, Board: live.New(1), Log: quiet, Adopt: "ask", Now: func() time.Time { return s.now }}, start)
	return s
}

// deliver decodes and stores one message, as the broker hands it in; change makes it a special one.
func (s *spine) deliver(topic, text string, change ...func(*sensors.Delivery)) sensors.Outcome {
	s.t.Helper()
	d := &sensors.Delivery{Source: sensors.Source{ClientID: "client", Address: "10.0.0.1"}, Topic: topic, Payload: []byte(text), ReceivedAt: sensors.MilliOf(s.now)}
	for _, c := range change {
		c(d)
	}
	d.Decoded = s.decoder.Decode(payload.Message{Topic: topic, Payload: d.Payload, Source: d.Source, At: s.now})
	result := &settled{}
	d.Receipt = result
	s.process(context.Background(), []job{{delivery: d}})
	if result.err != nil || result.times != 1 {
		s.t.Fatalf("%s was settled %d times: %v", topic, result.times, result.err)
	}
	return d.Outcome
}

type settled struct {
	times int
	err   error
}

func (r *settled) Settle(err error) { r.times, r.err = r.times+1, err }

// stored is a reading as it came back from the database.
type stored struct {
	device  string
	metric  sensors.MetricID
	channel string
	sensors.Reading
}

// all returns all that the database holds.
func (s *spine) all() (all []stored) {
	s.t.Helper()
	start, err := s.db.Start(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	keys := map[sensors.DeviceID]string{}
	for _, d := range start.Devices {
		keys[d.ID] = d.Key
	}
	for _, sensor := range start.Sensors {
		err := s.db.Range(s.t.Context(), sensor.ID, 0, sensors.MilliOf(s.now.Add(100*365*24*time.Hour)), func(r sensors.Reading) bool {
			all = append(all, stored{keys[sensor.Device], sensor.Metric, sensor.Channel, r})
			return true
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return all
}

// values returns the values of the only sensor, in the order of time.
func (s *spine) values() (values []float64) {
	for _, r := range s.all() {
		values = append(values, r.Value)
	}
	return values
}

var autumn = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const topic = "farm/house/t1/temperature"

// TestReadingsWithoutATimeAreKeptWhateverTheClockDoes sets the clock back, as NTP does, and restarts.
func TestReadingsWithoutATimeAreKeptWhateverTheClockDoes(t *testing.T) {
	dir := t.TempDir()
	s := newSpine(t, dir, autumn)
	var want []float64
	n := 0.0
	for _, at := range []time.Duration{0, 0, 0, time.Second, 500 * time.Millisecond, 2 * time.Minute, 3 * time.Minute, 0, 0, time.Second, -time.Hour, 0, 2 * time.Minute, 48 * time.Hour, time.Second, time.Second} {
		s.now = autumn.Add(at)
		if out := s.deliver(topic, fmt.Sprint(n)); out.Stored != 1 {
			t.Errorf("at %v: %+v, want it stored", at, out)
		}
		want = append(want, n)
		if n++; int(n)%5 == 0 {
			s = newSpine(t, dir, s.now)
		}
		if err := s.db.Maintain(t.Context(), s.now.Add(time.Duration(int(n)%3-1)*36*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	got := s.values()
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}

func TestArrivalStampsKeepClearOfTimesThatDevicesTell(t *testing.T) {
	s := newSpine(t, t.TempDir(), autumn)
	for i := range 3 {
		at := autumn.Add(time.Duration(i) * time.Second)
		s.deliver("farm/house/t1", fmt.Sprintf(`{"temperature":%d,"time":"%s"}`, 10+i, at.Format(time.RFC3339)))
	}
	for i := range 3 {
		s.now = autumn.Add(time.Duration(i) * time.Second)
		s.deliver("farm/house/t1", fmt.Sprintf(`{"temperature":%d}`, 20+i))
	}
	got := s.values()
	if slices.Sort(got); !slices.Equal(got, []float64{10, 11, 12, 20, 21, 22}) {
		t.Errorf("kept %v, want all six", got)
	}
}

func TestOnlyRedeliveriesCollapse(t *testing.T) {
	dir := t.TempDir()
	s := newSpine(t, dir, autumn)
	qos1 := func(id uint16, dup bool) func(*sensors.Delivery) {
		return func(d *sensors.Delivery) { d.PacketID, d.Dup = id, dup }
	}
	for i, c := range []struct {
		change  func(*sensors.Delivery)
		text    string
		want    sensors.Outcome
		restart bool
	}{
		{qos1(0, false), "20", sensors.Outcome{Stored: 1}, false}, // QoS 0
		{qos1(0, false), "20", sensors.Outcome{Stored: 1}, false},
		{qos1(1, false), "20", sensors.Outcome{Stored: 1}, false},
		{qos1(1, true), "20", sensors.Outcome{Duplicates: 1}, false},
		{qos1(1, true), "20", sensors.Outcome{Duplicates: 1}, true},
		{qos1(1, false), "20", sensors.Outcome{Stored: 1}, false}, // the id is used anew
		{qos1(1, true), "21", sensors.Outcome{Stored: 1}, false},  // never came before
		{qos1(2, true), "20", sensors.Outcome{Stored: 1}, false},
		{qos1(2, true), "20", sensors.Outcome{Duplicates: 1}, true},
	} {
		if c.restart {
			s = newSpine(t, dir, s.now)
		}
		if got := s.deliver(topic, c.text, c.change); got != c.want {
			t.Errorf("delivery %d: got %+v, want %+v", i, got, c.want)
		}
	}
	timed := `{"temperature":5,"time":"2026-11-24T11:00:00Z"}`
	for _, want := range []sensors.Outcome{{Stored: 1}, {Duplicates: 1}, {Duplicates: 1}} {
		if got := s.deliver("farm/house/t2", timed); got != want {
			t.Errorf("with a time of its own: got %+v, want %+v", got, want)
		}
		s = newSpine(t, dir, s.now.Add(time.Hour))
	}
}

func TestRetainedMessagesAgainAreNoReadings(t *testing.T) {
	dir := t.TempDir()
	s := newSpine(t, dir, autumn)
	retained := func(d *sensors.Delivery) { d.Retained = true }
	if got := s.deliver(topic, "20", retained); got.Stored != 1 {
		t.Errorf("the first one tells something new: %+v", got)
	}
	s = newSpine(t, dir, autumn.Add(time.Hour))
	if got := s.deliver(topic, "20", retained); got.Duplicates != 1 {
		t.Errorf("again after a restart: %+v", got)
	}
	if got := s.deliver(topic, "20"); got.Stored != 1 {
		t.Errorf("published anew with the same value: %+v", got)
	}
	if got := s.deliver(topic, "22", retained); got.Stored != 1 {
		t.Errorf("another value: %+v", got)
	}
	var jobs []job
	for range 3 { // all in one batch, of a sensor that was not known before
		d := &sensors.Delivery{Source: sensors.Source{ClientID: "bridge"}, Retained: true, ReceivedAt: sensors.MilliOf(s.now), Payload: []byte("7"),
			Decoded: sensors.Decoded{Observations: []sensors.Observation{{Device: "b", Metric: "co2", Value: 700}}}}
		jobs = append(jobs, job{delivery: d})
	}
	s.process(context.Background(), jobs)
	if got := jobs[0].delivery.Outcome.Stored + 10*jobs[1].delivery.Outcome.Duplicates + 10*jobs[2].delivery.Outcome.Duplicates; got != 21 {
		t.Errorf("in one batch: %+v, %+v, %+v", jobs[0].delivery.Outcome, jobs[1].delivery.Outcome, jobs[2].delivery.Outcome)
	}
}

// TestWrongClocksFallBackToTheArrival tells times that cannot be.
func TestWrongClocksFallBackToTheArrival(t *testing.T) {
	for _, at := range []string{`"1970-01-01T00:00:17Z"`, `"1999-12-31T23:59:59Z"`, `"2000-01-01T00:00:00Z"`, `"2014-12-31T23:59:59Z"`, `"2036-02-07T06:28:16Z"`, `"2106-02-07T06:28:15Z"`,
		`4294967295`, `9007199254740993`, `-1`, `946684800`, `946684800000`} {
		s := newSpine(t, t.TempDir(), autumn)
		s.deliver("farm/house/t1", `{"temperature":21,"time":`+at+`}`)
		all := s.all()
		if len(all) != 1 || all[0].Quality != sensors.Suspect || all[0].At != sensors.MilliOf(autumn) {
			t.Errorf("%s: stored %+v, want one suspect reading of the arrival", at, all)
		}
	}
}
