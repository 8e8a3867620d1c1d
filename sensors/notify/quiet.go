package notify

import (
	"time"

	"furrow/sensors"
)

// quietUntil returns when the quiet hours end that a recipient has at a moment, zero when there are none then.
// They are times on the farm's clocks: when clocks change they begin and end when the clocks say so.
func quietUntil(farm sensors.Farm, r sensors.Recipient, now time.Time) time.Time {
	if r.QuietFrom == r.QuietTo {
		return time.Time{}
	}
	local := now.In(farm.Location())
	minute := sensors.ClockMinute(local.Hour()*60 + local.Minute())
	var days int
	switch {
	case r.QuietFrom < r.QuietTo:
		if minute < r.QuietFrom || minute >= r.QuietTo {
			return time.Time{}
		}
	case minute >= r.QuietFrom: // over midnight, and it is still the evening
		days = 1
	case minute >= r.QuietTo:
		return time.Time{}
	}
	y, m, d := local.Date()
	end := time.Date(y, m, d+days, int(r.QuietTo)/60, int(r.QuietTo)%60, 0, 0, local.Location())
	if !end.After(now) { // an end that the clocks show twice, and this is the second time
		return now.Add(time.Minute)
	}
	return end
}
