package agro

import (
	"math"
	"testing"
)

func TestSunOfPolarDaysAndNights(t *testing.T) {
	for _, c := range []struct {
		latitude  float64
		day       int
		daylightH float64
	}{{70, 172, 24}, {70, 355, 0}, {-90, 355, 24}, {90, 355, 0}, {0, 366, 12}} {
		raMJ, daylightH, err := ExtraterrestrialMJ(c.latitude, c.day)
		holds(t, "daylight", daylightH, err, c.daylightH, 1e-9)
		if raMJ < 0 || (raMJ == 0) != (daylightH == 0) {
			t.Errorf("%g°, day %d: got %g MJ in %g h", c.latitude, c.day, raMJ, daylightH)
		}
	}
	if _, _, err := ExtraterrestrialMJ(50, 367); err == nil {
		t.Error("day 367: want an error")
	}
}

// unmeasured is a day of which only the place and temperatures are known.
func unmeasured(latitude, altitudeM float64, day int, tminC, tmaxC float64) DayWeather {
	nan := math.NaN()
	return DayWeather{latitude, altitudeM, day, tminC, tmaxC, nan, nan, nan, nan, nan, nan, nan, nan, nan}
}

// FAO-56 Examples 17 (Bangkok, a month of April, with heat into the soil) and 18 (Uccle).
func TestPenmanMonteithOfFAOExamples(t *testing.T) {
	bangkok := unmeasured(13.7333, 2, 105, 25.6, 34.8)
	bangkok.DewPointC = 237.3 * math.Log(2.85/0.6108) / (17.27 - math.Log(2.85/0.6108)) // ea is 2.85 kPa
	bangkok.WindMS, bangkok.SunshineH, bangkok.SoilHeatMJ = 2, 8.5, 0.14
	got, assumed, err := PenmanMonteithDayMM(bangkok)
	holds(t, "Bangkok", got, err, 5.72, 0.03)
	if assumed != AssumedRadiation {
		t.Errorf("Bangkok: assumed %b, want the radiation", assumed)
	}
	uccle := unmeasured(50.8, 100, 187, 12.3, 21.5)
	uccle.RHMinPct, uccle.RHMaxPct, uccle.WindMS, uccle.WindHeightM, uccle.SolarMJ = 63, 84, 2.78, 10, 22.07
	got, assumed, err = PenmanMonteithDayMM(uccle)
	holds(t, "Uccle", got, err, 3.88, 0.03)
	if assumed != 0 {
		t.Errorf("Uccle: assumed %b, want nothing", assumed)
	}
}

func TestPenmanMonteithFillsGaps(t *testing.T) {
	w := unmeasured(45, 100, 200, 15, 30)
	got, assumed, err := PenmanMonteithDayMM(w)
	if err != nil || assumed != AssumedHumidity|AssumedWind|AssumedRadiation || got < 4 || got > 8 {
		t.Errorf("temperatures only: got %g, %b, %v", got, assumed, err)
	}
	w.RHMaxPct = 100 // at the night's minimum says the same as a dew point there
	same, assumed, err := PenmanMonteithDayMM(w)
	holds(t, "night's humidity", same, err, got, 1e-9)
	if assumed&AssumedHumidity != 0 {
		t.Errorf("night's humidity: assumed %b", assumed)
	}
	if night, _, err := PenmanMonteithDayMM(unmeasured(80, 0, 355, -30, -20)); err != nil || math.IsNaN(night) {
		t.Errorf("polar night: got %g, %v", night, err)
	}
	w.TminC = 31
	if _, _, err := PenmanMonteithDayMM(w); err == nil {
		t.Error("minimum above maximum: want an error")
	}
}

// FAO-56 Example 19, N'Diaye by a clock of 15° W: the hour from 2 to 3, and that from 14 to 15.
func TestPenmanMonteithHourOfFAOExample(t *testing.T) {
	w := HourWeather{LatitudeDeg: 16.2167, LongitudeDeg: -16.25, AltitudeM: 8, DayOfYear: 274, ClockHourMid: 2.5, UTCOffsetH: -1,
		TempC: 28, RHPct: 90, WindMS: 1.9, Clearness: math.NaN()}
	got, err := PenmanMonteithHourMM(w)
	holds(t, "night", got, err, 0, 0.005)
	w.ClockHourMid, w.TempC, w.RHPct, w.WindMS, w.SolarMJ = 14.5, 38, 52, 3.3, 2.45
	got, err = PenmanMonteithHourMM(w)
	holds(t, "day", got, err, 0.63, 0.005)
	here := w.extraterrestrialMJ()
	holds(t, "radiation above the atmosphere", here, nil, 3.543, 0.01)
	w.UTCOffsetH, w.ClockHourMid = 8, 23.5 // the same moment by a clock in Perth
	holds(t, "by another clock", w.extraterrestrialMJ(), nil, here, 1e-9)
}

func TestHoursOfADayMakeTheDay(t *testing.T) {
	for _, latitude := range []float64{-75, -34, 0, 52, 70} {
		for _, day := range []int{15, 172, 355} {
			raMJ, _, _ := ExtraterrestrialMJ(latitude, day)
			sum := 0.0
			for hour := range 24 {
				sum += HourWeather{LatitudeDeg: latitude, LongitudeDeg: 7.4, DayOfYear: day, ClockHourMid: float64(hour) + 0.5}.extraterrestrialMJ()
			}
			holds(t, "sum of hours", sum, nil, raMJ, 0.35)
		}
	}
}

func TestSunshineLongerThanTheDay(t *testing.T) {
	if _, err := SolarFromSunshineMJ(12, 9, 20); err == nil {
		t.Error("12 h of sun on a day of 9: want an error")
	}
	got, err := SolarFromSunshineMJ(0, 0, 0)
	holds(t, "polar night", got, err, 0, 0)
}

func TestRootZone(t *testing.T) {
	total, err := TotalAvailableMM(0.30, 0.15, 0.8)
	holds(t, "total available", total, err, 120, 1e-9)
	zone := RootZone{TotalMM: 100, ReadyFraction: 0.5, DepletionMM: 90}
	holds(t, "stress", zone.Stress(), nil, 0.2, 1e-9)
	day, err := zone.Spend(40, 0, 0) // of which a fifth is used
	if err != nil || day.DepletionMM != 98 || day.PercolationMM != 0 {
		t.Errorf("dry day: got %+v, %v", day, err)
	}
	for range 1000 {
		day, err = zone.Spend(10, 0, 0)
	}
	if err != nil || day.DepletionMM > 100 || day.Stress < 0 {
		t.Errorf("drought: got %+v, %v", day, err)
	}
	day, err = zone.Spend(0, 60, 60)
	holds(t, "what drains", day.PercolationMM, err, 120-zone.TotalMM, 0.1)
	if _, err := zone.Spend(5, math.NaN(), 0); err == nil {
		t.Error("unknown rain: want an error")
	}
	if zone.DepletionMM != 0 {
		t.Errorf("unknown rain: got a depletion of %g, want it untouched", zone.DepletionMM)
	}
}
