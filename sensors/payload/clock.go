package payload

import (
	"math"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// clock judges the times that devices send by the time of arrival.
type clock struct{ now sensors.Milli }

// moment is a device's own time, zero for none, and what it does to the quality of its readings.
type moment struct {
	at      sensors.Milli
	quality sensors.Quality
}

// earliest is the first time that is believed: before it, a clock was never set.
const earliest = sensors.Milli(1_420_070_400_000) // 2015-01-01

// epoch reads seconds, milli-, micro- or nanoseconds since 1970, told apart by their size.
func (c clock) epoch(v float64) moment {
	switch {
	case v < 1e11:
		v *= 1e3
	case v < 1e14:
	case v < 1e17:
		v /= 1e3
	default:
		v /= 1e6
	}
	if !(v > -9e15 && v < 9e15) {
		return moment{0, sensors.Suspect}
	}
	return c.judge(sensors.Milli(math.Round(v)))
}

// judge gives up a time that cannot be: the arrival counts then, and the reading is marked.
func (c clock) judge(at sensors.Milli) moment {
	if at < earliest || at > c.now+86_400_000 {
		return moment{0, sensors.Suspect}
	}
	return moment{at, sensors.Good}
}

// text reads a time with a zone. One without is local to a place that nobody told, so it says nothing.
func (c clock) text(s string) (moment, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, s); err == nil {
			return c.judge(sensors.MilliOf(at)), true
		}
	}
	if v, unit, ok := number(s); ok && unit == "" && v > 1e8 {
		return c.epoch(v), true
	}
	return moment{}, false
}

// timeKeys are the JSON keys under which devices send their time.
var timeKeys = map[string]bool{"time": true, "timestamp": true, "ts": true, "datetime": true, "date_time": true, "epoch": true,
	"time_utc": true, "timestamp_ms": true, "measured_at": true, "measuredat": true, "recorded_at": true, "last_seen": true, "utc": true, "at": true, "date": true}

// of returns the time that an object carries for its readings. Small numbers are seconds since a start, not
// since 1970, unless a convention says that they are a time: then they come from a clock that was never set.
func (c clock) of(object gjson.Result, convention bool) moment {
	var found moment
	object.ForEach(func(key, value gjson.Result) bool {
		if !timeKeys[strings.ToLower(key.Str)] {
			return true
		}
		switch value.Type {
		case gjson.Number:
			if value.Num > 1e8 || value.Num < 0 || convention {
				found = c.epoch(value.Num)
				return false
			}
		case gjson.String:
			if at, ok := c.text(value.Str); ok {
				found = at
				return false
			}
		}
		return true
	})
	return found
}
