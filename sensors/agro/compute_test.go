package agro

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"furrow/sensors"
)

func TestComputeTellsWhatIsWrong(t *testing.T) {
	series := `"start":"2025-07-01T00:00:00Z","step_s":3600,"tz":"UTC"`
	for _, c := range []struct{ quantity, inputs, field, says string }{
		{"vpd_air", ``, "inputs", "JSON object"},
		{"vpd_air", `null`, "inputs", "JSON object"},
		{"vpd_air", `[20,50]`, "inputs", "JSON object"},
		{"vpd_air", `{"temp_c": NaN, "rh_pct": 50}`, "inputs", "no NaN"},
		{"vpd_air", `{"temp_c": 20}`, "rh_pct", "missing"},
		{"vpd_air", `{"temp_c": 20, "rh_pct": null}`, "rh_pct", "null"},
		{"vpd_air", `{"temp_c": "20", "rh_pct": 50}`, "temp_c", "a number"},
		{"vpd_air", `{"temp_c": 1e999, "rh_pct": 50}`, "temp_c", "a number"},
		{"vpd_air", `{"temp_c": 20, "rh_pct": 107}`, "rh_pct", "between 0 and 105"},
		{"vpd_air", `{"TEMP_C": 20, "rh_pct": 50}`, "temp_c", "missing"},
		{"svp_true", `{"temp_c": 20, "over": "oil"}`, "over", "water"},
		{"svp_true", `{"temp_c": 5, "over": "ice"}`, "temp_c", "between"},
		{"gdd_single_sine", `{"tmin_c":5,"tmax_c":20,"base_c":10,"upper_c":30,"cutoff":"vertical"}`, "cutoff", "horizontal"},
		{"gdd_single_sine", `{"tmin_c":5,"tmax_c":20,"base_c":10,"upper_c":10,"cutoff":"horizontal"}`, "upper_c", "above base_c"},
		{"gdd_series", `{"tmin_c":[1,2],"tmax_c":[3],"base_c":10,"upper_c":30}`, "tmax_c", "equally many"},
		{"chill_series", `{` + series + `,"temp_c":[]}`, "temp_c", "between 1 and"},
		{"chill_series", `{` + series + `,"temp_c":[1,"2"]}`, "temp_c", "list of numbers"},
		{"chill_series", `{` + series + `,"temp_c":[5,999]}`, "temp_c", "Reading 2"},
		{"chill_series", `{"start":"yesterday","step_s":0,"temp_c":[1]}`, "start", "2025"},
		{"chill_series", `{"start":"2025-07-01T00:00:00Z","step_s":0,"temp_c":[1]}`, "step_s", "between 1 and"},
		{"local_day_stats", `{"start":"2025-07-01T00:00:00Z","step_s":3600,"tz":"../../etc","temp_c":[1]}`, "tz", "Europe/Berlin"},
		{"local_day_stats", `{"start":"2025-07-01T00:00:00Z","step_s":3600,"tz":"Local","temp_c":[1]}`, "tz", "Europe/Berlin"},
		{"leaf_wetness_series", `{` + series + `,"temp_c":[5,6],"rh_pct":[90]}`, "rh_pct", "as many"},
		{"daily_with_gap", `{` + series + `,"temp_c":[` + strings.Repeat("1,", 30) + `1]}`, "temp_c", "one local day"},
		{"extraterrestrial_radiation", `{"latitude":50,"day_of_year":12.5}`, "day_of_year", "whole"},
		{"hargreaves", `{"tmin_c":30,"tmax_c":20,"ra_mj_m2_d":40}`, "tmin_c", "not be above"},
		{"water_balance", `{"taw_mm":100,"p":0.5,"depletion_start_mm":0,"days":[{"etc_mm":5,"rain_mm":0,"irrigation_mm":0},{"etc_mm":5,"rain_mm":null,"irrigation_mm":0}]}`, "days", "Day 2: rain_mm is null"},
		{"wbgt_iso7243", `{"natural_wet_bulb_c":25,"globe_c":32,"temp_c":null,"sun":true}`, "temp_c", "null"},
		{"qc_gross_range", `{"values":[1],"fail_span":[60,-40]}`, "fail_span", "lower one first"},
		{"bud_kill", `{"crop":"apple","stage":"ripe"}`, "stage", "silver tip"},
		{"frost_trend", `{"t_2h_after_sunset":1,"predicted_tmin":-5,"night_hours":12,"hours_after_sunset":[1]}`, "hours_after_sunset", "between 2 and 12"},
		{"time_weighted_mean", `{"t_s":[0,1],"temp_c":[1,2],"method":"guess"}`, "method", "trapezoid"},
	} {
		result, err := Compute(c.quantity, json.RawMessage(c.inputs))
		var invalid sensors.Invalid
		if result != nil || !errors.As(err, &invalid) || !strings.Contains(invalid[c.field], c.says) {
			t.Errorf("%s %s: got %v, %v, want %q about %s", c.quantity, c.inputs, result, err, c.says, c.field)
		}
	}
}

func TestUnknownQuantity(t *testing.T) {
	_, err := Compute(strings.Repeat("x", 1000)+"\n", nil)
	if !errors.Is(err, sensors.ErrNotFound) || len(err.Error()) > 200 || !strings.Contains(err.Error(), "There is no quantity") {
		t.Errorf("got %v", err)
	}
}

func TestHugeInputsAreRefused(t *testing.T) {
	_, err := Compute("qc_spike", json.RawMessage(`{"values":[`+strings.Repeat("1,", inputsMaxBytes/2)+`1]}`))
	if err == nil || !strings.Contains(err.Error(), "16 MiB") {
		t.Errorf("16 MiB: got %v", err)
	}
	_, err = Compute("qc_spike", json.RawMessage(`{"suspect_threshold":1,"fail_threshold":2,"values":[`+strings.Repeat("1,", listMax)+`1]}`))
	if err == nil || !strings.Contains(err.Error(), "600,000") {
		t.Errorf("600,001 values: got %v", err)
	}
	_, err = Compute("water_balance", json.RawMessage(`{"taw_mm":100,"p":0.5,"depletion_start_mm":0,"days":[`+strings.Repeat("{},", daysMax)+`{}]}`))
	if err == nil || !strings.Contains(err.Error(), "36,600") {
		t.Errorf("36,601 days: got %v", err)
	}
}

// Optional inputs may be left out or null; what the inputs lack, the result says.
func TestOptionalInputs(t *testing.T) {
	for _, c := range []struct {
		quantity, inputs, key string
		want                  float64
	}{
		{"gdd_average", `{"tmin_c":20,"tmax_c":40,"base_c":10,"upper_c":null}`, "method1_gdd", 20},
		{"gdd_average", `{"tmin_c":20,"tmax_c":40,"base_c":10,"upper_c":25}`, "method1_gdd", 15},
		{"frost_point", `{"temp_c":-10,"rh_pct":80}`, "rh_over_ice_pct", 88.2},
		{"gdd_series", `{"tmin_c":[10,null],"tmax_c":[20,20],"base_c":10}`, "coverage_pct", 50},
		{"grain_storage_days", `{"moisture_pct":14,"temp_c":15.5556}`, "days", 570},
		{"apple_scab_hours_needed", `{"mean_wet_temp_c":30}`, "hours", math.NaN()},
		{"winkler_region", `{"gdd_c":500}`, "region", math.NaN()},
	} {
		result, err := Compute(c.quantity, json.RawMessage(c.inputs))
		if err != nil {
			t.Errorf("%s %s: %v", c.quantity, c.inputs, err)
			continue
		}
		got, isNumber := result[c.key].(float64)
		if isNumber == math.IsNaN(c.want) || isNumber && math.Abs(got-c.want) > 0.05 {
			t.Errorf("%s %s: got %v, want %g", c.quantity, c.inputs, result[c.key], c.want)
		}
	}
}

// Whatever is sent, the answer is either an error or something that JSON can hold, and nothing panics.
func FuzzCompute(f *testing.F) {
	f.Add("vpd_air", `{"temp_c":20,"rh_pct":50}`)
	f.Add("humidity_edge", `{"temp_c":null,"rh_pct":1e-320}`)
	f.Add("water_balance", `{"taw_mm":100,"p":0.5,"depletion_start_mm":0,"days":[{"etc_mm":5,"rain_mm":0,"irrigation_mm":0}]}`)
	f.Add("qc_flat_line", `{"values":[1,1,null,1],"step_s":600,"suspect_s":600,"fail_s":1200,"tolerance":0.1}`)
	f.Add("hutton_smith_series", `{"start":"1969-09-29T00:00:00Z","step_s":3600,"tz":"Pacific/Kwajalein","temp_c":[1,2,null],"rh_pct":[1,2,3]}`)
	f.Add("frost_night_forecast", `{"sunset_utc":"2025-04-10T17:57:00Z","series_start":"2025-04-10T19:00:00Z","step_s":3600,"temp_c":[1,0],"dew_point_c":[0],"intercept":-5,"coef_t0":0.5,"coef_td":0}`)
	f.Add("sun_times", `{"date":"2025-06-21","latitude":90,"longitude":-180}`)
	for _, name := range Quantities() {
		f.Add(name, `{"temp_c":[20,null],"rh_pct":[50,60],"step_s":1e5,"tmin_c":[],"days":[null],"values":[[]]}`)
	}
	f.Fuzz(func(t *testing.T, quantity, raw string) {
		result, err := Compute(quantity, json.RawMessage(raw))
		if err != nil {
			if result != nil || err.Error() == "" {
				t.Errorf("got %v beside the error %q", result, err)
			}
			return
		}
		if _, err := json.Marshal(result); err != nil {
			t.Error(err)
		}
	})
}
