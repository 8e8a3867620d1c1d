package agro

import "math"

// Grain holds the constants of the Modified Henderson equation of a grain, ASABE D245.
type Grain struct{ a, b, c float64 }

// Corn reproduces the printed table of shelled corn within 0.05 % at all of its points, 35 to 100 °F and 10 to 90 %.
func Corn() Grain { return Grain{8.6541e-5, 1.8634, 49.810} }

// SoftWheat is soft red winter wheat; it matches two published values.
func SoftWheat() Grain { return Grain{1.2299e-5, 2.5558, 64.346} }

// MoisturePct is the wet-basis moisture to which grain settles in air of this temperature and humidity.
func (g Grain) MoisturePct(tempC, rhPct float64) (float64, error) {
	if err := firstError(validGrainTemp(tempC), within("rh_pct", rhPct, 0.1, 99.9)); err != nil {
		return 0, err
	}
	dryBasis := math.Pow(math.Log(1-rhPct/100)/(-g.a*(tempC+g.c)), 1/g.b)
	return 100 * dryBasis / (100 + dryBasis), nil
}

// AirRHPct is the humidity of the air between grains of a wet-basis moisture: above 65 % moulds grow.
func (g Grain) AirRHPct(tempC, moisturePct float64) (float64, error) {
	if err := firstError(validGrainTemp(tempC), within("moisture_pct", moisturePct, 0, 60)); err != nil {
		return 0, err
	}
	dryBasis := 100 * moisturePct / (100 - moisturePct)
	return 100 * (1 - math.Exp(-g.a*(tempC+g.c)*math.Pow(dryBasis, g.b))), nil
}

func validGrainTemp(tempC float64) error { return within("temp_c", tempC, -20, 70) }

// HardRedSpringWheatMoisturePct is the wet-basis moisture of hard red spring wheat by the Chung-Pfost equation with the
// constants of ASABE D245.
func HardRedSpringWheatMoisturePct(tempC, rhPct float64) (float64, error) {
	if err := firstError(validGrainTemp(tempC), within("rh_pct", rhPct, 1, 99)); err != nil {
		return 0, err
	}
	const a, b, c = 610.34, 0.15526, 93.213
	dryBasis := -math.Log(-(tempC+c)*math.Log(rhPct/100)/a) / b
	return 100 * dryBasis / (100 + dryBasis), nil
}

// The allowable storage time of shelled corn until half a percent of dry matter is lost, in days, by wet-basis moisture
// and °F: extension table of Midwest Ag Systems.
var (
	storageMoisturePct = [...]float64{14, 15, 16, 18, 20, 22, 24}
	storageTempF       = [...]float64{40, 50, 60, 70, 80}
	storageDays        = [...][5]float64{
		{1800, 1020, 570, 330, 180}, {864, 384, 225, 125, 69}, {763, 339, 151, 85, 47}, {291, 130, 58, 32, 18},
		{144, 64, 29, 16, 9}, {85, 38, 17, 10, 6}, {57, 26, 11, 7, 4},
	}
)

// CornStorageDays returns how long shelled corn keeps, log-linear between the printed values. Colder or drier than the
// table it keeps at least as long as at the table's edge, which atLeast says; warmer than 80 °F or wetter than 24 % it
// is an error, for it must be dried or cooled at once.
func CornStorageDays(moisturePct, tempC float64) (days float64, atLeast bool, err error) {
	if err := firstError(within("moisture_pct", moisturePct, 5, 24), within("temp_c", tempC, -40, 26.7)); err != nil {
		return 0, false, err
	}
	tempF := 1.8*tempC + 32
	row, rowShare := place(storageMoisturePct[:], moisturePct)
	column, columnShare := place(storageTempF[:], tempF)
	logDays := func(row int) float64 {
		left, right := math.Log(storageDays[row][column]), math.Log(storageDays[row][column+1])
		return left + columnShare*(right-left)
	}
	upper, lower := logDays(row), logDays(row+1)
	const rounding = 0.05 // °F, of temperatures that were converted
	atLeast = moisturePct < storageMoisturePct[0] || tempF < storageTempF[0]-rounding
	return math.Exp(upper + rowShare*(lower-upper)), atLeast, nil
}

// place returns between which two steps of a rising scale a value lies, and how far along; values outside are brought to
// the scale's ends.
func place(scale []float64, value float64) (i int, share float64) {
	value = min(max(value, scale[0]), scale[len(scale)-1])
	for i < len(scale)-2 && value > scale[i+1] {
		i++
	}
	return i, (value - scale[i]) / (scale[i+1] - scale[i])
}

// KineticActivationKJMol is the activation energy by which mean kinetic temperatures are usually computed: 10,000 K
// times the gas constant.
const KineticActivationKJMol = 83.144

// MeanKineticC is the constant temperature that ages goods as much as a changing one: Haynes 1971, as in USP <1079>.
// hours weights the readings, nil for equal weights; NaN readings are left out. Never below the mean.
func MeanKineticC(tempC, hours []float64, activationKJMol float64) (float64, error) {
	err := firstError(within("activation_energy_kj_mol", activationKJMol, 10, 500), validList("temp_c", tempC, airMinC, airMaxC))
	if err != nil {
		return 0, err
	}
	if hours != nil && len(hours) != len(tempC) {
		return 0, invalid("hours", "hours must hold as many values as temp_c: %d, not %d.", len(tempC), len(hours))
	}
	const gasConstant = 0.0083144 // kJ/(mol K)
	perK := activationKJMol / gasConstant
	warmest := math.Inf(-1)
	for _, v := range tempC {
		if !math.IsNaN(v) {
			warmest = max(warmest, v)
		}
	}
	sum, weights := 0.0, 0.0
	for i, v := range tempC {
		if math.IsNaN(v) {
			continue
		}
		weight := 1.0
		if hours != nil {
			weight = hours[i]
		}
		// relative to the warmest reading, so that nothing is too small for a float
		sum += weight * math.Exp(perK/(warmest+zeroCelsiusK)-perK/(v+zeroCelsiusK))
		weights += weight
	}
	if !(weights > 0) {
		return 0, invalid("temp_c", "temp_c holds no readings.")
	}
	return perK/(perK/(warmest+zeroCelsiusK)-math.Log(sum/weights)) - zeroCelsiusK, nil
}
