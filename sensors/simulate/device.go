package simulate

import (
	"math"
	"time"
)

// plan is a device as it is bought: what it measures, how often, and how it tells.
type plan struct {
	site     int    // place of the world
	zone     string // as the farmer calls it; a number at its end counts on in a larger farm
	name     string
	dialect  *dialect
	every    time.Duration
	onChange bool // speaks only when its first value changed, or every tenth turn
	patchy   bool // loses its radio link now and then
	dying    bool // has a battery that nobody changes
	stamped  bool // sends its own time
	probes   []probe
}

// device is one that was installed.
type device struct {
	plan   *plan
	number int    // among all, from 0
	zone   string // where it stands
	key    string // how the payload decoder names it
	topics []string
	own    seed  // of its noise
	every  int64 // ms between turns
	phase  int64 // ms from 1970 to its turn 0
	start  int64 // of the farm, ms
	gain   []float64
	offset []float64 // what each probe reads wrong, always

	turn, due int64 // due is the moment of turn in ms
	told      float64
	hasTold   bool
}

// Keys of a device's own hashes; those below 1000 are its probes' noise.
const (
	ownSeed = 1000 + iota
	ownPhase
	ownJitter
	ownError
	ownBattery
	ownGap
	ownGapLong
	ownSignal
	ownSunshine
	ownMains
	ownTurning
)

// moment returns when the device has its turn, in milliseconds: its clock is good, but it is sometimes busy.
func (d *device) moment(turn int64) int64 {
	width := min(float64(d.every)/40, 1500)
	return d.phase + turn*d.every + int64(width*d.own.unit(ownJitter, uint64(turn)))
}

// seek makes the first turn after a moment in milliseconds the next.
func (d *device) seek(milli int64) {
	d.turn = (milli - d.phase) / d.every
	for d.turn--; d.moment(d.turn) <= milli; d.turn++ {
	}
	d.due = d.moment(d.turn)
}

// silent reports whether the device's radio link is down: for two to fourteen hours of every five days.
func (d *device) silent(milli int64) bool {
	if !d.plan.patchy {
		return false
	}
	const block = 5 * 24
	hours := float64(milli) / 3.6e6
	n := math.Floor(hours / block)
	from := n*block + d.own.unit(ownGap, uint64(n))*(block-16)
	long := 2 + 12*d.own.unit(ownGapLong, uint64(n))
	return hours >= from && hours < from+long
}

// charge returns the battery's charge in %: it falls over a year or two and is changed in good time, but not
// in a device that was forgotten.
func (d *device) charge(milli int64) float64 {
	if d.plan.dying {
		return clamp(16-0.8*float64(milli-d.start)/(day*1000), 3, 100)
	}
	life := 240 + 500*d.own.unit(ownBattery, 0) // days
	used := math.Mod(float64(milli)/(day*1000)/life+d.own.unit(ownBattery, 1), 1)
	return 100 - 70*used
}
