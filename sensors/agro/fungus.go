package agro

import (
	"math"
	"time"
)

// scabTable: hours of wetness that infect apples with scab, by °F. MacHardy and Gadoury 1989, Phytopathology 79 (the
// revised Mills table), as printed by West Virginia University.
var scabTable = [...]struct{ tempF, hours float64 }{
	{34, 41}, {36, 35}, {37, 30}, {39, 28}, {41, 21}, {43, 18}, {45, 15}, {46, 13}, {48, 12}, {50, 11}, {52, 9},
	{54, 8}, {55, 8}, {57, 7}, {59, 7}, {61, 6}, {75, 6}, {77, 8}, {79, 11},
}

// ScabWetHours returns how long apple leaves must be wet for scab to infect them, on a straight line between the printed
// temperatures. NaN below 1 and above 26 °C, where infection is rare. Spells with less than 8 dry hours between them
// count as one.
func ScabWetHours(meanWetC float64) (float64, error) {
	if err := validAir("mean_wet_temp_c", meanWetC); err != nil {
		return 0, err
	}
	const rounding = 0.05 // °F, of temperatures that were converted
	f, last := 1.8*meanWetC+32, scabTable[len(scabTable)-1]
	if f < scabTable[0].tempF-rounding || f > last.tempF+rounding {
		return math.NaN(), nil
	}
	f = min(max(f, scabTable[0].tempF), last.tempF)
	i := 1
	for f > scabTable[i].tempF {
		i++
	}
	a, b := scabTable[i-1], scabTable[i]
	return a.hours + (b.hours-a.hours)*(f-a.tempF)/(b.tempF-a.tempF), nil
}

// ScabInfects reports whether a wet spell was long enough for apple scab.
func ScabInfects(meanWetC, wetH float64) (bool, error) {
	needed, err := ScabWetHours(meanWetC)
	if err := firstError(err, validSpell("mean_wet_temp_c", meanWetC, "wet_hours", wetH)); err != nil {
		return false, err
	}
	return wetH >= needed-0.005, nil // half a hundredth for converted temperatures; NaN is never reached
}

// BotrytisRisk is the risk of bunch rot of grapes after one wet spell.
type BotrytisRisk struct {
	Index        float64 // the logit, 0 moderate, 0.5 and more high; NaN when the spell was too short
	Infected     float64 // fraction of berries
	Extrapolated bool    // outside the 4 to 20 h and 12 to 30 °C of the experiments
}

// Botrytis is Broome et al. 1995, Phytopathology 85, for wet spells joined over up to 4 dry hours. Under 4 h the formula
// has no meaning and nothing is infected; over 24 h it counts as 24.
func Botrytis(meanWetC, wetH float64) (BotrytisRisk, error) {
	err := firstError(within("mean_wet_temp_c", meanWetC, 0, 40), validSpell("mean_wet_temp_c", meanWetC, "wet_hours", wetH))
	if err != nil {
		return BotrytisRisk{}, err
	}
	if wetH < 4 {
		return BotrytisRisk{Index: math.NaN()}, nil
	}
	w := min(wetH, 24)
	z := -2.647866 - 0.374927*w + 0.061601*w*meanWetC - 0.001511*w*meanWetC*meanWetC
	beyond := wetH > 20 || meanWetC < 12 || meanWetC > 30
	return BotrytisRisk{Index: z, Infected: 1 / (1 + math.Exp(-z)), Extrapolated: beyond}, nil
}

// MildewDay is one local day of the grape powdery mildew index: 0-30 low, 40-50 moderate, from 60 high.
type MildewDay struct {
	Day
	Index int
	// Unknown is set when too little was observed to say that the day was not favourable; the index waits.
	Unknown bool
}

// PowderyMildew is the risk index of Gubler and Thomas (UC Davis). It starts with three consecutive days of at least 6
// hours in a row at 21.1 to 29.4 °C, which make 20, 40 and 60; a break starts it anew. From then on such a day adds 20,
// another takes 10, and 35 °C takes 10 more from a good day, within 0 to 100.
func PowderyMildew(s AirSeries, loc *time.Location) ([]MildewDay, error) {
	if err := s.valid(false); err != nil {
		return nil, err
	}
	var days []MildewDay
	index, started := 0, false
	for part := range s.days(loc) {
		day := MildewDay{Day: s.day(part)}
		good := s.hours(s.longestRun(part, 21.1, 29.4)) >= 6
		day.Unknown = !good && !day.Judgeable()
		switch {
		case !started && good:
			index += 20
			started = index == 60
		case !started:
			index = 0
		case good && day.TmaxC >= 35:
			index += 10
		case good:
			index += 20
		case !day.Unknown:
			index -= 10
		}
		index = min(100, max(0, index))
		day.Index = index
		days = append(days, day)
	}
	return days, nil
}

// longestRun returns the most readings in a row within two temperatures; a missing one ends the run.
func (s AirSeries) longestRun(part dayPart, lowC, highC float64) int {
	longest, run := 0, 0
	for _, v := range s.TempC[part.from:part.to] {
		if v >= lowC && v <= highC {
			run++
		} else {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
