package simulate

import "math"

// greenhouse is heat, water and carbon dioxide of a glasshouse with a crop on slabs, per square metre of
// floor. It heats below one set point, opens its vents above another, drips by the sun and doses CO₂ while
// the vents are shut.
type greenhouse struct {
	heatDay, heatNight, ventAt float64 // set points, °C
	area                       float64 // m2
	doses                      bool    // carbon dioxide
	sticks                     bool    // the vents' motor fails now and then

	air, mass     float64 // °C, of the air with the crop, and of floor and walls
	humid         float64 // g/m3
	carbon        float64 // ppm
	vent          float64 // 0 shut .. 1
	heating       bool
	pipe          float64 // 0 cold .. 1 hot
	slab, salt    float64 // % water by volume, g of salt as conductivity × water
	slabWarm      float64 // °C
	light         float64 // J/m2 since the last drip
	drip          int     // ticks that the drip still runs
	evapotranspir float64 // g/m2/s
}

const (
	glass         = 0.65   // share of the sun that comes in
	glassHeight   = 4.0    // m, volume over floor
	airMole       = 41.6   // mol/m3
	heatOfVapour  = 2450.0 // J/g
	airHeat       = 1210.0 // J/m3/K
	outdoorCarbon = 420.0  // ppm
)

func newGreenhouse(g greenhouse) *greenhouse {
	g.air, g.mass, g.slabWarm = g.heatNight+1, g.heatNight+1, g.heatNight+1
	g.humid, g.carbon, g.slab, g.salt = 12, 500, 55, 55*2400
	return &g
}

func (g *greenhouse) step(w *world, out *values) {
	sky := &w.sky
	sun := glass * sky.radiation // W/m2 inside
	g.control(sun, sky, g.sticks && motorFails(sky.place.seed, &w.clock))
	exchange := 0.0003 + g.vent*0.028*(0.5+0.35*math.Sqrt(sky.wind)) // m3/m2/s of outside air
	g.warm(sun, exchange, sky)
	g.moisten(exchange, sky)
	g.breathe(sun, exchange)
	g.water(w, sun)
	leaf := g.air + 0.004*sun - 0.013*heatOfVapour*g.evapotranspir - 0.4
	out[airTemperature], out[vapour], out[airPressure] = g.air, pressure(g.air, g.humid), sky.pressure
	out[co2], out[radiation], out[par], out[leafTemperature] = g.carbon, sun, 2.06*sun, leaf
	out[soilMoisture], out[soilTemperature], out[soilConductivity] = g.slab, g.slabWarm, g.salt/g.slab
	out[running], out[open] = flag(g.heating), flag(g.vent > 0.02)
}

// control moves heating and vents, both with hysteresis and both against damp; the vents mind storm too.
func (g *greenhouse) control(sun float64, sky *weather, stuck bool) {
	set := g.heatNight + (g.heatDay-g.heatNight)*ramp(sun, 5, 60)
	switch {
	case g.air < set-0.4:
		g.heating = true
	case g.air > set+0.4:
		g.heating = false
	}
	damp := humidity(g.air, pressure(g.air, g.humid))
	g.pipe = approach(g.pipe, max(flag(g.heating), 0.4*ramp(damp, 85, 92)), tick, 600)
	want := max(clamp((g.air-g.ventAt)/4, 0, 1), 0.16*ramp(damp, 82, 92))
	if sky.wind > 13 || sky.rain > 2 {
		want = min(want, 0.15)
	}
	if stuck {
		want = min(want, 0.03)
	}
	if math.Abs(want-g.vent) > 0.1 || want == 0 || g.vent == 0 {
		g.vent += clamp(want-g.vent, -0.08, 0.08)
	}
}

// motorFails says whether this is the day of nine on which the vents do not open until somebody comes.
func motorFails(s seed, c *localClock) bool {
	const often = 9
	failing := int64(s.unit(eventMotor, uint64(c.day/often)) * often)
	return c.day%often == failing && c.minute >= 10*60 && c.minute < 15*60+20
}

// warm balances sun, pipes, transpiration, glass and vents.
func (g *greenhouse) warm(sun, exchange float64, sky *weather) {
	const capacity, store, between = 35e3, 260e3, 6.0 // J/m2/K, J/m2/K, W/m2/K
	cover := 3.6 + 0.15*sky.wind                      // W/m2/K, with the energy screen drawn
	if sun > 10 {
		cover += 1.9
	}
	deficit := max(0, saturation(g.air)-pressure(g.air, g.humid))
	g.evapotranspir = (0.45*sun + 14*deficit) / heatOfVapour
	gain := 0.85*sun + 190*g.pipe - heatOfVapour*g.evapotranspir
	loss := cover + airHeat*exchange
	g.air = (g.air*capacity + tick*(gain+between*g.mass+loss*sky.temperature)) / (capacity + tick*(between+loss))
	g.mass += tick * (0.15*sun + between*(g.air-g.mass)) / store
}

// moisten balances transpiration, vents and the water that condenses on the glass.
func (g *greenhouse) moisten(exchange float64, sky *weather) {
	cover := 0.4*g.air + 0.6*sky.temperature
	full := density(cover, saturation(cover))
	condensing := 0.0
	if g.humid > full {
		condensing = 0.0022 // m/s
	}
	outside := density(sky.temperature, sky.vapour)
	in := g.evapotranspir + exchange*outside + condensing*full
	g.humid = (g.humid + tick/glassHeight*in) / (1 + tick/glassHeight*(exchange+condensing))
	g.humid = min(g.humid, 0.985*density(g.air, saturation(g.air)))
}

// breathe balances the crop's uptake in light, its breath, dosing and vents.
func (g *greenhouse) breathe(sun, exchange float64) {
	quanta := 2.06 * sun
	uptake := 34 * quanta / (quanta + 450) * max(0, g.carbon-90) / (g.carbon + 190) // µmol/m2/s
	breath := 1.9 * math.Exp2((g.air-20)/10)
	perSecond := (breath - uptake) / (airMole * glassHeight) // ppm/s
	if g.doses && sun > 40 && g.vent < 0.12 && g.carbon < 780 {
		perSecond += 0.22
	}
	renewal := exchange / glassHeight
	g.carbon = (g.carbon + tick*(perSecond+renewal*outdoorCarbon)) / (1 + tick*renewal)
}

// water drips when the sun has brought enough energy, and a little in dark weeks when the slab is dry.
func (g *greenhouse) water(w *world, sun float64) {
	g.light += tick * sun
	g.slab -= tick * g.evapotranspir / 1000 * 9 // the slab holds 1 kg/m2 in 9 % of its volume
	g.salt -= tick * g.evapotranspir / 1000 * 9 * 1150
	daytime := w.clock.minute > 7*60 && w.clock.minute < 18*60
	if g.drip == 0 && daytime && (g.light > 1.1e6 || g.slab < 46) {
		g.light, g.drip = 0, 4
	}
	if g.drip > 0 {
		g.drip--
		w.demand += g.area * 0.11
		g.slab += 1.15
		g.salt += 1.15 * 2100
	}
	if g.slab > 62 { // drains, and takes salt along
		g.salt *= 62 / g.slab
		g.slab = 62
	}
	g.salt = clamp(g.salt, 1200*g.slab, 4500*g.slab)
	g.slabWarm = approach(g.slabWarm, g.air, tick, 4*hour)
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}
