package rules

import "furrow/sensors"

// Watches reports whether a rule is about a sensor: as the one it measures, not as the one it compares with.
func Watches(r sensors.Rule, s Subject) bool { return inScope(&r, &s) }

// LimitsAt returns the limits that a rule has at a moment, and whether it watches then.
func LimitsAt(r sensors.Rule, farm sensors.Farm, at sensors.Milli) (l sensors.Limits, active bool) {
	c := calendarOf(farm)
	now := c.regime(&r, at)
	if now.night {
		return r.Night, now.active
	}
	return r.Limits, now.active
}

// Stretch is a time in which a rule has the same limits.
type Stretch struct {
	From, To sensors.Milli
	sensors.Limits
}

// Stretches returns what limits a rule has from from to to; when it does not watch is left out. It looks at
// every minute of a rule that depends on the hour.
func Stretches(r sensors.Rule, farm sensors.Farm, from, to sensors.Milli) (all []Stretch) {
	if !scheduled(&r) {
		return []Stretch{{from, to, r.Limits}}
	}
	c := calendarOf(farm)
	for at := from; at < to; {
		part := c.segmentAt(&r, at)
		end, limits := min(part.until, to), r.Limits
		if part.night {
			limits = r.Night
		}
		last := len(all) - 1
		switch {
		case !part.active:
		case last >= 0 && all[last].To == at && all[last].Limits == limits:
			all[last].To = end
		default:
			all = append(all, Stretch{at, end, limits})
		}
		at = end
	}
	return all
}

// Scheduled reports whether a rule has other limits at some hours, or does not watch at all then.
func Scheduled(r sensors.Rule) bool { return scheduled(&r) }
