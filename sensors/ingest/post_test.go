package ingest

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

func TestPostedReadingsAreChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		good := sensors.Posted{Device: "a", Metric: "temperature", Value: 1, At: 9e11}
		with := func(change func(*sensors.Posted)) sensors.Posted { p := good; change(&p); return p }
		tomorrow := sensors.MilliOf(time.Now().Add(25 * time.Hour))
		out, err := r.Post(context.Background(), []sensors.Posted{
			with(func(p *sensors.Posted) { p.Value = math.NaN() }),
			with(func(p *sensors.Posted) { p.Value = math.Inf(-1) }),
			good,
			with(func(p *sensors.Posted) { p.At = -5 }),
			with(func(p *sensors.Posted) { p.At = 86_400_000 }),
			with(func(p *sensors.Posted) { p.At = tomorrow }),
			with(func(p *sensors.Posted) { p.Device = "a\x1b[31m" }),
			with(func(p *sensors.Posted) { p.Zone = "z\u202e" }),
			with(func(p *sensors.Posted) { p.Metric = "9lives" }),
			with(func(p *sensors.Posted) { p.Metric = "" }),
		})
		if err != nil || out.Stored != 1 || len(out.Rejected) != 9 {
			t.Fatalf("got %+v, %v", out, err)
		}
		for i, want := range []int{0, 1, 3, 4, 5, 6, 7, 8, 9} {
			if got := out.Rejected[i]; got.Index != want || got.Error == "" {
				t.Errorf("rejection %d: got %+v, want index %d", i, got, want)
			}
		}
	})
}

func TestPostedReadingsFindTheirDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		ctx := context.Background()
		r.send(message("gh1/t1", "temperature", 1), message("gh2/t1", "temperature", 1), message("barn", "temperature", 1))
		for i, zone := range []string{"House 1", "House 2"} {
			if _, err := r.AdoptDevice(ctx, r.Board.Devices()[i].ID, sensors.Adoption{Name: "Probe", ZoneName: zone}); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct{ zone, device, key string }{
			{"", "gh1/t1", "gh1/t1"}, {"gh2", "t1", "gh2/t1"}, {"HOUSE 2", "Probe", "gh2/t1"}, {"", "barn", "barn"},
		} {
			before := len(r.Board.Devices())
			if _, err := r.Post(ctx, []sensors.Posted{{Zone: c.zone, Device: c.device, Metric: "humidity", Value: 50}}); err != nil {
				t.Fatal(err)
			}
			id := sensors.DeviceID(0)
			for _, d := range r.Board.Devices() {
				if d.Key == c.key {
					id = d.ID
				}
			}
			found := false
			for _, s := range r.Board.SensorsOf(id) {
				found = found || s.Metric == "humidity" && s.Has
			}
			if !found || len(r.Board.Devices()) != before {
				t.Errorf("%q in %q did not reach %s", c.device, c.zone, c.key)
			}
		}
	})
}

func TestPostedReadingsThatCannotBeStored(t *testing.T) {
	for policy, fault := range map[string]error{"never": nil, "ask": sensors.ErrDiskFull} {
		synctest.Test(t, func(t *testing.T) {
			store := newMemory()
			store.fail = func(*sensors.Batch) error { return fault }
			r := open(t, policy, store, sensors.Start{})
			defer r.stop()
			out, err := r.Post(context.Background(), []sensors.Posted{{Device: "a", Metric: "temperature", Value: 1}})
			if !errors.Is(err, fault) || out.Stored != 0 || fault == nil && len(out.Rejected) != 1 {
				t.Errorf("policy %s, fault %v: got %+v, %v", policy, fault, out, err)
			}
		})
	}
}

func TestImplausiblePostedReadingsAreSuspect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		if _, err := r.Post(context.Background(), []sensors.Posted{{Device: "a", Metric: "humidity", Value: 400}}); err != nil {
			t.Fatal(err)
		}
		if s := r.Board.Sensors()[0]; s.Last.Quality != sensors.Suspect {
			t.Errorf("humidity of 400 %%: %+v", s.Last)
		}
	})
}
