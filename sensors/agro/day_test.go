package agro

import (
	"math"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"
)

func zoneNamed(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestLocalDaysAreCalendarDays(t *testing.T) {
	for _, c := range []struct {
		zone, from string
		hours      []float64 // length of each day
	}{
		{"Europe/Berlin", "2025-03-29", []float64{24, 23, 24}},
		{"Europe/Berlin", "2025-10-25", []float64{24, 25, 24}},
		{"Australia/Adelaide", "2025-10-04", []float64{24, 23, 24}},
		{"Australia/Lord_Howe", "2025-04-05", []float64{24, 24.5, 24}},
		{"Pacific/Chatham", "2025-09-27", []float64{24, 23, 24}},
		{"Asia/Kolkata", "2025-06-01", []float64{24, 24, 24}},
		{"America/Havana", "2025-03-08", []float64{24, 23, 24}}, // 0:00 does not exist
		{"America/Havana", "2025-11-01", []float64{24, 25, 24}}, // 0:00 comes twice
		{"Africa/Cairo", "2025-04-24", []float64{24, 23, 24}},   // 0:00 does not exist
		{"Africa/Cairo", "2025-10-30", []float64{25, 24, 24}},   // back from 24:00 to 23:00
		{"Pacific/Apia", "2011-12-29", []float64{24, 24, 24}},   // the 30th did not exist
		{"UTC", "2024-02-28", []float64{24, 24, 24}},
	} {
		date, _ := time.Parse(time.DateOnly, c.from)
		noon := time.Date(date.Year(), date.Month(), date.Day(), 12, 0, 0, 0, zoneNamed(t, c.zone))
		start := midnight(noon)
		var total float64
		for _, h := range c.hours {
			total += h
		}
		s := AirSeries{Start: start, Step: 15 * time.Minute, TempC: make([]float64, int(4*total))}
		days, err := LocalDays(s, noon.Location())
		if err != nil || len(days) != len(c.hours) {
			t.Errorf("%s %s: got %d days, %v, want %d", c.zone, c.from, len(days), err, len(c.hours))
			continue
		}
		for i, day := range days {
			if got := day.End.Sub(day.Start).Hours(); got != c.hours[i] || day.Observed != int(4*got) || day.CoveragePct != 100 {
				t.Errorf("%s %s: got %g hours and %d readings, want %g hours", c.zone, day.Date(), got, day.Observed, c.hours[i])
			}
			if before := day.Start.Add(-1).Format(time.DateOnly); before >= day.Date() {
				t.Errorf("%s %s: the day began before %s", c.zone, day.Date(), day.Start)
			}
			if last := day.End.Add(-1).Format(time.DateOnly); last != day.Date() {
				t.Errorf("%s %s: its last moment is on %s", c.zone, day.Date(), last)
			}
		}
	}
}

func TestDayCoverage(t *testing.T) {
	day := func(missing ...int) Day {
		s := AirSeries{Start: time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC), Step: 10 * time.Minute, TempC: make([]float64, 144)}
		for _, i := range missing {
			s.TempC[i] = math.NaN()
		}
		days, err := LocalDays(s, time.UTC)
		if err != nil || len(days) != 1 {
			t.Fatal(len(days), err)
		}
		return days[0]
	}
	run := func(from, n int) (list []int) {
		for i := range n {
			list = append(list, from+i)
		}
		return list
	}
	for _, c := range []struct {
		name      string
		day       Day
		gap       time.Duration
		judgeable bool
	}{
		{"whole", day(), 10 * time.Minute, true},
		{"14 missing here and there", day(3, 13, 23, 33, 43, 53, 63, 73, 83, 93, 103, 113, 123, 133), 20 * time.Minute, true},
		{"15 missing here and there", day(3, 13, 23, 33, 43, 53, 63, 73, 83, 93, 103, 113, 123, 133, 140), 20 * time.Minute, false},
		{"a gap at noon", day(run(60, 17)...), 3 * time.Hour, false}, // 88 %
		{"nothing until two", day(run(0, 12)...), 2 * time.Hour, true},
		{"nothing from ten at night", day(run(132, 12)...), 2*time.Hour + 10*time.Minute, true},
		{"nothing", day(run(0, 144)...), 24 * time.Hour, false},
	} {
		if c.day.LargestGap != c.gap || c.day.Judgeable() != c.judgeable {
			t.Errorf("%s: got a gap of %v, judgeable %v at %.1f %%, want %v, %v", c.name, c.day.LargestGap, c.day.Judgeable(),
				c.day.CoveragePct, c.gap, c.judgeable)
		}
	}
}

func TestSeriesIsChecked(t *testing.T) {
	for name, s := range map[string]AirSeries{
		"no readings":       {Step: time.Hour},
		"no step":           {TempC: []float64{1}},
		"600 years":         {Step: 24 * time.Hour, TempC: make([]float64, 220_000)},
		"a broken sensor":   {Step: time.Hour, TempC: []float64{1, 999}},
		"infinitely hot":    {Step: time.Hour, TempC: []float64{math.Inf(1)}},
		"fewer humidities":  {Step: time.Hour, TempC: []float64{1, 2}, RHPct: []float64{50}},
		"humidity of 140 %": {Step: time.Hour, TempC: []float64{1}, RHPct: []float64{140}},
	} {
		if _, err := WetDays(s, time.UTC); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

func TestTrapezoidMean(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		times, values []float64
		want          float64
	}{
		{[]float64{0, 3600, 3660, 7200}, []float64{20, 20, 30, 30}, 24.958333},
		{[]float64{0, 10, 20}, []float64{1, nan, 3}, 2},
		{[]float64{5}, []float64{7}, 7},
		{[]float64{5, 5}, []float64{6, 8}, 7},
	} {
		got, err := TrapezoidMean(c.times, c.values)
		holds(t, "mean", got, err, c.want, 1e-6)
	}
	if _, err := TrapezoidMean([]float64{10, 0}, []float64{1, 2}); err == nil {
		t.Error("times that fall: want an error")
	}
}

func TestEvenHoldsReadingsForAWhile(t *testing.T) {
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(minutes int, value float64) Reading {
		return Reading{start.Add(time.Duration(minutes) * time.Minute), value}
	}
	// every 10 minutes as a rule; the last one stands for 25
	readings := []Reading{at(-5, 10), at(5, 20), at(30, 30), at(150, 5)}
	got := Even(readings, 10*time.Minute, start, 30*time.Minute, 6)
	want := []float64{(5*10 + 25*20) / 30.0, 30, math.NaN(), math.NaN(), math.NaN(), 5}
	if !slices.EqualFunc(got, want, func(a, b float64) bool { return alike(a, b, 1e-9) }) {
		t.Errorf("got %v, want %v", got, want)
	}
}
