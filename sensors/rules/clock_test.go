package rules

import (
	"testing"
	"time"

	"furrow/sensors"
)

// Furrow's clock is set while a hold time runs. stamped says whose clock the readings follow.
func TestAClockJumpNeitherFiresNorMutes(t *testing.T) {
	for _, jump := range []time.Duration{-3 * time.Hour, -20 * mins, 20 * mins, 3 * time.Hour} {
		for _, stamped := range []string{"by Furrow", "by the device"} {
			t.Run(jump.String()+" "+stamped, func(t *testing.T) {
				s := newStage(t, []sensors.Rule{hot(), silence()}, thermometer(1))
				deliver := func(now, taken time.Duration, v float64) {
					s.tick(now)
					s.arrive(now, sensors.Reading{Sensor: 1, At: at(taken), Value: v})
				}
				for i := range 10 {
					deliver(time.Duration(i)*mins, time.Duration(i)*mins, 20)
				}
				for i := 10; i < 15; i++ { // pending since 10
					deliver(time.Duration(i)*mins, time.Duration(i)*mins, 31)
				}
				s.told("10m pending")
				s.e.Shift(jump)
				own := time.Duration(0)
				if stamped == "by Furrow" {
					own = jump
				}
				for i := 15; i < 20; i++ {
					deliver(time.Duration(i)*mins+jump, time.Duration(i)*mins+own, 31)
				}
				s.told() // five minutes are missing
				for i := 20; i < 24; i++ {
					deliver(time.Duration(i)*mins+jump, time.Duration(i)*mins+own, 31)
				}
				if len(s.log) != 1 || s.alerts[0].State != sensors.AlertFiring {
					t.Errorf("told %v, want one firing", s.log)
				}
				s.log = nil
				deliver(24*mins+jump, 24*mins+own, 20)
				if len(s.log) != 1 || s.alerts[0].State != sensors.AlertResolved {
					t.Errorf("told %v, want one resolved", s.log)
				}
			})
		}
	}
}

func TestNobodyIsSilentBecauseTheClockWasSet(t *testing.T) {
	for _, jump := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		s := newStage(t, []sensors.Rule{silence()}, thermometer(1))
		s.talk(0, 20*mins, 1)
		s.e.Shift(jump)
		s.wait(20*mins+jump, 23*mins+jump)
		s.talk(23*mins+jump, 40*mins+jump, 1)
		s.told()
		s.wait(40*mins+jump, 50*mins+jump)
		if len(s.log) != 1 || s.alerts[0].Since != at(39*mins+jump) {
			t.Errorf("after %v: told %v, want the real silence", jump, s.log)
		}
	}
}

func TestHours(t *testing.T) {
	for _, c := range []struct {
		m, from, to sensors.ClockMinute
		want        bool
	}{
		{0, 0, 0, true}, {700, 300, 300, true},
		{479, 480, 1080, false}, {480, 480, 1080, true}, {1079, 480, 1080, true}, {1080, 480, 1080, false},
		{1319, 1320, 360, false}, {1320, 1320, 360, true}, {0, 1320, 360, true}, {359, 1320, 360, true}, {360, 1320, 360, false},
	} {
		if got := within(c.m, c.from, c.to); got != c.want {
			t.Errorf("within(%d, %d, %d) = %v", c.m, c.from, c.to, got)
		}
	}
}

func TestActiveDaysAndMonths(t *testing.T) {
	workNights := sensors.Active{From: 22 * 60, To: 6 * 60, Days: []time.Weekday{time.Friday}}
	may := sensors.Active{Months: []time.Month{time.May}}
	for _, c := range []struct {
		a    sensors.Active
		at   time.Time
		want bool
	}{
		{sensors.Active{}, time.Date(2025, 6, 6, 3, 0, 0, 0, time.UTC), true},
		{workNights, time.Date(2025, 6, 6, 21, 59, 0, 0, time.UTC), false},
		{workNights, time.Date(2025, 6, 6, 22, 0, 0, 0, time.UTC), true},
		{workNights, time.Date(2025, 6, 7, 5, 59, 0, 0, time.UTC), true}, // Saturday morning is Friday's night
		{workNights, time.Date(2025, 6, 7, 6, 0, 0, 0, time.UTC), false},
		{workNights, time.Date(2025, 6, 6, 5, 0, 0, 0, time.UTC), false}, // Friday morning is Thursday's
		{may, time.Date(2025, 5, 31, 23, 59, 0, 0, time.UTC), true},
		{may, time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC), false},
		{sensors.Active{Months: may.Months, From: 22 * 60, To: 60}, time.Date(2025, 6, 1, 0, 30, 0, 0, time.UTC), true},
	} {
		if got := active(c.a, c.at, clockMinute(c.at)); got != c.want {
			t.Errorf("%+v at %v is active: %v", c.a, c.at, got)
		}
	}
}

// On the days on which clocks are changed, hours are still those that the clock on the wall shows.
func TestHoursOnDaysOf23And25Hours(t *testing.T) {
	berlin := location(t, "Europe/Berlin")
	c := calendar{loc: berlin}
	night := sensors.Rule{NightWhen: sensors.NightByClock, NightFrom: 22 * 60, NightTo: 6 * 60}
	early := sensors.Rule{Active: sensors.Active{From: 2*60 + 30, To: 3*60 + 30}}
	for _, k := range []struct {
		rule  sensors.Rule
		day   time.Time
		hours time.Duration // that the stretch around 03:15 of that night is long
	}{
		{night, time.Date(2025, 3, 30, 0, 0, 0, 0, berlin), 7 * time.Hour},
		{night, time.Date(2025, 10, 26, 0, 0, 0, 0, berlin), 9 * time.Hour},
		{night, time.Date(2025, 6, 1, 0, 0, 0, 0, berlin), 8 * time.Hour},
		{early, time.Date(2025, 3, 30, 0, 0, 0, 0, berlin), 30 * mins},
		{early, time.Date(2025, 6, 1, 0, 0, 0, 0, berlin), time.Hour},
	} {
		at := sensors.MilliOf(time.Date(k.day.Year(), k.day.Month(), k.day.Day(), 3, 15, 0, 0, berlin))
		regime, from, until := c.regime(&k.rule, at), at, at
		for c.regime(&k.rule, from-minute) == regime {
			from -= minute
		}
		for s := c.segmentAt(&k.rule, from); s.regime == regime; s = c.segmentAt(&k.rule, until) {
			until = s.until
		}
		if length := time.Duration(until-from) * time.Millisecond; length != k.hours {
			t.Errorf("%s: %+v lasts %v, want %v", k.day.Format(time.DateOnly), regime, length, k.hours)
		}
	}
}

func TestNightLimits(t *testing.T) {
	byClock := hot(holdFor(0), func(r *sensors.Rule) {
		r.NightWhen, r.NightFrom, r.NightTo, r.Night = sensors.NightByClock, 11*60, 12*60, sensors.Limits{Limit: 22, Clear: 21}
	})
	s := newStage(t, []sensors.Rule{byClock}, thermometer(1))
	for i := range 25 { // from 10:00 to 12:00 at 25 degrees
		s.reading(1, time.Duration(i)*5*mins, 25)
	}
	s.told("1h firing", "2h resolved")

	s = newStage(t, []sensors.Rule{byClock}, thermometer(1)) // the same, told by time alone
	for i := range 11 {
		s.reading(1, time.Duration(i)*5*mins, 25)
	}
	s.wait(50*mins, 61*mins)
	s.told("1h firing")
}

func TestNightBySun(t *testing.T) {
	rule := hot(holdFor(0), func(r *sensors.Rule) {
		r.NightWhen, r.Night = sensors.NightBySun, sensors.Limits{Limit: 22, Clear: 21}
	})
	for _, c := range []struct {
		name                string
		latitude, longitude float64
		day                 time.Time // at 00:00 UTC
		nights              int       // hours of it that are night
	}{
		{"Greenwich in June", 51.5, 0.1, time.Date(2025, 6, 21, 0, 0, 0, 0, time.UTC), 8},
		{"Greenwich in December", 51.5, 0.1, time.Date(2025, 12, 21, 0, 0, 0, 0, time.UTC), 16},
		{"as far south in June", -51.5, 0.1, time.Date(2025, 6, 21, 0, 0, 0, 0, time.UTC), 16},
		{"as far south in December", -51.5, 0.1, time.Date(2025, 12, 21, 0, 0, 0, 0, time.UTC), 8},
		{"polar day", 70, 20, time.Date(2025, 6, 21, 0, 0, 0, 0, time.UTC), 0},
		{"polar night", 70, 20, time.Date(2025, 12, 21, 0, 0, 0, 0, time.UTC), 24},
		{"place unknown", 0, 0, time.Date(2025, 6, 21, 0, 0, 0, 0, time.UTC), 12},
	} {
		place := farm
		place.Latitude, place.Longitude = c.latitude, c.longitude
		calendar, nights := calendarOf(place), 0
		for hour := range 24 {
			if calendar.regime(&rule, sensors.MilliOf(c.day)+sensors.Milli(hour)*60*minute+30*minute).night {
				nights++
			}
		}
		if nights < c.nights-1 || nights > c.nights+1 || c.nights%24 == 0 && nights != c.nights {
			t.Errorf("%s: %d hours of night, want %d", c.name, nights, c.nights)
		}
	}
}

func TestOutsideItsHoursARuleIsQuiet(t *testing.T) {
	hours := func(r *sensors.Rule) { r.Active.From, r.Active.To = 10*60+30, 11*60 }
	s := newStage(t, []sensors.Rule{hot(hours)}, thermometer(1))
	for i := range 18 {
		s.reading(1, time.Duration(i)*5*mins, 31)
		s.tick(time.Duration(i)*5*mins + mins)
	}
	s.told("30m pending", "40m firing", "1h resolved: The rule does not watch at this hour.")

	s = newStage(t, []sensors.Rule{hot(hours, holdFor(time.Hour))}, thermometer(1))
	for i := range 6 {
		s.reading(1, time.Duration(i)*5*mins, 31)
	}
	s.wait(25*mins, 65*mins)
	s.told("30m pending", "1h dropped: The rule does not watch at this hour.")
}

func TestTheFarmMoves(t *testing.T) {
	location(t, "Asia/Tokyo")
	s := newStage(t, []sensors.Rule{hot(holdFor(0), func(r *sensors.Rule) { r.Active.From, r.Active.To = 10*60, 11*60 })}, thermometer(1))
	s.reading(1, 5*mins, 31)
	moved := farm
	moved.TimeZone = "Asia/Tokyo"
	s.e.SetFarm(moved)
	s.tick(10 * mins) // 19:10 there
	s.reading(1, 11*mins, 31)
	s.tick(12 * mins)
	s.told("5m firing", "10m resolved: The rule does not watch at this hour.")
}
