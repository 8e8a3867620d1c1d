package agro

import (
	"math"
	"slices"
	"testing"
	"time"
)

// McMaster and Wilhelm 1997, Table 1, and a pair that came in the wrong order.
func TestDegreeDayMethods(t *testing.T) {
	for _, c := range []struct{ tminC, tmaxC, average, clamped float64 }{
		{10, 20, 15, 15}, {-2, 8, 3, 4}, {5, 10, 7.5, 7.5}, {-7, -2, 0, 0}, {-2, 10, 4, 5}, {8, -2, 3, 4},
	} {
		got, err := DegreeDaysAverage(c.tminC, c.tmaxC, 0, math.Inf(1))
		holds(t, "method 1", got, err, c.average, 1e-9)
		got, err = DegreeDaysClamped(c.tminC, c.tmaxC, 0, math.Inf(1))
		holds(t, "method 2", got, err, c.clamped, 1e-9)
	}
}

func TestSineIsTheAverageInsideTheThresholds(t *testing.T) {
	for tminC := -5.0; tminC < 35; tminC += 3 {
		for tmaxC := tminC; tmaxC < 45; tmaxC += 4 {
			sine, err := DegreeDaysSine(tminC, tmaxC, 10, 30)
			double, _ := DegreeDaysDoubleSine(tminC, tmaxC, tminC, 10, 30)
			swapped, _ := DegreeDaysSine(tmaxC, tminC, 10, 30)
			clamped, _ := DegreeDaysClamped(tminC, tmaxC, 10, 30)
			average, _ := DegreeDaysAverage(tminC, tmaxC, 10, 30)
			if err != nil || double != sine || swapped != sine || sine < 0 || sine > 20 {
				t.Errorf("%g/%g: sine %g, double %g, swapped %g, %v", tminC, tmaxC, sine, double, swapped, err)
			}
			if tminC >= 10 && tmaxC <= 30 && (math.Abs(sine-average) > 1e-9 || math.Abs(sine-clamped) > 1e-9) {
				t.Errorf("%g/%g inside the thresholds: %g, %g, %g", tminC, tmaxC, sine, average, clamped)
			}
		}
	}
	if _, err := DegreeDaysSine(5, 20, 30, 10); err == nil {
		t.Error("upper below base: want an error")
	}
}

func TestMissingDaysAreCounted(t *testing.T) {
	nan := math.NaN()
	got, err := SumDegreeDays([]float64{10, nan, 12}, []float64{20, 25, nan}, 10, 30)
	if err != nil || got.Days != 1 || got.Missing != 2 || got.Average != 5 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestGrowingSeason(t *testing.T) {
	for _, c := range []struct {
		latitude    float64
		on          string
		first, last string
	}{
		{45, "2025-04-01", "2025-04-01", "2025-10-31"},
		{45, "2025-01-15", "2025-04-01", "2025-10-31"},
		{45, "2025-11-01", "2026-04-01", "2026-10-31"},
		{-34, "2024-10-01", "2024-10-01", "2025-04-30"},
		{-34, "2025-02-28", "2024-10-01", "2025-04-30"},
		{-34, "2025-05-01", "2025-10-01", "2026-04-30"},
	} {
		on, _ := time.Parse(time.DateOnly, c.on)
		first, last := GrowingSeason(c.latitude, on)
		if got := first.Format(time.DateOnly) + " " + last.Format(time.DateOnly); got != c.first+" "+c.last {
			t.Errorf("%g, %s: got %s, want %s %s", c.latitude, c.on, got, c.first, c.last)
		}
	}
}

func TestWinklerCountsTheSeasonOnly(t *testing.T) {
	start := time.Date(2025, 3, 31, 0, 0, 0, 0, time.UTC)
	got, err := SumWinkler(47, start, slices.Repeat([]float64{10}, 400), slices.Repeat([]float64{20}, 400))
	if err != nil || got.DegreeDays != 214*5 || got.Missing != 0 || got.Region != "Ia" {
		t.Errorf("got %+v, %v, want 214 days of 5", got, err)
	}
	for sum, want := range map[float64]WinklerRegion{849: "", 850: "Ia", 1111: "Ia", 1112: "Ib", 1389: "Ib", 1390: "II", 1700: "III", 2000: "IV", 2223: "V", 2701: ""} {
		if got := WinklerRegionOf(sum); got != want {
			t.Errorf("%g °C·d: got %q, want %q", sum, got, want)
		}
	}
}

func TestChillOnItsLimits(t *testing.T) {
	for tempC, want := range map[float64][2]float64{
		-0.1: {0, 0}, 0: {1, 0}, 1.4: {1, 0}, 1.5: {1, 0.5}, 2.4: {1, 0.5}, 2.5: {1, 1}, 7.2: {1, 1}, 7.3: {0, 1}, 9.1: {0, 1},
		9.2: {0, 0.5}, 12.4: {0, 0.5}, 12.5: {0, 0}, 15.9: {0, 0}, 16: {0, -0.5}, 18: {0, -0.5}, 18.1: {0, -1},
	} {
		if got := [2]float64{ChillHour(tempC), UtahUnits(tempC)}; got != want {
			t.Errorf("%g °C: got chill hours and Utah units %v, want %v", tempC, got, want)
		}
	}
	for tempC, want := range map[float64]float64{3.9: 0, 4: 0, 14.5: 10.5, 25: 21, 36: 0, 36.1: 0} {
		holds(t, "growing degree hours", GrowingDegreeHours(tempC), nil, want, 1e-9)
	}
}

// Erez and Fishman: 6 °C is the best, frost does nothing, and a warm day undoes what is not yet fixed.
func TestDynamicModel(t *testing.T) {
	portions := func(temps ...float64) float64 {
		var m DynamicModel
		for range 20 {
			for _, tempC := range temps {
				m.Add(tempC, 12)
			}
		}
		return m.Portions()
	}
	best := portions(6, 6)
	if frost, warm := portions(-8, -8), portions(6, 24); frost > 0.2*best || warm > 0.2*best {
		t.Errorf("20 days: 6 °C %g, -8 °C %g, 6/24 °C %g", best, frost, warm)
	}
	var hourly DynamicModel
	for range 240 {
		hourly.Add(6, 1)
	}
	holds(t, "ten days of 6 °C, chillR 0.77", hourly.Portions(), nil, 7.821, 0.002)
}

func TestChillOverGaps(t *testing.T) {
	nan := math.NaN()
	full := AirSeries{Step: time.Hour, TempC: slices.Repeat([]float64{6}, 240)}
	short, long := full, full
	short.TempC, long.TempC = slices.Clone(full.TempC), slices.Clone(full.TempC)
	for i := range 3 {
		short.TempC[100+i] = nan
	}
	for i := range 24 {
		long.TempC[100+i] = nan
	}
	whole, _ := SumChill(full)
	bridged, _ := SumChill(short)
	frozen, err := SumChill(long)
	if err != nil || bridged.Portions != whole.Portions || frozen.Portions >= whole.Portions {
		t.Errorf("portions: whole %g, bridged %g, frozen %g, %v", whole.Portions, bridged.Portions, frozen.Portions, err)
	}
	if bridged.Hours != 237 || frozen.ObservedH != 216 || frozen.CoveragePct() != 90 {
		t.Errorf("hours %g, observed %g, coverage %g", bridged.Hours, frozen.ObservedH, frozen.CoveragePct())
	}
}

func TestChillOfTenMinuteReadings(t *testing.T) {
	s := AirSeries{Step: 10 * time.Minute, TempC: slices.Repeat([]float64{7.2}, 60)}
	for i := range 4 {
		s.TempC[54+i] = math.NaN() // the last hour keeps two of six
	}
	got, err := SumChill(s)
	if err != nil || got.Hours != 9 || got.ObservedH != 9 || got.ExpectedH != 10 {
		t.Errorf("got %+v, %v, want 9 of 10 hours", got, err)
	}
}
