package rules

import (
	"testing"
	"time"

	"furrow/sensors"
)

// restart ends a stage's engine and begins another with what a store would have kept of it.
func (s *stage) restart(rules []sensors.Rule, subjects []Subject, recent []sensors.Reading, after time.Duration) {
	var open []sensors.Alert
	for _, a := range s.alerts {
		if a.State.Open() {
			open = append(open, *a)
		}
	}
	s.e = New(farm)
	s.commit(s.e.SetSensors(subjects, at(after)))
	s.commit(s.e.SetRules(rules, at(after)))
	s.commit(s.e.Restore(open, recent, at(after)))
}

func TestHoldTimesCountThroughARestart(t *testing.T) {
	rules, subjects := []sensors.Rule{hot()}, []Subject{thermometer(1)}
	s := newStage(t, rules, subjects...)
	recent := series(0, append(steady(10, 20), steady(5, 31)...)...)
	for _, r := range recent {
		s.reading(1, time.Duration(r.At-base)*time.Millisecond, r.Value)
	}
	s.restart(rules, subjects, recent, 15*mins)
	s.tick(16 * mins)
	s.reading(1, 17*mins, 31)
	s.tick(19 * mins)
	s.told("10m pending")
	s.reading(1, 19*mins+30*time.Second, 31)
	s.tick(20*mins + time.Second)
	s.told("20m firing")
	if a := s.alerts[0]; len(s.alerts) != 1 || a.Since != at(10*mins) {
		t.Errorf("%d alerts, the first since %s", len(s.alerts), s.clock(a.Since))
	}
}

func TestOpenAlertsLiveThroughARestart(t *testing.T) {
	rules, subjects := []sensors.Rule{hot(holdFor(0))}, []Subject{thermometer(1)}
	s := newStage(t, rules, subjects...)
	s.reading(1, 0, 35)
	s.must(s.e.Acknowledge(1, "Ann", "", at(mins)))
	s.told("0s firing", "1m acknowledged")
	s.restart(rules, subjects, series(0, 35), 2*mins)
	s.tick(2*mins + time.Second)
	s.reading(1, 3*mins, 33)
	s.told()
	if open := s.e.Open(); len(open) != 1 || open[0].State != sensors.AlertAcknowledged || open[0].AckBy != "Ann" || open[0].Peak != 35 || open[0].Value != 33 {
		t.Errorf("open: %+v", open)
	}
	s.reading(1, 4*mins, 20)
	s.told("4m resolved")
}

func TestWhatIsGoneAfterARestartIsOver(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot(holdFor(0)), hot(func(r *sensors.Rule) { r.ID = 2 })}, thermometer(1))
	s.reading(1, 0, 35)
	s.log = nil
	s.restart(nil, []Subject{thermometer(1)}, nil, mins)
	s.told("1m resolved: The rule or the sensor is gone.", "1m dropped: The rule or the sensor is gone.")
}

func TestNothingIsSilentBecauseFurrowWasAway(t *testing.T) {
	rules, subjects := []sensors.Rule{silence()}, []Subject{thermometer(1), behind(100, thermometer(2)), behind(100, thermometer(3))}
	s := newStage(t, rules, subjects...)
	s.talk(0, 20*mins, 1, 2, 3)
	var recent []sensors.Reading
	for i := range 10 {
		for id := range 3 {
			recent = append(recent, sensors.Reading{Sensor: sensors.SensorID(id + 1), At: at(time.Duration(10+i) * mins), Value: 20})
		}
	}
	s.restart(rules, subjects, recent, 10*time.Hour)
	s.wait(10*time.Hour, 10*time.Hour+5*mins-time.Second)
	s.told()
	s.wait(10*time.Hour+5*mins, 10*time.Hour+20*mins) // but now
	s.told("10h5m firing d1+1", "10h7m firing d2+2")
	if since := s.alerts[1].Since; since != at(19*mins) {
		t.Errorf("gone since %s", s.clock(since))
	}
	s.restart(rules, subjects, recent, 11*time.Hour)
	s.wait(11*time.Hour, 12*time.Hour)
	s.told() // it is known already
	s.talk(12*time.Hour, 12*time.Hour+mins, 1, 2, 3)
	s.told("12h resolved d1+1", "12h resolved d2+2")
}

func TestSilenceIsRestoredToWhatItIsAbout(t *testing.T) {
	rules := []sensors.Rule{silence()}
	subjects := []Subject{of(100, "temperature", thermometer(1)), of(100, "humidity", thermometer(2)), behind(100, thermometer(3)), behind(100, thermometer(4)), behind(100, thermometer(5))}
	s := newStage(t, rules, subjects...)
	s.talk(0, 20*mins, 1, 2, 3, 4, 5)
	s.talk(20*mins, 30*mins, 1, 3, 4, 5)
	s.told("24m firing s2")
	s.restart(rules, subjects, nil, 30*mins)
	s.talk(30*mins, 40*mins, 1, 2, 3, 4, 5)
	s.told("30m resolved s2")
	s.talk(40*mins, 60*mins, 1, 2) // all behind the gateway are gone, and it goes on talking
	s.told("46m firing d100+3")
	s.restart(rules, subjects, nil, 60*mins)
	s.talk(60*mins, 62*mins, 1, 2, 3)
	s.told("1h resolved d100+3")
}
