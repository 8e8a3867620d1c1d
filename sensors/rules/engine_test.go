package rules

import (
	"errors"
	"math"
	"testing"
	"time"

	"furrow/sensors"
)

const mins = time.Minute

// Each case is a series of values, one a minute, and what is told of them.
func TestLifeOfAnAlert(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		rule   sensors.Rule
		values []float64
		want   []string
	}{
		{"never hot", hot(holdFor(2 * mins)), []float64{20, 30, 29, 28}, nil},
		{"hold", hot(holdFor(2 * mins)), []float64{20, 31, 31, 31, 27}, []string{"1m pending", "3m firing", "4m resolved"}},
		{"without hold", hot(holdFor(0)), []float64{31, 27}, []string{"0s firing", "1m resolved"}},
		{"not for long enough", hot(holdFor(3 * mins)), []float64{31, 31, 28, 31}, []string{"0s pending", "2m dropped", "3m pending"}},
		{"between limit and clear it stays", hot(holdFor(2 * mins)), []float64{31, 31, 31, 29, 29, 28.5, 28}, []string{"0s pending", "2m firing", "6m resolved"}},
		{"near the limit is not beyond it", hot(holdFor(3 * mins)), []float64{31, 29, 29, 29, 29}, []string{"0s pending", "3m dropped"}},
		{"noise around the limit lasts", hot(holdFor(3 * mins)), []float64{31, 29, 31, 29, 31}, []string{"0s pending", "3m firing"}},
		{"not a number", hot(holdFor(1 * mins)), []float64{nan, 31, nan, nan, 27}, []string{"1m pending", "2m firing", "4m resolved"}},
		{"below", hot(func(r *sensors.Rule) {
			r.Condition, r.Limits, r.Hold = sensors.Below, sensors.Limits{Limit: 2, Clear: 3}, mins
		}), []float64{2, 1.9, 1, 2.5, 3}, []string{"1m pending", "2m firing", "4m resolved"}},
		{"outside", hot(func(r *sensors.Rule) {
			r.Condition, r.Limits, r.Hold = sensors.Outside, sensors.Limits{Low: 10, High: 20, Clear: 1}, mins
		}), []float64{15, 9, 9, 21, 19.5, 19}, []string{"1m pending", "2m firing", "5m resolved"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, []sensors.Rule{c.rule}, thermometer(1))
			for i, v := range c.values {
				s.reading(1, time.Duration(i)*mins, v)
			}
			s.told(c.want...)
		})
	}
}

func TestAnAlertTellsWhatHappened(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot(holdFor(2 * mins))}, thermometer(1))
	for i, v := range []float64{20, 31, 33, 32, 31, 26} {
		s.reading(1, time.Duration(i)*mins, v)
	}
	a := s.alerts[0]
	if a.Rule != 1 || a.RuleName != "Too hot" || a.Sensor != 1 || a.Device != 1 || a.Severity != sensors.Warning || a.State != sensors.AlertResolved {
		t.Errorf("alert %+v", a)
	}
	if a.Since != at(1*mins) || a.StartedAt != at(3*mins) || a.ResolvedAt != at(5*mins) || a.Peak != 33 || a.Value != 26 || a.Why != "" || a.Past {
		t.Errorf("alert %+v", a)
	}
}

// A hold time that runs out between two readings is told at once, by Tick, and always as of the same moment.
func TestTickFiresBetweenReadings(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot(holdFor(4 * mins))}, thermometer(1))
	s.reading(1, 0, 31)
	s.reading(1, 3*mins, 31)
	s.tick(4*mins - time.Second)
	s.told("0s pending")
	s.tick(4*mins + 700*time.Millisecond)
	s.told("4m firing")
	s.tick(5 * mins)
	s.told()
}

func TestAStaleSensorDoesNotFire(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot(holdFor(time.Hour))}, thermometer(1))
	s.reading(1, 0, 31)
	for m := range 120 { // its rhythm is unknown, so that it is trusted for 15 minutes
		s.tick(time.Duration(m) * mins)
	}
	s.told("0s pending")
	s.reading(1, 2*time.Hour, 31) // still so when it is heard again
	s.told("2h firing")
}

// A value that swings around the limit opens an alert at most once for each time that it crosses the clear value.
func TestFlapping(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot(holdFor(0))}, thermometer(1))
	crossings, wasClear := 0, true
	for i := range 3000 { // 5 hours, swinging by 1.5 around 30 each 5 minutes, on a slow wave that leaves the band at times
		x := float64(i) / 50 * 2 * math.Pi
		v := 30 + 1.5*math.Sin(x) + 2.5*math.Sin(x/12)
		if v <= 28 {
			wasClear = true
		} else if v > 30 && wasClear {
			crossings, wasClear = crossings+1, false
		}
		s.reading(1, time.Duration(i)*6*time.Second, v)
	}
	fired, resolved := s.count(sensors.EventFiring), s.count(sensors.EventResolved)
	if fired != crossings || resolved > fired || fired > 12 || fired < 3 {
		t.Errorf("fired %d times, resolved %d times, want %d", fired, resolved, crossings)
	}
}

// count counts the events of a kind.
func (s *stage) count(kind sensors.AlertEventKind) int {
	n := 0
	for _, a := range s.alerts {
		if kind == sensors.EventFiring && a.StartedAt != 0 || kind == sensors.EventResolved && a.State == sensors.AlertResolved {
			n++
		}
	}
	return n
}

func TestSuspectReadingsDecideNothing(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot(holdFor(0))}, thermometer(1))
	s.arrive(0, sensors.Reading{Sensor: 1, At: at(0), Value: 69, Quality: sensors.Suspect}, sensors.Reading{Sensor: 1, At: at(0) + 1, Value: math.Inf(1)})
	s.told()
	s.reading(1, mins, 31)
	s.arrive(2*mins, sensors.Reading{Sensor: 1, At: at(2 * mins), Value: -40, Quality: sensors.Suspect})
	s.told("1m firing")
}

func TestOfOtherSensorsNothingIsTold(t *testing.T) {
	strange := thermometer(2)
	strange.Adopted = false
	s := newStage(t, []sensors.Rule{hot(holdFor(0))}, thermometer(1), strange)
	s.reading(2, 0, 40)
	s.reading(99, 0, 40)
	s.told()
}

func TestScopes(t *testing.T) {
	sensor := thermometer(1)
	for _, c := range []struct {
		name   string
		scope  sensors.Scope
		metric sensors.MetricID
		want   bool
	}{
		{"farm", sensors.Scope{}, "temperature", true},
		{"its sensor", sensors.Scope{Sensor: 1}, "temperature", true},
		{"another sensor", sensors.Scope{Sensor: 2}, "temperature", false},
		{"its zone", sensors.Scope{Zone: 1}, "temperature", true},
		{"another zone", sensors.Scope{Zone: 2}, "temperature", false},
		{"its kind", sensors.Scope{ZoneKind: "greenhouse"}, "temperature", true},
		{"another kind", sensors.Scope{ZoneKind: "barn"}, "temperature", false},
		{"another metric", sensors.Scope{}, "humidity", false},
	} {
		r := hot(func(r *sensors.Rule) { r.Scope, r.Metric = c.scope, c.metric })
		if got := inScope(&r, &sensor); got != c.want {
			t.Errorf("%s: in scope is %v, want %v", c.name, got, c.want)
		}
	}
}

// What the store refused must not have happened.
func TestAPlanThatIsNotAppliedLeavesNoTrace(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot(holdFor(2 * mins)), hot(func(r *sensors.Rule) {
		r.ID, r.Condition, r.Limits, r.Hold = 2, sensors.Rate, sensors.Limits{Limit: 3, Clear: 1}, 0
	}), silence()}, thermometer(1))
	refuse := func(p *Plan) {
		if p == nil {
			t.Fatal("no plan")
		}
	}
	for i, v := range []float64{20, 31, 33, 35, 37, 39, 27, 27, 27, 27} {
		for range 3 {
			refuse(s.e.Plan([]sensors.Reading{{Sensor: 1, At: at(time.Duration(i) * mins), Value: v}}, at(time.Duration(i)*mins)))
			refuse(s.e.Tick(at(time.Duration(i)*mins + time.Hour)))
			refuse(s.e.SetRules(nil, at(0)))
			refuse(s.e.RemoveSensors([]sensors.SensorID{1}, at(0)))
		}
		s.reading(1, time.Duration(i)*mins, v)
	}
	got := s.log
	s = newStage(t, []sensors.Rule{hot(holdFor(2 * mins)), hot(func(r *sensors.Rule) {
		r.ID, r.Condition, r.Limits, r.Hold = 2, sensors.Rate, sensors.Limits{Limit: 3, Clear: 1}, 0
	}), silence()}, thermometer(1))
	for i, v := range []float64{20, 31, 33, 35, 37, 39, 27, 27, 27, 27} {
		s.reading(1, time.Duration(i)*mins, v)
	}
	if len(s.log) < 4 {
		t.Errorf("only %v was told", s.log)
	}
	s.told(got...)
}

func TestOnlyTheNewestPlanIsApplied(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot()}, thermometer(1))
	old := s.e.Tick(at(0))
	s.tick(1)
	defer func() {
		if recover() == nil {
			t.Error("an old plan was applied")
		}
	}()
	s.e.Apply(old)
}

func TestAcknowledge(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot(holdFor(mins))}, thermometer(1))
	s.reading(1, 0, 31)
	if _, err := s.e.Acknowledge(1, "Ann", "", at(0)); !errors.Is(err, sensors.ErrConflict) {
		t.Errorf("acknowledging a pending alert: %v", err)
	}
	s.reading(1, mins, 31)
	if _, err := s.e.Acknowledge(7, "Ann", "", at(mins)); !errors.Is(err, sensors.ErrNotFound) {
		t.Errorf("acknowledging an unknown alert: %v", err)
	}
	s.must(s.e.Acknowledge(1, "Ann", "opened the vents", at(2*mins)))
	if a := s.alerts[0]; a.State != sensors.AlertAcknowledged || a.AckBy != "Ann" || a.Note != "opened the vents" || a.AcknowledgedAt != at(2*mins) {
		t.Errorf("acknowledged: %+v", a)
	}
	s.must(s.e.Acknowledge(1, "Ann", "opened the doors too", at(3*mins)))
	s.reading(1, 4*mins, 33)
	s.reading(1, 5*mins, 27)
	s.told("0s pending", "1m firing", "2m acknowledged", "3m acknowledged", "5m resolved")
	if a := s.alerts[0]; a.Note != "opened the doors too" || a.Peak != 33 {
		t.Errorf("resolved: %+v", a)
	}
	if _, err := s.e.Acknowledge(1, "Ann", "", at(6*mins)); !errors.Is(err, sensors.ErrNotFound) {
		t.Errorf("acknowledging a resolved alert: %v", err)
	}
}

func (s *stage) must(p *Plan, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	s.commit(p)
}

func TestSnooze(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot(holdFor(0))}, thermometer(1))
	s.reading(1, 0, 31)
	for _, until := range []time.Duration{0, -mins, 8 * 24 * time.Hour} {
		if _, err := s.e.Snooze(1, at(until), "Ann", at(0)); !errors.As(err, &sensors.Invalid{}) {
			t.Errorf("snoozing for %v: %v", until, err)
		}
	}
	s.must(s.e.Snooze(1, at(30*mins), "Ann", at(mins)))
	s.tick(29 * mins)
	s.told("0s firing", "1m snoozed")
	s.tick(31 * mins)
	s.told("30m firing") // it still holds
	if a := s.alerts[0]; a.State != sensors.AlertFiring || a.SnoozedUntil != 0 || a.AcknowledgedAt != 0 || a.StartedAt != at(0) {
		t.Errorf("fires again: %+v", a)
	}
	s.must(s.e.Snooze(1, at(60*mins), "Ann", at(32*mins)))
	s.reading(1, 40*mins, 20)
	s.tick(61 * mins)
	s.told("32m snoozed", "40m resolved")
}

func TestTheStoreHearsOfAWorsePeakNowAndThen(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot(holdFor(0))}, thermometer(1))
	for i := range 12 {
		s.reading(1, time.Duration(i)*mins, 31+float64(i))
	}
	s.told("0s firing", "5m worse", "10m worse")
	if open := s.e.Open(); len(open) != 1 || open[0].Peak != 42 || open[0].Value != 42 {
		t.Errorf("open: %+v", open)
	}
}
