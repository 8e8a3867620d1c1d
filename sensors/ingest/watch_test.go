package ingest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

// guarded is a room with one adopted sensor in a greenhouse, a recipient, and a rule: above 30 for 10 minutes.
type guarded struct {
	*room
	rule sensors.Rule
	zone sensors.Zone
	owed int
}

func guard(t *testing.T, change func(*sensors.Rule), options ...func(*Options)) *guarded {
	g := &guarded{}
	g.room = open(t, "auto", newMemory(), sensors.Start{Farm: sensors.Farm{TimeZone: "UTC"}, HasFarm: true},
		append(options, func(o *Options) { o.Owed = func() { g.owed++ } })...)
	ctx := context.Background()
	var err error
	if g.zone, err = g.CreateZone(ctx, sensors.Zone{Name: "House 1", Kind: "greenhouse"}); err != nil {
		t.Fatal(err)
	}
	if _, err := g.SaveRecipient(ctx, sensors.Recipient{Name: "The manager", Channels: []sensors.Channel{{Kind: "ntfy", Target: "x"}}}); err != nil {
		t.Fatal(err)
	}
	g.send(message("h1/t1", "temperature", 20))
	if _, err := g.EditDevice(ctx, g.Board.Devices()[0].ID, sensors.DeviceEdit{Zone: &g.zone.ID}); err != nil {
		t.Fatal(err)
	}
	r := sensors.Rule{Name: "Too hot", Enabled: true, Severity: sensors.Warning, Scope: sensors.Scope{Zone: g.zone.ID}, Metric: "temperature",
		Condition: sensors.Above, Limits: sensors.Limits{Limit: 30, Clear: 29}, Hold: 10 * time.Minute}
	if change != nil {
		change(&r)
	}
	if g.rule, err = g.SaveRule(ctx, r); err != nil {
		t.Fatal(err)
	}
	g.owed = 0 // a new recipient may be owed something, so it was asked
	return g
}

// restart ends ingest and begins it anew with what is stored.
func (g *guarded) restart() *guarded {
	g.stop()
	start := sensors.Start{Farm: sensors.Farm{TimeZone: "UTC"}, HasFarm: true, Zones: g.Board.Zones(), Devices: g.Board.Devices(),
		Rules: g.Board.Rules(), Recipients: g.Board.Recipients(), Alerts: append(g.Board.Pending(), g.Board.Alerts()...)}
	for _, s := range g.Board.Sensors() {
		start.Sensors, start.Recent = append(start.Sensors, s.Sensor), append(start.Recent, s.Last)
	}
	return &guarded{room: open(g.t, "auto", g.store, start), rule: g.rule, zone: g.zone}
}

// heat lets time pass at a temperature that is reported every minute.
func (g *guarded) heat(minutes int, value float64) {
	for range minutes {
		time.Sleep(time.Minute)
		g.send(message("h1/t1", "temperature", value))
	}
	time.Sleep(2 * time.Second) // a tick
	synctest.Wait()
}

// alertStates are the states of all alerts that the store has, by id.
func (g *guarded) alertStates() string {
	g.store.mu.Lock()
	defer g.store.mu.Unlock()
	var all []sensors.AlertState
	for id := sensors.AlertID(0); id < 10_000; id++ {
		if a, ok := g.store.alerts[id]; ok {
			all = append(all, a.State)
		}
	}
	return fmt.Sprint(all)
}

func TestAnAlertFiresAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, nil)
		defer g.stop()
		g.heat(5, 31)
		if pending := g.Board.Pending(); len(pending) != 1 || len(g.Board.Alerts()) != 0 || g.owed != 0 {
			t.Fatalf("after 5 minutes: pending %v, alerts %v, %d messages", pending, g.Board.Alerts(), g.owed)
		}
		g.heat(7, 32)
		firing := g.Board.Alerts()
		if len(firing) != 1 || firing[0].State != sensors.AlertFiring || firing[0].Peak != 32 || firing[0].ID == 0 || len(g.store.notices) != 1 {
			t.Fatalf("after 12 minutes: %+v and messages %+v", firing, g.store.notices)
		}
		if g.owed == 0 {
			t.Error("nobody was told that a message is owed")
		}
		if err := g.Acknowledge(context.Background(), firing[0].ID, "Ada", "opened the vents"); err != nil {
			t.Fatal(err)
		}
		if a, _ := g.Board.Alert(firing[0].ID); a.State != sensors.AlertAcknowledged || a.Note != "opened the vents" || a.AckBy != "Ada" {
			t.Errorf("acknowledged: %+v", a)
		}
		g.heat(2, 28)
		if len(g.Board.Alerts()) != 0 || g.alertStates() != "[resolved]" {
			t.Errorf("at 28 °C: %v, stored %s", g.Board.Alerts(), g.alertStates())
		}
		if err := g.Acknowledge(context.Background(), firing[0].ID, "Ada", ""); !errors.Is(err, sensors.ErrNotFound) {
			t.Errorf("acknowledging what is over: got %v", err)
		}
	})
}

func TestWhatIsNotStoredIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, func(r *sensors.Rule) { r.Hold = 0 })
		defer g.stop()
		full := true
		g.store.mu.Lock()
		g.store.fail = func(*sensors.Batch) error {
			if full {
				return sensors.ErrDiskFull
			}
			return nil
		}
		g.store.mu.Unlock()
		d := message("h1/t1", "temperature", 35)
		if err := g.Submit(context.Background(), d); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if len(g.Board.Alerts()) != 0 || g.owed != 0 {
			t.Fatalf("with a full disk: %v", g.Board.Alerts())
		}
		g.store.mu.Lock()
		full = false
		g.store.mu.Unlock()
		g.send(message("h1/t1", "temperature", 35)) // the device sends again
		if len(g.Board.Alerts()) != 1 || len(g.store.notices) != 1 {
			t.Errorf("with room again: %v and messages %v", g.Board.Alerts(), g.store.notices)
		}
	})
}

func TestAlertsEndWithWhatTheyAreAbout(t *testing.T) {
	for name, end := range map[string]func(context.Context, *guarded) error{
		"the rule is deleted":    func(ctx context.Context, g *guarded) error { return g.DeleteRule(ctx, g.rule.ID) },
		"the zone is deleted":    func(ctx context.Context, g *guarded) error { return g.DeleteZone(ctx, g.zone.ID) },
		"the device is ignored":  func(ctx context.Context, g *guarded) error { return g.IgnoreDevice(ctx, g.Board.Devices()[0].ID) },
		"the device is put away": func(ctx context.Context, g *guarded) error { return g.RemoveDevice(ctx, g.Board.Devices()[0].ID, true) },
		"the device is removed": func(ctx context.Context, g *guarded) error {
			return g.RemoveDevice(ctx, g.Board.Devices()[0].ID, false)
		},
		"the rule is switched off": func(ctx context.Context, g *guarded) error {
			g.rule.Enabled = false
			_, err := g.SaveRule(ctx, g.rule)
			return err
		},
		"the device is moved": func(ctx context.Context, g *guarded) error {
			none := sensors.ZoneID(0)
			_, err := g.EditDevice(ctx, g.Board.Devices()[0].ID, sensors.DeviceEdit{Zone: &none})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guard(t, func(r *sensors.Rule) { r.Hold = 0 })
				defer g.stop()
				g.heat(1, 35)
				if len(g.Board.Alerts()) != 1 {
					t.Fatal("it does not fire")
				}
				if err := end(context.Background(), g); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if open := g.Board.Alerts(); len(open) != 0 {
					t.Errorf("still open: %+v", open)
				}
				g.send(message("h1/t1", "temperature", 36))
				if open := g.Board.Alerts(); len(open) != 0 {
					t.Errorf("fires again: %+v", open)
				}
			})
		})
	}
}

func TestHoldTimesCountThroughARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, nil)
		g.heat(6, 31)
		pending := g.Board.Pending()
		again := g.restart()
		defer again.stop()
		again.heat(5, 31)
		if firing := again.Board.Alerts(); len(firing) != 1 || firing[0].ID != pending[0].ID {
			t.Errorf("11 minutes after it began, 5 after the restart: %+v, want alert %d to fire", firing, pending[0].ID)
		}
	})
}

func TestRulesAreJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, nil)
		defer g.stop()
		for name, change := range map[string]func(*sensors.Rule){
			"a zone that is gone":      func(r *sensors.Rule) { r.Scope = sensors.Scope{Zone: 999} },
			"a sensor that is gone":    func(r *sensors.Rule) { r.Scope = sensors.Scope{Sensor: 999} },
			"a sensor's other metric":  func(r *sensors.Rule) { r.Scope, r.Metric = sensors.Scope{Sensor: g.Board.Sensors()[0].ID}, "humidity" },
			"a recipient that is gone": func(r *sensors.Rule) { r.Recipients = []sensors.RecipientID{999} },
			"a clear above the limit":  func(r *sensors.Rule) { r.Clear = 31 },
		} {
			r := g.rule
			change(&r)
			var invalid sensors.Invalid
			if _, err := g.SaveRule(context.Background(), r); !errors.As(err, &invalid) {
				t.Errorf("%s: got %v, want what is wrong with it", name, err)
			}
		}
		if r, _ := g.Board.Rule(g.rule.ID); r.Name != "Too hot" || r.Clear != 29 {
			t.Errorf("the rule became %+v", r)
		}
	})
}

func TestRecipientsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, nil)
		defer g.stop()
		ctx := context.Background()
		who := g.Board.Recipients()[0]
		g.rule.Recipients = []sensors.RecipientID{who.ID}
		if _, err := g.SaveRule(ctx, g.rule); err != nil {
			t.Fatal(err)
		}
		who.Name = "Somebody else"
		if _, err := g.SaveRecipient(ctx, who); err != nil || g.Board.Recipients()[0].Name != who.Name {
			t.Errorf("renamed: %v, %v", g.Board.Recipients(), err)
		}
		if err := g.DeleteRecipient(ctx, who.ID); err != nil || len(g.Board.Recipients()) != 0 {
			t.Errorf("deleted: %v, %v", g.Board.Recipients(), err)
		}
		if r, _ := g.Board.Rule(g.rule.ID); len(r.Recipients) != 0 {
			t.Errorf("the rule still names %v", r.Recipients)
		}
	})
}
