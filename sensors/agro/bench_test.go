package agro

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

// scalars are the functions that run for every reading; they must not allocate.
var scalars = map[string]func() (float64, error){
	"VPDKPa":             func() (float64, error) { return VPDKPa(21.3, 64) },
	"LeafVPDKPa":         func() (float64, error) { return LeafVPDKPa(21.3, 64, 20) },
	"DewPointC":          func() (float64, error) { return DewPointC(21.3, 64) },
	"FrostPointC":        func() (float64, error) { return FrostPointC(-4.5, 64) },
	"WetBulbC":           func() (float64, error) { return WetBulbC(21.3, 64, 98) },
	"AbsoluteHumidity":   func() (float64, error) { return AbsoluteHumidityGM3(21.3, 64) },
	"MixingRatio":        func() (float64, error) { return MixingRatioGKg(21.3, 64, 98) },
	"CheckAir":           func() (float64, error) { return CheckAir(21.3, 64).DewPointC, nil },
	"THINRC":             func() (float64, error) { return THINRC(31, 64) },
	"HeatIndexC":         func() (float64, error) { return HeatIndexC(31, 64) },
	"WBGTSunC":           func() (float64, error) { return WBGTSunC(31, 64) },
	"DegreeDaysSine":     func() (float64, error) { return DegreeDaysSine(5, 35, 10, 30) },
	"HargreavesMM":       func() (float64, error) { return HargreavesMM(12, 27, 19.5, 40) },
	"SprinklerStartC":    func() (float64, error) { return SprinklerStartC(-5, -1, 100) },
	"ScabWetHours":       func() (float64, error) { return ScabWetHours(12) },
	"CornMoisture":       func() (float64, error) { return Corn().MoisturePct(12, 60) },
	"ExtraterrestrialMJ": func() (float64, error) { ra, _, err := ExtraterrestrialMJ(50, 187); return ra, err },
	"DynamicModel": func() (float64, error) {
		var m DynamicModel
		m.Add(6, 1)
		return m.Portions(), nil
	},
	"PenmanMonteithDayMM": func() (float64, error) {
		mm, _, err := PenmanMonteithDayMM(DayWeather{50, 100, 187, 12, 22, 9, math.NaN(), math.NaN(), 2, 2, 22, math.NaN(), math.NaN(), math.NaN()})
		return mm, err
	},
}

func TestScalarsDoNotAllocate(t *testing.T) {
	for name, f := range scalars {
		if _, err := f(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := testing.AllocsPerRun(100, func() { _, _ = f() }); got != 0 {
			t.Errorf("%s: got %v allocations, want none", name, got)
		}
	}
}

func BenchmarkScalar(b *testing.B) {
	for name, f := range scalars {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = f()
			}
		})
	}
}

// tenYears is hourly air with seasons and days.
func tenYears() AirSeries {
	const hours = 10 * 8766
	s := AirSeries{Start: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), Step: time.Hour}
	s.TempC, s.RHPct = make([]float64, hours), make([]float64, hours)
	for i := range hours {
		day, year := math.Sin(2*math.Pi*float64(i)/24), math.Sin(2*math.Pi*float64(i)/8766)
		s.TempC[i], s.RHPct[i] = 11+10*year+6*day, 75-20*day
	}
	return s
}

// BenchmarkTenYears runs every seasonal model over ten years of hours.
func BenchmarkTenYears(b *testing.B) {
	s := tenYears()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, errHeat := SumHeatLoad(s)
		_, errChill := SumChill(s)
		_, errBlight := LateBlight(s, loc)
		_, errWet := WetDays(s, loc)
		_, errMildew := PowderyMildew(s, loc)
		_, errKinetic := MeanKineticC(s.TempC, nil, KineticActivationKJMol)
		days, errDays := LocalDays(s, loc)
		tminC, tmaxC := make([]float64, len(days)), make([]float64, len(days))
		for i, day := range days {
			tminC[i], tmaxC[i] = day.TminC, day.TmaxC
		}
		_, errDegree := SumDegreeDays(tminC, tmaxC, 10, 30)
		if err := firstError(errHeat, errChill, errBlight, errWet, errMildew, errKinetic, errDays, errDegree); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompute(b *testing.B) {
	inputs := json.RawMessage(`{"temp_c":21.3,"rh_pct":64}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compute("vpd_air", inputs); err != nil {
			b.Fatal(err)
		}
	}
}
