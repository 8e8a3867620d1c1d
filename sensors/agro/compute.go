package agro

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"

	"furrow/sensors"
)

// Result is what a computation gave, by names that bear the units. A value that does not exist is nil.
type Result map[string]any

// Compute works out one quantity from named inputs. Wrong inputs give a sensors.Invalid that says what to change; a
// quantity that nobody knows is sensors.ErrNotFound.
func Compute(quantity string, rawInputs json.RawMessage) (Result, error) {
	compute, ok := quantities[quantity]
	if !ok {
		return nil, unknownQuantity(quantity)
	}
	in, err := readInputs(rawInputs)
	if err != nil {
		return nil, err
	}
	result, err := compute(in)
	if err := firstError(in.err(), err); err != nil {
		return nil, err
	}
	return result, nil
}

// Quantities returns the names that Compute knows, in alphabetical order.
func Quantities() []string { return slices.Sorted(maps.Keys(quantities)) }

// unknownQuantity is a name that stands for nothing here.
type unknownQuantity string

func (q unknownQuantity) Error() string {
	name := strconv.Quote(string(q[:min(len(q), 60)]))
	return "There is no quantity called " + name + "; vpd_air and dew_point are two of those there are."
}

func (q unknownQuantity) Unwrap() error { return sensors.ErrNotFound }

// quantities is everything that can be asked for, in the order of the field: air, heat, seasons, frost, water, disease,
// storage, and the quality of readings. Two names may share one computation where only the cases differ.
var quantities = map[string]func(*inputs) (Result, error){
	"svp_fao56":                     scalar("svp_kpa", of1(SaturationKPa), "temp_c"),
	"svp_true":                      computeSaturation,
	"svp_water_vs_ice":              computeWaterAndIce,
	"vpd_air":                       scalar("vpd_kpa", of2(VPDKPa), "temp_c", "rh_pct"),
	"vpd_leaf":                      computeLeafVPD,
	"dew_point":                     scalar("dew_point_c", of2(DewPointC), "temp_c", "rh_pct"),
	"frost_point":                   computeFrostPoint,
	"wet_bulb":                      scalar("wet_bulb_c", of3(WetBulbC), "temp_c", "rh_pct", "pressure_kpa"),
	"wet_bulb_stull":                scalar("wet_bulb_c", of2(WetBulbStullC), "temp_c", "rh_pct"),
	"absolute_humidity":             scalar("abs_humidity_g_m3", of2(AbsoluteHumidityGM3), "temp_c", "rh_pct"),
	"mixing_ratio_enthalpy":         computeMixingRatio,
	"station_pressure":              scalar("pressure_kpa", of1(StationPressureKPa), "altitude_m"),
	"vapour_pressure_from_wet_bulb": scalar("ea_kpa", of3(VapourPressureFromWetBulbKPa), "temp_c", "wet_bulb_c", "pressure_kpa"),
	"condensation_risk":             computeCondensation,
	"ventilation_dries":             computeVenting,
	"humidity_edge":                 computeAirCheck,

	"thi_nrc1971":      computeTHI,
	"thi_yousef":       scalar("thi", of2(THIYousef), "temp_c", "rh_pct"),
	"heat_index_table": scalar("heat_index_c", of2(HeatIndexC), "temp_c", "rh_pct"),
	"heat_index":       scalar("heat_index_c", of2(HeatIndexC), "temp_c", "rh_pct"),
	"wbgt_bom":         scalar("wbgt_c", of2(WBGTSunC), "temp_c", "rh_pct"),
	"wbgt_iso7243":     computeWBGT,
	"poultry_thi":      computePoultry,
	"thi_load_series":  computeHeatLoad,

	"gdd_single_sine": computeSingleSine,
	"gdd_double_sine": computeDoubleSine,
	"gdd_average":     computeAverages,
	"gdd_corn_86_50":  computeCorn,
	"gdd_series":      computeDegreeDaySum,
	"gdd_hourly":      computeHourlyDegreeDays,
	"winkler_region":  computeWinklerRegion,
	"winkler_season":  computeWinklerSeason,

	"chill_series": computeChill,
	"chill_edges":  computeChill,
	"chill_gaps":   computeChill,

	"frost_tmin_fit":       computeFrostFit,
	"frost_trend":          computeFrostNight,
	"bud_kill":             computeBuds,
	"sprinkler_start":      scalar("start_air_temp_c", of3(SprinklerStartC), "dew_point_c", "critical_temp_c", "pressure_kpa"),
	"wet_bulb_third_rule":  scalar("wet_bulb_c", of2(WetBulbThirdC), "temp_c", "dew_point_c"),
	"sun_times":            computeSun,
	"frost_night_forecast": computeFrostForecast,

	"extraterrestrial_radiation": computeExtraterrestrial,
	"hargreaves":                 computeHargreaves,
	"fao56_pm_daily":             computePenmanMonteithDay,
	"fao56_pm_hourly":            computePenmanMonteithHour,
	"solar_from_sunshine":        scalar("solar_mj_m2_d", of3(SolarFromSunshineMJ), "sunshine_h", "daylight_h", "ra_mj_m2_d"),
	"solar_from_temperature":     scalar("solar_mj_m2_d", of4(SolarFromTemperatureMJ), "tmin_c", "tmax_c", "ra_mj_m2_d", "krs"),
	"wind_2m":                    scalar("wind_2m_m_s", of2(Wind2mMS), "wind_m_s", "height_m"),
	"mean_svp_day":               scalar("es_kpa", of2(MeanSaturationKPa), "tmin_c", "tmax_c"),
	"actual_vapour_pressure_day": scalar("ea_kpa", of4(DayVapourPressureKPa), "tmin_c", "tmax_c", "rh_min_pct", "rh_max_pct"),
	"crop_et":                    scalar("etc_mm_d", of2(CropETMM), "kc", "et0_mm_d"),
	"water_balance":              computeWaterBalance,

	"apple_scab_hours_needed": scalar("hours", of1(ScabWetHours), "mean_wet_temp_c"),
	"apple_scab_infection":    computeScab,
	"tomcast_dsv":             severityOf(TomcastSeverity, "mean_wet_temp_c", "wet_hours"),
	"blitecast_dsv":           severityOf(BlitecastSeverity, "mean_temp_rh90_c", "hours_rh90"),
	"botrytis_broome":         computeBotrytis,
	"hutton_smith_series":     computeLateBlight,
	"hutton_edge_series":      computeLateBlight,
	"powdery_mildew_gubler":   computeMildew,
	"leaf_wetness_series":     computeWetDays,

	"grain_emc_corn":           scalar("emc_wet_basis_pct", of2(Corn().MoisturePct), "temp_c", "rh_pct"),
	"grain_emc_soft_wheat":     scalar("emc_wet_basis_pct", of2(SoftWheat().MoisturePct), "temp_c", "rh_pct"),
	"grain_storage_days":       computeStorageDays,
	"mean_kinetic_temperature": computeMeanKinetic,

	"qc_gross_range":          computeGrossRange,
	"qc_spike":                computeSpike,
	"qc_rate_of_change":       computeRateOfChange,
	"qc_flat_line":            computeFlatLine,
	"qc_wmo_time_consistency": computeReportStep,
	"local_day_stats":         computeLocalDays,
	"daily_with_gap":          computeDayWithGap,
	"time_weighted_mean":      computeTrapezoid,
}

// scalar makes a computation of one number out of numbers.
func scalar(result string, compute func([]float64) (float64, error), fields ...string) func(*inputs) (Result, error) {
	return func(in *inputs) (Result, error) {
		values := make([]float64, len(fields))
		for i, field := range fields {
			values[i] = in.number(field)
		}
		if err := in.err(); err != nil {
			return nil, err
		}
		v, err := compute(values)
		return Result{result: number(v)}, err
	}
}

// of1 to of4 let a function of so many numbers take them as a list.
func of1(f func(float64) (float64, error)) func([]float64) (float64, error) {
	return func(v []float64) (float64, error) { return f(v[0]) }
}

func of2(f func(a, b float64) (float64, error)) func([]float64) (float64, error) {
	return func(v []float64) (float64, error) { return f(v[0], v[1]) }
}

func of3(f func(a, b, c float64) (float64, error)) func([]float64) (float64, error) {
	return func(v []float64) (float64, error) { return f(v[0], v[1], v[2]) }
}

func of4(f func(a, b, c, d float64) (float64, error)) func([]float64) (float64, error) {
	return func(v []float64) (float64, error) { return f(v[0], v[1], v[2], v[3]) }
}

// number is a value as JSON has it: nil where there is none.
func number(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}
