package simulate

import "math"

// seed makes what looks random from a number and a place in time: the same place always gives the same.
type seed uint64

// hash is the finalizer of splitmix64 (Steele, Lea, Flood 2014) over the seed and two keys.
func (s seed) hash(a, b uint64) uint64 {
	h := uint64(s) + a*0x9e3779b97f4a7c15 + b*0xd1b54a32d192ed03
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// unit returns a number of [0, 1).
func (s seed) unit(a, b uint64) float64 { return float64(s.hash(a, b)>>11) / (1 << 53) }

// gauss returns a number of a nearly normal distribution with standard deviation 1, never beyond 3.5.
func (s seed) gauss(a, b uint64) float64 {
	h := s.hash(a, b)
	sum := float64(h&0xffff) + float64(h>>16&0xffff) + float64(h>>32&0xffff) + float64(h>>48)
	return (sum/65536 - 2) * 1.7320508
}

// drift is a curve through random points of [-1, 1] that lie one unit of x apart; channels are unrelated.
// Between points it may swing a little beyond them.
func (s seed) drift(channel uint64, x float64) float64 {
	cell := math.Floor(x)
	at, t := uint64(int64(cell)), x-cell
	p0, p1 := 2*s.unit(channel, at-1)-1, 2*s.unit(channel, at)-1
	p2, p3 := 2*s.unit(channel, at+1)-1, 2*s.unit(channel, at+2)-1
	// Catmull-Rom spline
	return p1 + t/2*(p2-p0+t*(2*p0-5*p1+4*p2-p3+t*(3*(p1-p2)+p3-p0)))
}

// Keys of the hashes that decide what happens on the farm; those below 100 belong to the weather.
const (
	eventDoor = 101 + iota
	eventDoorFrom
	eventDoorLong
	eventMotor
)

func clamp(v, low, high float64) float64 { return max(low, min(high, v)) }

// wrapped brings v into [0, round).
func wrapped(v, round float64) float64 { return v - round*math.Floor(v/round) }

// ramp rises smoothly from 0 at from to 1 at to.
func ramp(x, from, to float64) float64 {
	t := clamp((x-from)/(to-from), 0, 1)
	return t * t * (3 - 2*t)
}

// approach returns where v is after dt seconds on its way to target with time constant tau (seconds).
func approach(v, target, dt, tau float64) float64 { return (v + target*dt/tau) / (1 + dt/tau) }
