package agro

import "math"

// HargreavesMM is reference evapotranspiration in mm/d from temperature alone, FAO-56 eq. 52 (Hargreaves and Samani
// 1985): right to 15-25 %, poor in wind and at humid coasts, and not for greenhouses.
func HargreavesMM(tminC, tmaxC, tmeanC, raMJ float64) (float64, error) {
	if err := firstError(validMinMax(tminC, tmaxC), validAir("tmean_c", tmeanC), validRa(raMJ)); err != nil {
		return 0, err
	}
	return max(0, 0.0023*(tmeanC+17.8)*math.Sqrt(tmaxC-tminC)*mmPerMJ*raMJ), nil
}

// mmPerMJ is the water that a megajoule evaporates from a square metre, FAO-56 eq. 20.
const mmPerMJ = 0.408

// DayWeather is a day as Penman and Monteith need it. NaN is what was not measured.
type DayWeather struct {
	LatitudeDeg, AltitudeM float64
	DayOfYear              int
	TminC, TmaxC           float64
	DewPointC              float64 // the day's mean; it comes before humidity
	RHMinPct, RHMaxPct     float64 // RHMaxPct alone will do
	WindMS, WindHeightM    float64
	SolarMJ                float64 // MJ/(m² d)
	SunshineH              float64 // where there is no SolarMJ
	KRs                    float64 // FAO-56 eq. 50, where there is neither; NaN for 0.16
	SoilHeatMJ             float64 // into the soil; NaN for 0, right for a day
}

// Assumed says which part of the weather was not measured but estimated as FAO-56 ch. 3 advises.
type Assumed uint8

const (
	AssumedHumidity  Assumed = 1 << iota // the dew point is the night's minimum
	AssumedWind                          // 2 m/s
	AssumedRadiation                     // from sunshine or from the swing of temperature
)

// PenmanMonteithDayMM is reference evapotranspiration in mm/d by FAO-56 eq. 6, the world's standard. Below zero means
// dew.
func PenmanMonteithDayMM(w DayWeather) (float64, Assumed, error) {
	err := firstError(validLatitude(w.LatitudeDeg), validAltitude(w.AltitudeM), validDayOfYear(w.DayOfYear),
		validMinMax(w.TminC, w.TmaxC))
	if err != nil {
		return 0, 0, err
	}
	sun := sunAnglesOn(w.LatitudeDeg, w.DayOfYear)
	eaKPa, noHumidity, errHumidity := w.vapourPressureKPa()
	windMS, noWind, errWind := w.wind2mMS()
	solarMJ, noSolar, errSolar := w.solarMJ(sun)
	soilMJ := orElse(w.SoilHeatMJ, 0)
	if err := firstError(errHumidity, errWind, errSolar, within("soil_heat_mj_m2_d", soilMJ, -20, 20)); err != nil {
		return 0, 0, err
	}
	netMJ := netDayMJ(w, sun, solarMJ, eaKPa)
	meanC := (w.TminC + w.TmaxC) / 2
	esKPa := (tetensKPa(w.TminC) + tetensKPa(w.TmaxC)) / 2
	return penmanMonteithMM(900, meanC, esKPa-eaKPa, netMJ-soilMJ, windMS, w.AltitudeM), noHumidity | noWind | noSolar, nil
}

// penmanMonteithMM is the core of eqs 6 and 53; aerodynamic is 900 for a day and 37 for an hour.
func penmanMonteithMM(aerodynamic, tempC, deficitKPa, energyMJ, windMS, altitudeM float64) float64 {
	slope := slopeKPaK(tempC, tetensKPa(tempC))
	gamma := 0.000665 * stationPressureKPa(altitudeM)
	return (mmPerMJ*slope*energyMJ + gamma*aerodynamic/(tempC+273)*windMS*deficitKPa) / (slope + gamma*(1+0.34*windMS))
}

// netDayMJ is net radiation of a day, FAO-56 eqs 37 to 40. Without any sun the sky counts as half clear.
func netDayMJ(w DayWeather, sun sunAngles, solarMJ, eaKPa float64) float64 {
	clearness := 0.5
	if clearMJ := clearSky(w.AltitudeM) * sun.dayMJ(); clearMJ > 0 {
		clearness = min(1, solarMJ/clearMJ)
	}
	warm := (math.Pow(w.TmaxC+273.16, 4) + math.Pow(w.TminC+273.16, 4)) / 2
	return 0.77*solarMJ - 4.903e-9*warm*skyLoss(eaKPa, clearness)
}

// clearSky is the share of radiation that a clear sky lets through, FAO-56 eq. 37.
func clearSky(altitudeM float64) float64 { return 0.75 + 2e-5*altitudeM }

// skyLoss is how much of the ground's heat radiation is lost, by humidity and clouds: part of FAO-56 eq. 39.
func skyLoss(eaKPa, clearness float64) float64 {
	return (0.34 - 0.14*math.Sqrt(eaKPa)) * (1.35*clearness - 0.35)
}

// vapourPressureKPa takes the best of what was measured: dew point, both extremes of humidity, that of the night, nothing.
func (w DayWeather) vapourPressureKPa() (float64, Assumed, error) {
	switch {
	case !math.IsNaN(w.DewPointC):
		return tetensKPa(w.DewPointC), 0, within("dew_point_c", w.DewPointC, airMinC, w.TmaxC)
	case !math.IsNaN(w.RHMinPct) && !math.IsNaN(w.RHMaxPct):
		ea, err := DayVapourPressureKPa(w.TminC, w.TmaxC, w.RHMinPct, w.RHMaxPct)
		return ea, 0, err
	case !math.IsNaN(w.RHMaxPct): // eq. 18
		high, err := validRH("rh_max_pct", w.RHMaxPct)
		return tetensKPa(w.TminC) * high / 100, 0, err
	}
	return tetensKPa(w.TminC), AssumedHumidity, nil // eq. 48
}

// wind2mMS brings the wind to 2 m; without a sensor it is 2 m/s, the mean of 2,000 weather stations (FAO-56 ch. 3).
func (w DayWeather) wind2mMS() (float64, Assumed, error) {
	if math.IsNaN(w.WindMS) {
		return 2, AssumedWind, nil
	}
	if heightM := orElse(w.WindHeightM, 2); heightM != 2 {
		wind, err := Wind2mMS(w.WindMS, heightM)
		return wind, 0, err
	}
	return w.WindMS, 0, within("wind_m_s", w.WindMS, 0, 120)
}

// solarMJ takes the radiation as measured, or estimates it from sunshine, or from the swing of temperature; a clear sky
// bounds the last.
func (w DayWeather) solarMJ(sun sunAngles) (float64, Assumed, error) {
	switch {
	case !math.IsNaN(w.SolarMJ):
		return w.SolarMJ, 0, within("solar_mj_m2_d", w.SolarMJ, 0, 50)
	case !math.IsNaN(w.SunshineH):
		solar, err := SolarFromSunshineMJ(w.SunshineH, sun.daylightH(), sun.dayMJ())
		return solar, AssumedRadiation, err
	}
	solar, err := SolarFromTemperatureMJ(w.TminC, w.TmaxC, sun.dayMJ(), orElse(w.KRs, 0.16))
	return min(solar, clearSky(w.AltitudeM)*sun.dayMJ()), AssumedRadiation, err
}

func orElse(value, fallback float64) float64 {
	if math.IsNaN(value) {
		return fallback
	}
	return value
}
