package agro

import (
	"strings"
	"time"
)

// computeFrostFit also says whether there were nights enough to rely on the fit.
func computeFrostFit(in *inputs) (Result, error) {
	t0C, tdC, tminC := in.numbers("t0_c"), in.numbers("td_c"), in.numbers("tmin_c")
	queryT0, queryTd := in.number("query_t0_c"), in.number("query_td_c")
	if !strings.HasPrefix(in.textOr("method", "two-stage"), "two-stage") {
		in.problem.Add("method", "method must be \"two-stage\".")
	}
	model, err := FitFrostModel(t0C, tdC, tminC)
	if err != nil {
		return nil, err
	}
	predicted, err := model.TminC(queryT0, queryTd)
	return Result{
		"intercept": number(model.InterceptC), "coef_t0": number(model.PerT0), "coef_td": number(model.PerTd0),
		"predicted_tmin_c": number(predicted), "nights": len(t0C), "enough_nights": len(t0C) >= FrostNightsMin,
	}, err
}

func computeFrostNight(in *inputs) (Result, error) {
	start, tmin, night := in.number("t_2h_after_sunset"), in.number("predicted_tmin"), in.number("night_hours")
	if unit := in.textOr("unit", "C"); unit != "C" && unit != "F" {
		in.problem.Add("unit", "unit must be \"C\" or \"F\".")
	}
	temps := []any{}
	for _, hour := range in.numbers("hours_after_sunset") {
		temp, err := FrostNightTemp(start, tmin, night, hour)
		if err != nil {
			return nil, err
		}
		temps = append(temps, number(temp))
	}
	return Result{"temps": temps}, nil
}

func computeBuds(in *inputs) (Result, error) {
	crop, stage := in.text("crop"), in.text("stage")
	if err := in.err(); err != nil {
		return nil, err
	}
	s, err := BudStageOf(crop, stage)
	return Result{"lt10_c": number(s.LT10C()), "lt90_c": number(s.LT90C())}, err
}

// computeSun gives null where the sun does not rise or set on that day.
func computeSun(in *inputs) (Result, error) {
	date, latitude, longitude := in.date("date"), in.number("latitude"), in.number("longitude")
	if err := firstError(validLatitude(latitude), within("longitude", longitude, -180, 180)); err != nil {
		return nil, err
	}
	noon := date.Add(hours(12 - longitude/15))
	sun := SunOn(noon, latitude, longitude)
	result := Result{"sunrise_utc": nil, "sunset_utc": nil}
	if !sun.PolarDay && !sun.PolarNight {
		const minutes = "2006-01-02T15:04Z"
		result["sunrise_utc"] = sun.Sunrise.UTC().Round(time.Minute).Format(minutes)
		result["sunset_utc"] = sun.Sunset.UTC().Round(time.Minute).Format(minutes)
	}
	return result, nil
}

// computeFrostForecast reads the air two hours after sunset off a series and puts it into a site's own model.
func computeFrostForecast(in *inputs) (Result, error) {
	model := FrostModel{InterceptC: in.number("intercept"), PerT0: in.number("coef_t0"), PerTd0: in.number("coef_td")}
	err := firstError(within("intercept", model.InterceptC, -100, 100), within("coef_t0", model.PerT0, -10, 10),
		within("coef_td", model.PerTd0, -10, 10))
	air, errAir := AirAfterSunset(in.instant("series_start"), in.step(), in.readings("temp_c"), in.readings("dew_point_c"),
		in.instant("sunset_utc"))
	if err := firstError(in.err(), err, errAir); err != nil {
		return nil, err
	}
	tminC, err := model.TminC(air.TempC, air.DewPointC)
	return Result{"t0_c": number(air.TempC), "td0_c": number(air.DewPointC), "predicted_tmin_c": number(tminC)}, err
}
