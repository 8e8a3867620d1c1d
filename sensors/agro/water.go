package agro

// CropETMM is what a crop uses, Kc ET0 in mm/d: eq. 58 of FAO-56, Kc from its Table 12.
func CropETMM(kc, et0MM float64) (float64, error) {
	return kc * et0MM, firstError(within("kc", kc, 0, 2), within("et0_mm_d", et0MM, -5, 30))
}

// TotalAvailableMM is the water that roots can take from full to wilting, 1000 (fc-wp) Zr: eq. 82 of FAO-56.
func TotalAvailableMM(fieldCapacity, wiltingPoint, rootDepthM float64) (float64, error) {
	err := firstError(within("field_capacity", fieldCapacity, 0, 0.8), within("wilting_point", wiltingPoint, 0, fieldCapacity),
		within("root_depth_m", rootDepthM, 0.01, 5))
	return 1000 * (fieldCapacity - wiltingPoint) * rootDepthM, err
}

// RootZone is the water balance of the root zone, FAO-56 eqs 82 to 88, without runoff and capillary rise. DepletionMM is
// how far it is below field capacity.
type RootZone struct {
	TotalMM       float64 // TotalAvailableMM
	ReadyFraction float64 // p: tomato 0.40, potato 0.35, maize 0.55, apple 0.50, grape 0.45 (FAO-56 Table 22)
	DepletionMM   float64
}

// WaterDay is what one day did to the root zone.
type WaterDay struct {
	DepletionMM   float64 // at its end
	Stress        float64 // Ks, 1 for none, from the depletion at its start
	PercolationMM float64 // lost below the roots
}

// Valid reports what is wrong with the root zone.
func (z RootZone) Valid() error {
	return firstError(within("taw_mm", z.TotalMM, 1, 2000), within("p", z.ReadyFraction, 0.01, 0.99),
		within("depletion_start_mm", z.DepletionMM, 0, z.TotalMM))
}

// Stress returns Ks, eq. 84: 1 while water is ready, down to 0 when none is left.
func (z RootZone) Stress() float64 {
	ready := z.ReadyFraction * z.TotalMM
	if z.DepletionMM <= ready {
		return 1
	}
	return (z.TotalMM - z.DepletionMM) / (z.TotalMM - ready)
}

// Spend takes one day off the root zone: what the crop would use without stress, rain and irrigation, in mm.
func (z *RootZone) Spend(cropETMM, rainMM, irrigationMM float64) (WaterDay, error) {
	err := firstError(z.Valid(), within("etc_mm", cropETMM, -5, 50), within("rain_mm", rainMM, 0, 2000),
		within("irrigation_mm", irrigationMM, 0, 2000))
	if err != nil {
		return WaterDay{}, err
	}
	day := WaterDay{Stress: z.Stress()}
	depletion := z.DepletionMM - rainMM - irrigationMM + day.Stress*cropETMM
	day.PercolationMM = max(0, -depletion)
	z.DepletionMM = min(max(0, depletion), z.TotalMM)
	day.DepletionMM = z.DepletionMM
	return day, nil
}
