package simulate

import "math"

// The sun's place follows the NOAA Solar Calculator's equations, which are those of J. Meeus, Astronomical
// Algorithms (1991), at the accuracy that is enough for sunrise to a minute.

// sunDay is the part of the sun's place that hardly changes within the hour.
type sunDay struct {
	declination    float64 // radians
	equationOfTime float64 // minutes that sundials are ahead of clocks
}

func sunDayAt(unix int64) sunDay {
	t := (float64(unix)/86400 + 2440587.5 - 2451545) / 36525 // Julian centuries since 2000
	const rad = math.Pi / 180
	l0 := math.Mod(280.46646+t*(36000.76983+t*0.0003032), 360) * rad
	m := (357.52911 + t*(35999.05029-0.0001537*t)) * rad
	e := 0.016708634 - t*(0.000042037+0.0000001267*t)
	centre := math.Sin(m)*(1.914602-t*(0.004817+0.000014*t)) + math.Sin(2*m)*(0.019993-0.000101*t) + math.Sin(3*m)*0.000289
	node := (125.04 - 1934.136*t) * rad
	longitude := l0 + (centre-0.00569-0.00478*math.Sin(node))*rad
	obliquity := (23 + (26+(21.448-t*(46.815+t*(0.00059-t*0.001813)))/60)/60 + 0.00256*math.Cos(node)) * rad
	y := math.Pow(math.Tan(obliquity/2), 2)
	equation := y*math.Sin(2*l0) - 2*e*math.Sin(m) + 4*e*y*math.Sin(m)*math.Cos(2*l0) - y*y/2*math.Sin(4*l0) - 1.25*e*e*math.Sin(2*m)
	return sunDay{declination: math.Asin(math.Sin(obliquity) * math.Sin(longitude)), equationOfTime: 4 * equation / rad}
}

// solarHour returns the sundial's hour, 0 to 24, at a longitude in degrees east.
func (d sunDay) solarHour(unix int64, longitude float64) float64 {
	return wrapped(float64(unix%86400)/3600+(d.equationOfTime+4*longitude)/60, 24)
}

// sinElevation returns the sine of the sun's height over the horizon, without refraction; below zero at
// night.
func (d sunDay) sinElevation(unix int64, latitude, longitude float64) float64 {
	angle := (d.solarHour(unix, longitude) - 12) * math.Pi / 12
	phi := latitude * math.Pi / 180
	return math.Sin(phi)*math.Sin(d.declination) + math.Cos(phi)*math.Cos(d.declination)*math.Cos(angle)
}

// clearSky returns the radiation on level ground under a clear sky in W/m2 (Haurwitz 1945).
func clearSky(sinElevation float64) float64 {
	if sinElevation <= 0 {
		return 0
	}
	return 1098 * sinElevation * math.Exp(-0.057/sinElevation)
}

// cloudy returns the share of it that a cloud cover of 0 to 1 lets through (Kasten and Czeplak 1980).
func cloudy(cover float64) float64 { return 1 - 0.75*math.Pow(cover, 3.4) }
