package sensors

import (
	"errors"
	"math"
	"testing"
	"time"
)

func TestMetricTableIsConsistent(t *testing.T) {
	seen := map[MetricID]bool{}
	for _, m := range Metrics() {
		if seen[m.ID] {
			t.Errorf("%s stands twice in the table", m.ID)
		}
		seen[m.ID] = true
		if !(m.Min < m.Max) || m.Name == "" || m.Icon == "" {
			t.Errorf("%s: row is not complete: %+v", m.ID, m)
		}
		for _, base := range []float64{m.Min, m.Max, (m.Min + m.Max) / 2} {
			back := m.FromUnits(ImperialUnits, m.In(ImperialUnits, base))
			if math.Abs(back-base) > 1e-9*max(1, math.Abs(base)) {
				t.Errorf("%s: %g comes back from imperial as %g", m.ID, base, back)
			}
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		metric MetricID
		units  Units
		base   float64
		want   string
	}{
		{"temperature", MetricUnits, 21.449, "21.4"},
		{"temperature", MetricUnits, -0.04, "0.0"},
		{"temperature", ImperialUnits, 0, "32.0"},
		{"temperature", ImperialUnits, -40, "-40.0"},
		{"humidity", MetricUnits, 99.5, "100"},
		{"rain_day", ImperialUnits, 25.4, "1.00"},
		{"my_own", MetricUnits, 1e300, "1e+300"},
	} {
		if got := c.metric.Info().Format(c.units, c.base); got != c.want {
			t.Errorf("%s %g in %s: got %q, want %q", c.metric, c.base, c.units, got, c.want)
		}
	}
}

func TestParseID(t *testing.T) {
	if id, err := ParseID[ZoneID]("42"); err != nil || id != 42 {
		t.Errorf("42: got %v, %v", id, err)
	}
	for _, text := range []string{"", "0", "-1", "1x", "99999999999999999999", "1 "} {
		if _, err := ParseID[ZoneID](text); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: got %v, want ErrNotFound", text, err)
		}
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"  Greenhouse 2 ": "Greenhouse 2", "a\x00b\x1b[31m": "ab[31m", "x\u202egnp": "xgnp", "\xff\xfe": "", "日本": "日本",
	} {
		if got := CleanName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestFarmValidate(t *testing.T) {
	good := Farm{Name: "Hillside", TimeZone: "Europe/Amsterdam", Latitude: 52, Longitude: 5, Units: MetricUnits}
	if err := good.Validate(); err != nil {
		t.Fatalf("a good farm: %v", err)
	}
	for field, spoil := range map[string]func(*Farm){
		"name":      func(f *Farm) { f.Name = " " },
		"time_zone": func(f *Farm) { f.TimeZone = "Mars/Olympus" },
		"latitude":  func(f *Farm) { f.Latitude = math.NaN() },
		"longitude": func(f *Farm) { f.Longitude = 181 },
		"units":     func(f *Farm) { f.Units = "cubits" },
	} {
		farm := good
		spoil(&farm)
		var bad Invalid
		if err := farm.Validate(); !errors.As(err, &bad) || bad[field] == "" || len(bad) != 1 {
			t.Errorf("%s: got %v, want exactly this field", field, err)
		}
	}
}

func TestRhythm(t *testing.T) {
	var r Rhythm
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if r.Stale(at) {
		t.Error("a sensor never heard is not stale")
	}
	for range 20 {
		at = at.Add(5 * time.Minute)
		r.Heard(MilliOf(at))
	}
	r.Heard(MilliOf(at.Add(-time.Hour))) // late data says nothing
	if got, want := r.Every(), 5*time.Minute; got != want {
		t.Errorf("Every: got %v, want %v", got, want)
	}
	if r.Stale(at.Add(14 * time.Minute)) {
		t.Error("stale within three intervals")
	}
	if !r.Stale(at.Add(16 * time.Minute)) {
		t.Error("not stale after more than three intervals")
	}
}

func TestSensorLabels(t *testing.T) {
	for _, c := range []struct {
		sensor      Sensor
		full, alone string
	}{
		{Sensor{Metric: "temperature"}, "Air temperature", "Air temperature"},
		{Sensor{Metric: "temperature", Channel: "SHT3X"}, "Air temperature SHT3X", "Air temperature"},
		{Sensor{Metric: "temperature", Channel: "2"}, "Air temperature 2", "Air temperature"},
		{Sensor{Metric: "soil_moisture", Channel: "20cm"}, "Soil moisture 20 cm", "Soil moisture 20 cm"},
		{Sensor{Metric: "soil_moisture", Channel: "0.6 m"}, "Soil moisture 0.6 m", "Soil moisture 0.6 m"},
		{Sensor{Metric: "soil_moisture", Channel: "20cm", Name: "Bed 3"}, "Bed 3", "Bed 3"},
	} {
		if full, alone := c.sensor.Label(), c.sensor.LabelAlone(); full != c.full || alone != c.alone {
			t.Errorf("%+v: got %q and %q, want %q and %q", c.sensor, full, alone, c.full, c.alone)
		}
	}
}
