package agro

import (
	"math"
	"testing"
)

func TestGrainSettlesAndBack(t *testing.T) {
	for _, grain := range []Grain{Corn(), SoftWheat()} {
		for tempC := -10.0; tempC <= 40; tempC += 10 {
			last := 0.0
			for rhPct := 10.0; rhPct <= 95; rhPct += 5 {
				moisture, err := grain.MoisturePct(tempC, rhPct)
				if err != nil || moisture <= last {
					t.Errorf("%g °C %g %%: got %g after %g, %v", tempC, rhPct, moisture, last, err)
				}
				last = moisture
				back, err := grain.AirRHPct(tempC, moisture)
				holds(t, "air between grains", back, err, rhPct, 1e-6)
			}
		}
	}
	got, err := HardRedSpringWheatMoisturePct(25, 60)
	holds(t, "hard red spring wheat", got, err, 12.97, 0.05)
	if _, err := Corn().MoisturePct(20, 100); err == nil {
		t.Error("corn in saturated air: want an error")
	}
}

func TestCornStorage(t *testing.T) {
	for row, moisture := range storageMoisturePct {
		for column, f := range storageTempF {
			days, atLeast, err := CornStorageDays(moisture, (f-32)/1.8)
			holds(t, "a printed point", days, err, storageDays[row][column], 1e-6)
			if atLeast {
				t.Errorf("%g %% at %g °F: is a printed point, not a bound", moisture, f)
			}
		}
	}
	between, _, err := CornStorageDays(17, (55-32)/1.8)
	holds(t, "between four points", between, err, math.Pow(339*151*130*58, 0.25), 1e-6)
	edge, atLeast, err := CornStorageDays(12, 0)
	if holds(t, "dry and cold", edge, err, 1800, 1e-6); !atLeast {
		t.Error("dry and cold: want a lower bound")
	}
	for _, c := range [][2]float64{{25, 10}, {14, 30}, {math.NaN(), 10}} {
		if _, _, err := CornStorageDays(c[0], c[1]); err == nil {
			t.Errorf("%g %% at %g °C: want an error", c[0], c[1])
		}
	}
}

func TestMeanKineticTemperature(t *testing.T) {
	nan := math.NaN()
	got, err := MeanKineticC([]float64{2, nan, 8}, []float64{20, 99, 4}, KineticActivationKJMol)
	holds(t, "20 h at 2 °C and 4 h at 8 °C", got, err, 3.357, 0.0005)
	for _, energy := range []float64{10, 83.144, 500} {
		for spread := 0.0; spread <= 40; spread += 5 {
			got, err := MeanKineticC([]float64{20 - spread, 20 + spread}, nil, energy)
			if err != nil || got < 20-1e-9 || got > 20+spread+1e-9 {
				t.Errorf("20±%g °C at %g kJ/mol: got %g, %v", spread, energy, got, err)
			}
		}
	}
	for name, temps := range map[string][]float64{"none": nil, "missing": {nan}, "broken": {999}} {
		if _, err := MeanKineticC(temps, nil, KineticActivationKJMol); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}
