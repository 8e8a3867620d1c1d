package rules

import (
	"errors"
	"iter"
	"math"
	"slices"
	"testing"
	"time"

	"furrow/sensors"
)

func each(list []sensors.Reading) iter.Seq2[sensors.Reading, error] {
	return func(yield func(sensors.Reading, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// month is 30 days of a reading a minute: 27 degrees, by day 4 more and by night 4 less, and noise.
func month() []sensors.Reading {
	start := base - 10*60*minute
	list := make([]sensors.Reading, 30*24*60)
	for i := range list {
		x := float64(i) / (24 * 60) * 2 * math.Pi
		list[i] = sensors.Reading{Sensor: 1, At: start + sensors.Milli(i)*minute, Value: 27 - 4*math.Cos(x) + math.Sin(x*48)}
	}
	return list
}

func TestReplay(t *testing.T) {
	list := series(0, append(append(append(steady(20, 20), steady(30, 33)...), steady(20, 20)...), steady(30, 35)...)...)
	got, err := Replay(hot(func(r *sensors.Rule) { r.ID, r.Enabled = 7, false }), []Subject{thermometer(1)}, each(list), farm, at(0), at(3*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got.Count != 2 || got.NightCount != 0 || len(got.Alerts) != 2 || got.CalmerClear != nil {
		t.Fatalf("preview %+v", got)
	}
	first, second := got.Alerts[0], got.Alerts[1]
	if first.Rule != 7 || first.Sensor != 1 || first.StartedAt != at(30*mins) || first.ResolvedAt != at(50*mins) || first.Peak != 33 || first.State != sensors.AlertResolved {
		t.Errorf("first %+v", first)
	}
	if second.StartedAt != at(80*mins) || second.State != sensors.AlertFiring || second.Peak != 35 {
		t.Errorf("second %+v", second)
	}
	if got.Longest != 100*mins { // the second is open until the end
		t.Errorf("longest %v", got.Longest)
	}
}

func TestReplayCountsFromTheFirstMomentOn(t *testing.T) {
	list := series(0, append(append(append(steady(20, 20), steady(30, 33)...), steady(20, 20)...), steady(30, 35)...)...)
	got, err := Replay(hot(), []Subject{thermometer(1)}, each(list), farm, at(60*mins), at(90*mins))
	if err != nil || got.Count != 1 || got.Longest != 10*mins {
		t.Errorf("preview %+v, %v", got, err)
	}
}

func TestReplayCountsNights(t *testing.T) {
	zone := farm
	zone.TimeZone = "Europe/Berlin"
	location(t, zone.TimeZone)
	var list []sensors.Reading
	for hour := range 48 { // an alert every second hour
		for m := range 60 {
			list = append(list, sensors.Reading{Sensor: 1, At: at(time.Duration(hour)*time.Hour + time.Duration(m)*mins), Value: 20 + 12*float64(hour%2)})
		}
	}
	got, err := Replay(hot(), []Subject{thermometer(1)}, each(list), zone, at(0), at(48*time.Hour))
	if err != nil || got.Count != 24 || got.NightCount != 8 {
		t.Errorf("%d alerts, %d by night, %v; want 24 and 8", got.Count, got.NightCount, err)
	}
}

func TestReplayFindsACalmerClearValue(t *testing.T) {
	var values []float64
	for range 10 { // swings between 31 and 28.4: by 29 it is over each time, by 28 once
		values = append(append(values, steady(15, 31)...), steady(5, 28.4)...)
	}
	list := series(0, append(values, steady(10, 20)...)...)
	rule := hot(holdFor(mins))
	rule.Clear = 29.5
	got, err := Replay(rule, []Subject{thermometer(1)}, each(list), farm, at(0), at(4*time.Hour))
	if err != nil || got.Count != 10 {
		t.Fatalf("preview %+v, %v", got, err)
	}
	if got.CalmerClear == nil || *got.CalmerClear != 28 {
		t.Errorf("calmer clear value %v, want 28", got.CalmerClear)
	}
}

func TestReplayListsSomeAndCountsAll(t *testing.T) {
	var values []float64
	for range MaxListed + 10 {
		values = append(values, 20, 31)
	}
	list := series(0, values...)
	got, err := Replay(hot(holdFor(0)), []Subject{thermometer(1)}, each(list), farm, at(0), list[len(list)-1].At+1)
	if err != nil || got.Count != MaxListed+10 || len(got.Alerts) != MaxListed {
		t.Fatalf("%d alerts, %d listed, %v; want %d and %d", got.Count, len(got.Alerts), err, MaxListed+10, MaxListed)
	}
	if !slices.IsSortedFunc(got.Alerts, func(a, b sensors.Alert) int { return int(a.StartedAt - b.StartedAt) }) {
		t.Error("the listed alerts are not by time")
	}
}

func TestReplayPassesOnWhatCannotBeRead(t *testing.T) {
	broken := errors.New("disk on fire")
	_, err := Replay(hot(), []Subject{thermometer(1)}, func(yield func(sensors.Reading, error) bool) { yield(sensors.Reading{}, broken) }, farm, at(0), at(mins))
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestReplayOfSilence(t *testing.T) {
	list := series(0, steady(60, 20)...)
	list = append(list, series(3*time.Hour, steady(60, 20)...)...)
	got, err := Replay(silence(), []Subject{thermometer(1)}, each(list), farm, at(0), at(4*time.Hour))
	if err != nil || got.Count != 1 || got.Alerts[0].StartedAt != at(64*mins) || got.Alerts[0].ResolvedAt != at(180*mins) {
		t.Errorf("preview %+v, %v", got, err)
	}
}

func TestClearValuesThatAreTried(t *testing.T) {
	for _, c := range []struct {
		change func(*sensors.Rule)
		want   []float64 // clear values besides the rule's own
	}{
		{func(r *sensors.Rule) {}, []float64{27, 26, 24}},
		{func(r *sensors.Rule) { r.Condition, r.Limits = sensors.Below, sensors.Limits{Limit: 2, Clear: 4.5} }, []float64{5, 6, 8}},
		{func(r *sensors.Rule) {
			r.Condition, r.Limits = sensors.Outside, sensors.Limits{Low: 10, High: 17, Clear: 1}
		}, []float64{2, 3}},
		{func(r *sensors.Rule) { r.Condition, r.Limits = sensors.Rate, sensors.Limits{Limit: 4, Clear: 2} }, []float64{1}},
		{func(r *sensors.Rule) { r.Condition, r.Limits = sensors.Difference, sensors.Limits{Limit: 3, Clear: 2} }, []float64{1, 0}},
		{func(r *sensors.Rule) {
			r.NightWhen, r.Night = sensors.NightBySun, sensors.Limits{Limit: 20, Clear: 17.5}
		}, []float64{27, 26, 24}},
		{func(r *sensors.Rule) { r.Condition = sensors.Silent }, nil},
	} {
		rule := hot(c.change)
		var got []float64
		for _, r := range calmer(rule)[1:] {
			if err := r.Validate(); err != nil && r.Condition != sensors.Difference {
				t.Errorf("%s: %v", r.Condition, err)
			}
			got = append(got, r.Clear)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %+v: got %v, want %v", rule.Condition, rule.Limits, got, c.want)
		}
	}
}
