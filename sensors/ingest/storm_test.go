package ingest

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

// storm is one message of so many devices in a greenhouse, at one temperature.
func storm(devices int, value float64) *sensors.Delivery {
	d := message("gateway", "temperature", value)
	d.Decoded.Observations = d.Decoded.Observations[:0]
	for i := range devices {
		key := fmt.Sprint("h1/s", i)
		d.Decoded.Observations = append(d.Decoded.Observations, sensors.Observation{Device: key, Metric: "temperature", Value: value})
		d.Decoded.Descriptions = append(d.Decoded.Descriptions, sensors.Description{Device: key, Zone: "House 1"})
	}
	return d
}

func TestAStormIsOneMessageAndTakesNoCommitsOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, func(r *sensors.Rule) { r.Hold = 0 })
		defer g.stop()
		g.send(storm(2000, 31))
		if n := g.store.notices; len(g.Board.Alerts()) != 2000 || len(n) != 1 || len(n[0].Alerts) != 2000 {
			t.Fatalf("%d alerts and %d messages, want 2000 and one", len(g.Board.Alerts()), len(n))
		}
		timed := g.store.timed
		for minute := range 20 { // worse and worse
			time.Sleep(time.Minute)
			g.send(storm(2000, 32+float64(minute)))
		}
		if g.store.timed != timed {
			t.Errorf("in 20 minutes %d commits without readings, want none", g.store.timed-timed)
		}
		if n := g.store.notices; len(n) != 1 {
			t.Errorf("%d messages, want still one", len(n))
		}
		if a := g.Board.Alerts()[0]; a.Peak < 45 {
			t.Errorf("the board's peak is %v, want one of the last five minutes", a.Peak)
		}
	})
}

func TestTheSimulatedFarmWakesNobodyButInADemo(t *testing.T) {
	for _, demo := range []bool{false, true} {
		t.Run(fmt.Sprint(demo), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guard(t, func(r *sensors.Rule) { r.Hold = 0 }, func(o *Options) { o.TellSimulated = demo })
				defer g.stop()
				hot := storm(3, 31)
				hot.Source.Simulated = true
				g.send(hot)
				if told := len(g.store.notices) > 0; len(g.Board.Alerts()) != 3 || told != demo {
					t.Errorf("%d alerts, told %v, want 3 and %v", len(g.Board.Alerts()), told, demo)
				}
				if err := g.RemoveSimulated(context.Background()); err != nil {
					t.Fatal(err)
				}
				if len(g.Board.Alerts()) != 0 {
					t.Errorf("the farm is gone, and there is %+v", g.Board.Alerts())
				}
			})
		})
	}
}

// TestWhoeverWasToldLearnsThatTheDeviceIsGone removes a device, and then the simulated farm, while their alerts
// fire, on a real database.
func TestWhoeverWasToldLearnsThatTheDeviceIsGone(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	s := newSpine(t, t.TempDir(), time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	s.Adopt = "auto"
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	if _, err := s.SaveRecipient(ctx, sensors.Recipient{Name: "Ann", Channels: []sensors.Channel{{Kind: "ntfy", Target: "x"}}}); err != nil {
		t.Fatal(err)
	}
	rule := sensors.Rule{Name: "Too hot", Enabled: true, Severity: sensors.Warning, Metric: "temperature", Condition: sensors.Above,
		Limits: sensors.Limits{Limit: 30, Clear: 29}}
	if _, err := s.SaveRule(ctx, rule); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Post(ctx, []sensors.Posted{{Zone: "House 1", Device: "t1", Metric: "temperature", Value: 35}}); err != nil {
		t.Fatal(err)
	}
	real := s.Board.Alerts()
	if len(real) != 1 {
		t.Fatalf("alerts: got %+v, want one", real)
	}
	if err := s.RemoveDevice(ctx, real[0].Device, false); err != nil {
		t.Fatal(err)
	}
	a, err := s.db.Alert(ctx, real[0].ID)
	if err != nil || a.State != sensors.AlertResolved || a.Why == "" {
		t.Errorf("the alert is %+v (%v), want it over with a reason", a, err)
	}
	if n, err := s.db.AlertNotices(ctx, a.ID); err != nil || len(n) != 2 || n[0].Kind != sensors.EventResolved {
		t.Errorf("messages: got %+v (%v), want one about the end", n, err)
	}
	s.removeSimulatedWhileItFires(ctx)
}

func (s *spine) removeSimulatedWhileItFires(ctx context.Context) {
	s.t.Helper()
	settled := make(settledChan, 1)
	hot := storm(2, 35)
	hot.Source.Simulated, hot.Receipt = true, settled
	if err := s.Submit(ctx, hot); err != nil {
		s.t.Fatal(err)
	}
	if err := <-settled; err != nil {
		s.t.Fatal(err)
	}
	simulated := s.Board.Alerts()
	if len(simulated) != 2 {
		s.t.Fatalf("alerts of the simulated farm: got %+v, want two", simulated)
	}
	if err := s.RemoveSimulated(ctx); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.db.Alert(ctx, simulated[0].ID); err == nil || len(s.Board.Alerts()) != 0 {
		s.t.Errorf("alerts of the simulated farm are left: %+v", s.Board.Alerts())
	}
	if _, err := s.SaveRecipient(ctx, sensors.Recipient{Name: "Ben"}); err != nil { // ingest goes on
		s.t.Error(err)
	}
}

type settledChan chan error

func (c settledChan) Settle(err error) { c <- err }
