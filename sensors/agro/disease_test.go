package agro

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestSeverityTables(t *testing.T) {
	for _, c := range []struct {
		name   string
		model  func(meanC, hours float64) (int, error)
		meanC  float64
		limits []float64 // hours from which severity is 1, 2, 3, 4
	}{
		{"TOM-CAST", TomcastSeverity, 12.9, nil},
		{"TOM-CAST", TomcastSeverity, 13, []float64{7, 16, 21}},
		{"TOM-CAST", TomcastSeverity, 17.95, []float64{7, 16, 21}},
		{"TOM-CAST", TomcastSeverity, 18, []float64{4, 9, 16, 23}},
		{"TOM-CAST", TomcastSeverity, 21, []float64{3, 6, 13, 21}},
		{"TOM-CAST", TomcastSeverity, 26, []float64{4, 9, 16, 23}},
		{"TOM-CAST", TomcastSeverity, 30, nil},
		{"BLITECAST", BlitecastSeverity, 7.1, nil},
		{"BLITECAST", BlitecastSeverity, 7.2, []float64{16, 19, 22}},
		{"BLITECAST", BlitecastSeverity, 11.7, []float64{13, 16, 19, 22}},
		{"BLITECAST", BlitecastSeverity, 15.0, []float64{13, 16, 19, 22}},
		{"BLITECAST", BlitecastSeverity, 15.1, []float64{10, 13, 16, 19}},
		{"BLITECAST", BlitecastSeverity, 26.6, []float64{10, 13, 16, 19}},
		{"BLITECAST", BlitecastSeverity, 26.7, nil},
	} {
		for hour := range 25 {
			want := 0
			for _, limit := range c.limits {
				if float64(hour) >= limit {
					want++
				}
			}
			if got, err := c.model(c.meanC, float64(hour)); err != nil || got != want {
				t.Errorf("%s, %g °C for %d h: got %d, %v, want %d", c.name, c.meanC, hour, got, err, want)
			}
		}
	}
}

// nights makes days of 24 hours with this minimum, of which the given hours are humid, spread over the day.
func nights(tminC float64, humid ...int) AirSeries {
	s := AirSeries{Start: time.Date(2025, 7, 10, 0, 0, 0, 0, time.UTC), Step: time.Hour}
	for _, n := range humid {
		for hour := range 24 {
			s.TempC = append(s.TempC, tminC+float64(hour%12))
			rhPct := 89.9
			if hour%2 == 0 && hour/2 < n || hour%2 == 1 && 12+hour/2 < n {
				rhPct = 90
			}
			s.RHPct = append(s.RHPct, rhPct)
		}
	}
	return s
}

func TestLateBlightPeriods(t *testing.T) {
	for _, c := range []struct {
		name          string
		air           AirSeries
		hutton, smith []bool
	}{
		{"on the limits", nights(10, 6, 6, 5, 6, 6, 6), []bool{false, true, false, false, true, true}, make([]bool, 6)},
		{"too cold", nights(9.9, 24, 24), make([]bool, 2), make([]bool, 2)},
		{"Smith", nights(12, 10, 11, 11, 12), []bool{false, true, true, true}, []bool{false, false, true, true}},
	} {
		days, err := LateBlight(c.air, time.UTC)
		if err != nil || len(days) != len(c.hutton) {
			t.Fatal(c.name, len(days), err)
		}
		for i, day := range days {
			if day.HuttonPeriod != c.hutton[i] || day.SmithPeriod != c.smith[i] {
				t.Errorf("%s, day %d of %g humid hours: got Hutton %v, Smith %v", c.name, i+1, day.HumidH, day.HuttonPeriod, day.SmithPeriod)
			}
		}
	}
}

func TestADayThatCannotBeJudgedBreaksThePeriod(t *testing.T) {
	air := nights(12, 8, 8, 8)
	for i := 33; i < 37; i++ {
		air.TempC[i] = math.NaN()
	}
	days, err := LateBlight(air, time.UTC)
	if err != nil || days[1].Hutton || days[2].HuttonPeriod || !days[2].Hutton {
		t.Errorf("got %+v, %v", days, err)
	}
}

func TestPowderyMildewIndex(t *testing.T) {
	good := append(slices.Repeat([]float64{15}, 18), slices.Repeat([]float64{25}, 6)...)
	bad := append(slices.Repeat([]float64{15}, 19), slices.Repeat([]float64{25}, 5)...)
	broken := slices.Concat(good[:21], []float64{30}, good[:2]) // five of six hours in a row
	hot := append(slices.Repeat([]float64{21.1}, 23), 35)
	hotBad := slices.Repeat([]float64{36}, 24)
	blind := append(slices.Repeat([]float64{15}, 12), slices.Repeat([]float64{math.NaN()}, 12)...)
	for _, c := range []struct {
		name string
		days [][]float64
		want []int
	}{
		{"starts after three", [][]float64{good, good, good, good, bad, bad}, []int{20, 40, 60, 80, 70, 60}},
		{"broken start", [][]float64{good, good, bad, good, broken, good}, []int{20, 40, 0, 20, 0, 20}},
		{"heat", [][]float64{good, good, good, hot, hotBad, hot, good, good, good}, []int{20, 40, 60, 70, 60, 70, 90, 100, 100}},
		{"down to nothing", [][]float64{good, good, good, bad, bad, bad, bad, bad, bad, bad, good}, []int{20, 40, 60, 50, 40, 30, 20, 10, 0, 0, 20}},
		{"a blind day waits", [][]float64{good, good, good, blind, good}, []int{20, 40, 60, 60, 80}},
	} {
		s := AirSeries{Step: time.Hour, TempC: slices.Concat(c.days...)}
		days, err := PowderyMildew(s, time.UTC)
		var got []int
		for _, day := range days {
			got = append(got, day.Index)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

func TestScab(t *testing.T) {
	for f, want := range map[float64]float64{34: 41, 36: 35, 37: 30, 39: 28, 45: 15, 49: 11.5, 52: 9, 61: 6, 68: 6, 75: 6, 76: 7, 77: 8, 79: 11} {
		got, err := ScabWetHours((f - 32) / 1.8)
		holds(t, "hours", got, err, want, 1e-6)
	}
	for _, tempC := range []float64{0, 1, 26.3, 35} {
		if got, err := ScabWetHours(tempC); err != nil || !math.IsNaN(got) {
			t.Errorf("%g °C: got %g, %v, want none", tempC, got, err)
		}
		if infects, err := ScabInfects(tempC, 100); err != nil || infects {
			t.Errorf("%g °C for 100 h: got %v, %v", tempC, infects, err)
		}
	}
	if infects, _ := ScabInfects(2.2222, 35); !infects {
		t.Error("36 °F, converted and rounded, for 35 h: want an infection")
	}
}

func TestBotrytis(t *testing.T) {
	risk, err := Botrytis(15, 5)
	holds(t, "published example", risk.Infected, err, 0.1677, 0.00006)
	if risk, err = Botrytis(20, 3.9); err != nil || risk.Infected != 0 || !math.IsNaN(risk.Index) {
		t.Errorf("a short spell: got %+v, %v", risk, err)
	}
	day, _ := Botrytis(20, 24)
	two, err := Botrytis(20, 48)
	if err != nil || day != two || !day.Extrapolated {
		t.Errorf("a day %+v, two days %+v, %v", day, two, err)
	}
}
