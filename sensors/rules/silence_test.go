package rules

import (
	"fmt"
	"testing"
	"time"

	"furrow/sensors"
)

// silence is the watch that is always on.
func silence() sensors.Rule {
	return sensors.Rule{ID: 9, Name: "Silence", Enabled: true, Severity: sensors.Warning, Condition: sensors.Silent, Watch: true}
}

// behind puts a sensor's device behind a gateway.
func behind(gateway sensors.DeviceID, s Subject) Subject {
	s.Gateway, s.GatewayDevice = fmt.Sprint("gateway-", gateway), gateway
	return s
}

// of makes a sensor one of a device that has several.
func of(device sensors.DeviceID, m sensors.MetricID, s Subject) Subject {
	s.Device, s.Metric = device, m
	return s
}

// talk lets sensors report every minute, from from to before to, and time go on.
func (s *stage) talk(from, to time.Duration, ids ...sensors.SensorID) {
	for now := from; now < to; now += mins {
		var list []sensors.Reading
		for _, id := range ids {
			list = append(list, sensors.Reading{Sensor: id, At: at(now), Value: 20})
		}
		s.tick(now)
		s.commit(s.e.Plan(list, at(now)))
	}
}

// wait lets time go on, in steps of ten seconds.
func (s *stage) wait(from, to time.Duration) {
	for now := from; now < to; now += 10 * time.Second {
		s.tick(now)
	}
}

func TestADeviceFallsSilentAndIsBack(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, of(1, "temperature", thermometer(1)), of(1, "humidity", thermometer(2)))
	s.talk(0, 20*mins, 1, 2)
	s.wait(20*mins, 40*mins)
	s.told("24m firing d1+2") // five minutes, the least, after it was heard last
	if a := s.alerts[0]; a.Since != at(19*mins) || a.Value == a.Value || a.Peak == a.Peak {
		t.Errorf("alert %+v", a)
	}
	s.talk(40*mins, 60*mins, 1, 2)
	s.told("40m resolved d1+2")
}

func TestSilenceFollowsTheSensorsRhythm(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, thermometer(1))
	for i := range 10 {
		s.reading(1, time.Duration(i)*20*mins, 20)
	}
	s.wait(180*mins, 239*mins)
	s.told()
	s.wait(239*mins, 241*mins)
	s.told("4h firing d1+1") // three of its intervals after it was heard last, at 3 h
}

func TestANewDeviceGetsTime(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, thermometer(1), thermometer(2), thermometer(3))
	s.reading(1, 0, 20) // once: perhaps it speaks once a day
	s.reading(2, 0, 20)
	s.reading(2, 30*mins, 20)
	for m := range 27 * 60 {
		s.tick(time.Duration(m) * mins)
	}
	s.told("2h firing d2+1", "25h firing d1+1")
}

func TestEventSensorsMayBeSilentForADay(t *testing.T) {
	door := of(1, "contact", thermometer(1))
	s := newStage(t, []sensors.Rule{silence()}, door)
	for i := range 20 {
		s.reading(1, time.Duration(i)*mins, float64(i%2))
	}
	for m := range 26 * 60 {
		s.tick(time.Duration(20+m) * mins)
	}
	s.told("25h19m firing d1+1")
}

func TestOneSensorOfADeviceFallsSilent(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, of(1, "temperature", thermometer(1)), of(1, "humidity", thermometer(2)))
	s.talk(0, 20*mins, 1, 2)
	s.talk(20*mins, 40*mins, 1)
	s.told("24m firing s2")
	s.talk(40*mins, 45*mins, 1, 2)
	s.told("40m resolved s2")
}

// A device whose frequent sensor is broken must not be told gone and back with each message of its slow one.
func TestASlowSensorDoesNotMakeItsDeviceFlap(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, of(1, "temperature", thermometer(1)), of(1, "humidity", thermometer(2)))
	for now := time.Duration(0); now < 20*time.Hour; now += mins {
		s.tick(now)
		if now < 10*time.Hour {
			s.reading(1, now, 20)
		}
		if now%time.Hour == 0 {
			s.reading(2, now, 50)
		}
	}
	s.told("10h5m firing d1+2", "11h resolved d1+2", "11h5m firing")
}

func TestAGatewayIsGone(t *testing.T) {
	var subjects []Subject
	var ids []sensors.SensorID
	for i := range 14 {
		subjects = append(subjects, behind(100, thermometer(sensors.SensorID(i+1))))
		ids = append(ids, sensors.SensorID(i+1))
	}
	s := newStage(t, []sensors.Rule{silence()}, subjects...)
	s.talk(0, 20*mins, ids...)
	s.wait(20*mins, 50*mins)
	s.told("26m firing d1+14") // the gateway is no device: its first one gives the name
	if a := s.alerts[0]; a.Since != at(19*mins) {
		t.Errorf("gone since %s", s.clock(a.Since))
	}
	s.talk(50*mins, 52*mins, 3)
	s.told("50m resolved d1+14")
	s.talk(52*mins, 90*mins, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
	s.told("57m firing d1+1", "57m firing d2+1") // the two that did not come back
}

func TestAGatewayThatGoesOnTalking(t *testing.T) {
	gateway := thermometer(100)
	s := newStage(t, []sensors.Rule{silence()}, gateway, behind(100, thermometer(1)), behind(100, thermometer(2)))
	s.talk(0, 20*mins, 1, 2, 100)
	s.talk(20*mins, 40*mins, 100) // its radio is dead
	s.told("26m firing d100+2")
	s.talk(40*mins, 45*mins, 1, 2, 100)
	s.told("40m resolved d100+2")
}

func TestAGatewayThatIsGoneItself(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, thermometer(100), behind(100, thermometer(1)), behind(100, thermometer(2)))
	for hour := range 8 { // those behind it report once an hour
		s.talk(time.Duration(hour)*time.Hour, time.Duration(hour)*time.Hour+mins, 1, 2, 100)
		s.talk(time.Duration(hour)*time.Hour+mins, time.Duration(hour+1)*time.Hour, 100)
	}
	s.wait(8*time.Hour, 9*time.Hour)
	s.told("8h6m firing d100+2")
	s.talk(9*time.Hour, 9*time.Hour+5*mins, 100)
	s.told("9h resolved d100+2")
}

func TestOneDeviceBehindAGatewayIsNotTheGateway(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, behind(100, thermometer(1)), behind(100, thermometer(2)), behind(100, thermometer(3)))
	s.talk(0, 20*mins, 1, 2, 3)
	s.talk(20*mins, 40*mins, 1, 3)
	s.told("26m firing d2+1")
	s.wait(40*mins, 60*mins) // now the others too
	s.told("46m firing d1+3")
	s.talk(60*mins, 62*mins, 1)
	s.told("1h resolved d1+3")
}

// Whoever reports seldom has not been missed yet when the gateway goes, and must not be told of later either.
func TestSlowDevicesBehindAGateway(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, behind(100, thermometer(1)), behind(100, thermometer(2)), behind(100, thermometer(3)))
	for now := time.Duration(0); now < 5*time.Hour; now += mins {
		s.talk(now, now+mins, 1, 2)
		if now%(15*mins) == 0 {
			s.talk(now, now+mins, 3)
		}
	}
	s.wait(5*time.Hour, 8*time.Hour)
	s.told("5h6m firing d1+3")
	s.talk(8*time.Hour, 8*time.Hour+2*mins, 1, 2)
	s.told("8h resolved d1+3")
	s.talk(8*time.Hour+2*mins, 8*time.Hour+40*mins, 1, 2)
	s.told()
	s.talk(8*time.Hour+40*mins, 10*time.Hour, 1, 2)
	s.told("8h47m firing d3+1") // 45 minutes after the gateway was back, and two for company
}

func TestSilenceByTheManagersOwnRule(t *testing.T) {
	own := sensors.Rule{ID: 3, Enabled: true, Severity: sensors.Warning, Condition: sensors.Silent, Hold: 3 * time.Second}
	for _, c := range []struct {
		name   string
		change func(*sensors.Rule)
		want   string
	}{
		{"everywhere", func(*sensors.Rule) {}, "13s firing d1+2"},
		{"one sensor", func(r *sensors.Rule) { r.Scope.Sensor = 1 }, "13s firing"},
		{"one metric", func(r *sensors.Rule) { r.Metric = "humidity" }, "13s firing s2"},
		{"another zone", func(r *sensors.Rule) { r.Scope.Zone = 7 }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := own
			c.change(&r)
			s := newStage(t, []sensors.Rule{r}, of(1, "temperature", thermometer(1)), of(1, "humidity", thermometer(2)))
			for i := range 11 {
				s.tick(time.Duration(i) * time.Second)
				s.reading(1, time.Duration(i)*time.Second, 20)
				s.reading(2, time.Duration(i)*time.Second, 50)
			}
			for i := 11; i < 60; i++ {
				s.tick(time.Duration(i) * time.Second)
			}
			if c.want == "" {
				s.told()
				return
			}
			s.told(c.want)
			s.reading(1, time.Minute, 20)
			s.reading(2, time.Minute, 50)
			if s.told("1m resolved" + c.want[len("13s firing"):]); len(s.e.Open()) != 0 {
				t.Errorf("open: %v", s.e.Open())
			}
		})
	}
}

func TestNotWatchedIsNotMissed(t *testing.T) {
	ignored := thermometer(1)
	s := newStage(t, []sensors.Rule{silence()}, ignored, thermometer(2))
	s.talk(0, 10*mins, 1, 2)
	ignored.Adopted = false
	s.commit(s.e.SetSensor(ignored, at(10*mins)))
	s.commit(s.e.RemoveSensors([]sensors.SensorID{2}, at(10*mins)))
	s.wait(10*mins, 30*mins)
	s.told()
}

func TestSuspectReadingsAreSignsOfLifeAndHistoryIsNone(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, thermometer(1), thermometer(2))
	s.talk(0, 20*mins, 1)
	for now := 20 * mins; now < 40*mins; now += mins {
		s.arrive(now, sensors.Reading{Sensor: 1, At: at(now), Value: 99, Quality: sensors.Suspect})
		s.tick(now)
	}
	for i := range 20 { // somebody brings in last year's file
		s.arrive(time.Duration(i)*mins, sensors.Reading{Sensor: 2, At: at(time.Duration(i)*mins - 365*24*time.Hour), Value: 20})
	}
	for hour := range 48 {
		s.talk(40*mins+time.Duration(hour)*time.Hour, 40*mins+time.Duration(hour+1)*time.Hour, 1)
	}
	s.told()
}

// TestAHeapOfOldMessagesIsNoRhythm lets a gateway deliver what it kept, within seconds, of a sensor that reports
// every ten minutes.
func TestAHeapOfOldMessagesIsNoRhythm(t *testing.T) {
	s := newStage(t, []sensors.Rule{silence()}, thermometer(1))
	for n := range 12 {
		s.reading(1, time.Duration(n)*10*mins, 20)
	}
	for n := range 20 {
		s.arrive(110*mins+time.Duration(n+1)*time.Second, sensors.Reading{Sensor: 1, At: at(time.Duration(n) * 5 * mins), Value: 20})
	}
	s.wait(111*mins, 120*mins)
	s.told()
	s.wait(120*mins, 150*mins)
	s.told("2h20m20s firing d1+1")
}
