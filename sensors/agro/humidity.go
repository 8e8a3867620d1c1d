package agro

import "math"

// VPDKPa is the vapour-pressure deficit of air, es(T)-e, with e by the sensors' convention: relative humidity
// means over liquid water, also below 0 °C (WMO-No. 8). FAO-56. Below 0.2 kPa a sensor's usual ±2 % is a large
// part of the value.
func VPDKPa(tempC, rhPct float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	return tetensKPa(tempC) * (1 - rhPct/100), err
}

// LeafVPDKPa is the deficit between a leaf and the air around it, es(Tleaf)-e. Below zero dew forms on the leaf.
func LeafVPDKPa(tempC, rhPct, leafTempC float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	if err := firstError(err, validAir("leaf_temp_c", leafTempC)); err != nil {
		return 0, err
	}
	return tetensKPa(leafTempC) - tetensKPa(tempC)*rhPct/100, nil
}

// DewPointC is where air that cools would saturate over liquid water, also below 0 °C, as WMO-No. 8 has it: the inverse
// of SaturationWaterKPa. Air without any vapour has no dew point.
func DewPointC(tempC, rhPct float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	if err != nil {
		return 0, err
	}
	if rhPct == 0 {
		return 0, invalid("rh_pct", "Air of 0 %% humidity has no dew point; a sensor that reports 0 is usually broken.")
	}
	return dewPointC(tempC, rhPct), nil
}

func dewPointC(tempC, rhPct float64) float64 {
	if rhPct == 100 {
		return tempC
	}
	return min(tempC, waterTempC(waterKPa(tempC)*rhPct/100))
}

// FrostPointC is where air that cools would saturate over ice (Murphy and Koop 2005); it lies above the dew point.
// NaN when that is above 0 °C, where no ice forms.
func FrostPointC(tempC, rhPct float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	if err != nil {
		return 0, err
	}
	if rhPct == 0 {
		return 0, invalid("rh_pct", "Air of 0 %% humidity has no frost point; a sensor that reports 0 is usually broken.")
	}
	eKPa := waterKPa(tempC) * rhPct / 100
	if eKPa > waterKPa(0) {
		return math.NaN(), nil
	}
	return min(iceTempC(eKPa), 0), nil
}

// RHOverIcePct turns a sensor's humidity, which is over water, into humidity over ice, which may exceed 100 %.
// NaN above 0 °C. PsychroLib and the tools that stand on it mean this one below freezing.
func RHOverIcePct(tempC, rhPct float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	if err != nil || tempC > 0 {
		return math.NaN(), err
	}
	return rhPct * waterKPa(tempC) / iceKPa(tempC), nil
}

// AbsoluteHumidityGM3 is the mass of water vapour in a cubic metre of air, by the gas law with Rv = 461.5 J/(kg K).
func AbsoluteHumidityGM3(tempC, rhPct float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	return 2166.79 * waterKPa(tempC) * rhPct / 100 / (tempC + zeroCelsiusK), err
}

// MixingRatioGKg is the mass of water vapour per mass of dry air, ASHRAE Fundamentals 2017, ch. 1 eq. 20.
func MixingRatioGKg(tempC, rhPct, pressureKPa float64) (float64, error) {
	rhPct, err := validPair(tempC, rhPct)
	if err := firstError(err, validPressure(pressureKPa)); err != nil {
		return 0, err
	}
	eKPa := waterKPa(tempC) * rhPct / 100
	if eKPa >= pressureKPa {
		return 0, invalid("pressure_kpa", "At %g kPa water of %g °C boils: look at the pressure and its unit.", pressureKPa, tempC)
	}
	return 621.945 * eKPa / (pressureKPa - eKPa), nil
}

// EnthalpyKJKg is the heat in moist air per kg of dry air, counted from dry air and liquid water of 0 °C, ASHRAE
// Fundamentals 2017, ch. 1 eq. 30.
func EnthalpyKJKg(tempC, mixingRatioGKg float64) (float64, error) {
	err := firstError(validAir("temp_c", tempC), within("mixing_ratio_g_kg", mixingRatioGKg, 0, 2000))
	return 1.006*tempC + mixingRatioGKg/1000*(2501+1.86*tempC), err
}

// AirQuality says how far a pair of temperature and humidity can be trusted.
type AirQuality string

const (
	AirGood    AirQuality = "good"
	AirSuspect AirQuality = "suspect"
	AirInvalid AirQuality = "invalid"
	AirMissing AirQuality = "missing"
)

// AirCheck is what a pair of readings is worth. Values that cannot be had are NaN.
type AirCheck struct {
	DewPointC, VPDKPa float64
	Quality           AirQuality
}

// CheckAir judges a pair as it came from the sensor, where NaN is a missing reading. Humidity of 100 to 105 % counts
// as 100 and makes the pair suspect, 0 % gives no dew point and is suspect, humidity below 0 or above 105 % and
// temperatures outside -40 to 60 °C are invalid.
func CheckAir(tempC, rhPct float64) AirCheck {
	check := AirCheck{math.NaN(), math.NaN(), AirGood}
	switch {
	case math.IsNaN(tempC) || math.IsNaN(rhPct):
		check.Quality = AirMissing
		return check
	case !(tempC >= -40 && tempC <= 60 && rhPct >= 0 && rhPct <= rhMaxPct):
		check.Quality = AirInvalid
		return check
	case rhPct == 0 || rhPct > 100:
		check.Quality = AirSuspect
	}
	rhPct = min(rhPct, 100)
	check.VPDKPa = tetensKPa(tempC) * (1 - rhPct/100)
	if rhPct > 0 {
		check.DewPointC = dewPointC(tempC, rhPct)
	}
	return check
}
