package simulate

import (
	"testing"
	"time"
)

// live lives through some days of 2026 and shows them to each every ten minutes.
func live(p place, location *time.Location, from time.Month, days int, each func(w *world, at time.Time)) {
	start := time.Date(2026, from, 1, 0, 0, 0, 0, location)
	w := newWorld(p, location, start.AddDate(0, 0, -2).Unix())
	for end := start.AddDate(0, 0, days).Unix(); w.unix < end; {
		w.advance()
		if w.unix >= start.Unix() && w.unix%600 == 0 {
			each(w, time.Unix(w.unix, 0).In(location))
		}
	}
}

// laws are what holds at every moment.
func laws(t *testing.T, w *world, at time.Time) {
	t.Helper()
	sky := &w.sky
	if sky.elevation < -0.02 && sky.radiation != 0 || sky.radiation < 0 || sky.radiation > 1300 {
		t.Fatalf("%v: %.0f W/m2 of sun at elevation %.2f", at, sky.radiation, sky.elevation)
	}
	if sky.rain > 0 && sky.cloud < 0.7 || sky.pressure < 960 || sky.pressure > 1050 || sky.gust < sky.wind {
		t.Fatalf("%v: sky %+v", at, *sky)
	}
	for i := range w.sites {
		v := w.sites[i].now()
		if dew := dewPoint(v[vapour]); dew > v[airTemperature]+1e-9 && i != orchardSite || v[airTemperature] > 60 || v[airTemperature] < -40 {
			t.Fatalf("%v: site %d has %.2f °C and dew point %.2f °C", at, i, v[airTemperature], dew)
		}
		if i == tomatoes || i == peppers {
			glasshouse(t, w, at, v)
		}
	}
	if v := w.sites[orchardSite].now(); v[valleyTemperature] > v[airTemperature] || dewPoint(v[vapour]) > v[valleyTemperature] {
		t.Fatalf("%v: the hollow has %.1f °C, the row above %.1f °C", at, v[valleyTemperature], v[airTemperature])
	}
	if v := w.sites[storeSite].now(); v[airTemperature] < 0 || v[airTemperature] > 12 || v[productTemperature] < 1 || v[productTemperature] > 3 {
		t.Fatalf("%v: the cold store has %.1f °C, its apples %.1f °C", at, v[airTemperature], v[productTemperature])
	}
	if hour := at.Hour(); w.sites[storeSite].now()[open] == 1 && (hour < 6 || hour > 17) {
		t.Fatalf("%v: the cold store is open", at)
	}
	if level := w.sites[pumpSite].now()[waterLevel]; level < 0.5 || level > 2.7 {
		t.Fatalf("%v: the tank stands at %.2f m", at, level)
	}
}

func glasshouse(t *testing.T, w *world, at time.Time, v *values) {
	t.Helper()
	if w.sky.radiation > 100 && v[airTemperature] < w.sky.temperature {
		t.Fatalf("%v: %.1f °C under glass, %.1f °C outside in the sun", at, v[airTemperature], w.sky.temperature)
	}
	if v[co2] < 160 || v[co2] > 1200 || v[airTemperature] < 15 || v[soilMoisture] < 40 || v[soilMoisture] > 65 {
		t.Fatalf("%v: greenhouse %v", at, *v)
	}
	if (v[par] == 0) != (w.sky.radiation == 0) {
		t.Fatalf("%v: PAR %.1f in %.1f W/m2", at, v[par], w.sky.radiation)
	}
}

func TestYearObeysNature(t *testing.T) {
	t.Parallel()
	var y diary
	live(place{seed: 1, latitude: 52.1, longitude: 5.2}, amsterdam(t), time.January, 365, func(w *world, at time.Time) {
		laws(t, w, at)
		y.write(t, w, at)
	})
	if january, july := y.mean(time.January), y.mean(time.July); january < -2 || january > 7 || july < january+10 {
		t.Errorf("got %.1f °C in January and %.1f °C in July", january, july)
	}
	if y.frostless > 20*24*time.Hour {
		t.Errorf("the orchard had no frost for %v", y.frostless)
	}
	if y.light >= y.dark {
		t.Errorf("CO₂ of the peppers: got %.0f ppm in light, %.0f ppm in the dark", y.light, y.dark)
	}
	if y.rain < 400 || y.rain > 1800 || y.hottest < 33 || y.failed == 0 {
		t.Errorf("got %.0f mm of rain, %.1f °C and %d failures under glass", y.rain, y.hottest, y.failed)
	}
}

func TestSeasonsAreTurnedRoundInTheSouth(t *testing.T) {
	t.Parallel()
	location, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	var y diary
	for _, month := range []time.Month{time.January, time.July} {
		y.drunk, y.before = 0, values{}
		live(place{seed: 1, latitude: -45.9, longitude: 170.5}, location, month, 12, func(w *world, at time.Time) {
			laws(t, w, at)
			y.write(t, w, at)
		})
	}
	if january, july := y.mean(time.January), y.mean(time.July); january < july+10 {
		t.Errorf("got %.1f °C in January and %.1f °C in July", january, july)
	}
}

// diary is what only a longer time shows.
type diary struct {
	heat, heard [13]float64 // sum of temperatures and their number, by month
	lastFrost   time.Time
	frostless   time.Duration
	light, dark float64 // ppm, means
	lit, unlit  float64
	rain        float64 // mm
	hottest     float64 // °C under the peppers' glass
	failed      int     // afternoons on which vents stayed shut in the heat
	before      values  // of the field
	drunk       float64
	dry         int // ten minutes without water from above
}

func (y *diary) mean(m time.Month) float64 { return y.heat[m] / y.heard[m] }

func (y *diary) write(t *testing.T, w *world, at time.Time) {
	t.Helper()
	land, barn, house := w.sites[northField].now(), w.sites[barnSite].now(), w.sites[peppers].now()
	y.heat[at.Month()] += w.sky.temperature
	y.heard[at.Month()]++
	if w.sites[orchardSite].now()[valleyTemperature] < 0 {
		if !y.lastFrost.IsZero() {
			y.frostless = max(y.frostless, at.Sub(y.lastFrost))
		}
		y.lastFrost = at
	}
	switch {
	case house[par] > 200:
		y.lit++
		y.light += (house[co2] - y.light) / y.lit
	case house[par] == 0:
		y.unlit++
		y.dark += (house[co2] - y.dark) / y.unlit
	}
	y.hottest = max(y.hottest, house[airTemperature])
	if house[open] == 0 && house[airTemperature] > 29 {
		y.failed++
	}
	y.water(t, w, at, land)
	if barn[volume] < y.drunk {
		t.Fatalf("%v: the barn's water meter ran back", at)
	}
	y.before, y.drunk = *land, barn[volume]
}

// water checks that the field's soil gets wetter by water alone, and that the day's rain is the clock's.
func (y *diary) water(t *testing.T, w *world, at time.Time, now *values) {
	t.Helper()
	y.rain += now[rainRate] / 6
	sprinkled := w.sites[northField].model.(*field).soil.watering > 0
	if y.dry++; now[rainRate] > 0 || sprinkled {
		y.dry = 0
	}
	if rise := now[soilMoisture] - y.before[soilMoisture]; y.dry > 1 && rise > 0.02 && y.before[soilMoisture] > 0 {
		t.Fatalf("%v: the soil became wetter by %.3f %% without water", at, rise)
	}
	if midnight := at.Hour() == 0 && at.Minute() < 10; !midnight && now[rainDay] < y.before[rainDay] {
		t.Fatalf("%v: the day's rain fell from %.1f to %.1f mm", at, y.before[rainDay], now[rainDay])
	}
}

func TestWallClockFollowsItsZone(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Amsterdam", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		c := localClock{location: location}
		for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() == 2026; at = at.Add(5 * time.Minute) {
			c.set(at.Unix())
			local := at.In(location)
			if got, want := c.minute, local.Hour()*60+local.Minute(); got != want || c.weekday != local.Weekday() {
				t.Fatalf("%v: got minute %d on %v, want %d", local, got, c.weekday, want)
			}
		}
	}
}

func TestSunriseIsThatOfTheAlmanac(t *testing.T) {
	for _, sight := range []struct {
		at                  time.Time
		latitude, longitude float64
	}{ // sunrises and a sunset, to the minute
		{time.Date(2026, 6, 21, 3, 18, 0, 0, time.UTC), 52.37, 4.90},
		{time.Date(2026, 12, 21, 15, 29, 0, 0, time.UTC), 52.37, 4.90},
		{time.Date(2026, 12, 21, 18, 40, 0, 0, time.UTC), -33.87, 151.21},
	} {
		const horizon = -0.01454 // sine of -0.833°: refraction and half the sun's disc
		got := sunDayAt(sight.at.Unix()).sinElevation(sight.at.Unix(), sight.latitude, sight.longitude)
		if got < horizon-0.008 || got > horizon+0.008 {
			t.Errorf("%v: got sine %.4f, want %.4f", sight.at, got, horizon)
		}
	}
}
