package agro

func computeScab(in *inputs) (Result, error) {
	infects, err := ScabInfects(in.number("mean_wet_temp_c"), in.number("wet_hours"))
	return Result{"infection": infects}, err
}

// severityOf makes a computation of one of the two severity tables.
func severityOf(severity func(meanC, hours float64) (int, error), meanField, hoursField string) func(*inputs) (Result, error) {
	return func(in *inputs) (Result, error) {
		value, err := severity(in.number(meanField), in.number(hoursField))
		return Result{"dsv": value}, err
	}
}

// computeBotrytis has no logit for spells that are too short.
func computeBotrytis(in *inputs) (Result, error) {
	risk, err := Botrytis(in.number("mean_wet_temp_c"), in.number("wet_hours"))
	return Result{"logit": number(risk.Index), "infection_fraction": number(risk.Infected), "extrapolated": risk.Extrapolated}, err
}

// computeLateBlight lists days by date; days_marked are those that were not observed well enough to be judged.
func computeLateBlight(in *inputs) (Result, error) {
	loc := in.zone("tz")
	days, err := LateBlight(in.air(true), loc)
	hutton, huttonPeriods, smithPeriods, marked := []string{}, []string{}, []string{}, []string{}
	humidH, tmin := map[string]float64{}, map[string]any{}
	for _, day := range days {
		date := day.Date()
		humidH[date], tmin[date] = day.HumidH, number(day.TminC)
		hutton = addIf(hutton, day.Hutton, date)
		huttonPeriods = addIf(huttonPeriods, day.HuttonPeriod, date)
		smithPeriods = addIf(smithPeriods, day.SmithPeriod, date)
		marked = addIf(marked, !day.Judgeable(), date)
	}
	return Result{
		"hutton_days_ok": hutton, "hutton_period_days": huttonPeriods, "smith_period_days": smithPeriods,
		"hours_rh90_by_day": humidH, "tmin_by_day": tmin, "days_marked": marked,
	}, err
}

func addIf(list []string, wanted bool, item string) []string {
	if wanted {
		return append(list, item)
	}
	return list
}

func computeMildew(in *inputs) (Result, error) {
	loc := in.zone("tz")
	days, err := PowderyMildew(in.air(false), loc)
	index, marked := make([]int, len(days)), []string{}
	for i, day := range days {
		index[i] = day.Index
		marked = addIf(marked, day.Unknown, day.Date())
	}
	return Result{"index_by_day": index, "days_marked": marked}, err
}

func computeWetDays(in *inputs) (Result, error) {
	loc := in.zone("tz")
	days, err := WetDays(in.air(true), loc)
	wetH, meanC := make([]any, len(days)), make([]any, len(days))
	tomcast, blitecast, marked := make([]int, len(days)), make([]int, len(days)), []string{}
	tomcastTotal, blitecastTotal := 0, 0
	for i, day := range days {
		wetH[i], meanC[i] = number(day.WetH), number(day.MeanWetC)
		tomcast[i], blitecast[i] = day.Tomcast, day.Blitecast
		tomcastTotal += day.Tomcast
		blitecastTotal += day.Blitecast
		marked = addIf(marked, !day.Judgeable(), day.Date())
	}
	return Result{
		"wet_hours_by_day": wetH, "mean_wet_temp_c": meanC, "tomcast_dsv_by_day": tomcast, "blitecast_dsv_by_day": blitecast,
		"tomcast_total": tomcastTotal, "blitecast_total": blitecastTotal, "days_marked": marked,
	}, err
}
