package simulate

import "math"

// orchard lies in a hollow: on clear, calm nights cold air runs down the rows and stays. Its leaves get wet
// from dew and rain.
type orchard struct {
	pool float64 // K that the hollow is colder than the field
	wet  float64 // % of the leaf
	soil soil
}

func newOrchard(normal float64) *orchard {
	return &orchard{soil: newSoil(normal, 29, 0.8)}
}

func (o *orchard) step(w *world, out *values) {
	sky := &w.sky
	night := ramp(-sky.elevation, -0.12, 0.10)
	clear := 1 - 0.92*sky.cloud
	calm := math.Exp(-sky.wind * sky.wind / 9)
	o.pool = approach(o.pool, 5.6*night*clear*calm, tick, 1.6*hour)
	low := sky.temperature - o.pool
	high := sky.temperature - 0.35*o.pool
	damp := min(sky.vapour, 0.998*saturation(low))
	leaf := low - 1.6*night*clear*math.Exp(-sky.wind/4) + 0.003*sky.radiation
	o.soak(sky, leaf, damp)
	o.soil.step(w, high, sky.rain)
	out[airTemperature], out[valleyTemperature], out[vapour] = high, low, damp
	out[airPressure], out[leafTemperature], out[leafWetness] = sky.pressure, leaf, o.wet
	out[radiation] = sky.radiation
	o.soil.tell(out)
}

// soak wets the leaf with rain and dew, and dries it in sun, wind and dry air.
func (o *orchard) soak(sky *weather, leaf, damp float64) {
	full := saturation(leaf)
	switch {
	case sky.rain > 0:
		o.wet = approach(o.wet, 100, tick, 420)
	case damp > full:
		o.wet = approach(o.wet, 100, tick, 1.2*hour)
	default:
		drying := (0.9*(full-damp) + 0.0012*sky.radiation) * (0.5 + 0.3*sky.wind) // roughly 0..2
		o.wet = approach(o.wet, 0, tick, 0.9*hour/(0.05+drying))
		if o.wet < 0.01 {
			o.wet = 0
		}
	}
}
