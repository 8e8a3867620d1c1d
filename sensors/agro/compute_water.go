package agro

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"furrow/sensors"
)

func computeExtraterrestrial(in *inputs) (Result, error) {
	raMJ, daylightH, err := ExtraterrestrialMJ(in.number("latitude"), in.whole("day_of_year"))
	return Result{"ra_mj_m2_d": number(raMJ), "daylight_h": number(daylightH)}, err
}

// computeHargreaves takes the radiation as it is given, or works it out for a place and day.
func computeHargreaves(in *inputs) (Result, error) {
	tminC, tmaxC := in.number("tmin_c"), in.number("tmax_c")
	tmeanC := in.numberOr("tmean_c", (tminC+tmaxC)/2)
	raMJ := in.numberOr("ra_mj_m2_d", 0)
	if !in.has("ra_mj_m2_d") {
		ra, _, err := ExtraterrestrialMJ(in.number("latitude"), in.whole("day_of_year"))
		if err != nil {
			return nil, err
		}
		raMJ = ra
	}
	mm, err := HargreavesMM(tminC, tmaxC, tmeanC, raMJ)
	return Result{"et0_mm_d": number(mm)}, err
}

// measured is a number that may be left out, then NaN.
func (in *inputs) measured(field string) float64 { return in.numberOr(field, math.NaN()) }

// computePenmanMonteithDay lists what was not measured but estimated.
func computePenmanMonteithDay(in *inputs) (Result, error) {
	mm, assumed, err := PenmanMonteithDayMM(DayWeather{
		LatitudeDeg: in.number("latitude"), AltitudeM: in.number("altitude_m"), DayOfYear: in.whole("day_of_year"),
		TminC: in.number("tmin_c"), TmaxC: in.number("tmax_c"), DewPointC: in.measured("dew_point_c"),
		RHMinPct: in.measured("rh_min_pct"), RHMaxPct: in.measured("rh_max_pct"),
		WindMS: in.measured("wind_m_s"), WindHeightM: in.measured("wind_height_m"), SolarMJ: in.measured("solar_mj_m2_d"),
		SunshineH: in.measured("sunshine_h"), KRs: in.measured("krs"), SoilHeatMJ: in.measured("soil_heat_mj_m2_d"),
	})
	estimated := []string{}
	for i, part := range []string{"humidity", "wind", "radiation"} {
		if assumed&(1<<i) != 0 {
			estimated = append(estimated, part)
		}
	}
	return Result{"et0_mm_d": number(mm), "estimated": estimated}, err
}

func computePenmanMonteithHour(in *inputs) (Result, error) {
	mm, err := PenmanMonteithHourMM(HourWeather{
		LatitudeDeg: in.number("latitude"), LongitudeDeg: in.number("longitude"), AltitudeM: in.number("altitude_m"),
		DayOfYear: in.whole("day_of_year"), ClockHourMid: in.number("clock_hour_mid"), UTCOffsetH: in.number("utc_offset_h"),
		TempC: in.number("temp_c"), RHPct: in.number("rh_pct"), WindMS: in.number("wind_m_s"),
		SolarMJ: in.number("solar_mj_m2_h"), Clearness: in.measured("clearness"),
	})
	return Result{"et0_mm_h": number(mm)}, err
}

// computeWaterBalance carries the depletion from day to day. An unknown rain is refused: it is not no rain.
func computeWaterBalance(in *inputs) (Result, error) {
	zone := RootZone{TotalMM: in.number("taw_mm"), ReadyFraction: in.number("p"), DepletionMM: in.number("depletion_start_mm")}
	days := in.objects("days")
	if err := firstError(in.err(), zone.Valid()); err != nil {
		return nil, err
	}
	depletion, stress, percolation := make([]any, len(days)), make([]any, len(days)), make([]any, len(days))
	for i, day := range days {
		spent, err := zone.Spend(day.number("etc_mm"), day.number("rain_mm"), day.number("irrigation_mm"))
		if err := firstError(day.err(), err); err != nil {
			return nil, sensors.Invalid{"days": "Day " + strconv.Itoa(i+1) + ": " + err.Error()}
		}
		depletion[i], stress[i], percolation[i] = number(spent.DepletionMM), number(spent.Stress), number(spent.PercolationMM)
	}
	return Result{"depletion_mm": depletion, "ks": stress, "deep_percolation_mm": percolation}, nil
}

// objects is a list of days as objects, each with inputs of its own.
func (in *inputs) objects(field string) []*inputs {
	var list []map[string]json.RawMessage
	many := bytes.Count(in.fields[field], []byte("{")) > daysMax
	if !many && !in.read(field, "a list of objects", &list) {
		return nil
	}
	if many || len(list) == 0 {
		in.problem.Add(field, field+" must hold between 1 and 36,600 objects.")
		return nil
	}
	objects := make([]*inputs, len(list))
	for i, fields := range list {
		objects[i] = &inputs{fields: fields, problem: sensors.Invalid{}}
	}
	return objects
}
