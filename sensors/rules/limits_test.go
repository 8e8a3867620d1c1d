package rules

import (
	"testing"
	"time"

	"furrow/sensors"
)

func TestLimitsChangeWithTheHour(t *testing.T) {
	farm := sensors.Farm{Name: "Hillside", TimeZone: "Europe/Amsterdam", Units: sensors.MetricUnits}
	at := func(clock string) sensors.Milli {
		t.Helper()
		when, err := time.ParseInLocation("2006-01-02 15:04", clock, farm.Location())
		if err != nil {
			t.Fatal(err)
		}
		return sensors.MilliOf(when)
	}
	r := sensors.Rule{Enabled: true, Metric: "temperature", Condition: sensors.Below, Limits: sensors.Limits{Limit: 16, Clear: 17}}
	from, to := at("2026-03-28 12:00"), at("2026-03-30 12:00")
	if got := Stretches(r, farm, from, to); len(got) != 1 || got[0] != (Stretch{from, to, r.Limits}) {
		t.Errorf("the same limits all day: got %v", got)
	}
	r.NightWhen, r.NightFrom, r.NightTo, r.Night = sensors.NightByClock, 22*60, 6*60, sensors.Limits{Limit: 12, Clear: 13}
	got := Stretches(r, farm, from, to) // the clocks are put forward in the first night
	want := []Stretch{{from, at("2026-03-28 22:00"), r.Limits}, {at("2026-03-28 22:00"), at("2026-03-29 06:00"), r.Night},
		{at("2026-03-29 06:00"), at("2026-03-29 22:00"), r.Limits}, {at("2026-03-29 22:00"), at("2026-03-30 06:00"), r.Night}, {at("2026-03-30 06:00"), to, r.Limits}}
	if len(got) != len(want) {
		t.Fatalf("other limits at night: got %d stretches, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("stretch %d: got %v, want %v", i, got[i], want[i])
		}
	}
	if l, active := LimitsAt(r, farm, at("2026-03-29 05:30")); l != r.Night || !active {
		t.Errorf("before dawn: got %v %v, want the limits of the night", l, active)
	}
	r.Active = sensors.Active{From: 8 * 60, To: 18 * 60}
	if _, active := LimitsAt(r, farm, at("2026-03-29 07:59")); active {
		t.Error("before its hours: got a rule that watches")
	}
	if got := Stretches(r, farm, from, to); len(got) != 3 || got[0].To != at("2026-03-28 18:00") {
		t.Errorf("only by day: got %v", got)
	}
	if !Scheduled(r) || Scheduled(sensors.Rule{}) {
		t.Error("a rule with hours is scheduled, one without is not")
	}
}

func TestWhichSensorsARuleIsAbout(t *testing.T) {
	here := Subject{Sensor: 1, Device: 1, Metric: "temperature", Zone: 3, ZoneKind: "barn", Adopted: true}
	for name, c := range map[string]struct {
		rule sensors.Rule
		want bool
	}{
		"the farm":        {sensors.Rule{Metric: "temperature"}, true},
		"its zone":        {sensors.Rule{Metric: "temperature", Scope: sensors.Scope{Zone: 3}}, true},
		"another metric":  {sensors.Rule{Metric: "humidity"}, false},
		"another zone":    {sensors.Rule{Metric: "temperature", Scope: sensors.Scope{Zone: 4}}, false},
		"another kind":    {sensors.Rule{Metric: "temperature", Scope: sensors.Scope{ZoneKind: "field"}}, false},
		"the very sensor": {sensors.Rule{Metric: "temperature", Scope: sensors.Scope{Sensor: 1}}, true},
	} {
		if got := Watches(c.rule, here); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
