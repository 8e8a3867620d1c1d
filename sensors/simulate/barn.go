package simulate

// barn holds sixty dairy cows; per square metre of floor they give heat, vapour and carbon dioxide, and the
// floor gives ammonia. Curtains let in as much air as it takes to stay cool, never none.
type barn struct {
	air, humid     float64 // °C, g/m3
	carbon, stench float64 // ppm CO₂, ppm NH₃
	curtain        float64 // 0..1
	fans           bool
	drunk          meter // L
	used           meter // kWh of the fans
}

const barnHeight = 6.0 // m, volume over floor

func newBarn(unix int64) *barn {
	return &barn{air: 10, humid: 7, carbon: 900, stench: 5, curtain: 0.3, drunk: newMeter(unix, 4300), used: newMeter(unix, 6)}
}

func (b *barn) step(w *world, out *values) {
	sky, clock := &w.sky, &w.clock
	busy := 0.85 + 0.3*(clock.around(6, 2)+clock.around(17, 2)) // milking and feeding
	b.curtain += clamp((b.air-9)/7-b.curtain, -0.01, 0.01)
	b.curtain = clamp(b.curtain, 0.02, 1)
	switch {
	case b.air > 21:
		b.fans = true
	case b.air < 19:
		b.fans = false
	}
	exchange := 0.003 + b.curtain*0.04*(0.35+0.22*sky.wind) + 0.015*flag(b.fans) // m3/m2/s
	b.warm(busy, exchange, sky)
	renewal := tick * exchange / barnHeight
	warmth := ramp(b.air, -10, 35)
	b.carbon = (b.carbon + renewal*(outdoorCarbon+11.0*busy/exchange)) / (1 + renewal)
	b.stench = (b.stench + renewal*(0.02+0.16*busy*warmth/exchange)) / (1 + renewal)
	drinking := 60 * (0.9 + 0.06*max(0, b.air-10)) / 14.4 * (0.35 + 1.6*clock.around(6.8, 1.3) + 1.7*clock.around(17.6, 1.3) + 0.8*clock.around(12, 3))
	b.drunk += meter(drinking * tick / 60)
	w.demand += drinking
	use := 2 + 1450*flag(b.fans)
	b.used.kilowattHours(use)
	out[airTemperature], out[vapour], out[co2] = b.air, pressure(b.air, b.humid), b.carbon
	out[nh3], out[flow], out[volume] = b.stench, drinking, float64(b.drunk)
	out[airPressure], out[power], out[energy] = sky.pressure, use, float64(b.used)
	out[running] = flag(b.fans)
}

// warm balances the animals' heat and vapour with what the air carries off.
func (b *barn) warm(busy, exchange float64, sky *weather) {
	const capacity, walls = 60e3, 1.6 // J/m2/K, W/m2/K
	sensible := busy * clamp(105-1.9*b.air, 30, 130)
	latent := busy * clamp(25+2.1*b.air, 20, 110)
	loss := walls + airHeat*exchange
	b.air = (b.air*capacity + tick*(sensible+0.04*sky.radiation+loss*sky.temperature)) / (capacity + tick*loss)
	outside := density(sky.temperature, sky.vapour)
	renewal := tick * exchange / barnHeight
	b.humid = (b.humid + tick/barnHeight*latent/heatOfVapour + renewal*outside) / (1 + renewal)
	b.humid = min(b.humid, 0.985*density(b.air, saturation(b.air)))
}
