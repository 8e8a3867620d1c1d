package chart

import (
	"math"
	"testing"
	"time"

	"furrow/sensors"
)

func TestLimitsInAChart(t *testing.T) {
	none := math.NaN()
	buckets := []sensors.Bucket{{From: 0, Count: 1, Min: 10, Mean: 10, Max: 10}, {From: 60_000, Count: 1, Min: 30, Mean: 30, Max: 30}}
	draw := func(g Guide) Chart {
		s := NewSeries(buckets, Window{To: 120_000, Step: time.Minute, Gap: time.Hour})
		s.Guide = g
		return New(s, Scale{Least: 1}, Calendar{Zone: time.UTC})
	}
	plain := draw(Guide{})
	if plain.Guarded || plain.Beyond != "" || plain.Limits != nil || plain.Alerts != nil {
		t.Errorf("without limits: got %+v", plain)
	}
	// The axis goes from 8.6 to 31.4: 25 is 28.07 % below its top.
	c := draw(Guide{Stretches: []Stretch{{0, 60_000, none, 25}, {60_000, 120_000, 12, 25}}, Alerts: []Span{{90_000, 500_000, "too hot"}, {-9, -5, "before"}}})
	want := []Limit{{"0.00%", "50.00%", "28.07%", "max 25"}, {"50.00%", "100.00%", "28.07%", ""}, {"50.00%", "100.00%", "85.09%", "min 12"}}
	if len(c.Limits) != 3 {
		t.Fatalf("got %+v", c.Limits)
	}
	for i := range want {
		if c.Limits[i] != want[i] {
			t.Errorf("line %d: got %+v, want %+v", i, c.Limits[i], want[i])
		}
	}
	if want := "M0 0L500 0L500 281L0 281ZM500 0L1000 0L1000 281L500 281ZM500 851L1000 851L1000 1000L500 1000Z"; c.Beyond != want {
		t.Errorf("beyond the limits:\n got %s\nwant %s", c.Beyond, want)
	}
	if len(c.Alerts) != 1 || c.Alerts[0] != (Band{"75.00%", "25.00%", "too hot"}) {
		t.Errorf("alerts: got %+v", c.Alerts)
	}
	if c.Line != plain.Line {
		t.Error("limits within the values moved the line")
	}
}

func TestOnlyLimitsNearbyWidenTheAxis(t *testing.T) {
	none := math.NaN()
	for name, c := range map[string]struct {
		stretch     Stretch
		bottom, top float64
	}{
		"near above": {Stretch{0, 1, none, 35}, 10, 35},
		"near below": {Stretch{0, 1, -5, none}, -5, 20},
		"far away":   {Stretch{0, 1, -500, 900}, 10, 20},
		"none":       {Stretch{0, 1, none, none}, 10, 20},
	} {
		g := Guide{Stretches: []Stretch{c.stretch}}
		if bottom, top := g.reach(10, 20, 20); bottom != c.bottom || top != c.top {
			t.Errorf("%s: got %v to %v, want %v to %v", name, bottom, top, c.bottom, c.top)
		}
	}
}
