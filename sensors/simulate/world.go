package simulate

import "time"

// quantity is something that a place on the farm has and a device can measure there.
type quantity uint8

const (
	airTemperature      quantity = iota // °C
	vapour                              // kPa
	airPressure                         // hPa
	radiation                           // W/m2
	par                                 // µmol/m2/s
	windSpeed                           // m/s
	windGust                            // m/s
	windDirection                       // °
	rainRate                            // mm/h
	rainDay                             // mm since midnight
	co2                                 // ppm
	nh3                                 // ppm
	leafTemperature                     // °C
	leafWetness                         // %
	soilMoisture                        // % by volume, at 20 cm or in the slab
	soilMoistureDeep                    // at 60 cm
	soilTemperature                     // °C, at 10 cm or in the slab
	soilTemperatureDeep                 // at 40 cm
	soilConductivity                    // µS/cm
	valleyTemperature                   // °C, where cold air gathers
	waterLevel                          // m
	waterTemperature                    // °C
	flow                                // L/min
	volume                              // L since the meter was built in
	linePressure                        // kPa
	power                               // W
	energy                              // kWh since the meter was built in
	running                             // 0 or 1
	open                                // 0 or 1
	productTemperature                  // °C
	quantities
)

// values is all there is to measure at a place at a moment; what does not exist there is zero.
type values [quantities]float64

// model is one place of the farm. step takes it tick seconds on and writes what there is to measure then into
// out; all else in it is zero and stays so.
type model interface {
	step(w *world, out *values)
}

// tick is the step of all models in seconds; moments of the world are whole multiples of it.
const tick = 60

// site is a place with what is measured there at two moments, one tick apart, between which it is as good as
// straight.
type site struct {
	model   model
	moments [2]values
	latest  int
}

func (s *site) now() *values    { return &s.moments[s.latest] }
func (s *site) before() *values { return &s.moments[1-s.latest] }

// world is the farm without its devices, at a moment.
type world struct {
	sky    weather
	clock  localClock
	unix   int64   // of the values in now, seconds
	demand float64 // L/min that the places take from the pump house in this tick
	sites  [siteCount]site
}

// Places of the farm. Replicated zones share a place and differ in their devices.
const (
	tomatoes = iota
	peppers
	northField
	orchardSite
	barnSite
	storeSite
	pumpSite // last, for it answers to what the others draw
	siteCount
)

// newWorld returns the farm as it may have been at a moment; its soils and stores need some weeks to forget
// how they began.
func newWorld(p place, location *time.Location, unix int64) *world {
	w := &world{sky: weather{place: p}, clock: localClock{location: location}, unix: unix - tick}
	normal := p.season(float64(unix))
	models := [siteCount]model{
		tomatoes:   newGreenhouse(greenhouse{heatDay: 20, heatNight: 17, ventAt: 24.5, area: 800, doses: true}),
		peppers:    newGreenhouse(greenhouse{heatDay: 21.5, heatNight: 18.5, ventAt: 26.5, area: 600, sticks: true}),
		northField: newField(normal), orchardSite: newOrchard(normal), barnSite: newBarn(unix),
		storeSite: newColdStore(unix), pumpSite: newPumpHouse(unix),
	}
	for i, m := range models {
		w.sites[i].model = m
	}
	w.advance()
	w.advance()
	return w
}

// advance takes the farm one tick on.
func (w *world) advance() {
	w.unix += tick
	w.clock.set(w.unix)
	w.sky.step(w.unix, tick)
	w.demand = 0
	for i := range w.sites {
		s := &w.sites[i]
		s.latest = 1 - s.latest
		s.model.step(w, s.now())
	}
}

// reach takes the farm so far that the moment lies between what it was and what it is.
func (w *world) reach(unix int64) {
	for w.unix <= unix {
		w.advance()
	}
}

// at returns a quantity of a place at a moment in milliseconds that reach was asked for.
func (w *world) at(place int, q quantity, milli int64) float64 {
	s := &w.sites[place]
	a, b := s.before()[q], s.now()[q]
	if a == b || q == running || q == open || q == power || q == rainDay && b < a || q == windDirection {
		return a
	}
	return a + (b-a)*(1-float64(w.unix*1000-milli)/(tick*1000))
}

// meter adds up what runs through it. It was built in long ago and has counted the usual since.
type meter float64

const builtIn = 1_735_689_600 // 2025

func newMeter(unix int64, perDay float64) meter {
	return meter(max(0, float64(unix-builtIn)) / day * perDay)
}

// kilowattHours adds a tick of power in W.
func (m *meter) kilowattHours(watt float64) { *m += meter(watt * tick / 3.6e6) }

// localClock is what people on the farm see on the wall, for they open doors and feed by it.
type localClock struct {
	location *time.Location
	offset   int64
	minute   int   // of the day
	day      int64 // counted from 1970
	weekday  time.Weekday
}

func (c *localClock) set(unix int64) {
	if unix%900 == 0 || c.day == 0 { // clocks change at a quarter of an hour at the most
		_, offset := time.Unix(unix, 0).In(c.location).Zone()
		c.offset = int64(offset)
	}
	local := unix + c.offset
	c.day = local / 86400
	c.minute = int(local%86400) / 60
	c.weekday = time.Weekday((c.day + 4) % 7)
}

// around returns how close the time of day is to an hour: 1 at it, 0 from width hours away.
func (c *localClock) around(hour, width float64) float64 {
	away := float64(c.minute)/60 - hour
	return 1 - ramp(max(away, -away), 0, width)
}
