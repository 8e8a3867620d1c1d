package ingest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

// drill is the test reading as the broker hands it over.
func drill() *sensors.Delivery {
	d := message("furrow/drill", "temperature", 60)
	d.Source = sensors.Source{ClientID: "furrow-drill", Username: "furrow-drill", Drill: true}
	d.Decoded.Descriptions = []sensors.Description{{Device: "furrow/drill", Zone: "furrow"}}
	return d
}

func (g *guarded) find(t *testing.T, want func(sensors.Alert) bool) sensors.Alert {
	t.Helper()
	g.store.mu.Lock()
	defer g.store.mu.Unlock()
	for _, a := range g.store.alerts {
		if want(a) {
			return a
		}
	}
	t.Fatal("there is no such alert")
	return sensors.Alert{}
}

func isDrill(a sensors.Alert) bool { return a.Drill }

func TestADrillMakesAnAlertAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, nil)
		defer g.stop()
		stored, before := g.store.stored(), g.Board.Counts()
		g.send(drill())
		a := g.find(t, isDrill)
		if a.State != sensors.AlertFiring || a.Rule != 0 || a.Sensor != 0 || a.Device != 0 {
			t.Errorf("alert: got %+v, want one that fires and is about nothing", a)
		}
		if n := g.store.notices; len(n) != 1 || n[0].Kind != sensors.EventDrill || g.owed == 0 {
			t.Errorf("messages: got %+v, want one about a drill", n)
		}
		if after := g.Board.Counts(); g.store.stored() != stored || after.Readings != before.Readings || len(g.Board.Devices()) != 1 ||
			len(g.Board.Sensors()) != 1 || len(g.Board.Alerts()) != 0 || len(g.Board.Zones()) != 1 {
			t.Error("the drill left more than its alert behind")
		}
		if err := g.Acknowledge(context.Background(), a.ID, "Ann", ""); err != nil {
			t.Fatal(err)
		}
		if a = g.find(t, isDrill); a.State != sensors.AlertResolved || a.AckBy != "Ann" || a.AcknowledgedAt == 0 {
			t.Errorf("answered: got %+v, want it over", a)
		}
		if err := g.Acknowledge(context.Background(), a.ID, "Ann", ""); !errors.Is(err, sensors.ErrNotFound) {
			t.Errorf("answering again: got %v", err)
		}
	})
}

func TestAReadingThatDoesNotBreakTheRuleIsNoDrill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, nil)
		defer g.stop()
		cold := drill()
		cold.Decoded.Observations[0].Value = 20
		g.send(cold)
		if len(g.store.alerts) != 0 {
			t.Errorf("got %+v", g.store.alerts)
		}
	})
}

func TestAMissedDrillIsAnAlertUntilSomebodyKnows(t *testing.T) {
	missed := func(a sensors.Alert) bool { return !a.Drill }
	for name, end := range map[string]func(context.Context, *guarded, sensors.AlertID) error{
		"somebody has seen it": func(ctx context.Context, g *guarded, id sensors.AlertID) error {
			return g.Acknowledge(ctx, id, "Ann", "new telephone")
		},
		"the next drill is answered": func(ctx context.Context, g *guarded, _ sensors.AlertID) error {
			g.send(drill())
			return g.Acknowledge(ctx, g.find(g.t, func(a sensors.Alert) bool { return a.Drill && a.State.Open() }).ID, "Ann", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := context.Background()
				g := guard(t, nil)
				g.send(drill())
				if err := g.MissDrill(ctx, g.find(t, isDrill).ID, "Missed drill: nobody answered"); err != nil {
					t.Fatal(err)
				}
				if a := g.find(t, isDrill); a.State != sensors.AlertResolved || a.AckBy != "" {
					t.Errorf("the drill: got %+v, want it over", a)
				}
				if err := g.MissDrill(ctx, 0, "Missed drill: nobody answered"); err != nil {
					t.Fatal(err)
				}
				firing := g.Board.Alerts()
				if len(firing) != 1 || firing[0].RuleName != "Missed drill: nobody answered" || firing[0].State != sensors.AlertFiring {
					t.Fatalf("after two missed drills: got %+v, want one alert", firing)
				}
				var invalid sensors.Invalid
				if err := g.Snooze(ctx, firing[0].ID, sensors.MilliOf(time.Now().Add(time.Hour)), "Ann"); !errors.As(err, &invalid) {
					t.Errorf("putting it off: got %v", err)
				}
				g = g.restart()
				defer g.stop()
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if len(g.Board.Alerts()) != 1 {
					t.Fatalf("after a restart: got %+v", g.Board.Alerts())
				}
				if err := end(ctx, g, firing[0].ID); err != nil {
					t.Fatal(err)
				}
				if a := g.find(t, missed); a.State != sensors.AlertResolved || len(g.Board.Alerts()) != 0 {
					t.Errorf("got %+v, want it over", a)
				}
			})
		})
	}
}
