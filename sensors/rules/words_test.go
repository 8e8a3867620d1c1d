package rules

import (
	"strings"
	"testing"
	"time"

	"furrow/sensors"
)

func TestSentence(t *testing.T) {
	american := sensors.Farm{TimeZone: "UTC", Units: sensors.ImperialUnits, Clock12: true}
	names := Names{Sensor: "Left", Other: "Right", Zone: "Greenhouse 2"}
	zone := func(r *sensors.Rule) { r.Scope.Zone = 2 }
	for _, c := range []struct {
		rule sensors.Rule
		farm sensors.Farm
		want string
	}{
		{hot(zone, func(r *sensors.Rule) { r.Limit, r.Clear = 32, 30.5 }), farm,
			"Tell me when air temperature in Greenhouse 2 is above 32 °C for 10 min; all clear below 30.5 °C."},
		{hot(zone, func(r *sensors.Rule) { r.Limit, r.Clear = 30, 25 }), american,
			"Tell me when air temperature in Greenhouse 2 is above 86 °F for 10 min; all clear below 77 °F."},
		{hot(holdFor(0), func(r *sensors.Rule) {
			r.Condition, r.Limits = sensors.Below, sensors.Limits{Limit: -0.04, Clear: -0.04}
		}), farm,
			"Tell me when air temperature anywhere on the farm is below -0.04 °C."},
		{hot(func(r *sensors.Rule) {
			r.Scope.ZoneKind, r.Condition, r.Limits = "store", sensors.Outside, sensors.Limits{Low: 2, High: 6, Clear: .5}
		}), farm, "Tell me when air temperature in any cold store is below 2 °C or above 6 °C for 10 min; all clear from 2.5 °C to 5.5 °C."},
		{hot(func(r *sensors.Rule) { r.Condition, r.Limits = sensors.Rate, sensors.Limits{Limit: 5, Clear: 2.5} }), american,
			"Tell me when air temperature anywhere on the farm changes by more than 9 °F an hour for 10 min; all clear below 4.5 °F an hour."},
		{hot(func(r *sensors.Rule) {
			r.Condition, r.Scope.Sensor, r.Other, r.Limits, r.Hold = sensors.Difference, 1, 2, sensors.Limits{Limit: 3, Clear: 2}, 90*mins
		}), farm, "Tell me when air temperature of Left differs by more than 3 °C from that of Right for 1 h 30 min; all clear below 2 °C."},
		{hot(holdFor(0), func(r *sensors.Rule) { r.Metric, r.Limit = "contact", .5 }), farm, "Tell me when contact anywhere on the farm is open."},
		{hot(holdFor(time.Second), func(r *sensors.Rule) { r.Metric, r.Condition, r.Limit = "switch", sensors.Below, .5 }), farm, "Tell me when switch anywhere on the farm is off for 1 s."},
		{hot(func(r *sensors.Rule) { r.Metric, r.Limits = "co2", sensors.Limits{Limit: 1000, Clear: 900} }), farm, "Tell me when CO₂ anywhere on the farm is above 1000 ppm for 10 min; all clear below 900 ppm."},
		{hot(func(r *sensors.Rule) {
			r.Condition, r.Metric, r.Scope.Sensor, r.Hold = sensors.Silent, "", 1, 25*time.Hour
		}), farm, "Tell me when Left has sent nothing for 1 day 1 h."},
		{silence(), farm, "Tell me when a device anywhere on the farm is silent for longer than its own rhythm explains."},
		{hot(zone, func(r *sensors.Rule) {
			r.NightWhen, r.NightFrom, r.NightTo, r.Night = sensors.NightByClock, 22*60, 6*60, sensors.Limits{Limit: 20, Clear: 19}
		}), farm, "Tell me when air temperature in Greenhouse 2 is above 30 °C for 10 min; all clear below 28 °C. From 22:00 to 06:00, when it is above 20 °C for 10 min; all clear below 19 °C."},
		{hot(zone, func(r *sensors.Rule) {
			r.NightWhen, r.Night = sensors.NightBySun, sensors.Limits{Limit: 20, Clear: 20}
			r.Active = sensors.Active{From: 8 * 60, To: 18*60 + 30, Days: []time.Weekday{1, 2, 3}, Months: []time.Month{5}}
		}), american, "Tell me when air temperature in Greenhouse 2 is above 86 °F for 10 min; all clear below 82.4 °F. From sunset to sunrise, when it is above 68 °F for 10 min." +
			" Only from 8:00 am to 6:30 pm, on Monday, Tuesday and Wednesday, in May."},
	} {
		if got := Sentence(c.rule, names, c.farm); got != c.want {
			t.Errorf("got:  %s\nwant: %s", got, c.want)
		}
	}
}

func TestSentenceWithoutNames(t *testing.T) {
	got := Sentence(hot(func(r *sensors.Rule) { r.Scope.Sensor = 3 }), Names{}, farm)
	if want := "Tell me when air temperature of the sensor is above 30 °C for 10 min; all clear below 28 °C."; got != want {
		t.Errorf("got %s", got)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "less than a second", time.Second: "1 s", 10 * mins: "10 min", 90 * mins: "1 h 30 min",
		24 * time.Hour: "1 day", 49 * time.Hour: "2 days 1 h"} {
		if got := Duration(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestPresets(t *testing.T) {
	ids := map[string]bool{}
	list := Presets()
	if len(list) < 10 {
		t.Errorf("%d presets", len(list))
	}
	for _, p := range list {
		if p.ID == "" || p.Name == "" || p.About == "" || ids[p.ID] || len(p.Rules) == 0 {
			t.Errorf("preset %+v", p)
		}
		ids[p.ID] = true
		for _, r := range p.Rules {
			if err := r.Validate(); err != nil {
				t.Errorf("%s, %s: %v", p.ID, r.Name, err)
			}
			info := r.Metric.Info()
			if !r.Metric.Known() || r.Source == "" || !r.Enabled || r.Scope.ZoneKind != p.Kind {
				t.Errorf("%s: rule %+v", p.ID, r)
			}
			if r.Condition != sensors.Rate && (!info.Plausible(r.Limit) || !info.Plausible(r.Clear) || !info.Plausible(r.High)) {
				t.Errorf("%s, %s: limits %+v cannot be reached", p.ID, r.Name, r.Limits)
			}
			if says := Sentence(r, Names{}, farm); !strings.HasPrefix(says, "Tell me when ") || strings.Contains(says, "%!") {
				t.Errorf("%s, %s: %s", p.ID, r.Name, says)
			}
		}
	}
}

// A preset that fires in the conditions it is made for would be a nuisance.
func TestPresetsAreQuietInGoodConditions(t *testing.T) {
	good := map[string]map[sensors.MetricID]float64{
		"greenhouse-tomato":   {"temperature": 24, "humidity": 70, "vpd": 0.9},
		"greenhouse-lettuce":  {"temperature": 22},
		"seedlings":           {"temperature": 20, "humidity": 75, "soil_moisture": 45},
		"cold-store-apples":   {"temperature": 1, "humidity": 92},
		"cold-store-potatoes": {"temperature": 4, "humidity": 93},
		"grain-store":         {"temperature": 8, "humidity": 55},
		"dairy-barn":          {"temperature": 15, "humidity": 70, "nh3": 5},
		"poultry-layers":      {"temperature": 21, "nh3": 8},
		"poultry-chicks":      {"temperature": 34.5, "humidity": 65},
		"frost-watch":         {"temperature": 12},
		"field-water":         {"soil_moisture": 35, "soil_tension": 20},
		"water":               {"water_level": 2, "line_pressure": 300, "leak": 0},
		"devices":             {"battery": 80, "battery_low": 0},
	}
	for _, p := range Presets() {
		for _, r := range p.Rules {
			v, ok := good[p.ID][r.Metric]
			if r.Condition == sensors.Rate {
				continue
			}
			if got := judge(r.Condition, &r.Limits, v); !ok || got != clear {
				t.Errorf("%s, %s: %v is not all clear (%v)", p.ID, r.Name, v, r.Limits)
			}
			if r.NightWhen != sensors.AllDay && judge(r.Condition, &r.Night, v) != clear {
				t.Errorf("%s, %s: %v is not all clear by night", p.ID, r.Name, v)
			}
		}
	}
}
