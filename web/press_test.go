package web

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
	"furrow/sensors/notify"
)

func TestAChangeGoesAtOnceAndThenFourTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		r := b.follow(&reader{}, "sensor/1", b.board.Version())
		if len(r.got) != 1 || !strings.Contains(r.got[0], `id="clock"`) {
			t.Fatalf("on opening: got %q, want the clock", r.got)
		}
		b.sleep(time.Second)
		r.take()
		r.begun = time.Now()
		for i := range 1000 { // 100 a second for ten seconds
			b.measure(1, float64(i))
			b.sleep(10 * time.Millisecond)
		}
		if r.at[0] != 0 {
			t.Errorf("the first change went after %v, want at once", r.at[0])
		}
		if n := len(r.at); n < 39 || n > 41 {
			t.Errorf("%d messages in ten seconds, want 40", n)
		}
		for i := 1; i < len(r.at); i++ {
			if gap := r.at[i] - r.at[i-1]; gap < pushEvery {
				t.Errorf("messages %v apart, want %v at least", gap, pushEvery)
			}
		}
		b.sleep(pushEvery)
		if points := strings.Count(r.take(), "<chart-point"); points != 1000 {
			t.Errorf("%d points reached the chart, want all 1000", points)
		}
	})
}

func TestAQuietPageIsNotHeldUpByABusyOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		b.follow(&reader{}, overviewKey, b.board.Version())
		quiet := b.follow(&reader{}, "sensor/2", b.board.Version())
		for i := range 100 {
			b.measure(1, float64(i))
			b.sleep(10 * time.Millisecond)
		}
		quiet.take()
		b.measure(2, 5)
		if len(quiet.got) != 1 || !strings.Contains(quiet.got[0], "5.0") {
			t.Errorf("got %q, want the change at once", quiet.got)
		}
	})
}

func TestWhoDoesNotReadDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		stuck := make([]*reader, 20)
		for i := range stuck {
			stuck[i] = b.follow(&reader{stuck: true}, overviewKey, b.board.Version())
		}
		r := b.follow(&reader{}, overviewKey, b.board.Version())
		b.sleep(time.Second)
		r.take()
		b.measure(1, 7)
		if len(r.got) != 1 {
			t.Errorf("got %d messages, want the change at once", len(r.got))
		}
		b.sleep(writeLimit)
		for _, s := range stuck {
			if err := <-s.ended; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who does not read: got %v, want to be cut off", err)
			}
		}
		if n := b.server.hub.pages[overviewKey].viewers; n != 1 {
			t.Errorf("%d viewers are left, want 1", n)
		}
	})
}

func TestASilentPageHearsTheClockAndPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		r := b.follow(&reader{}, "zone/1", b.board.Version())
		b.sleep(time.Minute + time.Second)
		if len(r.got) != 5 || r.pings != 3 {
			t.Errorf("in a minute: %d messages and %d pings, want 5 and 3", len(r.got), r.pings)
		}
		for _, message := range r.got {
			if !strings.Contains(message, `hx-target="#clock"`) {
				t.Errorf("a message without the clock: %q", message)
			}
		}
	})
}

func TestAPageIsDrawnOnceForAllAndForNobodyNotAtAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		b.measure(1, 1)
		if n := len(b.server.hub.pages); n != 0 {
			t.Errorf("%d pages are kept, and nobody watches", n)
		}
		r1, r2 := &reader{}, &reader{}
		b.follow(r1, overviewKey, b.board.Version())
		b.follow(r2, overviewKey, b.board.Version())
		b.sleep(time.Second)
		r1.take()
		r2.take()
		b.measure(1, 2)
		if r1.take() != r2.take() {
			t.Error("two viewers got different messages")
		}
		if n := len(b.server.hub.pages[overviewKey].frames); n != 1 {
			t.Errorf("%d messages were made for two viewers, want one", n)
		}
		r1.hangUp()
		r2.hangUp()
		synctest.Wait()
		if n := len(b.server.hub.pages); n != 0 {
			t.Errorf("%d pages are kept after their viewers left", n)
		}
	})
}

func TestAPageThatComesBackGetsWhatItMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		drawn := b.board.Version()
		other := b.follow(&reader{}, overviewKey, drawn)
		b.measure(1, 11)
		b.measure(2, 22)
		b.sleep(time.Second)
		before := told(t, other.take())
		b.measure(1, 33)
		b.sleep(time.Second)
		other.take()
		for name, c := range map[string]struct {
			cursor  uint64
			has     []string
			hasNot  []string
			already int // messages that the other page gets because of it
		}{
			"the last":        {b.board.Version(), []string{"33.0"}, []string{"22.0", "11.0", `id="zones"`}, 0},
			"some":            {before, []string{"33.0"}, []string{"11.0", `id="zones"`}, 0},
			"all":             {drawn, []string{"33.0", "22.0"}, []string{"11.0", `id="zones"`}, 0},
			"before a change": {drawn - 1, []string{"33.0", "22.0", `id="zones"`}, []string{"11.0"}, 0},
			"another life":    {17, []string{"33.0", "22.0", `id="zones"`, `id="attention"`}, []string{"11.0"}, 0},
		} {
			r := b.follow(&reader{}, overviewKey, c.cursor)
			got := r.take()
			for _, want := range c.has {
				if !strings.Contains(got, want) {
					t.Errorf("%s: %q is missing in %q", name, want, got)
				}
			}
			for _, not := range c.hasNot {
				if strings.Contains(got, not) {
					t.Errorf("%s: %q is in %q", name, not, got)
				}
			}
			if v := told(t, got); v != b.board.Version() {
				t.Errorf("%s: told to come back with %d, want %d", name, v, b.board.Version())
			}
			b.sleep(time.Second)
			if len(other.got) != c.already {
				t.Errorf("%s: the other page got %q", name, other.take())
			}
			r.hangUp()
		}
	})
}

func TestWhatMovedWhileNobodyWatchedIsDrawnAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		drawn := b.board.Version()
		b.board.Apply(live.Change{Devices: []sensors.Device{{ID: 1, Key: "a", Name: "A", Status: sensors.DeviceAdopted, Zone: 2}}})
		b.follow(&reader{}, "zone/2", b.board.Version()) // the loop has seen the move before the page asks
		got := b.follow(&reader{}, "zone/1", drawn).take()
		if !strings.Contains(got, `id="zone-devices"`) || strings.Contains(got, "value-row-1") {
			t.Errorf("the zone it left: got %q", got)
		}
		got = b.follow(&reader{}, "zone/2", drawn).take()
		if !strings.Contains(got, `id="zone-devices"`) || !strings.Contains(got, "value-row-1") {
			t.Errorf("the zone it came to: got %q", got)
		}
	})
}

func TestPagesOfWhatIsGoneSaySo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		zone, sensor := b.follow(&reader{}, "zone/1", b.board.Version()), b.follow(&reader{}, "sensor/1", b.board.Version())
		device := b.follow(&reader{}, "device/1", b.board.Version())
		b.sleep(time.Second)
		b.board.Apply(live.Change{ZonesChanged: true, Zones: []sensors.Zone{{ID: 2, Name: "West", Kind: "barn"}}, GoneDevices: []sensors.DeviceID{1}})
		synctest.Wait()
		for name, r := range map[string]*reader{"zone": zone, "sensor": sensor, "device": device} {
			if got := r.take(); !strings.Contains(got, `id="gone"`) || !strings.Contains(got, name+" was ") {
				t.Errorf("%s: got %q", name, got)
			}
		}
		late := b.follow(&reader{}, "sensor/1", 17)
		if got := late.take(); !strings.Contains(got, `id="gone"`) {
			t.Errorf("a page from before a restart: got %q", got)
		}
	})
}

func TestTheInboxCountReachesEveryPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		pages := map[string]*reader{}
		for _, page := range []string{overviewKey, "zone/1", "sensor/1", "device/1", devicesKey, devicesLookKey} {
			pages[page] = b.follow(&reader{}, page, b.board.Version())
		}
		b.sleep(time.Second)
		b.board.Apply(live.Change{Devices: []sensors.Device{{ID: 9, Key: "new", Status: sensors.DeviceNew}}})
		synctest.Wait()
		for page, r := range pages {
			if got := r.take(); !strings.Contains(got, `<b id="new-count">1`) {
				t.Errorf("%s: got %q", page, got)
			}
		}
	})
}

func TestWhyAPageIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		r := b.follow(&reader{}, overviewKey, b.board.Version())
		r.cancel(errSessionEnded)
		if err := <-r.ended; err != errSessionEnded {
			t.Errorf("signed out: got %v", err)
		}
		r = b.follow(&reader{}, overviewKey, b.board.Version())
		r.hangUp()
		if err := <-r.ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the other side went: got %v", err)
		}
		b.measure(1, 5)
		b.past.fail = errors.New("the disk is on fire")
		if err := <-b.follow(&reader{}, "sensor/1", 17).ended; err != errNotDrawn {
			t.Errorf("a page that cannot be drawn: got %v, want %v", err, errNotDrawn)
		}
	})
}

func TestAChangeWhileAPageIsDrawnIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		r := b.follow(&reader{}, "sensor/1", b.board.Version())
		b.sleep(time.Second)
		r.take()
		late := sensors.Reading{Sensor: 1, At: sensors.MilliOf(time.Now()) + 5, Value: 77}
		b.past.during = func() {
			b.past.during = nil
			b.board.Apply(live.Change{Readings: []sensors.Reading{late}})
		}
		b.measure(1, 66)
		b.sleep(pushEvery)
		if got := r.take(); !strings.Contains(got, "66.0") || !strings.Contains(got, "77.0") {
			t.Errorf("got %q, want both", got)
		}
	})
}

func TestTheOverviewSaysThatNothingIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		r := b.follow(&reader{}, overviewKey, b.board.Version())
		b.health.Store(&ingest.Health{Err: sensors.ErrDiskFull, Since: time.Now()})
		b.sleep(2 * time.Second)
		if got := r.take(); !strings.Contains(got, "The disk is full") {
			t.Errorf("got %q", got)
		}
		b.health.Store(&ingest.Health{})
		b.sleep(2 * time.Second)
		if got := r.take(); !strings.Contains(got, `id="attention"`) || strings.Contains(got, "The disk is full") {
			t.Errorf("afterwards: got %q", got)
		}
	})
}

func TestTheOverviewSaysThatMessagesFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		r := b.follow(&reader{}, overviewKey, b.board.Version())
		health := b.server.o.Health.(*fakeHealth)
		health.set(notify.ChannelHealth{Recipient: 1, Name: "Ann", Kind: "slack", FailingSince: time.Now(), LastError: "it said no"})
		b.sleep(2 * time.Second)
		if got := r.take(); !strings.Contains(got, "Messages to Ann by Slack fail") || !strings.Contains(got, "it said no") {
			t.Errorf("got %q", got)
		}
		health.set()
		b.sleep(2 * time.Second)
		if got := r.take(); !strings.Contains(got, `id="attention"`) || strings.Contains(got, "Ann") {
			t.Errorf("afterwards: got %q", got)
		}
	})
}

func TestOldPointsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		b.follow(&reader{}, "sensor/1", b.board.Version())
		for i := range 2 * keptPoints {
			b.measure(1, float64(i))
			b.sleep(pushEvery)
		}
		if n := len(b.server.hub.pages["sensor/1"].elements); n > keptPoints+1 {
			t.Errorf("%d elements are kept, want at most %d", n, keptPoints+1)
		}
	})
}

func TestOnlyTheNewestPointsOfABacklogAreSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		b.measure(1, 1)
		r := b.follow(&reader{}, "sensor/1", b.board.Version())
		b.sleep(time.Hour + time.Second)
		r.take()
		for i := range 2000 {
			b.past.readings = append(b.past.readings, sensors.Reading{Sensor: 1, At: sensors.MilliOf(time.Now()) - sensors.Milli(2000-i), Value: float64(i)})
		}
		b.past.readings[len(b.past.readings)-2].Quality = sensors.Suspect
		b.measure(1, 3000)
		got := r.take()
		if n := strings.Count(got, "<chart-point"); n != maxPoints || !strings.Contains(got, `v="3000"`) || strings.Contains(got, `v="1998"`) {
			t.Errorf("%d points, want the %d newest that can be trusted", n, maxPoints)
		}
	})
}
