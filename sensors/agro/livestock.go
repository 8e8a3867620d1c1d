package agro

import (
	"math"
)

// THINRC is the temperature-humidity index of NRC 1971, the one behind dairy charts and DairyStressOf:
// (1.8T+32)-(0.55-0.0055RH)(1.8T-26).
func THINRC(tempC, rhPct float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	return thiNRC(tempC, rhPct), err
}

func thiNRC(tempC, rhPct float64) float64 {
	return 1.8*tempC + 32 - (0.55-0.0055*rhPct)*(1.8*tempC-26)
}

// THIYousef is T + 0.36Td + 41.2 (Yousef 1985), on the same scale as THINRC and up to 1.7 away from it.
func THIYousef(tempC, rhPct float64) (float64, error) {
	dewC, err := DewPointC(tempC, rhPct)
	return tempC + 0.36*dewC + 41.2, err
}

// THIMader is 0.8T + RH/100 (T-14.4) + 46.4 (Thom 1959, Mader et al. 2006), to be read with FeedlotStressOf.
func THIMader(tempC, rhPct float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	return 0.8*tempC + rhPct/100*(tempC-14.4) + 46.4, err
}

// Stress is a class of heat stress.
type Stress string

// DairyStressOf returns the class of a THINRC for dairy cows, on the scale of Zimbelman and Collier: milk falls from 68.
func DairyStressOf(thi float64) Stress {
	switch {
	case thi < 68:
		return "none"
	case thi < 72:
		return "mild"
	case thi < 80:
		return "moderate"
	case thi < 90:
		return "severe"
	}
	return "emergency"
}

// FeedlotStressOf returns the class of a THIMader for cattle on feed, on the scale of the Livestock Weather Safety
// Index (LCI 1970). Pigs are usually judged by the same limits.
func FeedlotStressOf(thi float64) Stress {
	switch {
	case thi < 74:
		return "none"
	case thi < 79:
		return "alert"
	case thi < 84:
		return "danger"
	}
	return "emergency"
}

// BroilerTHIC is the index of Tao and Xin 2003, Trans. ASAE 46, for broilers in still air, in °C.
func BroilerTHIC(tempC, wetBulbC float64) (float64, error) {
	return 0.85*tempC + 0.15*wetBulbC, validWetBulb(tempC, wetBulbC)
}

// BroilerTHVIC is BroilerTHIC with air that moves at 0.2 to 1.2 m/s over the birds.
func BroilerTHVIC(tempC, wetBulbC, airSpeedMS float64) (float64, error) {
	err := firstError(validWetBulb(tempC, wetBulbC), within("air_speed_m_s", airSpeedMS, 0.2, 1.2))
	return (0.85*tempC + 0.15*wetBulbC) * math.Pow(airSpeedMS, -0.058), err
}

// LayerTHIC is the index of Zulovich and DeShazer 1990 for laying hens, in °C: laying falls from 27.5, hens pant from
// 28.5 and die above 31.2 that lasts (Kang et al. 2020).
func LayerTHIC(tempC, wetBulbC float64) (float64, error) {
	return 0.6*tempC + 0.4*wetBulbC, validWetBulb(tempC, wetBulbC)
}

// HeatLoad is what a stretch of time did to cows. The load matters more than the peak, and a night in which the THI
// never falls below 70 gives no recovery: MinTHI of that night.
type HeatLoad struct {
	HoursFrom68, HoursFrom72, HoursFrom80 float64
	IndexHoursAbove72                     float64 // sum of (THI-72) x hours
	MinTHI, MaxTHI                        float64 // NaN when nothing was observed
	ObservedH, ExpectedH                  float64
}

// SumHeatLoad sums THINRC over a series; each reading stands for one step.
func SumHeatLoad(s AirSeries) (HeatLoad, error) {
	if err := s.valid(true); err != nil {
		return HeatLoad{}, err
	}
	load := HeatLoad{MinTHI: math.NaN(), MaxTHI: math.NaN()}
	var observed, from68, from72, from80 int
	var above72 float64
	for i, tempC := range s.TempC {
		rhPct := min(s.RHPct[i], 100)
		if math.IsNaN(tempC) || math.IsNaN(rhPct) {
			continue
		}
		thi := thiNRC(tempC, rhPct)
		if observed == 0 {
			load.MinTHI, load.MaxTHI = thi, thi
		}
		load.MinTHI, load.MaxTHI = min(load.MinTHI, thi), max(load.MaxTHI, thi)
		observed++
		from68 += oneIf(thi >= 68)
		from72 += oneIf(thi >= 72)
		from80 += oneIf(thi >= 80)
		above72 += max(0, thi-72)
	}
	load.HoursFrom68, load.HoursFrom72, load.HoursFrom80 = s.hours(from68), s.hours(from72), s.hours(from80)
	load.IndexHoursAbove72 = above72 * s.Step.Hours()
	load.ObservedH, load.ExpectedH = s.hours(observed), s.hours(len(s.TempC))
	return load, nil
}

func oneIf(is bool) int {
	if is {
		return 1
	}
	return 0
}
