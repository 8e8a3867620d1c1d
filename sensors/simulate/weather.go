package simulate

import "math"

// weather is the state of the air and the sky over the farm. Cloud, wind, rain and the kind of air that
// streams in are functions of the moment; temperature and vapour answer to them and to the sun with a lag.
type weather struct {
	place place
	sun   sunDay
	ready bool

	solarHour   float64 // sundial
	elevation   float64 // sine of the sun's height
	radiation   float64 // W/m2 on level ground
	cloud       float64 // 0..1
	high        float64 // -1 low pressure .. 1 high pressure
	frost       float64 // 0..1, how much the air of a frost spell rules
	temperature float64 // °C, at 2 m
	vapour      float64 // kPa
	wind, gust  float64 // m/s
	direction   float64 // °
	rain        float64 // mm/h
	pressure    float64 // hPa, at the farm
}

type place struct {
	seed                seed
	latitude, longitude float64 // degrees
}

// Channels of drift, one for each process.
const (
	driftHigh = iota + 1
	driftHighFast
	driftCloud
	driftCloudFast
	driftShower
	driftShowerFast
	driftWind
	driftTurbulence
	driftDirection
	driftDirectionFast
	driftAir
	driftAirFast
	driftFrostDay
	driftGust
)

const (
	hour = 3600.0
	day  = 86400.0
)

// step takes the weather to a moment, dt seconds after the last.
func (w *weather) step(unix int64, dt float64) {
	if unix%3600 == 0 || !w.ready {
		w.sun = sunDayAt(unix)
	}
	w.solarHour = w.sun.solarHour(unix, w.place.longitude)
	w.elevation = w.sun.sinElevation(unix, w.place.latitude, w.place.longitude)
	w.sky(float64(unix))
	w.blow(float64(unix))
	incoming := w.airMass(float64(unix))
	if !w.ready {
		w.ready = true
		w.temperature, w.vapour = incoming, 0.8*saturation(incoming)
	}
	w.warm(incoming, dt)
	w.moisten(incoming, dt)
}

// sky decides about pressure, cloud, sunshine and rain.
func (w *weather) sky(t float64) {
	s := w.place.seed
	w.frost = w.frostSpell(t)
	w.high = clamp(0.8*s.drift(driftHigh, t/(3.1*day))+0.35*s.drift(driftHighFast, t/(1.1*day)), -1, 1)
	w.high += (0.85 - w.high) * w.frost
	tide := 0.7 * math.Cos((w.solarHour-10)*math.Pi/6) // the atmosphere's own, twice a day
	w.pressure = 1012 + 14*w.high + tide
	w.cloud = clamp(0.60-0.55*w.high+0.32*s.drift(driftCloud, t/(7*hour))+0.14*s.drift(driftCloudFast, t/(0.7*hour)), 0.02, 1)
	w.cloud *= 1 - 0.97*w.frost
	if w.radiation = clearSky(w.elevation); w.radiation > 0 {
		broken := 1 + 0.18*s.drift(driftTurbulence, t/400)*4*w.cloud*(1-w.cloud) // clouds that pass before the sun
		w.radiation *= clamp(cloudy(w.cloud)*broken, 0.05, 1)
	}
	shower := s.drift(driftShower, t/(1.6*hour)) - 0.75*w.high - 0.55
	w.rain = 0
	if shower > 0 && w.cloud > 0.7 {
		w.rain = 4 * shower * ramp(w.cloud, 0.7, 0.9) * (0.8 + 0.6*math.Abs(s.drift(driftShowerFast, t/540)))
		if w.rain < 0.1 {
			w.rain = 0
		}
	}
}

// blow decides about the wind: stronger by day and in low pressure, turning with the weather.
func (w *weather) blow(t float64) {
	s := w.place.seed
	mean := 3.7 - 1.9*w.high + 1.7*s.drift(driftWind, t/(9*hour)) + 1.2*clamp(w.elevation, -0.3, 0.8)
	mean = max(0.3, mean) * (1 - 0.85*w.frost)
	w.wind = max(0, mean*(1+0.22*s.drift(driftTurbulence, t/170)))
	w.gust = w.wind * (1.35 + 0.3*math.Abs(s.drift(driftGust, t/130)))
	w.direction = wrapped(220+75*s.drift(driftDirection, t/(2.1*day))+28*s.drift(driftDirectionFast, t/(4.3*hour))+25*w.high, 360)
}

// airMass returns the temperature that the air streaming in would have over the day: season by latitude,
// warm and cold waves of some days, and the cold of a frost spell.
func (w *weather) airMass(t float64) float64 {
	s := w.place.seed
	season := w.place.season(t)
	air := season + 5.2*s.drift(driftAir, t/(4.4*day)) + 2.0*s.drift(driftAirFast, t/(1.3*day))
	cold := max(1.6, season-16) // as cold as the orchard needs for frost, within reason
	return air + min(0, cold-air)*w.frost
}

// season returns the normal temperature of the time of the year, warmest three weeks after mid-summer.
func (p place) season(t float64) float64 {
	north := math.Abs(p.latitude)
	phase := 2 * math.Pi * (t/(365.2425*day) - 22./365)
	if p.latitude < 0 {
		phase += math.Pi
	}
	return 27 - 0.0063*north*north - 0.13*north*math.Cos(phase)
}

// frostSpell returns how much a spell of clear, calm, cold weather rules the sky: for a day and a half
// around one night of every eight days in the cold half of the year, of every sixteen in the warm half.
func (w *weather) frostSpell(t float64) float64 {
	local := t/day + w.place.longitude/360 // days of the sundial
	block := math.Floor(local / 8)
	for b := block - 1; b <= block+1; b++ { // spells reach a little into their neighbours
		night := b*8 + 3 + math.Floor(2*w.place.seed.unit(driftFrostDay, uint64(int64(b))))
		hours := 24*(local-night) - 3 // since three o'clock of that night
		if hours < -32 || hours > 18 {
			continue
		}
		phase := 2 * math.Pi * (b*8/365.2425 - 22./365)
		if cold := math.Cos(phase)*w.place.latitude > 0; cold || math.Mod(b, 2) == 0 {
			return ramp(hours, -32, -14) * (1 - ramp(hours, 7, 18))
		}
	}
	return 0
}

// warm balances sunshine, the loss of heat to the sky, and the air that streams in. At night the cooling
// stays in a shallow layer, the shallower the calmer it is.
func (w *weather) warm(incoming, dt float64) {
	loss := 70 * (1 - 0.8*w.cloud*w.cloud) // W/m2
	shallow := 1.0
	if w.elevation < 0 {
		shallow = 1 + 1.1*math.Exp(-w.wind/2)
	}
	heating := 6.0e-7 * (0.8*w.radiation - shallow*loss) // K/s
	w.temperature = approach(w.temperature, incoming, dt, 10*hour) + heating*dt
}

// moisten takes vapour towards that of the air streaming in, which is drier under high pressure, and to
// saturation in rain. What is too much becomes dew or fog.
func (w *weather) moisten(incoming, dt float64) {
	depression := 0.8 + 4.2*(1-w.cloud) // K
	w.vapour = approach(w.vapour, saturation(incoming-depression), dt, 7*hour)
	w.vapour += 4e-10 * w.radiation * dt // evaporation
	full := saturation(w.temperature)
	if w.rain > 0 {
		w.vapour = approach(w.vapour, 0.97*full, dt, 2*hour)
	}
	w.vapour = min(w.vapour, 0.995*full)
}
