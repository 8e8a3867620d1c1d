package simulate

import "math"

// field is open land with the weather over it and two layers of soil below.
type field struct {
	soil soil
	rain float64 // mm since midnight
	day  int64
}

func newField(normal float64) *field {
	return &field{soil: newSoil(normal, 31, 0.85)}
}

func (f *field) step(w *world, out *values) {
	sky := &w.sky
	if w.clock.day != f.day {
		f.day, f.rain = w.clock.day, 0
	}
	f.rain += sky.rain * tick / hour
	f.soil.step(w, sky.temperature, sky.rain)
	out[airTemperature], out[vapour], out[airPressure] = sky.temperature, sky.vapour, sky.pressure
	out[radiation], out[windSpeed], out[windGust] = sky.radiation, sky.wind, sky.gust
	out[windDirection], out[rainRate], out[rainDay] = sky.direction, sky.rain, f.rain
	f.soil.tell(out)
}

// soil is two layers of a loam: water moves down, roots take it up, warmth follows the air with the depth.
type soil struct {
	capacity, crop  float64 // % by volume that stays against gravity; crop coefficient
	upper, lower    float64 // % by volume, 0-30 cm and 30-80 cm
	shallow, middle float64 // °C at 10 and 40 cm
	ground          float64 // °C, far below
	watering        int     // ticks of sprinkling that are left
}

const (
	wilting = 11.0 // % by volume
	topMM   = 3.0  // mm of water in 1 % of the upper layer
	subMM   = 5.0
)

func newSoil(normal, capacity, crop float64) soil {
	s := soil{capacity: capacity, crop: crop, shallow: normal, middle: normal, ground: normal}
	s.upper = clamp(capacity-0.5*(normal-4), 19, capacity) // wet in winter, drier in summer
	s.lower = clamp(capacity+2-0.3*(normal-4), 22, capacity+2)
	return s
}

func (s *soil) step(w *world, air, rain float64) {
	if s.upper < 18.5 && w.clock.minute == 5*60 && w.sky.rain == 0 {
		s.watering = 150
	}
	water := rain * tick / hour // mm
	if s.watering > 0 {
		s.watering--
		water += 10 * tick / hour
	}
	stress := clamp((s.upper-wilting)/(0.45*(s.capacity-wilting)), 0, 1)
	use := s.crop * stress * makkink(air, w.sky.radiation) * tick
	s.upper += (water - 0.75*use) / topMM
	s.lower -= 0.25 * use / subMM
	if over := s.upper - s.capacity; over > 0 { // drains within a day or so
		down := over * tick / (16 * hour)
		s.upper -= down
		s.lower += down * topMM / subMM
	}
	seep := 0.012 * (s.upper - s.lower + 2) * tick / hour // what the layers exchange
	s.upper -= seep
	s.lower += seep * topMM / subMM
	if over := s.lower - s.capacity - 2; over > 0 {
		s.lower -= over * tick / (40 * hour)
	}
	s.upper, s.lower = clamp(s.upper, wilting-2, 46), clamp(s.lower, wilting, 46)
	if w.unix%3600 == 0 {
		s.ground = w.sky.place.season(float64(w.unix) - 25*day)
	}
	surface := air + 0.004*w.sky.radiation*math.Exp(-s.upper/60)
	s.shallow += tick * ((surface-s.shallow)/(7*hour) + (s.middle-s.shallow)/(15*hour))
	s.middle += tick * ((s.shallow-s.middle)/(38*hour) + (s.ground-s.middle)/(160*hour))
	if s.shallow < 0.3 && s.shallow > -0.4 { // water that freezes or melts holds the temperature
		s.shallow += tick * (0.1 - s.shallow) / (4 * hour)
	}
}

func (s *soil) tell(out *values) {
	out[soilMoisture], out[soilMoistureDeep] = s.upper, s.lower
	out[soilTemperature], out[soilTemperatureDeep] = s.shallow, s.middle
	out[soilConductivity] = 14*s.upper + 4*s.shallow
}

// makkink returns the water that a short crop uses in mm/s (Makkink's formula as De Bruin, 1987, gives it).
func makkink(celsius, radiation float64) float64 {
	slope := 4098 * saturation(celsius) / ((celsius + 237.3) * (celsius + 237.3)) // kPa/K
	return 0.65 * slope / (slope + 0.066) * radiation / 2.45e6
}
