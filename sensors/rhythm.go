package sensors

import (
	"slices"
	"time"
)

// Rhythm learns how often a sensor reports, from the gaps between its last readings. The zero value has
// heard nothing.
type Rhythm struct {
	gaps [16]int32 // seconds
	n    int
	last Milli
}

// limits of what silence is normal: nothing younger than staleMin is stale, and a sensor whose rhythm is
// not known yet gets staleUnknown.
const (
	staleMin     = 90 * time.Second
	staleUnknown = 15 * time.Minute
	staleFactor  = 3
	leastGaps    = 4
)

// Heard notes a reading. Readings that are not newer than the last one say nothing about the rhythm.
func (r *Rhythm) Heard(at Milli) {
	if at <= r.last {
		return
	}
	if r.last > 0 {
		r.gaps[r.n%len(r.gaps)] = int32(min((at-r.last+500)/1000, 1<<30))
		r.n++
	}
	r.last = at
}

// Last returns the time of the newest reading heard, zero before the first.
func (r *Rhythm) Last() Milli { return r.last }

// Known reports whether enough gaps are known to speak of a rhythm.
func (r *Rhythm) Known() bool { return r.n >= leastGaps }

// Every returns the median gap between readings, zero while fewer than four gaps are known.
func (r *Rhythm) Every() time.Duration {
	if !r.Known() {
		return 0
	}
	n := min(r.n, len(r.gaps))
	gaps := r.gaps
	slices.Sort(gaps[:n])
	return time.Duration(gaps[n/2]) * time.Second
}

// Patience returns how long the sensor may be silent before it counts as stale: three of its intervals,
// and never less than its longest recent gap and a half.
func (r *Rhythm) Patience() time.Duration {
	every := r.Every()
	if every == 0 {
		return staleUnknown
	}
	longest := slices.Max(r.gaps[:min(r.n, len(r.gaps))])
	return max(staleMin, staleFactor*every, min(time.Duration(longest)*time.Second*3/2, 4*staleFactor*every))
}

// Stale reports whether the sensor has been silent for longer than its own rhythm explains.
func (r *Rhythm) Stale(now time.Time) bool {
	return r.last > 0 && now.Sub(r.last.Time()) > r.Patience()
}
