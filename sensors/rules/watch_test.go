package rules

import (
	"testing"
	"time"

	"furrow/sensors"
)

// firing has an alert that has fired, of a sensor that reports every minute.
func firing(t *testing.T, change ...func(*sensors.Rule)) *stage {
	t.Helper()
	s := newStage(t, []sensors.Rule{hot(append([]func(*sensors.Rule){holdFor(2 * mins)}, change...)...)}, thermometer(1))
	for i := range 10 {
		s.reading(1, time.Duration(i)*mins, 32)
	}
	if s.told("0s pending", "2m firing"); t.Failed() {
		t.FailNow()
	}
	return s
}

func TestARuleIsEditedWhileItFires(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*sensors.Rule)
		want   []string
	}{
		{"name and severity", func(r *sensors.Rule) {
			r.Name, r.Severity, r.Recipients = "Hot!", sensors.Critical, []sensors.RecipientID{4}
		}, nil},
		{"limit that is still broken", func(r *sensors.Rule) { r.Limit, r.Clear = 31, 29 }, nil},
		{"limit that the value is near", func(r *sensors.Rule) { r.Limit, r.Clear = 33, 31 }, nil},
		{"limit that is kept", func(r *sensors.Rule) { r.Limit, r.Clear = 40, 38 }, []string{"10m resolved: The rule was changed."}},
		{"longer hold", holdFor(time.Hour), nil},
		{"another condition", func(r *sensors.Rule) { r.Condition = sensors.Below; r.Clear = 31 }, []string{"10m resolved: The rule was changed.", "10m1s pending"}},
		{"another metric", func(r *sensors.Rule) { r.Metric = "humidity" }, []string{"10m resolved: The rule was changed."}},
		{"its own zone", func(r *sensors.Rule) { r.Scope.Zone = 1 }, nil},
		{"another zone", func(r *sensors.Rule) { r.Scope.Zone = 2 }, []string{"10m resolved: The sensor is no longer where the rule watches."}},
		{"other hours", func(r *sensors.Rule) { r.Active.From, r.Active.To = 20*60, 22*60 }, []string{"10m resolved: The rule does not watch at this hour."}},
		{"switched off", func(r *sensors.Rule) { r.Enabled = false }, []string{"10m resolved: The rule was switched off."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := firing(t)
			rule := hot(holdFor(2 * mins))
			if c.change(&rule); rule.Condition == sensors.Below {
				rule.Limit, rule.Clear = 33, 34 // broken from the other side
			}
			s.commit(s.e.SetRules([]sensors.Rule{rule}, at(10*mins)))
			s.tick(10*mins + time.Second)
			s.told(c.want...)
			if open := len(s.e.Open()); len(c.want) == 0 && open != 1 || len(c.want) == 1 && open != 0 {
				t.Errorf("%d alerts are open", open)
			}
			if c.want == nil {
				s.reading(1, 11*mins, 20)
				s.told("11m resolved")
			}
		})
	}
}

func TestARuleIsDeletedWhileItFires(t *testing.T) {
	s := firing(t)
	s.commit(s.e.SetRules(nil, at(10*mins)))
	s.told("10m resolved: The rule was deleted.")
	s.reading(1, 11*mins, 50)
	s.tick(30 * mins)
	s.told()
}

func TestAPendingAlertIsDroppedWithItsRule(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot()}, thermometer(1))
	s.reading(1, 0, 31)
	s.commit(s.e.SetRules(nil, at(mins)))
	s.told("0s pending", "1m dropped: The rule was deleted.")
}

// A rule that is new judges what is known, without waiting for the next reading.
func TestANewRuleJudgesTheNewestValue(t *testing.T) {
	s := newStage(t, nil, thermometer(1))
	s.reading(1, 0, 31)
	s.commit(s.e.SetRules([]sensors.Rule{hot(holdFor(mins))}, at(2*mins)))
	s.tick(2*mins + time.Second)
	s.tick(4 * mins)
	s.told("2m1s pending", "3m1s firing")

	s = newStage(t, nil, thermometer(1))
	s.reading(1, 0, 31)
	s.commit(s.e.SetRules([]sensors.Rule{hot(holdFor(mins))}, at(2*time.Hour)))
	s.tick(2*time.Hour + time.Second)
	s.told() // that is two hours old
}

func TestASensorChangesWhileItFires(t *testing.T) {
	in := func(zone sensors.ZoneID) func(*sensors.Rule) {
		return func(r *sensors.Rule) { r.Scope.Zone = zone }
	}
	for _, c := range []struct {
		name string
		edit func(*Engine) *Plan
		want string
	}{
		{"removed", func(e *Engine) *Plan { return e.RemoveSensors([]sensors.SensorID{1}, at(10*mins)) }, "10m resolved: The sensor was removed."},
		{"gone with the rest", func(e *Engine) *Plan { return e.SetSensors(nil, at(10*mins)) }, "10m resolved: The sensor was removed."},
		{"moved", func(e *Engine) *Plan {
			moved := thermometer(1)
			moved.Zone = 2
			return e.SetSensor(moved, at(10*mins))
		}, "10m resolved: The sensor is no longer where the rule watches."},
		{"ignored", func(e *Engine) *Plan {
			ignored := thermometer(1)
			ignored.Adopted = false
			return e.SetSensor(ignored, at(10*mins))
		}, "10m resolved: The device is no longer part of the farm."},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := firing(t, in(1))
			s.commit(c.edit(s.e))
			s.told(c.want)
			s.reading(1, 11*mins, 50)
			s.tick(20 * mins)
			s.told()
			s.commit(s.e.SetSensors([]Subject{thermometer(1)}, at(20*mins))) // and all is as it was
			s.reading(1, 21*mins, 50)
			s.told("21m pending")
		})
	}
}

func TestASilentDeviceIsRemoved(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, behind(100, thermometer(1)), behind(100, thermometer(2)), thermometer(3))
	s.talk(0, 20*mins, 1, 2, 3)
	s.wait(20*mins, 30*mins)
	s.told("24m firing d3+1", "26m firing d1+2")
	s.commit(s.e.RemoveSensors([]sensors.SensorID{3}, at(30*mins)))
	s.told("30m resolved d3+1: The sensor was removed.")
	s.wait(30*mins, 40*mins)
	s.commit(s.e.SetRules(nil, at(40*mins)))
	s.told("40m resolved d1+2: The rule was deleted.")
}

func TestAGroupDissolves(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, behind(100, thermometer(1)), behind(100, thermometer(2)))
	s.talk(0, 20*mins, 1, 2)
	s.wait(20*mins, 30*mins)
	s.told("26m firing d1+2")
	s.commit(s.e.RemoveSensors([]sensors.SensorID{1}, at(30*mins)))
	s.told()
	s.wait(30*mins, 31*mins)
	s.told("30m resolved d1+2: The sensor is no longer where the rule watches.", "24m firing d2+1")
	s.commit(s.e.RemoveSensors([]sensors.SensorID{2}, at(32*mins)))
	s.wait(32*mins, 40*mins)
	s.told("32m resolved d2+1: The sensor was removed.")
}

func TestRate(t *testing.T) {
	falling := hot(func(r *sensors.Rule) {
		r.Condition, r.Limits, r.Hold = sensors.Rate, sensors.Limits{Limit: 3, Clear: 1.5}, 0
	})
	for _, c := range []struct {
		name  string
		every time.Duration
		value func(i int) float64
		fires bool
	}{
		{"steady", mins, func(i int) float64 { return 20 }, false},
		{"slow", mins, func(i int) float64 { return 20 - float64(i)*2.5/60 }, false},
		{"fast down", mins, func(i int) float64 { return 20 - float64(i)*4/60 }, true},
		{"fast up", mins, func(i int) float64 { return 20 + float64(i)*4/60 }, true},
		{"fast, every ten seconds", 10 * time.Second, func(i int) float64 { return 20 + float64(i)*4/360 }, true},
		{"fast, every hour", time.Hour, func(i int) float64 { return 20 - float64(i)*4 }, true},
		{"noise", mins, func(i int) float64 { return 20 + 0.15*float64(i%2*2-1) }, false},
		{"one odd value", mins, func(i int) float64 {
			if i == 30 {
				return 60
			}
			return 20
		}, false},
		{"one odd value among few", time.Hour, func(i int) float64 {
			if i == 10 {
				return 60
			}
			return 20
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, []sensors.Rule{falling}, thermometer(1))
			for i := range 60 {
				s.reading(1, time.Duration(i)*c.every, c.value(i))
			}
			if got := len(s.alerts) > 0; got != c.fires {
				t.Errorf("fires: %v (%v)", got, s.log)
			}
			if c.fires && (s.e.Open()[0].Peak < 0) != (c.value(2) < c.value(1)) {
				t.Errorf("peak %v has the wrong sign", s.e.Open()[0].Peak)
			}
		})
	}
}

func TestTheFirstReadingsHaveNoRate(t *testing.T) {
	var tr trail
	for i := range 4 {
		if _, ok := tr.perHour(); ok {
			t.Errorf("%d readings have a slope", i)
		}
		tr.add(at(time.Duration(i)*mins), float64(i*50), 0)
	}
	if slope, ok := tr.perHour(); ok {
		t.Errorf("3 minutes have a slope: %v", slope)
	}
	tr.add(at(9*mins), 450, 0)
	if slope, ok := tr.perHour(); !ok || slope < 2999 || slope > 3001 {
		t.Errorf("slope %v, %v, want 3000", slope, ok)
	}
}

func TestDifference(t *testing.T) {
	rule := hot(func(r *sensors.Rule) {
		r.Condition, r.Scope.Sensor, r.Other, r.Limits, r.Hold = sensors.Difference, 1, 2, sensors.Limits{Limit: 3, Clear: 2}, 0
	})
	s := newStage(t, []sensors.Rule{rule}, thermometer(1), thermometer(2))
	for i := range 10 { // both rise by 5 a minute; one is always heard after the other
		s.reading(1, time.Duration(i)*mins, float64(i)*5)
		s.reading(2, time.Duration(i)*mins, float64(i)*5+1)
	}
	s.told()
	s.reading(1, 10*mins, 50)
	s.reading(2, 10*mins, 54)
	s.told("10m firing")
	if a := s.e.Open()[0]; a.Value != 4 || a.Peak != 4 {
		t.Errorf("differs by %v, at worst %v", a.Value, a.Peak)
	}
	s.reading(1, 11*mins, 52)
	s.reading(2, 11*mins, 54)
	s.told("11m resolved")
	for i := 12; i < 60; i++ { // the other is silent: nothing can be said
		s.reading(1, time.Duration(i)*mins, 80)
	}
	s.told()
	s.commit(s.e.RemoveSensors([]sensors.SensorID{2}, at(60*mins)))
	s.reading(1, 61*mins, 90)
	s.told()
}
