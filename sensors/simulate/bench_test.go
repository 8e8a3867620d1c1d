package simulate

import (
	"testing"
	"time"

	"furrow/sensors"
)

var springNoon = time.Date(2026, 4, 24, 10, 0, 0, 0, time.UTC)

// BenchmarkBackfill computes three weeks of the standard farm, the weeks before that warm its soils included.
func BenchmarkBackfill(b *testing.B) {
	readings := 0
	for b.Loop() {
		readings = 0
		err := New(netherlands(b, springNoon)).Backfill(springNoon.AddDate(0, 0, -21), springNoon, 5*time.Minute, func(posted []sensors.Posted) error {
			readings += len(posted)
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(readings), "readings/op")
}

func BenchmarkNext(b *testing.B) {
	for name, devices := range map[string]int{"standard": 0, "devices=10000": 10_000} {
		b.Run(name, func(b *testing.B) {
			o := netherlands(b, springNoon)
			o.Devices = devices
			f := New(o)
			f.Next() // makes the world
			b.ReportAllocs()
			messages, started := 0, b.Elapsed()
			for b.Loop() {
				_, batch := f.Next()
				messages += len(batch)
			}
			b.ReportMetric(float64((b.Elapsed()-started).Nanoseconds())/float64(messages), "ns/message")
		})
	}
}

func BenchmarkTick(b *testing.B) {
	w := newWorld(place{seed: 1, latitude: 52.1, longitude: 5.2}, amsterdam(b), springNoon.Unix())
	for b.Loop() {
		w.advance()
	}
}
