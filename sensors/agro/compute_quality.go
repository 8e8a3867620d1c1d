package agro

import (
	"math"
	"time"
)

func computeStorageDays(in *inputs) (Result, error) {
	days, atLeast, err := CornStorageDays(in.number("moisture_pct"), in.number("temp_c"))
	return Result{"days": number(days), "at_least": atLeast}, err
}

func computeMeanKinetic(in *inputs) (Result, error) {
	tempC, activation := in.readings("temp_c"), in.numberOr("activation_energy_kj_mol", KineticActivationKJMol)
	kineticC, err := MeanKineticC(tempC, nil, activation)
	return Result{"mkt_c": number(kineticC), "mean_c": number(plainMean(tempC))}, err
}

// computeGrossRange knows no band of the place when none is given, and then suspects nothing.
func computeGrossRange(in *inputs) (Result, error) {
	sensor := in.span("fail_span")
	place := sensor
	if in.has("suspect_span") {
		place = in.span("suspect_span")
	}
	flags, err := GrossRange(in.readings("values"), sensor, place)
	return Result{"flags": flags}, err
}

func computeSpike(in *inputs) (Result, error) {
	flags, err := Spike(in.readings("values"), in.number("suspect_threshold"), in.number("fail_threshold"))
	return Result{"flags": flags}, err
}

func computeRateOfChange(in *inputs) (Result, error) {
	flags, err := RateOfChange(in.readings("values"), in.number("step_s"), in.number("max_rate_per_s"))
	return Result{"flags": flags}, err
}

func computeFlatLine(in *inputs) (Result, error) {
	flags, err := FlatLine(in.readings("values"), in.number("step_s"), in.number("suspect_s"), in.number("fail_s"),
		in.number("tolerance"))
	return Result{"flags": flags}, err
}

func computeReportStep(in *inputs) (Result, error) {
	first, second := in.number("temp1_c"), in.number("temp2_c")
	limitC, err := ReportStepLimitC(in.number("hours_between"))
	return Result{"tolerance_c": number(limitC), "suspect": math.Abs(second-first) > limitC}, err
}

func computeLocalDays(in *inputs) (Result, error) {
	loc := in.zone("tz")
	days, err := LocalDays(in.air(false), loc)
	byDate := map[string]any{}
	for _, day := range days {
		byDate[day.Date()] = Result{
			"n": day.Observed, "tmin_c": number(day.TminC), "tmax_c": number(day.TmaxC), "mean_c": number(day.MeanC),
		}
	}
	return Result{"days": byDate}, err
}

// computeDayWithGap judges one day, of which the list holds a null for every reading that did not come.
func computeDayWithGap(in *inputs) (Result, error) {
	loc := in.zone("tz")
	days, err := LocalDays(in.air(false), loc)
	if err := firstError(in.err(), err); err != nil {
		return nil, err
	}
	if len(days) != 1 {
		return nil, invalid("temp_c", "The readings must be those of one local day; these touch %d.", len(days))
	}
	day := days[0]
	return Result{
		"n_observed": day.Observed, "coverage_pct": number(day.CoveragePct), "largest_gap_s": int(day.LargestGap / time.Second),
		"tmin_c": number(day.TminC), "tmax_c": number(day.TmaxC), "degree_day_valid": day.Judgeable(),
	}, nil
}

func computeTrapezoid(in *inputs) (Result, error) {
	if in.textOr("method", "trapezoid") != "trapezoid" {
		in.problem.Add("method", "method must be \"trapezoid\".")
	}
	tempC := in.readings("temp_c")
	mean, err := TrapezoidMean(in.numbers("t_s"), tempC)
	return Result{"mean_c": number(mean), "sample_mean_c": number(plainMean(tempC))}, err
}
