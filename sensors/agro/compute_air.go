package agro

func computeSaturation(in *inputs) (Result, error) {
	tempC, over := in.number("temp_c"), in.text("over")
	saturation := SaturationWaterKPa
	switch over {
	case "ice":
		saturation = SaturationIceKPa
	case "water":
	default:
		in.problem.Add("over", "over must be \"water\" or \"ice\".")
	}
	kPa, err := saturation(tempC)
	return Result{"svp_kpa": number(kPa)}, err
}

// computeWaterAndIce has no value over ice above the melting point.
func computeWaterAndIce(in *inputs) (Result, error) {
	tempC := in.number("temp_c")
	water, err := SaturationWaterKPa(tempC)
	result := Result{"svp_water_kpa": number(water), "svp_ice_kpa": nil}
	if ice, err := SaturationIceKPa(tempC); err == nil {
		result["svp_ice_kpa"] = number(ice)
	}
	return result, err
}

// computeLeafVPD also says it in words: below zero, dew forms on the leaf.
func computeLeafVPD(in *inputs) (Result, error) {
	kPa, err := LeafVPDKPa(in.number("temp_c"), in.number("rh_pct"), in.number("leaf_temp_c"))
	return Result{"vpd_leaf_kpa": number(kPa), "condensing": kPa < 0}, err
}

func computeFrostPoint(in *inputs) (Result, error) {
	tempC, rhPct := in.number("temp_c"), in.number("rh_pct")
	frostC, errFrost := FrostPointC(tempC, rhPct)
	overIce, errIce := RHOverIcePct(tempC, rhPct)
	return Result{"frost_point_c": number(frostC), "rh_over_ice_pct": number(overIce)}, firstError(errFrost, errIce)
}

func computeMixingRatio(in *inputs) (Result, error) {
	tempC := in.number("temp_c")
	gKg, err := MixingRatioGKg(tempC, in.number("rh_pct"), in.number("pressure_kpa"))
	if err != nil {
		return nil, err
	}
	heat, err := EnthalpyKJKg(tempC, gKg)
	return Result{"mixing_ratio_g_kg": number(gKg), "enthalpy_kj_kg": number(heat)}, err
}

func computeCondensation(in *inputs) (Result, error) {
	dewC, wet, err := Condensing(in.number("temp_c"), in.number("rh_pct"), in.number("surface_temp_c"))
	return Result{"dew_point_c": number(dewC), "condensing": wet}, err
}

func computeVenting(in *inputs) (Result, error) {
	inside, outside, dries, err := VentingDries(in.number("inside_temp_c"), in.number("inside_rh_pct"),
		in.number("outside_temp_c"), in.number("outside_rh_pct"))
	return Result{"inside_g_m3": number(inside), "outside_g_m3": number(outside), "dries": dries}, err
}

// computeAirCheck never fails for what a sensor may report: it says what the pair is worth.
func computeAirCheck(in *inputs) (Result, error) {
	check := CheckAir(in.reading("temp_c"), in.reading("rh_pct"))
	return Result{"dew_point_c": number(check.DewPointC), "vpd_kpa": number(check.VPDKPa), "quality": check.Quality}, nil
}
