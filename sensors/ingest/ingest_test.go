package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
)

// room is an ingest that runs inside a synctest bubble.
type room struct {
	*Ingest
	t     *testing.T
	store *memory
	stop  func()
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func open(t *testing.T, adopt string, store *memory, start sensors.Start, change ...func(*Options)) *room {
	o := Options{Store: store, Edits: store, Board: live.New(1), Log: quiet, Adopt: adopt, Now: time.Now,
		Secret: func() (string, []byte, error) { return "secret", []byte("hash"), nil }}
	for _, c := range change {
		c(&o)
	}
	r := &room{Ingest: New(o, start), t: t, store: store}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	r.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	return r
}

// log gathers how deliveries were settled, in order.
type log struct{ entries []string }

type receipt struct {
	log  *log
	name string
}

func (r receipt) Settle(err error) {
	r.log.entries = append(r.log.entries, fmt.Sprintf("%s:%v", r.name, err == nil))
}

func message(device string, metric sensors.MetricID, value float64) *sensors.Delivery {
	return &sensors.Delivery{Source: sensors.Source{ClientID: "c-" + device, Address: "10.0.0.1"}, Topic: device + "/" + string(metric),
		Payload: fmt.Append(nil, value), ReceivedAt: sensors.MilliOf(time.Now()),
		Decoded: sensors.Decoded{Dialect: "plain", Observations: []sensors.Observation{{Device: device, Metric: metric, Value: value}}}}
}

func (r *room) send(ds ...*sensors.Delivery) {
	r.t.Helper()
	for _, d := range ds {
		if err := r.Submit(context.Background(), d); err != nil {
			r.t.Fatal(err)
		}
	}
	synctest.Wait()
}

func TestUnknownDevicesByPolicy(t *testing.T) {
	for policy, want := range map[string]string{"ask": "new 1", "auto": "adopted 1", "never": " 0"} {
		synctest.Test(t, func(t *testing.T) {
			r := open(t, policy, newMemory(), sensors.Start{})
			defer r.stop()
			m := message("gh1/t1", "temperature", 21.4)
			m.Decoded.Descriptions = []sensors.Description{{Device: "gh1/t1", Zone: "Greenhouse 1", Name: "t1"}}
			r.send(m)
			status := sensors.DeviceStatus("")
			for _, d := range r.Board.Devices() {
				status = d.Status
				if zones := r.Board.Zones(); policy == "auto" && (len(zones) != 1 || zones[0].Kind != "greenhouse" || d.Zone != zones[0].ID) {
					t.Errorf("auto: device in zone %v of %v", d.Zone, zones)
				}
			}
			if got := fmt.Sprint(status, " ", r.store.stored()); got != want {
				t.Errorf("%s: got %q, want %q", policy, got, want)
			}
		})
	}
}

func TestReadingsWithoutATimeAreAllKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		for range 5 {
			r.send(message("a", "temperature", 20))
		}
		if got := r.store.stored(); got != 5 {
			t.Errorf("stored %d readings of one second, want 5", got)
		}
		again := message("a", "temperature", 20)
		again.Decoded.Observations[0].At = 9e11
		twin := *again
		r.send(again, &twin)
		if got := r.store.stored(); got != 6 || twin.Outcome.Duplicates != 1 {
			t.Errorf("own time twice: stored %d, outcome %+v, want 6 and one duplicate", got, twin.Outcome)
		}
	})
}

func TestRedeliveriesCollapseAlsoAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		r := open(t, "ask", store, sensors.Start{})
		send := func(dup bool, id uint16, value float64) {
			m := message("a", "temperature", value)
			m.PacketID, m.Dup = id, dup
			r.send(m)
		}
		send(false, 7, 20)
		send(true, 7, 20)
		if got := store.stored(); got != 1 {
			t.Errorf("redelivered: stored %d, want 1", got)
		}
		send(true, 7, 21) // another message under a used id
		send(false, 7, 21)
		if got := store.stored(); got != 3 {
			t.Errorf("other content and no DUP: stored %d, want 3", got)
		}
		r.stop()
		var devices []sensors.Device
		for _, d := range store.devices {
			devices = append(devices, d)
		}
		r = open(t, "ask", store, sensors.Start{Devices: devices, Receipts: store.receipts})
		defer r.stop()
		send(true, 7, 21)
		if got := store.stored(); got != 3 {
			t.Errorf("redelivered after a restart: stored %d, want 3", got)
		}
	})
}

func TestSettledInOrderAfterTheCommitAndShownBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		flushed := 0
		r := open(t, "ask", store, sensors.Start{}, func(o *Options) { o.AfterBatch = func() { flushed++ } })
		defer r.stop()
		l := &log{}
		var ds []*sensors.Delivery
		for i := range 20 {
			m := message(fmt.Sprint("d", i%3), "temperature", float64(i))
			m.Receipt = receipt{l, fmt.Sprint(i)}
			ds = append(ds, m)
		}
		r.send(ds...)
		var want []string
		for i := range 20 {
			want = append(want, fmt.Sprint(i, ":true"))
		}
		if !slices.Equal(l.entries, want) {
			t.Errorf("settled %v, want %v", l.entries, want)
		}
		if flushed == 0 || len(r.Board.Sensors()) != 3 {
			t.Errorf("%d flushes, sensors %v", flushed, r.Board.Sensors())
		}
	})
}

func TestAStorageFaultAcknowledgesNothingAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		store.fail = func(*sensors.Batch) error { return sensors.ErrDiskFull }
		r := open(t, "ask", store, sensors.Start{})
		defer r.stop()
		l := &log{}
		m := message("a", "temperature", 1)
		m.Receipt = receipt{l, "full"}
		r.send(m)
		if h := r.Health(); !errors.Is(h.Err, sensors.ErrDiskFull) {
			t.Errorf("health: got %+v, want disk full", h)
		}
		if s := r.Board.Sensors(); len(s) > 0 && s[0].Has {
			t.Errorf("what was not stored is shown: %v", s)
		}
		store.fail = nil
		m = message("a", "temperature", 1)
		m.Receipt = receipt{l, "free"}
		r.send(m)
		if want := []string{"full:false", "free:true"}; !slices.Equal(l.entries, want) {
			t.Errorf("settled %v, want %v", l.entries, want)
		}
		if h := r.Health(); h.Err != nil || store.stored() != 1 {
			t.Errorf("after recovery: %+v, %d stored", h, store.stored())
		}
	})
}

func TestAPoisonDeliveryCannotBlockTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		store.fail = func(b *sensors.Batch) error {
			for _, r := range b.Readings {
				if r.Value == 13 {
					return errors.New("this row cannot be stored")
				}
			}
			return nil
		}
		r := open(t, "ask", store, sensors.Start{}, func(o *Options) { o.CommitEvery = time.Second })
		defer r.stop()
		l := &log{}
		for i := 10; i < 16; i++ {
			m := message("a", "temperature", float64(i))
			m.Receipt = receipt{l, fmt.Sprint(i)}
			r.send(m)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if want := []string{"10:true", "11:true", "12:true", "13:true", "14:true", "15:true"}; !slices.Equal(l.entries, want) {
			t.Errorf("settled %v, want %v", l.entries, want)
		}
		if got := store.stored(); got != 5 {
			t.Errorf("stored %d, want all but the poison", got)
		}
	})
}

func TestShutdownDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		r := open(t, "ask", store, sensors.Start{}, func(o *Options) { o.CommitEvery = time.Hour })
		l := &log{}
		for i := range 10 {
			m := message("a", "temperature", float64(i))
			m.Receipt = receipt{l, fmt.Sprint(i)}
			if err := r.Submit(context.Background(), m); err != nil {
				t.Fatal(err)
			}
		}
		r.stop()
		if store.stored() != 10 || len(l.entries) != 10 {
			t.Errorf("stored %d and settled %d of 10", store.stored(), len(l.entries))
		}
		if err := r.Submit(context.Background(), message("a", "temperature", 1)); !errors.Is(err, sensors.ErrBusy) {
			t.Errorf("after shutdown: got %v, want ErrBusy", err)
		}
	})
}

func TestSilenceIsNoticedAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		for range 10 {
			r.send(message("a", "temperature", 20))
			time.Sleep(time.Minute)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if s := r.Board.Sensors()[0]; !s.Stale {
			t.Errorf("silent for ten minutes: %+v", s)
		}
		r.send(message("a", "temperature", 20))
		if s := r.Board.Sensors()[0]; s.Stale {
			t.Errorf("heard again, and still stale: %+v", s)
		}
	})
}

func TestOnlineFollowsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		online := func() bool { return r.Board.Devices()[0].Online }
		m := message("a", "temperature", 20)
		r.send(m)
		if !online() {
			t.Error("a device that speaks is offline")
		}
		r.Connection(m.Source, false)
		synctest.Wait()
		if online() {
			t.Error("its client is gone and it is online")
		}
		status := message("a", "temperature", 20)
		status.Decoded = sensors.Decoded{Presences: []sensors.Presence{{Device: "a", Online: true}}}
		r.send(status)
		if !online() {
			t.Error("it said that it is there")
		}
	})
}

func TestForeignersCannotSpeakForADeviceWithCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		device, c, err := r.CreateDevice(context.Background(), "Probe 1", "Greenhouse 1")
		if err != nil || c.Password != "secret" || device.Key != "greenhouse-1/probe-1" {
			t.Fatalf("created %+v, %+v, %v", device, c, err)
		}
		r.send(message(device.Key, "temperature", 1))
		other := message(device.Key, "temperature", 2)
		other.Source.Device, other.Source.Username = 99, "other"
		r.send(other)
		if got := r.store.stored(); got != 0 {
			t.Errorf("strangers stored %d readings", got)
		}
		own := message(device.Key, "temperature", 3)
		own.Source.Device, own.Source.Username = device.ID, c.Username
		r.send(own)
		if got := r.store.stored(); got != 1 {
			t.Errorf("the device itself stored %d readings, want 1", got)
		}
	})
}

func TestIgnoredAndRemovedDevices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		ctx := context.Background()
		r.send(message("a", "temperature", 1))
		id := r.Board.Devices()[0].ID
		if err := r.IgnoreDevice(ctx, id); err != nil {
			t.Fatal(err)
		}
		r.send(message("a", "temperature", 2))
		if got := r.store.stored(); got != 1 {
			t.Errorf("an ignored device stored %d readings, want the one before", got)
		}
		if err := r.RemoveDevice(ctx, id, true); err != nil {
			t.Fatal(err)
		}
		r.send(message("a", "temperature", 3))
		if d := r.Board.Devices()[0]; d.Status != sensors.DeviceNew || r.store.stored() != 2 {
			t.Errorf("heard again after removal: %+v, %d stored", d, r.store.stored())
		}
		if err := r.RemoveDevice(ctx, id, false); err != nil {
			t.Fatal(err)
		}
		if n := len(r.Board.Devices()) + len(r.Board.Sensors()); n != 0 {
			t.Errorf("%d things are left of a deleted device", n)
		}
	})
}

func TestTheInboxIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		for i := range 2000 {
			m := message(fmt.Sprint("d", i), "temperature", 1)
			m.Source.Address = fmt.Sprint("10.0.", i/100, ".1")
			r.send(m)
		}
		if n := len(r.Board.Devices()); n != maxWaiting {
			t.Errorf("%d devices wait, want %d", n, maxWaiting)
		}
		for i := range 300 {
			r.send(message("d0", sensors.MetricID(fmt.Sprint("m", i)), 1))
		}
		if n := len(r.Board.SensorsOf(r.Board.Devices()[0].ID)); n != maxSensors {
			t.Errorf("a device has %d sensors, want %d", n, maxSensors)
		}
	})
}

func TestPost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "auto", newMemory(), sensors.Start{})
		defer r.stop()
		r.send(message("gh1/t1", "temperature", 1))
		out, err := r.Post(context.Background(), []sensors.Posted{
			{Device: "t1", Metric: "temperature", Value: 2, At: 9e11},
			{Device: "t1", Metric: "temperature", Value: 2, At: 9e11},
			{Device: "", Metric: "temperature", Value: 2},
			{Device: "t1", Metric: "Bad Metric", Value: 2},
			{Zone: "North field", Device: "probe", Metric: "soil_moisture", Value: 30},
		})
		if err != nil {
			t.Fatal(err)
		}
		if out.Stored != 2 || out.Duplicates != 1 || len(out.Rejected) != 2 || out.Rejected[0].Index != 2 || out.Rejected[1].Index != 3 {
			t.Errorf("outcome %+v", out)
		}
		devices, zones := r.Board.Devices(), r.Board.Zones()
		if len(devices) != 2 || devices[1].Key != "North field/probe" || len(zones) != 1 || zones[0].Kind != "field" {
			t.Errorf("devices %v, zones %v", devices, zones)
		}
	})
}

func TestZonesAreOrderedAndUnique(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		ctx := context.Background()
		a, err := r.CreateZone(ctx, sensors.Zone{Name: "A", Kind: "field"})
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.CreateZone(ctx, sensors.Zone{Name: "B", Kind: "field"})
		if err != nil {
			t.Fatal(err)
		}
		var bad sensors.Invalid
		if _, err := r.CreateZone(ctx, sensors.Zone{Name: "a", Kind: "field"}); !errors.As(err, &bad) || !errors.Is(err, sensors.ErrConflict) {
			t.Errorf("same name: got %v", err)
		}
		if err := r.OrderZones(ctx, []sensors.ZoneID{b.ID, a.ID}); err != nil {
			t.Fatal(err)
		}
		if zones := r.Board.Zones(); zones[0].Name != "B" {
			t.Errorf("order %v, want B first", zones)
		}
		if err := r.DeleteZone(ctx, b.ID); err != nil || len(r.Board.Zones()) != 1 {
			t.Errorf("after deletion: %v, %v", r.Board.Zones(), err)
		}
	})
}

func BenchmarkSteadyState(b *testing.B) {
	for _, rules := range []int{0, 3} {
		b.Run(fmt.Sprint(rules, "-rules"), func(b *testing.B) { steadyState(b, rules) })
	}
}

// steadyState measures ingest alone: the store keeps nothing.
func steadyState(b *testing.B, rules int) {
	store := &nothing{}
	o := Options{Store: store, Edits: newMemory(), Board: live.New(1), Log: quiet, Adopt: "auto", Now: time.Now}
	in := New(o, sensors.Start{Rules: farmRules(rules)})
	jobs := make([]job, 1000)
	for i := range jobs {
		jobs[i].delivery = message(fmt.Sprint("d", i%50), "temperature", float64(i))
		jobs[i].delivery.PacketID = uint16(i + 1)
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		for i := range jobs {
			jobs[i].delivery.ReceivedAt += 1000
		}
		in.process(context.Background(), jobs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(jobs)), "ns/message")
}

type nothing struct{ id int64 }

func (n *nothing) Register(_ context.Context, r *sensors.Registration) error {
	for _, d := range r.Devices {
		n.id++
		d.ID = sensors.DeviceID(n.id)
	}
	for _, s := range r.Sensors {
		n.id++
		s.Sensor.ID, s.Sensor.Device = sensors.SensorID(n.id), s.Device.ID
	}
	return nil
}
func (*nothing) CommitAlerts(context.Context, *sensors.Batch) error { return nil }

func (n *nothing) Commit(context.Context, *sensors.Batch) error { return nil }
