package simulate

import (
	"math"

	"furrow/sensors"
)

// probe is one value that a device measures.
type probe struct {
	block   string // Tasmota's name of the sensor chip, "" elsewhere
	field   string // how the device calls it
	metric  sensors.MetricID
	channel string // that the decoder makes of block and field
	read    func(*measuring) float64
	// noise is what single values waver by (standard deviation), share the same as a part of the value, and
	// wrong what one specimen differs from the next.
	noise, share, wrong float64
	step                float64 // what it can tell apart when that is not the last decimal
	decimals            int
	low, high           float64 // what the metric can be
	write               form
}

// measuring is a device in the act.
type measuring struct {
	world  *world
	device *device
	milli  int64
	got    []float64 // of the probes before this one
}

func (m *measuring) of(q quantity) float64 { return m.world.at(m.device.plan.site, q, m.milli) }

// take measures everything that a device measures in its turn, and reports whether the device says it.
func (m *measuring) take(d *device) (values []float64, speaks bool) {
	m.device, m.milli, m.got = d, d.due, m.got[:0]
	for i := range d.plan.probes {
		p := &d.plan.probes[i]
		v := p.read(m)
		if p.noise+p.share > 0 {
			v += d.own.gauss(uint64(i), uint64(d.turn)) * (p.noise + p.share*math.Abs(v))
		}
		m.got = append(m.got, p.round(v*d.gain[i]+d.offset[i]))
	}
	if d.plan.onChange {
		if d.hasTold && m.got[0] == d.told && d.turn%10 != 0 {
			return nil, false
		}
		d.told, d.hasTold = m.got[0], true
	}
	return m.got, true
}

// round makes of a value what the probe can tell of it: within what its metric can be, in steps.
func (p *probe) round(v float64) float64 {
	v = clamp(v, p.low, p.high)
	if p.step > 0 {
		v = math.Round(v/p.step) * p.step
	}
	scale := math.Pow10(p.decimals)
	v = math.Round(v*scale) / scale
	if v == 0 {
		return 0 // drops the sign of a negative zero
	}
	return v
}

// plainly reads a quantity of the place as it is.
func plainly(q quantity) func(*measuring) float64 {
	return func(m *measuring) float64 { return m.of(q) }
}

// humidityAt reads the relative humidity at the place where a temperature is measured.
func humidityAt(temperature quantity) func(*measuring) float64 {
	return func(m *measuring) float64 { return humidity(m.of(temperature), m.of(vapour)) }
}

// derived works a value out from those of two probes before it, as devices do.
func derived(first, second int, from func(a, b float64) float64) func(*measuring) float64 {
	return func(m *measuring) float64 { return from(m.got[first], m.got[second]) }
}

func dewPointOf(celsius, percent float64) float64 {
	return min(celsius, dewPoint(percent/100*saturation(celsius)))
}

func deficitOf(celsius, percent float64) float64 { return saturation(celsius) * (1 - percent/100) }

// signal reads how well the device is heard; rain and wet leaves swallow some.
func signal(mean float64) func(*measuring) float64 {
	return func(m *measuring) float64 {
		slow := m.device.own.drift(ownSignal, float64(m.milli)/2.2e7)
		return mean + 2.5*slow - 0.5*m.world.sky.rain
	}
}

func charge(m *measuring) float64 { return m.device.charge(m.milli) }

// cellVoltage is that of a lithium coin cell, 2.6 to 3.05 V; packVoltage of a rechargeable one, 3.4 to 4.1.
func cellVoltage(m *measuring) float64 { return 2.6 + 0.0045*m.device.charge(m.milli) }
func packVoltage(m *measuring) float64 { return 3.4 + 0.007*m.device.charge(m.milli) }

// sunCharged is a lithium cell that a small solar panel fills by day.
func sunCharged(m *measuring) float64 {
	return 3.88 + 0.09*m.device.own.drift(ownSunshine, float64(m.milli)/2.6e8) + 0.14*ramp(m.world.sky.radiation, 20, 500)
}
