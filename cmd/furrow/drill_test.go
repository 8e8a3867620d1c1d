package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/web/auth"
)

// within is a furrow that runs in the test's own process, so that a test can reach its rooms.
type within struct {
	*app
	t     *testing.T
	ctx   context.Context
	stop  context.CancelFunc
	ended chan error
}

func runWithin(t *testing.T, dir string, change ...func(*app)) *within {
	t.Helper()
	flags := serving{HTTP: "127.0.0.1:0", MQTT: "127.0.0.1:0", Adopt: "auto", AllowPrivateTargets: true}
	w := &within{app: newApp(slog.New(slog.NewTextHandler(io.Discard, nil)), dir, flags, time.Now), t: t, ended: make(chan error, 1)}
	for _, c := range change {
		c(w.app)
	}
	w.ctx, w.stop = context.WithTimeout(context.Background(), hang)
	ready := make(chan struct{})
	go func() { w.ended <- w.serve(w.ctx, func(context.Context) error { close(ready); return nil }) }()
	select {
	case <-ready:
	case err := <-w.ended:
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	return w
}

// end stops it; once is enough.
func (w *within) end() {
	w.t.Helper()
	if w.ended == nil {
		return
	}
	w.stop()
	if err := <-w.ended; err != nil {
		w.t.Error(err)
	}
	w.ended = nil
}

// settled makes a farm with an owner, and somebody who is told through the webhook.
func (w *within) settled(h *hooks) {
	w.t.Helper()
	farm := sensors.Farm{Name: "Hillside", TimeZone: "Europe/Amsterdam", Units: sensors.MetricUnits}
	_, err := w.db.CreatePerson(w.ctx, auth.Person{Email: "ada@farm.example", Name: "Ada", Role: auth.RoleOwner, CreatedAt: time.Now()}, "none")
	if err = errors.Join(err, w.ingest.SetFarm(w.ctx, farm)); err == nil {
		_, err = w.ingest.SaveRecipient(w.ctx, sensors.Recipient{Name: "Ann", Channels: []sensors.Channel{{Kind: "webhook", Target: h.url}}})
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// set keeps a setting.
func (w *within) set(key string, value any) {
	w.t.Helper()
	text, err := json.Marshal(value)
	if err == nil {
		err = w.db.SetSetting(w.ctx, key, string(text))
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// over waits until the newest drill has ended and returns it.
func (w *within) over() sensors.Drill {
	w.t.Helper()
	for w.ctx.Err() == nil {
		list, err := w.drills.Drills(w.ctx, 1)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(list) == 1 && list[0].EndedAt != 0 {
			return list[0]
		}
	}
	w.t.Fatal("the drill does not end")
	return sensors.Drill{}
}

func (w *within) tap(h hook) {
	w.t.Helper()
	id, err := sensors.ParseID[sensors.AlertID](h.body.Alert.ID)
	if err == nil {
		err = w.ingest.Acknowledge(w.ctx, id, "Ann", "")
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestADrillGoesAllTheWay(t *testing.T) {
	t.Parallel()
	h := newHooks(t)
	w := runWithin(t, t.TempDir())
	w.settled(h)
	listener := w.listener()
	if err := w.drills.Start(w.ctx, "Ada"); err != nil {
		t.Fatal(err)
	}
	if err := w.drills.Start(w.ctx, "Ada"); !errors.Is(err, sensors.ErrConflict) {
		t.Errorf("a second one at once: got %v", err)
	}
	drill := h.next("drill")
	if !drill.body.Alert.Drill || !strings.HasPrefix(drill.body.Text, "DRILL: ") {
		t.Errorf("the webhook got %s", drill.text)
	}
	running, err := w.drills.Drills(w.ctx, 1)
	if err != nil || running[0].EndedAt != 0 || len(running[0].Hops) < 5 {
		t.Errorf("while it runs: got %+v, %v", running, err)
	}
	w.tap(drill)
	h.next("resolved")
	got := w.over()
	checkHops(t, got.Hops)
	if !got.Passed || got.By != "Ada" || got.Why != "" {
		t.Errorf("got %+v, want it passed", got)
	}
	w.leftNothing(listener)
}

// checkHops wants all hops of a drill that went well, in the order of their times. The message may be there before
// the drill learns that its reading is on the disk.
func checkHops(t *testing.T, hops []sensors.DrillHop) {
	t.Helper()
	var names []string
	last := sensors.Milli(0)
	for _, hop := range hops {
		if names = append(names, hop.Name); hop.At < last || hop.Failed {
			t.Errorf("hop %+v comes before the one before it, or failed", hop)
		}
		last = hop.At
	}
	// A message can arrive, and a quick thumb answer it, before the sender hears that the reading is on the disk.
	if len(names) == 6 {
		slices.Sort(names[3:])
	}
	if want := "Test reading sent, Taken by the broker, Rule broken, Answered, Message to Ann, On the disk"; strings.Join(names, ", ") != want {
		t.Errorf("hops: got %q, want %q", names, want)
	}
}

// listener is somebody with a token who hears all that is published.
func (w *within) listener() *mqttClient {
	w.t.Helper()
	if _, err := w.db.CreateToken(w.ctx, "all", auth.ScopeRead, auth.SecretHash("token")); err != nil {
		w.t.Fatal(err)
	}
	c := dial(w.t, &server{t: w.t, mqtt: w.broker.Address().String()}, "listener", "program", "token")
	c.subscribe("#")
	return c
}

// leftNothing checks that a drill left no trace where readings go. The listener's first message is a marker.
func (w *within) leftNothing(listener *mqttClient) {
	w.t.Helper()
	if n := w.board.Counts(); n.Readings != 0 || n.Unread != 0 || len(w.board.Devices()) != 0 || len(w.board.Zones()) != 0 || len(w.board.Alerts()) != 0 {
		w.t.Errorf("the drill left something behind: %+v", n)
	}
	dial(w.t, &server{t: w.t, mqtt: w.broker.Address().String()}, "marker", "", "").publish("farm/z/d/co2", "500", 1)
	p, err := packets.ReadPacket(listener.conn)
	if m, ok := p.(*packets.PublishPacket); err != nil || !ok || m.TopicName != "farm/z/d/co2" {
		w.t.Errorf("the listener heard %v, %v, want the marker", p, err)
	}
}

func TestADrillThatNobodyAnswersIsAnAlert(t *testing.T) {
	t.Parallel()
	h := newHooks(t)
	w := runWithin(t, t.TempDir())
	w.settled(h)
	w.set(notify.SettingDrill, notify.DrillSetting{Answer: 1})
	if err := w.drills.Start(w.ctx, "Ada"); err != nil {
		t.Fatal(err)
	}
	h.next("drill")
	events := map[string]hook{}
	for range 2 { // in either order: the drill is over, and it was missed
		got := <-h.got
		events[got.body.Event] = got
	}
	missed := events["firing"]
	if !strings.HasPrefix(missed.body.Text, "Missed drill: nobody answered in time") || missed.body.Alert.Drill || !strings.Contains(missed.text, `"rule":null`) {
		t.Errorf("the webhook got %s", missed.text)
	}
	got := w.over()
	if got.Passed || got.Why != "nobody answered in time" || !got.Hops[len(got.Hops)-1].Failed {
		t.Errorf("got %+v, want it missed", got)
	}
	if firing := w.board.Alerts(); len(firing) != 1 || firing[0].RuleName != "Missed drill: nobody answered in time" {
		t.Errorf("alerts: got %+v, want one about it", firing)
	}
	w.tap(missed)
	if h.next("resolved"); len(w.board.Alerts()) != 0 {
		t.Errorf("after somebody has seen it: got %+v", w.board.Alerts())
	}
}

func TestADrillWithoutAChannelThatWorksIsMissed(t *testing.T) {
	t.Parallel()
	w := runWithin(t, t.TempDir())
	w.settled(&hooks{url: "http://127.0.0.1:1/nobody"})
	w.set(notify.SettingDrill, notify.DrillSetting{Answer: 1})
	if err := w.drills.Start(w.ctx, ""); err != nil {
		t.Fatal(err)
	}
	if got := w.over(); got.Passed || got.Why != "no message got through" {
		t.Errorf("got %+v, want it missed because nobody was told", got)
	}
}

func TestADrillGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	h, dir := newHooks(t), t.TempDir()
	w := runWithin(t, dir)
	w.settled(h)
	if err := w.drills.Start(w.ctx, "Ada"); err != nil {
		t.Fatal(err)
	}
	drill := h.next("drill")
	w.end()
	w = runWithin(t, dir)
	w.tap(drill)
	if got := w.over(); !got.Passed || len(got.Hops) != 6 {
		t.Errorf("got %+v, want it passed with all its hops", got)
	}
}

func TestDrillsThatCannotBegin(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*app){
		"nobody to tell": func(*app) {},
		"no broker":      func(a *app) { a.flags.MQTT = "off" },
	} {
		t.Run(name, func(t *testing.T) {
			w := runWithin(t, t.TempDir(), change)
			var invalid sensors.Invalid
			if err := w.drills.Start(w.ctx, "Ada"); !errors.As(err, &invalid) || invalid["drill"] == "" {
				t.Errorf("got %v, want a sentence", err)
			}
		})
	}
	t.Run("not let in", func(t *testing.T) {
		w := runWithin(t, t.TempDir())
		w.settled(newHooks(t))
		if err := publishDrill(w.ctx, w.broker.Handle, "not the secret"); err == nil || !strings.Contains(err.Error(), "let it in") {
			t.Errorf("with a wrong password: got %v", err)
		}
	})
}

// TestTheWeeklyDrillIsHeld runs on a clock that is about to show the time that is set.
func TestTheWeeklyDrillIsHeld(t *testing.T) {
	t.Parallel()
	h := newHooks(t)
	at := time.Date(2026, 7, 6, 10, 0, 0, 0, sensors.Farm{TimeZone: "Europe/Amsterdam"}.Location()) // a Monday
	ahead := time.Until(at.Add(-3 * time.Second))
	w := runWithin(t, t.TempDir(), func(a *app) { a.now = func() time.Time { return time.Now().Add(ahead) } })
	w.settled(h)
	w.set(notify.SettingDrill, notify.DrillSetting{Weekly: true, Weekday: time.Monday, Minute: 600})
	w.tap(h.next("drill"))
	if got := w.over(); !got.Passed || got.By != "" || got.StartedAt < sensors.MilliOf(at) {
		t.Errorf("got %+v, want one that began by itself at ten", got)
	}
}
