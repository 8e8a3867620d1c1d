package simulate

// pumpHouse is a tank of six square metres that a borehole pump fills between two levels and from which
// greenhouses and barn are supplied.
type pumpHouse struct {
	level    float64 // m
	pumping  bool
	air      float64 // °C
	water    float64
	pressure float64 // kPa
	supply   float64 // L/min, smoothed by the pressure vessel
	used     meter   // kWh
}

const (
	tankArea         = 6.0 // m2
	fillFrom, fillTo = 1.2, 2.5
	borehole         = 130.0 // L/min
)

func newPumpHouse(unix int64) *pumpHouse {
	return &pumpHouse{level: 1.9, air: 9, water: 11, pressure: 310, used: newMeter(unix, 1.3)}
}

func (p *pumpHouse) step(w *world, out *values) {
	switch {
	case p.level < fillFrom:
		p.pumping = true
	case p.level > fillTo:
		p.pumping = false
	}
	p.supply = approach(p.supply, w.demand, tick, 30)
	p.level += (borehole*flag(p.pumping) - p.supply) * tick / 60 / 1000 / tankArea
	p.level = clamp(p.level, 0.1, 2.8)
	p.air += tick * ((w.sky.temperature-p.air)/(5*hour) + (11-p.air)/(14*hour) + 0.9*flag(p.pumping)/hour)
	p.water += tick * ((p.air-p.water)/(40*hour) + flag(p.pumping)*(10.6-p.water)/(2*hour))
	p.pressure = approach(p.pressure, 320-0.5*p.supply, tick, 45)
	use := 1.5 + 1120*flag(p.pumping)
	p.used.kilowattHours(use)
	out[airTemperature], out[vapour], out[waterLevel] = p.air, min(w.sky.vapour, 0.97*saturation(p.air)), p.level
	out[waterTemperature], out[flow], out[linePressure] = p.water, p.supply, p.pressure
	out[power], out[energy], out[running] = use, float64(p.used), flag(p.pumping)
}
