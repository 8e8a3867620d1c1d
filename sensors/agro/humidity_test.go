package agro

import (
	"errors"
	"math"
	"testing"

	"furrow/sensors"
)

func holds(t *testing.T, what string, got float64, err error, want, tol float64) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	} else if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %v, want %v within %v", what, got, want, tol)
	}
}

// FAO-56 Table 2.3, printed to 1 Pa.
func TestSaturationOfFAOTable(t *testing.T) {
	for tempC, want := range map[float64]float64{1: 0.657, 10: 1.228, 20: 2.338, 30: 4.243, 40: 7.376} {
		got, err := SaturationKPa(tempC)
		holds(t, "FAO-56 Table 2.3", got, err, want, 0.0011)
	}
}

// ASHRAE Handbook Fundamentals 2017, ch. 1 Table 3.
func TestSaturationOfASHRAETable(t *testing.T) {
	for tempC, want := range map[float64]float64{5: 0.8726, 25: 3.1697, 50: 12.3513, 100: 101.418, 150: 476.1014} {
		got, err := SaturationWaterKPa(tempC)
		holds(t, "over water", got, err, want, 0.0005*want)
	}
	for tempC, want := range map[float64]float64{-60: 0.00108, -20: 0.10324, -5: 0.40174} {
		got, err := SaturationIceKPa(tempC)
		holds(t, "over ice", got, err, want, 0.002*want)
	}
}

func TestWaterAndIceMeetAtFreezing(t *testing.T) {
	water, _ := SaturationWaterKPa(0.01)
	below, _ := SaturationWaterKPa(-1e-9)
	ice, _ := SaturationIceKPa(0.01)
	holds(t, "triple point, water", water, nil, 0.611657, 0.0003)
	holds(t, "triple point, ice", ice, nil, 0.611657, 0.0003)
	holds(t, "both curves for water at 0 °C", below, nil, waterKPa(0), 0.0003)
}

// Dew point <= wet bulb <= air, each inverse comes back, and drier air is drier by every measure.
func TestHumidityHangsTogether(t *testing.T) {
	for tempC := -40.0; tempC <= 50; tempC += 2.5 {
		lastDew, lastWet := math.Inf(-1), math.Inf(-1)
		for rhPct := 1.0; rhPct <= 100; rhPct += 4.5 {
			dewC, err := DewPointC(tempC, rhPct)
			wetC, errWet := WetBulbC(tempC, rhPct, 95)
			if err != nil || errWet != nil {
				t.Fatal(err, errWet)
			}
			if !(dewC <= wetC+1e-6 && wetC <= tempC+1e-6) {
				t.Errorf("%g °C %g %%: dew point %g, wet bulb %g", tempC, rhPct, dewC, wetC)
			}
			if !(dewC > lastDew && wetC > lastWet) {
				t.Errorf("%g °C %g %%: not moister than less humid air", tempC, rhPct)
			}
			lastDew, lastWet = dewC, wetC
			holds(t, "vapour pressure at the dew point", waterKPa(dewC), nil, waterKPa(tempC)*rhPct/100, 1e-5*waterKPa(tempC))
			eKPa, err := VapourPressureFromWetBulbKPa(tempC, wetC, 95)
			holds(t, "vapour pressure from the wet bulb", eKPa, err, tetensKPa(tempC)*rhPct/100, 1e-5)
			frostC, err := FrostPointC(tempC, rhPct)
			if err != nil || !(math.IsNaN(frostC) == (dewC > 1e-3) || math.Abs(dewC) < 1e-3) || frostC < dewC-1e-3 {
				t.Errorf("%g °C %g %%: frost point %g beside dew point %g, %v", tempC, rhPct, frostC, dewC, err)
			}
		}
		saturated, _ := VPDKPa(tempC, 100)
		holds(t, "VPD of saturated air", saturated, nil, 0, 1e-12)
	}
}

func TestOverIceAndFog(t *testing.T) {
	got, err := RHOverIcePct(-10, 80)
	holds(t, "80 % over water at -10 °C", got, err, 88.2, 0.05)
	if got, err = RHOverIcePct(0.1, 80); err != nil || !math.IsNaN(got) {
		t.Errorf("above freezing: got %v, %v, want NaN", got, err)
	}
	got, err = DewPointC(12, 104)
	holds(t, "a sensor in fog", got, err, 12, 0)
}

func TestCheckAir(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		tempC, rhPct float64
		want         AirQuality
		dewC, vpdKPa float64
	}{
		{20, 50, AirGood, 9.27, 1.169},
		{20, 100, AirGood, 20, 0},
		{20, 102, AirSuspect, 20, 0},
		{20, 105, AirSuspect, 20, 0},
		{20, 105.1, AirInvalid, nan, nan},
		{20, -1, AirInvalid, nan, nan},
		{20, 0, AirSuspect, nan, 2.338},
		{61, 50, AirInvalid, nan, nan},
		{20, math.Inf(1), AirInvalid, nan, nan},
		{nan, 55, AirMissing, nan, nan},
		{20, nan, AirMissing, nan, nan},
	} {
		got := CheckAir(c.tempC, c.rhPct)
		if got.Quality != c.want || !alike(got.DewPointC, c.dewC, 0.01) || !alike(got.VPDKPa, c.vpdKPa, 0.001) {
			t.Errorf("%g °C %g %%: got %+v, want %s, %g, %g", c.tempC, c.rhPct, got, c.want, c.dewC, c.vpdKPa)
		}
	}
}

// alike holds NaN equal to NaN.
func alike(a, b, tol float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= tol
}

func TestVentingAndSprinklers(t *testing.T) {
	// colder air outside at 99 % still brings water in
	if _, _, dries, err := VentingDries(6, 90, 5, 99); err != nil || dries {
		t.Errorf("venting: got %v, %v, want wetter", dries, err)
	}
	if _, wet, err := Condensing(20, 85, 17); err != nil || !wet {
		t.Errorf("a wall of 17 °C: got %v, %v, want water on it", wet, err)
	}
	// where sprinklers must start, the wet bulb is the critical temperature
	startC, err := SprinklerStartC(-5, -1, 100)
	if err != nil {
		t.Fatal(err)
	}
	wetC := wetBulbC(startC, 100*tetensKPa(-5)/tetensKPa(startC), 100)
	holds(t, "wet bulb at the start", wetC, nil, -1, 1e-5)
	startC, err = SprinklerStartC(2, 0, 100)
	holds(t, "moist night", startC, err, 0, 0)
}

func TestOutOfRangeIsASentence(t *testing.T) {
	calls := map[string]error{}
	_, calls["temp_c"] = VPDKPa(200, 50)
	_, calls["rh_pct"] = DewPointC(20, 106)
	_, calls["pressure_kpa"] = WetBulbC(20, 50, 1013)
	_, calls["wet_bulb_c"] = VapourPressureFromWetBulbKPa(20, 21, 100)
	_, calls["dew_point_c"] = WetBulbThirdC(5, 6)
	_, calls["altitude_m"] = StationPressureKPa(9000)
	_, calls["leaf_temp_c"] = LeafVPDKPa(20, 50, math.NaN())
	for field, err := range calls {
		var invalid sensors.Invalid
		if !errors.As(err, &invalid) || invalid[field] == "" {
			t.Errorf("%s: got %v, want a sentence about it", field, err)
		}
	}
	if _, err := DewPointC(20, 0); err == nil {
		t.Error("air of 0 %: want an error, there is no dew point")
	}
}
