package rules

import (
	"testing"
	"time"

	"furrow/sensors"
)

// series makes readings of sensor 1, one a minute.
func series(from time.Duration, values ...float64) []sensors.Reading {
	var list []sensors.Reading
	for i, v := range values {
		list = append(list, sensors.Reading{Sensor: 1, At: at(from + time.Duration(i)*mins), Value: v})
	}
	return list
}

// steady is a number of equal values.
func steady(n int, v float64) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = v
	}
	return list
}

// onStage has a rule of ten minutes above 30 and a sensor that was fine until 20 minutes ago.
func onStage(t *testing.T, change ...func(*sensors.Rule)) *stage {
	s := newStage(t, []sensors.Rule{hot(change...)}, thermometer(1))
	for i := range 20 {
		s.reading(1, time.Duration(i)*mins, 20)
	}
	return s
}

func TestABacklogDoesNotFireForThePast(t *testing.T) {
	for _, c := range []struct {
		name    string
		backlog []float64 // from minute 20 on, delivered after three hours
		want    []string
	}{
		{"fine", steady(100, 25), nil},
		{"hot for too short", append(steady(5, 31), steady(60, 25)...), nil},
		{"hot and fine again", append(steady(30, 31), steady(60, 25)...), []string{"50m past since 20m"}},
		{"hot twice", append(append(steady(30, 31), steady(5, 25)...), append(steady(20, 33), 20)...), []string{"50m past since 20m", "1h15m past since 55m"}},
		{"near the limit at the end", append(append(steady(30, 31), steady(5, 29)...), 20), []string{"55m past since 20m"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1, 7, 1000} {
				s := onStage(t)
				list := series(20*mins, c.backlog...)
				for len(list) > 0 {
					n := min(size, len(list))
					s.arrive(3*time.Hour, list[:n]...)
					list = list[n:]
				}
				s.tick(3*time.Hour + time.Second)
				s.told(c.want...)
				s.reading(1, 3*time.Hour+2*time.Second, 20)
				s.tick(3*time.Hour + 5*mins)
				s.told()
			}
		})
	}
}

func TestABacklogThatReachesThePresent(t *testing.T) {
	s := onStage(t)
	s.arrive(3*time.Hour, series(20*mins, steady(161, 31)...)...)
	s.told("2h50m firing") // ten minutes ago is still now
	if a := s.alerts[0]; a.Since != at(20*mins) || a.Past {
		t.Errorf("alert %+v", a)
	}
}

func TestABacklogWithoutAnEndIsToldAfterAWhile(t *testing.T) {
	s := onStage(t)
	s.arrive(3*time.Hour, series(20*mins, steady(30, 31)...)...)
	s.tick(3*time.Hour + 30*time.Second)
	s.told()
	s.tick(3*time.Hour + 61*time.Second)
	s.told("49m past since 20m")
	if a := s.alerts[0]; !a.Past || a.State != sensors.AlertResolved || a.StartedAt != at(30*mins) || a.ResolvedAt != at(49*mins) {
		t.Errorf("alert %+v", a)
	}
}

// A device that comes back sends what is now first, and then what it has kept.
func TestABacklogBehindTheNewestReading(t *testing.T) {
	s := onStage(t)
	s.reading(1, 3*time.Hour, 31)
	s.arrive(3*time.Hour+2*time.Second, series(40*mins, append(steady(30, 33), 20)...)...)
	s.tick(3*time.Hour + 2*mins)
	s.told("3h pending", "1h10m past since 40m")
	s.arrive(3*time.Hour+3*mins, series(2*time.Hour+30*mins, steady(30, 32)...)...)
	s.tick(3*time.Hour + 5*mins)
	s.told() // this one was the beginning of what is pending
	s.reading(1, 3*time.Hour+6*mins, 31)
	s.told("3h6m firing")
	if a := s.alerts[0]; a.Since != at(2*time.Hour+30*mins) || a.Peak != 31 {
		t.Errorf("since %s, peak %v", s.clock(a.Since), a.Peak)
	}
}

func TestABacklogEndsAnOpenAlert(t *testing.T) {
	s := onStage(t)
	for i := range 12 {
		s.reading(1, time.Duration(20+i)*mins, 31)
	}
	s.arrive(3*time.Hour, series(32*mins, append(steady(10, 35), steady(30, 20)...)...)...)
	s.told("20m pending", "30m firing", "35m worse", "42m resolved")
	if a := s.alerts[0]; a.Peak != 35 {
		t.Errorf("peak %v", a.Peak)
	}
}

func TestAPendingAlertThatABacklogShowsToHaveLasted(t *testing.T) {
	s := onStage(t)
	s.reading(1, 20*mins, 31)
	s.arrive(3*time.Hour, series(21*mins, append(steady(30, 33), 20)...)...)
	s.told("20m pending", "51m past since 20m")
	if len(s.e.Open()) != 0 {
		t.Errorf("open: %+v", s.e.Open())
	}
}

func TestReadingsThatOvertakeEachOther(t *testing.T) {
	s := onStage(t, holdFor(5*mins))
	s.reading(1, 20*mins, 31)
	s.reading(1, 22*mins, 31)
	s.arrive(22*mins+1, series(21*mins, 36)...) // worse
	s.told("20m pending")
	s.arrive(24*mins, series(23*mins, 27)...)
	s.told("23m dropped")
	s.reading(1, 25*mins, 31)
	s.reading(1, 27*mins, 31)
	s.arrive(27*mins+1, series(26*mins, 27)...) // it has not lasted since 25
	s.tick(30 * mins)
	s.reading(1, 31*mins, 31)
	s.told("25m pending", "31m firing")
	s.arrive(33*mins, sensors.Reading{Sensor: 1, At: at(33 * mins), Value: 31}, sensors.Reading{Sensor: 1, At: at(32 * mins), Value: 40})
	if open := s.e.Open(); len(open) != 1 || open[0].Peak != 40 {
		t.Errorf("open: %+v", open)
	}
}

func TestDuplicatesAndCorrections(t *testing.T) {
	s := onStage(t, holdFor(0))
	for range 3 {
		s.reading(1, 20*mins, 31)
	}
	s.told("20m firing")
	s.reading(1, 20*mins, 21) // the same reading, corrected
	s.told("20m resolved")
}

func TestNothingIsToldOfTheTimeBeforeTheRule(t *testing.T) {
	s := onStage(t, func(r *sensors.Rule) { r.CreatedAt = at(40 * mins).Time() })
	s.arrive(3*time.Hour, series(20*mins, append(steady(15, 31), 20)...)...)
	s.told()
	s.arrive(3*time.Hour, series(45*mins, append(steady(15, 31), 20)...)...)
	s.told("1h past since 45m")
}

// A clock that is hours behind is wrong; what its sensor says is still about now.
func TestASensorWhoseClockIsBehindIsHeard(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot()}, thermometer(1))
	for i := range 30 {
		v := 20.0
		if i >= 8 {
			v = 31
		}
		now := 5*time.Hour + time.Duration(i)*mins
		s.tick(now)
		s.arrive(now, sensors.Reading{Sensor: 1, At: at(time.Duration(i) * mins), Value: v})
	}
	s.told("8m pending", "18m firing")
}

func TestAReadingFromTheFutureIsFromNow(t *testing.T) {
	s := newStage(t, []sensors.Rule{hot()}, thermometer(1))
	for i := range 12 {
		s.arrive(time.Duration(i)*mins, sensors.Reading{Sensor: 1, At: at(2*time.Hour + time.Duration(i)*mins), Value: 31})
	}
	s.told("0s pending", "10m firing")
}

func TestReadingsThatComeAgainAreNotToldAgain(t *testing.T) {
	s := onStage(t, holdFor(5*mins))
	list := series(20*mins, append(steady(10, 33), steady(60, 20)...)...)
	for _, r := range list {
		s.reading(1, time.Duration(r.At-base)*time.Millisecond, r.Value)
	}
	s.told("20m pending", "25m firing", "30m resolved")
	s.arrive(90*mins, list...) // its answer was lost
	s.tick(95 * mins)
	s.told()
}

func TestARunOfLateDataThatGoesBackEnds(t *testing.T) {
	s := onStage(t, holdFor(0))
	s.arrive(5*time.Hour, series(2*time.Hour, 31, 33, 32)...)
	s.arrive(5*time.Hour, series(time.Hour, 31, 31, 29, 29)...)
	s.tick(5*time.Hour + 2*mins)
	s.told("2h2m past since 2h", "1h1m past since 1h")
	if a := s.alerts[0]; a.Peak != 33 {
		t.Errorf("peak %v", a.Peak)
	}
}
