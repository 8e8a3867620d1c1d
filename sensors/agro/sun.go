package agro

import (
	"math"
	"time"
)

// The sun's place follows the equations of the NOAA Solar Calculator (gml.noaa.gov/grad/solcalc), which are
// those of J. Meeus, Astronomical Algorithms, 2nd ed. 1998, ch. 25 and 28. Sunrise and sunset are right to
// about a minute below 72 degrees of latitude and to ten minutes nearer the poles, for level horizons.

// SunriseDeg is where the sun's centre stands when its upper edge touches the horizon: its radius of 16' and the
// usual refraction of 34' below.
const SunriseDeg = -0.833

// SunDay is the sun's way over one day at one place. Above the polar circles there are days without Sunrise
// and Sunset: then both are zero and either PolarDay or PolarNight is set.
type SunDay struct {
	Sunrise, Sunset      time.Time // UTC
	PolarDay, PolarNight bool
}

// SunOn returns the sun's day around noon of the calendar day on which noon lies; noon is 12:00 on the clocks
// of the place.
func SunOn(noon time.Time, latitudeDeg, longitudeDeg float64) SunDay {
	highest := noon.UTC()
	for range 2 {
		highest = highest.Add(hours(12 - sunAt(highest).solarHour(highest, longitudeDeg)))
	}
	half, ok := sunAt(highest).halfDayHours(latitudeDeg)
	if !ok {
		up := SunUp(highest, latitudeDeg, longitudeDeg)
		return SunDay{PolarDay: up, PolarNight: !up}
	}
	rise, set := highest.Add(hours(-half)), highest.Add(hours(half))
	for range 2 { // the declination at the horizon is not quite that of noon
		if h, ok := sunAt(rise).halfDayHours(latitudeDeg); ok {
			rise = rise.Add(hours(12 - h - sunAt(rise).solarHour(rise, longitudeDeg)))
		}
		if h, ok := sunAt(set).halfDayHours(latitudeDeg); ok {
			set = set.Add(hours(12 + h - sunAt(set).solarHour(set, longitudeDeg)))
		}
	}
	return SunDay{Sunrise: rise, Sunset: set}
}

// SunUp reports whether any of the sun can be seen over a level horizon.
func SunUp(at time.Time, latitudeDeg, longitudeDeg float64) bool {
	return SunElevationDeg(at, latitudeDeg, longitudeDeg) > SunriseDeg
}

// SunElevationDeg returns the height of the sun's centre over the horizon, without refraction, in degrees;
// below zero at night.
func SunElevationDeg(at time.Time, latitudeDeg, longitudeDeg float64) float64 {
	sun := sunAt(at)
	angle := (sun.solarHour(at, longitudeDeg) - 12) * math.Pi / 12
	sinPhi, cosPhi := math.Sincos(latitudeDeg * radian)
	sinDelta, cosDelta := math.Sincos(sun.declination)
	return math.Asin(sinPhi*sinDelta+cosPhi*cosDelta*math.Cos(angle)) / radian
}

const radian = math.Pi / 180

// sun is the part of the sun's place that hardly changes within the hour.
type sun struct {
	declination    float64 // radians
	equationOfTime float64 // minutes that sundials are ahead of clocks
}

func sunAt(at time.Time) sun {
	t := (float64(at.Unix())/86400 + 2440587.5 - 2451545) / 36525 // Julian centuries since 2000
	l0 := math.Mod(280.46646+t*(36000.76983+t*0.0003032), 360) * radian
	m := (357.52911 + t*(35999.05029-0.0001537*t)) * radian
	e := 0.016708634 - t*(0.000042037+0.0000001267*t)
	centre := math.Sin(m)*(1.914602-t*(0.004817+0.000014*t)) + math.Sin(2*m)*(0.019993-0.000101*t) + math.Sin(3*m)*0.000289
	node := (125.04 - 1934.136*t) * radian
	longitude := l0 + (centre-0.00569-0.00478*math.Sin(node))*radian
	obliquity := (23 + (26+(21.448-t*(46.815+t*(0.00059-t*0.001813)))/60)/60 + 0.00256*math.Cos(node)) * radian
	y := math.Pow(math.Tan(obliquity/2), 2)
	equation := y*math.Sin(2*l0) - 2*e*math.Sin(m) + 4*e*y*math.Sin(m)*math.Cos(2*l0) - y*y/2*math.Sin(4*l0) - 1.25*e*e*math.Sin(2*m)
	return sun{declination: math.Asin(math.Sin(obliquity) * math.Sin(longitude)), equationOfTime: 4 * equation / radian}
}

// solarHour returns the sundial's hour, from 0 to below 24, at a longitude in degrees east.
func (s sun) solarHour(at time.Time, longitudeDeg float64) float64 {
	h := math.Mod(float64(at.Unix())/3600+(s.equationOfTime+4*longitudeDeg)/60, 24)
	if h < 0 {
		h += 24
	}
	return h
}

// halfDayHours returns how long before and after its highest point the sun is at the horizon; false when it
// stays on one side.
func (s sun) halfDayHours(latitudeDeg float64) (float64, bool) {
	phi := latitudeDeg * radian
	cosine := (math.Sin(SunriseDeg*radian) - math.Sin(phi)*math.Sin(s.declination)) / (math.Cos(phi) * math.Cos(s.declination))
	if !(cosine >= -1 && cosine <= 1) {
		return 0, false
	}
	return math.Acos(cosine) * 12 / math.Pi, true
}

func hours(h float64) time.Duration { return time.Duration(h * float64(time.Hour)) }
