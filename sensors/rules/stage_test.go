package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
)

// base is the moment from which tests count: 10:00 on a Monday in summer, UTC.
var base = sensors.MilliOf(time.Date(2025, 6, 2, 10, 0, 0, 0, time.UTC))

var farm = sensors.Farm{Name: "Hill farm", TimeZone: "UTC", Units: sensors.MetricUnits}

// stage is an engine whose plans are stored and applied at once, and a log of what it told.
type stage struct {
	t      *testing.T
	e      *Engine
	log    []string
	alerts []*sensors.Alert // by id
	zero   sensors.Milli    // of the log's times
}

func newStage(t *testing.T, rules []sensors.Rule, subjects ...Subject) *stage {
	t.Helper()
	s := &stage{t: t, e: New(farm), zero: base}
	s.commit(s.e.SetSensors(subjects, base))
	s.commit(s.e.SetRules(rules, base))
	return s
}

// commit does what a store does, writes down the events, and applies the plan.
func (s *stage) commit(p *Plan) []sensors.AlertEvent {
	for _, e := range p.Events {
		if e.Alert.ID == 0 {
			s.alerts = append(s.alerts, e.Alert)
			e.Alert.ID = sensors.AlertID(len(s.alerts))
		}
		s.alerts[e.Alert.ID-1] = e.Alert
		s.log = append(s.log, s.describe(e))
	}
	s.e.Apply(p)
	return p.Events
}

// describe writes an event as "12m firing", with the sensor unless it is the first, and why.
func (s *stage) describe(e sensors.AlertEvent) string {
	text := fmt.Sprintf("%s %s", s.clock(e.At), e.Kind)
	switch {
	case e.Alert.Sensor > 1:
		text += fmt.Sprintf(" s%d", e.Alert.Sensor)
	case e.Alert.Sensor == 0:
		text += fmt.Sprintf(" d%d+%d", e.Alert.Device, e.Alert.Behind)
	}
	if e.Kind == sensors.EventPast {
		text += " since " + s.clock(e.Alert.Since)
	}
	if e.Alert.Why != "" {
		text += ": " + e.Alert.Why
	}
	return text
}

func (s *stage) clock(at sensors.Milli) string {
	text := (time.Duration(at-s.zero) * time.Millisecond).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// at gives a moment after base.
func at(after time.Duration) sensors.Milli { return base + milli(after) }

// reading delivers one at the moment at which it was taken.
func (s *stage) reading(id sensors.SensorID, after time.Duration, value float64) {
	s.commit(s.e.Plan([]sensors.Reading{{Sensor: id, At: at(after), Value: value}}, at(after)))
}

// arrive delivers readings of a sensor at another moment than they were taken.
func (s *stage) arrive(now time.Duration, list ...sensors.Reading) {
	s.commit(s.e.Plan(list, at(now)))
}

func (s *stage) tick(after time.Duration) { s.commit(s.e.Tick(at(after))) }

// told compares the log with what is wanted and empties it.
func (s *stage) told(want ...string) {
	s.t.Helper()
	if got := strings.Join(s.log, "\n"); got != strings.Join(want, "\n") {
		s.t.Errorf("told:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
	s.log = nil
}

// thermometer is a sensor of a device of its own.
func thermometer(id sensors.SensorID) Subject {
	return Subject{Sensor: id, Device: sensors.DeviceID(id), Metric: "temperature", Zone: 1, ZoneKind: "greenhouse", Adopted: true}
}

// hot is a rule that holds for ten minutes above 30, clear at 28.
func hot(change ...func(*sensors.Rule)) sensors.Rule {
	r := sensors.Rule{ID: 1, Name: "Too hot", Enabled: true, Severity: sensors.Warning, Metric: "temperature", Condition: sensors.Above,
		Limits: sensors.Limits{Limit: 30, Clear: 28}, Hold: 10 * time.Minute}
	for _, f := range change {
		f(&r)
	}
	return r
}

func holdFor(d time.Duration) func(*sensors.Rule) { return func(r *sensors.Rule) { r.Hold = d } }

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Skip("this machine has no time zones: ", err)
	}
	return loc
}
