package agro

func computeTHI(in *inputs) (Result, error) {
	thi, err := THINRC(in.number("temp_c"), in.number("rh_pct"))
	return Result{"thi": number(thi), "dairy_class": DairyStressOf(thi)}, err
}

func computeWBGT(in *inputs) (Result, error) {
	wetC, globeC := in.number("natural_wet_bulb_c"), in.number("globe_c")
	if in.has("sun") && in.yes("sun") {
		c, err := WBGTSunlitC(wetC, globeC, in.number("temp_c"))
		return Result{"wbgt_c": number(c)}, err
	}
	c, err := WBGTShadeC(wetC, globeC)
	return Result{"wbgt_c": number(c)}, err
}

// computePoultry takes the wet bulb at sea level unless a pressure is given.
func computePoultry(in *inputs) (Result, error) {
	tempC := in.number("temp_c")
	wetC, err := WetBulbC(tempC, in.number("rh_pct"), in.numberOr("pressure_kpa", standardPressureKPa))
	if err != nil {
		return nil, err
	}
	broiler, errBroiler := BroilerTHIC(tempC, wetC)
	layer, errLayer := LayerTHIC(tempC, wetC)
	return Result{"broiler_thi_c": number(broiler), "layer_thi_c": number(layer)}, firstError(errBroiler, errLayer)
}

func computeHeatLoad(in *inputs) (Result, error) {
	load, err := SumHeatLoad(in.air(true))
	return Result{
		"hours_thi_ge_68": load.HoursFrom68, "hours_thi_ge_72": load.HoursFrom72, "hours_thi_ge_80": load.HoursFrom80,
		"thi_hours_above_72": load.IndexHoursAbove72, "max_thi": number(load.MaxTHI), "min_thi": number(load.MinTHI),
		"coverage_pct": number(100 * load.ObservedH / load.ExpectedH),
	}, err
}
