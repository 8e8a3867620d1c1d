package rules

import (
	"math"
	"slices"
	"time"

	"furrow/sensors"
	"furrow/sensors/agro"
)

// calendar is the farm's clocks and sun.
type calendar struct {
	loc                 *time.Location
	latitude, longitude float64
	placed              bool
	sun                 daylight
}

// daylight is a stretch of time in which the sun surely neither rises nor sets.
type daylight struct {
	from, until sensors.Milli
	up          bool
}

// sunUp reports whether the sun is up. How high it stands says for how long that stays so, because it climbs at
// most 15 degrees an hour.
func (c *calendar) sunUp(at sensors.Milli) bool {
	if at < c.sun.from || at > c.sun.until {
		above := agro.SunElevationDeg(time.UnixMilli(int64(at)), c.latitude, c.longitude) - agro.SunriseDeg
		sure := sensors.Milli(math.Abs(above) / 15.1 * 60 * float64(minute))
		c.sun = daylight{at - sure, at + sure, above > 0}
	}
	return c.sun.up
}

func calendarOf(f sensors.Farm) calendar {
	return calendar{loc: f.Location(), latitude: f.Latitude, longitude: f.Longitude, placed: f.Placed()}
}

// Night on a farm whose place nobody told.
const (
	duskMinute sensors.ClockMinute = 18 * 60
	dawnMinute sensors.ClockMinute = 6 * 60
)

const minute = sensors.Milli(60_000)

// regime is what of a rule holds at a moment.
type regime struct{ active, night bool }

// regime looks at the clocks and at the sun, to the minute.
func (c *calendar) regime(r *sensors.Rule, at sensors.Milli) regime {
	t := time.UnixMilli(int64(at - at%minute)).In(c.loc)
	m := clockMinute(t)
	now := regime{active: active(r.Active, t, m)}
	switch {
	case r.NightWhen == sensors.NightByClock:
		now.night = within(m, r.NightFrom, r.NightTo)
	case r.NightWhen == sensors.NightBySun && c.placed:
		now.night = !c.sunUp(at - at%minute)
	case r.NightWhen == sensors.NightBySun:
		now.night = within(m, duskMinute, dawnMinute)
	}
	return now
}

func clockMinute(t time.Time) sensors.ClockMinute {
	return sensors.ClockMinute(t.Hour()*60 + t.Minute())
}

// within reports whether m lies from from to before to, over midnight when to comes first; equal bounds mean
// the whole day.
func within(m, from, to sensors.ClockMinute) bool {
	if from <= to {
		return from == to || m >= from && m < to
	}
	return m >= from || m < to
}

// active reports whether a rule watches at t. Hours that go over midnight belong to the day on which they
// begin.
func active(a sensors.Active, t time.Time, m sensors.ClockMinute) bool {
	if !within(m, a.From, a.To) {
		return false
	}
	if len(a.Days)+len(a.Months) == 0 {
		return true
	}
	if a.From > a.To && m < a.To {
		t = time.Date(t.Year(), t.Month(), t.Day()-1, 12, 0, 0, 0, t.Location())
	}
	return (len(a.Days) == 0 || slices.Contains(a.Days, t.Weekday())) && (len(a.Months) == 0 || slices.Contains(a.Months, t.Month()))
}

// segment is a stretch of time in which a rule's regime stays the same.
type segment struct {
	from, until sensors.Milli
	regime
}

// segmentDay is where stretches end at the latest, a midnight in UTC; a longer one continues in the next. All
// sensors of a rule so come to the same borders.
const segmentDay = 24 * 60 * minute

// segmentAt finds the stretch that at lies in, from at on. Clocks are asked minute by minute, which is right on
// any day, whatever was done to its hours.
func (c *calendar) segmentAt(r *sensors.Rule, at sensors.Milli) segment {
	s := segment{from: at - at%minute, regime: c.regime(r, at)}
	last := at - at%segmentDay + segmentDay
	for s.until = s.from + minute; s.until < last && c.regime(r, s.until) == s.regime; s.until += minute {
	}
	return s
}

// quietUntil returns when a recipient's quiet hours around at end, at itself when it is not in them.
func (c *calendar) quietUntil(r *sensors.Recipient, at sensors.Milli) sensors.Milli {
	if r.QuietFrom == r.QuietTo {
		return at
	}
	quiet := func(t sensors.Milli) bool {
		return within(clockMinute(time.UnixMilli(int64(t)).In(c.loc)), r.QuietFrom, r.QuietTo)
	}
	if !quiet(at) {
		return at
	}
	end := at - at%minute
	for end += minute; quiet(end); end += minute {
	}
	return end
}
