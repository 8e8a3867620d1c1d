package agro

import (
	"math"
	"testing"
	"time"
)

// Reference times were computed with the suncalc library (version 2.0.2), which stands on other formulas.
func TestSunriseAndSunset(t *testing.T) {
	for _, c := range []struct {
		place               string
		date, zone          string
		latitude, longitude float64
		rise, set           string // "" when the sun stays up
	}{
		{"Berlin", "2025-04-10", "Europe/Berlin", 52.52, 13.405, "2025-04-10T04:19Z", "2025-04-10T17:56Z"},
		{"equator at the equinox", "2025-03-20", "UTC", 0, 0, "2025-03-20T06:04Z", "2025-03-20T18:10Z"},
		{"Christchurch, far east", "2025-10-02", "Pacific/Auckland", -43.53, 172.63, "2025-10-01T18:01Z", "2025-10-02T06:37Z"},
		{"Yakima, whose evening is tomorrow in UTC", "2025-04-25", "America/Los_Angeles", 46.6, -120.5, "2025-04-25T12:56Z", "2025-04-26T03:04Z"},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Skip("this machine has no time zones: ", err)
		}
		day, err := time.ParseInLocation(time.DateOnly, c.date, loc)
		if err != nil {
			t.Fatal(err)
		}
		got := SunOn(day.Add(12*time.Hour), c.latitude, c.longitude)
		near(t, c.place+" sunrise", got.Sunrise, c.rise)
		near(t, c.place+" sunset", got.Sunset, c.set)
	}
}

func near(t *testing.T, what string, got time.Time, want string) {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04Z", want)
	if err != nil {
		t.Fatal(err)
	}
	if off := got.Sub(at); off < -3*time.Minute || off > 3*time.Minute {
		t.Errorf("%s: got %s, want %s within 3 minutes", what, got.Format(time.RFC3339), want)
	}
}

func TestPolarDayAndNight(t *testing.T) {
	for _, c := range []struct {
		noon       time.Time
		latitude   float64
		day, night bool
	}{
		{time.Date(2025, 6, 21, 11, 0, 0, 0, time.UTC), 69.65, true, false}, // Tromsø
		{time.Date(2025, 12, 21, 11, 0, 0, 0, time.UTC), 69.65, false, true},
		{time.Date(2025, 12, 21, 11, 0, 0, 0, time.UTC), -77.85, true, false}, // the other pole has the other season
		{time.Date(2025, 6, 21, 11, 0, 0, 0, time.UTC), -77.85, false, true},
		{time.Date(2025, 6, 21, 12, 0, 0, 0, time.UTC), 90, true, false},
		{time.Date(2025, 3, 20, 11, 0, 0, 0, time.UTC), 69.65, false, false},
	} {
		got := SunOn(c.noon, c.latitude, 18.96)
		if got.PolarDay != c.day || got.PolarNight != c.night {
			t.Errorf("%v at %v: got day %v night %v, want %v %v", c.noon, c.latitude, got.PolarDay, got.PolarNight, c.day, c.night)
		}
		if polar := c.day || c.night; polar != got.Sunrise.IsZero() || polar != got.Sunset.IsZero() {
			t.Errorf("%v at %v: sunrise %v, sunset %v", c.noon, c.latitude, got.Sunrise, got.Sunset)
		}
		for hour := -12; polar(got) && hour < 12; hour++ {
			at := c.noon.Add(time.Duration(hour) * time.Hour)
			if up := SunUp(at, c.latitude, 18.96); up != c.day {
				t.Errorf("%v at %v: sun up %v, want %v", at, c.latitude, up, c.day)
			}
		}
	}
}

func polar(d SunDay) bool { return d.PolarDay || d.PolarNight }

// The sun must be up between sunrise and sunset and down outside, everywhere and in every season.
func TestSunUpAgreesWithSunriseAndSunset(t *testing.T) {
	for latitude := -60.0; latitude <= 60; latitude += 15 {
		for longitude := -180.0; longitude <= 180; longitude += 45 {
			for day := range 24 {
				noon := time.Date(2025, 1, 1+15*day, 12, 0, 0, 0, time.FixedZone("", int(longitude*240)))
				sun := SunOn(noon, latitude, longitude)
				for _, c := range []struct {
					at time.Time
					up bool
				}{
					{sun.Sunrise.Add(-2 * time.Minute), false}, {sun.Sunrise.Add(2 * time.Minute), true},
					{sun.Sunset.Add(-2 * time.Minute), true}, {sun.Sunset.Add(2 * time.Minute), false},
				} {
					if got := SunUp(c.at, latitude, longitude); got != c.up {
						t.Fatalf("at %v, %v on %v: sun up is %v", latitude, longitude, c.at, got)
					}
				}
				if off := sun.Sunrise.Sub(noon).Hours() + sun.Sunset.Sub(noon).Hours(); math.Abs(off) > 1 {
					t.Fatalf("at %v, %v: the day of %v lies %v h beside its noon", latitude, longitude, noon, off)
				}
			}
		}
	}
}

func TestSunElevationAtNoon(t *testing.T) {
	// At the June solstice the sun stands 90° - 52.5° + 23.44° over Berlin.
	got := SunElevationDeg(time.Date(2025, 6, 21, 11, 8, 0, 0, time.UTC), 52.5, 13.405)
	if want := 60.94; math.Abs(got-want) > 0.05 {
		t.Errorf("got %.2f°, want %.2f°", got, want)
	}
}
