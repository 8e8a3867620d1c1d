package agro

import (
	"math"
	"time"
)

// cutoff refuses what the published thresholds here were not made with.
func (in *inputs) cutoff() {
	if in.textOr("cutoff", "horizontal") != "horizontal" {
		in.problem.Add("cutoff", "cutoff must be \"horizontal\": the others are not used by the models here.")
	}
}

// upper is the upper threshold, which a crop may lack.
func (in *inputs) upper() float64 { return in.numberOr("upper_c", math.Inf(1)) }

// degreeDays is a result with a note when minimum and maximum were exchanged.
func degreeDays(result Result, tminC, tmaxC float64) Result {
	if tminC > tmaxC {
		result["swapped"] = true
	}
	return result
}

func computeSingleSine(in *inputs) (Result, error) {
	in.cutoff()
	tminC, tmaxC := in.number("tmin_c"), in.number("tmax_c")
	sum, err := DegreeDaysSine(tminC, tmaxC, in.number("base_c"), in.upper())
	return degreeDays(Result{"gdd_c": number(sum)}, tminC, tmaxC), err
}

func computeDoubleSine(in *inputs) (Result, error) {
	in.cutoff()
	tminC, tmaxC := in.number("tmin_c"), in.number("tmax_c")
	sum, err := DegreeDaysDoubleSine(tminC, tmaxC, in.number("next_tmin_c"), in.number("base_c"), in.upper())
	return degreeDays(Result{"gdd_c": number(sum)}, tminC, tmaxC), err
}

func computeAverages(in *inputs) (Result, error) {
	tminC, tmaxC, baseC, upperC := in.number("tmin_c"), in.number("tmax_c"), in.number("base_c"), in.upper()
	average, errAverage := DegreeDaysAverage(tminC, tmaxC, baseC, upperC)
	clamped, errClamped := DegreeDaysClamped(tminC, tmaxC, baseC, upperC)
	result := Result{"method1_gdd": number(average), "method2_gdd": number(clamped)}
	return degreeDays(result, tminC, tmaxC), firstError(errAverage, errClamped)
}

// computeCorn gives °F·d too, in which maize is bred and sold.
func computeCorn(in *inputs) (Result, error) {
	tminC, tmaxC := in.number("tmin_c"), in.number("tmax_c")
	sum, err := CornDegreeDays(tminC, tmaxC)
	return degreeDays(Result{"gdd_c": number(sum), "gdd_f": number(1.8 * sum)}, tminC, tmaxC), err
}

func computeDegreeDaySum(in *inputs) (Result, error) {
	sum, err := SumDegreeDays(in.readings("tmin_c"), in.readings("tmax_c"), in.number("base_c"), in.upper())
	return Result{
		"single_sine_total": number(sum.Sine), "average_method1_total": number(sum.Average),
		"average_method2_total": number(sum.Clamped), "days_missing": sum.Missing,
		"coverage_pct": number(100 * float64(sum.Days) / float64(sum.Days+sum.Missing)),
	}, err
}

// computeHourlyDegreeDays sets the sum of the readings beside that of method 1 for each 24 hours from the first reading;
// 24 hours of which less than nine tenths were observed have none.
func computeHourlyDegreeDays(in *inputs) (Result, error) {
	tempC, step, baseC, upperC := in.readings("temp_c"), in.step(), in.number("base_c"), in.upper()
	sum, coveragePct, err := DegreeDaysFromReadings(tempC, step, baseC, upperC)
	if err != nil {
		return nil, err
	}
	days, err := LocalDays(AirSeries{Start: time.Unix(0, 0), Step: step, TempC: tempC}, time.UTC)
	total, judged := 0.0, 0
	for _, day := range days {
		if day.Judgeable() {
			average, _ := DegreeDaysAverage(day.TminC, day.TmaxC, baseC, upperC)
			total, judged = total+average, judged+1
		}
	}
	if judged == 0 {
		total = math.NaN()
	}
	return Result{"gdd_c": number(sum), "gdd_daily_average_method1": number(total), "coverage_pct": number(coveragePct)}, err
}

func computeWinklerRegion(in *inputs) (Result, error) {
	sum := in.number("gdd_c")
	return Result{"region": regionName(WinklerRegionOf(sum))}, within("gdd_c", sum, 0, 10000)
}

// regionName is nil where a season is too cool or too hot for any region.
func regionName(region WinklerRegion) any {
	if region == "" {
		return nil
	}
	return region
}

func computeWinklerSeason(in *inputs) (Result, error) {
	season, err := SumWinkler(in.number("latitude"), in.date("start_date"), in.readings("tmin_c"), in.readings("tmax_c"))
	return Result{
		"season_start": season.First.Format(time.DateOnly), "season_end": season.Last.Format(time.DateOnly),
		"gdd_c": number(season.DegreeDays), "region": regionName(season.Region), "days_missing": season.Missing,
		"coverage_pct": number(100 * float64(season.Days) / float64(season.Days+season.Missing)),
	}, err
}

// computeChill counts observed hours only and says how much of the time that is.
func computeChill(in *inputs) (Result, error) {
	sum, err := SumChill(in.air(false))
	return Result{
		"chill_hours": number(sum.Hours), "utah_units": number(sum.UtahUnits), "utah_units_since_minimum": number(sum.UtahSinceMinimum),
		"chill_portions": number(sum.Portions), "gdh_c": number(sum.GrowingDegreeHoursC),
		"hours_observed": number(sum.ObservedH), "coverage_pct": number(sum.CoveragePct()),
	}, err
}
