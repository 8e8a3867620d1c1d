package chart

import (
	"time"

	"furrow/sensors"
)

// Calendar is how the farm counts time.
type Calendar struct {
	Zone    *time.Location
	Clock12 bool
}

// stride is a distance between marks of the time axis; one of its fields is set.
type stride struct{ minutes, days, months int }

var strides = []stride{{minutes: 1}, {minutes: 2}, {minutes: 5}, {minutes: 10}, {minutes: 15}, {minutes: 30},
	{minutes: 60}, {minutes: 120}, {minutes: 180}, {minutes: 240}, {minutes: 360}, {minutes: 720},
	{days: 1}, {days: 2}, {days: 5}, {days: 10}, {months: 1}, {months: 2}, {months: 3}, {months: 6}, {months: 12}, {months: 60}}

// about is the stride's length, good enough to choose by.
func (s stride) about() time.Duration {
	return time.Duration(s.minutes)*time.Minute + time.Duration(s.days)*24*time.Hour + time.Duration(s.months)*730*time.Hour
}

// before returns how many strides lie between the beginning of t's day and t: marks before the chart begins
// need not be tried one by one.
func (s stride) before(t time.Time) int {
	if s.minutes == 0 {
		return 0
	}
	return (t.Hour()*60 + t.Minute()) / s.minutes
}

// marks returns the places of the time axis that get a name, at most about n of them: full hours, days or
// months where the farm is.
func (c Calendar) marks(from, to sensors.Milli, n int) []Mark {
	span := time.Duration(to-from) * time.Millisecond
	chosen := strides[len(strides)-1]
	for _, s := range strides {
		if span/s.about() <= time.Duration(n) {
			chosen = s
			break
		}
	}
	var out []Mark
	last, begin := from-1, time.UnixMilli(int64(from)).In(c.Zone)
	for i := chosen.before(begin); ; i++ {
		t := c.at(begin, chosen, i)
		at := sensors.MilliOf(t)
		if at > to {
			break
		}
		if at > last { // when clocks are put back an hour comes twice
			share := float64(at-from) / float64(to-from)
			out = append(out, Mark{At: percent(share), Label: c.label(t, chosen), Day: chosen.minutes > 0 && midnight(t)})
			last = at
		}
	}
	return out
}

// at is the i-th mark from the beginning of from's day, month or year on.
func (c Calendar) at(from time.Time, s stride, i int) time.Time {
	y, m, d := from.Date()
	switch {
	case s.minutes > 0:
		return time.Date(y, m, d, 0, i*s.minutes, 0, 0, c.Zone)
	case s.days > 1: // counted from the first of the month, so that marks do not wander as time goes on
		first := (d - 1) / s.days
		return time.Date(y, m, 1+(first+i)*s.days, 0, 0, 0, 0, c.Zone)
	case s.days > 0:
		return time.Date(y, m, d+i, 0, 0, 0, 0, c.Zone)
	}
	return time.Date(y, 1+time.Month(i*s.months), 1, 0, 0, 0, 0, c.Zone)
}

func (c Calendar) label(t time.Time, s stride) string {
	switch {
	case s.months > 0 && (t.Month() == time.January || s.months >= 12):
		return t.Format("2006")
	case s.months > 0:
		return t.Format("Jan")
	case s.days > 0:
		return t.Format("2 Jan")
	case midnight(t):
		return t.Format("Mon 2")
	case !c.Clock12:
		return t.Format("15:04")
	case t.Minute() == 0:
		return t.Format("3 pm")
	}
	return t.Format("3:04 pm")
}

func midnight(t time.Time) bool { return t.Hour() == 0 && t.Minute() == 0 }
