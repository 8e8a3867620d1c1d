package agro

import (
	"math"
	"testing"
	"time"
)

func TestFrostModel(t *testing.T) {
	// nights made by a model give it back
	t0C, td0C, tminC := []float64{2, 4, 2, 4}, []float64{-5, -5, 1, 1}, make([]float64, 4)
	want := FrostModel{-6, 0.5, 0.1}
	for i := range tminC {
		tminC[i], _ = want.TminC(t0C[i], td0C[i])
	}
	got, err := FitFrostModel(t0C, td0C, tminC)
	holds(t, "a", got.InterceptC, err, want.InterceptC, 1e-9)
	holds(t, "b", got.PerT0, err, want.PerT0, 1e-9)
	holds(t, "c", got.PerTd0, err, want.PerTd0, 1e-9)
	for name, nights := range map[string][3][]float64{
		"two nights":         {{1, 2}, {1, 2}, {1, 2}},
		"equal nights":       {{1, 1, 1}, {1, 2, 3}, {1, 2, 3}},
		"equal dew points":   {{1, 2, 3}, {1, 1, 1}, {1, 2, 3}},
		"one minimum short":  {{1, 2, 3}, {1, 2, 3}, {1, 2}},
		"a broken dew point": {{1, 2, 3}, {1, math.NaN(), 3}, {1, 2, 3}},
	} {
		if _, err := FitFrostModel(nights[0], nights[1], nights[2]); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

// UC Davis FP002 as printed by the R package frost.
func TestFrostNight(t *testing.T) {
	for hour, want := range map[float64]float64{2: 0.95, 3: -0.825, 6: -2.600, 9: -3.746, 12: -4.663, 15: -5.450} {
		got, err := FrostNightTemp(0.95, -5.45, 15, hour)
		holds(t, "night course", got, err, want, 0.0005)
	}
	if _, err := FrostNightTemp(0.95, -5.45, 15, 1.5); err == nil {
		t.Error("before the course begins: want an error")
	}
}

func TestAirAfterSunset(t *testing.T) {
	nan, start := math.NaN(), time.Date(2025, 4, 10, 18, 0, 0, 0, time.UTC)
	sunset := start.Add(15 * time.Minute) // so that 20:15 is looked for
	for _, c := range []struct {
		name  string
		tempC []float64
		want  float64 // NaN for an error
	}{
		{"between readings", []float64{8, 7, 6, 2, 1}, 5},
		{"over a gap of two hours", []float64{8, 7, 6, nan, 2}, 5.5},
		{"a gap of four hours", []float64{8, 7, nan, nan, nan, 2}, nan},
		{"not yet", []float64{8, 7, 6}, nan},
		{"nothing after", []float64{8, 7, 6, nan}, nan},
	} {
		got, err := AirAfterSunset(start, time.Hour, c.tempC, make([]float64, len(c.tempC)), sunset)
		if math.IsNaN(c.want) != (err != nil) || err == nil && math.Abs(got.TempC-c.want) > 1e-9 {
			t.Errorf("%s: got %+v, %v, want %g", c.name, got, err, c.want)
		}
	}
}

func TestBudTable(t *testing.T) {
	for crop, stages := range BudCrops() {
		for _, s := range stages {
			if s.LT90F >= s.LT10F || s.LT10F > 32 {
				t.Errorf("%s, %s: a tenth dies at %g °F, nine tenths at %g", crop, s.Stage, s.LT10F, s.LT90F)
			}
			if got, err := BudStageOf(crop, s.Stage); err != nil || got.LT10F != s.LT10F {
				t.Errorf("%s, %s: got %+v, %v", crop, s.Stage, got, err)
			}
		}
	}
	for _, c := range []struct {
		crop, stage string
		lt10F       float64
	}{
		{"Apple", "Half-inch green", 23}, {"apple", "½-inch green", 23}, {"cherry", "swelling", 17}, {"Sweet  cherry", "bloom", 28},
		{"pear", "blossom buds exposed", 20}, {"European plum", "tip green", 20}, {"grape", "first swelling", 13}, {"strawberry", "open blossom", 30},
	} {
		if got, err := BudStageOf(c.crop, c.stage); err != nil || got.LT10F != c.lt10F {
			t.Errorf("%s, %s: got %+v, %v, want %g °F", c.crop, c.stage, got, err, c.lt10F)
		}
	}
	for _, c := range [][2]string{{"banana", "full bloom"}, {"apple", "calyx red"}, {"", ""}} {
		if _, err := BudStageOf(c[0], c[1]); err == nil {
			t.Errorf("%v: want an error", c)
		}
	}
}

func TestBudDamage(t *testing.T) {
	bloom, err := BudStageOf("peach", "full bloom")
	for tempC, want := range map[float64]float64{0: 0, bloom.LT10C(): 10, bloom.LT90C(): 90, -20: 100} {
		holds(t, "damage", bloom.DamagePct(tempC), err, want, 1e-9)
	}
}
