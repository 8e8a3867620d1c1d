package chart

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
)

func amsterdam(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func milli(t *testing.T, zone *time.Location, text string) sensors.Milli {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return sensors.MilliOf(at)
}

func labels(marks []Mark) string {
	var out []string
	for _, m := range marks {
		if m.Day {
			m.Label = "[" + m.Label + "]"
		}
		out = append(out, m.Label)
	}
	return strings.Join(out, " ")
}

func TestTheTimeAxisCountsAsTheFarmDoes(t *testing.T) {
	zone := amsterdam(t)
	for name, c := range map[string]struct {
		from, to string
		clock12  bool
		want     string
	}{
		"an hour":            {"2026-06-01 07:52", "2026-06-01 08:52", false, "08:00 08:10 08:20 08:30 08:40 08:50"},
		"an hour, am and pm": {"2026-06-01 11:30", "2026-06-01 12:30", true, "11:30 am 11:40 am 11:50 am 12 pm 12:10 pm 12:20 pm 12:30 pm"},
		"a day":              {"2026-06-06 09:10", "2026-06-07 09:10", false, "12:00 16:00 20:00 [Sun 7] 04:00 08:00"},
		"clocks put forward": {"2026-03-28 18:00", "2026-03-29 18:00", false, "20:00 [Sun 29] 04:00 08:00 12:00 16:00"},
		"clocks put back":    {"2026-10-24 18:00", "2026-10-25 18:00", false, "20:00 [Sun 25] 04:00 08:00 12:00 16:00"},
		"a week":             {"2026-06-01 12:00", "2026-06-08 12:00", false, "3 Jun 5 Jun 7 Jun"},
		"a month":            {"2026-05-20 12:00", "2026-06-19 12:00", false, "21 May 26 May 31 May 5 Jun 10 Jun 15 Jun"},
		"a year":             {"2025-06-19 12:00", "2026-06-19 12:00", false, "Jul Sep Nov 2026 Mar May"},
		"ten years":          {"2016-06-19 12:00", "2026-06-19 12:00", false, "2021 2026"},
	} {
		got := Calendar{zone, c.clock12}.marks(milli(t, zone, c.from), milli(t, zone, c.to), 6)
		if labels(got) != c.want {
			t.Errorf("%s: got %s, want %s", name, labels(got), c.want)
		}
		if !slices.IsSortedFunc(got, func(a, b Mark) int { return strings.Compare(pad(a.At), pad(b.At)) }) {
			t.Errorf("%s: marks are out of order: %v", name, got)
		}
	}
}

func pad(share string) string { return strings.Repeat("0", 8-len(share)) + share }

func TestTheValueAxisHasRoundMarks(t *testing.T) {
	for name, c := range map[string]struct {
		low, high float64
		scale     Scale
		want      string
	}{
		"temperature":       {17.2, 24.9, Scale{Floor: math.NaN()}, "18 20 22 24"},
		"below zero":        {-4.1, 3.2, Scale{Floor: math.NaN()}, "-4 -2 0 2"},
		"barely moving":     {21.4, 21.5, Scale{Least: .5, Floor: math.NaN()}, "21.2 21.3 21.4 21.5 21.6 21.7"},
		"never below empty": {0, 3, Scale{Floor: 0}, "0 1 2 3"},
		"large":             {0, 99000, Scale{Floor: 0}, "0 20000 40000 60000 80000 100000"},
		"a switch":          {0, 1, Scale{Words: [2]string{"closed", "open"}}, "closed open"},
		"one value":         {5, 5, Scale{Least: 1, Floor: math.NaN()}, "4.6 4.8 5.0 5.2 5.4"},
	} {
		bottom, top := c.scale.reach(c.low, c.high)
		if got := labels(c.scale.marks(bottom, top)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		if bottom > c.low || top < c.high {
			t.Errorf("%s: the axis from %v to %v cuts values off", name, bottom, top)
		}
	}
}

func TestGapsAreDrawnAsGaps(t *testing.T) {
	buckets := []sensors.Bucket{bucket(0, 1), bucket(1, 3), bucket(30, 2), bucket(59, 2)}
	s := NewSeries(buckets, Window{From: 0, To: 3_600_000, Step: time.Minute, Gap: 10 * time.Minute})
	c := New(s, Scale{Floor: math.NaN()}, Calendar{Zone: time.UTC})
	if want := "M8 939L25 61M508 500h0M992 500h0"; c.Line != want {
		t.Errorf("line: got %s, want %s", c.Line, want)
	}
	if want := "M8 939L25 61L25 61L8 939Z"; c.Band != want {
		t.Errorf("band: got %s, want %s", c.Band, want)
	}
	if len(s.At) != 6 || !math.IsNaN(s.Mean[2]) || !math.IsNaN(s.Mean[4]) {
		t.Errorf("columns: got %v %v, want two gaps", s.At, s.Mean)
	}
	if from, to := s.Silence(); from != 90_000 || to != 30*60_000+30_000 {
		t.Errorf("longest silence: got %d to %d", from, to)
	}
}

func TestASwitchHoldsItsValue(t *testing.T) {
	s := NewSeries([]sensors.Bucket{bucket(0, 1), bucket(30, 0)}, Window{From: 0, To: 3_600_000, Step: time.Minute, Gap: time.Minute, Stepped: true})
	s.Hold(3_600_000)
	c := New(s, Scale{Words: [2]string{"off", "on"}}, Calendar{Zone: time.UTC})
	if want := "M0 122L500 122L500 935L1000 935L1000 935"; c.Line != want || c.Band != "" {
		t.Errorf("got %s and band %q, want %s and none", c.Line, c.Band, want)
	}
}

func TestConversionsThatTurnTheScaleKeepLowBelowHigh(t *testing.T) {
	s := NewSeries([]sensors.Bucket{{From: 0, Count: 2, Min: 1, Mean: 2, Max: 3}}, Window{To: 1000, Step: time.Second, Shown: func(v float64) float64 { return -v }})
	if s.Low[0] != -3 || s.High[0] != -1 || s.Count != 2 {
		t.Errorf("got %v to %v of %d", s.Low[0], s.High[0], s.Count)
	}
}

func TestNothingToDraw(t *testing.T) {
	c := New(NewSeries(nil, Window{From: 0, To: 3_600_000, Step: time.Minute}), Scale{}, Calendar{Zone: time.UTC})
	if c.Line != "" || len(c.Y) != 0 || len(c.X) == 0 {
		t.Errorf("got %+v, want a time axis alone", c)
	}
}
