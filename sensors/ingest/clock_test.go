package ingest

import (
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"furrow/sensors"
)

// setBy returns what time.Now says after somebody has set the clock: another hour on the wall, the same monotonic
// time. No function makes such a time; the seconds on the wall stand above 30 bits of nanoseconds.
func setBy(t time.Time, by time.Duration) time.Time {
	(*[2]uint64)(unsafe.Pointer(&t))[0] += uint64(by/time.Second) << 30
	return t
}

func TestSettingTheClockNeitherFiresNorMutes(t *testing.T) {
	for _, by := range []time.Duration{3 * time.Hour, -3 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			real := time.Now() // with a monotonic part, which the bubble's times have not
			synctest.Test(t, func(t *testing.T) {
				begun, set := time.Now(), time.Duration(0)
				clock := func() time.Time { return setBy(real.Add(time.Since(begun)), set) }
				g := guard(t, nil, func(o *Options) { o.Now = clock })
				defer g.stop()
				hot := func() {
					d := message("h1/t1", "temperature", 31)
					d.ReceivedAt = sensors.MilliOf(clock())
					g.send(d)
				}
				heat := func(minutes int) {
					for range minutes {
						time.Sleep(time.Minute)
						hot()
					}
					time.Sleep(2 * time.Second)
					synctest.Wait()
				}
				heat(5)
				set = by
				if now := real.Add(time.Since(begun)); clock().Sub(now) != 0 || clock().Round(0).Sub(now.Round(0)) != by {
					t.Fatal("times are not kept as this test thinks")
				}
				hot() // before anybody has looked at the clock
				heat(3)
				if open := g.Board.Alerts(); len(open) != 0 {
					t.Fatalf("after 8 minutes: got %+v, want nothing yet", open)
				}
				heat(4)
				if open := g.Board.Alerts(); len(open) != 1 || open[0].Rule == 0 || open[0].Sensor == 0 {
					t.Errorf("after 12 minutes: got %+v, want the one about the heat", open)
				}
			})
		})
	}
}
