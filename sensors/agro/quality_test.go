package agro

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestWorstFlag(t *testing.T) {
	for _, c := range []struct {
		flags []Flag
		want  Flag
	}{
		{[]Flag{1, 2, 3, 4, 9}, FlagFail}, {[]Flag{9, 1, 3}, FlagSuspect}, {[]Flag{2, 1, 9}, FlagGood},
		{[]Flag{9, 2}, FlagNotEvaluated}, {[]Flag{9}, FlagMissing}, {nil, FlagMissing},
	} {
		if got := WorstFlag(c.flags...); got != c.want {
			t.Errorf("%v: got %d, want %d", c.flags, got, c.want)
		}
	}
}

func TestQualityTestsBesideGaps(t *testing.T) {
	nan := math.NaN()
	check := func(name string, got []Flag, err error, want ...Flag) {
		t.Helper()
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
	got, err := Spike([]float64{nan, 1, 9, 1, nan}, 3, 8)
	check("spike", got, err, 9, 9, 3, 9, 9)
	got, err = Spike([]float64{5}, 3, 8)
	check("spike of one", got, err, 2)
	got, err = RateOfChange([]float64{1, nan, 50, 51, 55}, 60, 3.0/60)
	check("rate", got, err, 1, 9, 1, 1, 3)
	got, err = FlatLine([]float64{5, 5, 5, nan, 5, 5, 5}, 600, 1200, 1800, 0.1)
	check("flat line", got, err, 1, 1, 3, 9, 1, 1, 3)
	got, err = GrossRange([]float64{-40, 60, 60.1, 51, nan}, Span{-40, 60}, Span{-25, 50})
	check("range", got, err, 3, 3, 4, 3, 9)
	for _, hours := range []float64{0, 4, 24} {
		if _, err := ReportStepLimitC(hours); err == nil {
			t.Errorf("%g h: want an error", hours)
		}
	}
}

// The queues of flatRuns must agree with looking back over every window, as ioos_qc does.
func TestFlatLineAgreesWithWindows(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, 2000)
	for i := range values {
		values[i] = math.Round(random.Float64()*6) / 10
		if random.IntN(25) == 0 {
			values[i] = math.NaN()
		}
	}
	for _, tolerance := range []float64{0.05, 0.15, 0.35, 0.55, 2} {
		got, err := FlatLine(values, 60, 180, 360, tolerance)
		if err != nil {
			t.Fatal(err)
		}
		for i := range values {
			want := FlagGood
			switch {
			case math.IsNaN(values[i]):
				want = FlagMissing
			case flatWindow(values, i, 6, tolerance):
				want = FlagFail
			case flatWindow(values, i, 3, tolerance):
				want = FlagSuspect
			}
			if got[i] != want {
				t.Fatalf("tolerance %g, reading %d of %v: got %d, want %d", tolerance, i, values[max(0, i-6):i+1], got[i], want)
			}
		}
	}
}

func flatWindow(values []float64, i, steps int, tolerance float64) bool {
	if i < steps {
		return false
	}
	window := values[i-steps : i+1]
	return slices.Max(window)-slices.Min(window) < tolerance // NaN anywhere makes it false
}
