package agro

import (
	"math"
	"strings"
)

// BudStage is one stage of a crop's buds or flowers and the air temperatures that kill a tenth and nine tenths of them
// in half an hour, in °F as printed. NaN where no number was published: strawberries have one critical temperature only,
// which stands as LT10F.
type BudStage struct {
	Stage        string
	LT10F, LT90F float64
}

// LT10C returns the temperature that kills a tenth.
func (s BudStage) LT10C() float64 { return fahrenheitC(s.LT10F) }

// LT90C returns the temperature that kills nine tenths.
func (s BudStage) LT90C() float64 { return fahrenheitC(s.LT90F) }

// DamagePct estimates the share of buds killed at a temperature, linear through the two printed points.
func (s BudStage) DamagePct(tempC float64) float64 {
	high, low := s.LT10C(), s.LT90C()
	return min(100, max(0, 10+80*(high-tempC)/(high-low)))
}

func fahrenheitC(f float64) float64 { return (f - 32) / 1.8 }

// budTable: Washington State University EB0913 (apple), EB0914 (peach), EB0978 (pear), EB1128 (sweet cherry), EB1240
// (apricot) and European plum as printed by Penn State and Michigan State extension; wine grapes by Rutgers; strawberry by
// several extension services.
var budTable = map[string][]BudStage{
	"apple": {{"silver tip", 15, 2}, {"green tip", 18, 10}, {"half inch green", 23, 15}, {"tight cluster", 27, 21},
		{"first pink", 28, 24}, {"full pink", 28, 25}, {"first bloom", 28, 25}, {"full bloom", 28, 25}, {"post bloom", 28, 25}},
	"pear": {{"scales separating", 15, 0}, {"buds exposed", 20, 6}, {"tight cluster", 24, 15}, {"first white", 25, 19},
		{"full white", 26, 22}, {"first bloom", 27, 23}, {"full bloom", 28, 24}, {"post bloom", 28, 24}},
	"peach": {{"first swelling", 18, 1}, {"calyx green", 21, 5}, {"calyx red", 23, 9}, {"first pink", 25, 15},
		{"first bloom", 26, 21}, {"full bloom", 27, 24}, {"post bloom", 28, 25}},
	"sweet cherry": {{"first swelling", 17, 5}, {"side green", 22, 9}, {"green tip", 25, 14}, {"tight cluster", 26, 17},
		{"open cluster", 27, 21}, {"first white", 27, 24}, {"first bloom", 28, 25}, {"full bloom", 28, 25},
		{"post bloom", 28, 25}},
	"european plum": {{"first swelling", 14, 0}, {"side white", 17, 3}, {"tip green", 20, 7}, {"tight cluster", 24, 16},
		{"first white", 26, 22}, {"first bloom", 27, 23}, {"full bloom", 28, 23}, {"post bloom", 28, 23}},
	"apricot": {{"first swelling", 15, math.NaN()}, {"tips separating", 20, 0}, {"calyx red", 22, 9}, {"first white", 24, 14},
		{"first bloom", 25, 19}, {"full bloom", 27, 22}, {"in shuck", 27, 24}, {"green fruit", 28, 25}},
	"grape": {{"first swell", 13, -3}, {"full swell", 26, 10}, {"bud burst", 28, 16}, {"first leaf", 28.5, 21},
		{"second leaf", 29, 22}, {"fourth leaf", 28, math.NaN()}},
	"strawberry": {{"tight bud", 22, math.NaN()}, {"popcorn", 26, math.NaN()}, {"open", 30, math.NaN()},
		{"green fruit", 28, math.NaN()}},
}

// budNames are other names for crops and stages in budTable. A stage's own name comes first, so that "green tip" of
// apples and "tip green" of plums can stand for each other.
var budNames = map[string]string{
	"cherry": "sweet cherry", "plum": "european plum", "prune": "european plum", "wine grape": "grape",
	"swelling": "first swelling", "swollen bud": "first swelling", "bud swell": "first swelling",
	"first swell": "first swelling", "first swelling": "first swell", "1/2 inch green": "half inch green",
	"½ inch green": "half inch green", "blossom buds exposed": "buds exposed", "pink": "first pink",
	"bud scales separating": "scales separating", "green tip": "tip green", "tip green": "green tip",
	"king bloom": "first bloom", "bloom": "full bloom", "petal fall": "post bloom", "budburst": "bud burst",
	"tips separate": "tips separating", "open blossom": "open", "open bloom": "open",
}

// BudCrops returns the stages of each crop, in the order of spring.
func BudCrops() map[string][]BudStage {
	crops := make(map[string][]BudStage, len(budTable))
	for crop, stages := range budTable {
		crops[crop] = append([]BudStage(nil), stages...)
	}
	return crops
}

// BudStageOf returns the stage of a crop, by its usual names in English.
func BudStageOf(crop, stage string) (BudStage, error) {
	stages, ok := budTable[plainName(crop)]
	if !ok {
		stages, ok = budTable[budNames[plainName(crop)]]
	}
	if !ok {
		return BudStage{}, invalid("crop", "No frost temperatures are known for this crop:"+
			" use apple, apricot, European plum, grape, peach, pear, strawberry or sweet cherry.")
	}
	wanted := plainName(stage)
	for _, name := range []string{wanted, budNames[wanted]} {
		for _, s := range stages {
			if s.Stage == name {
				return s, nil
			}
		}
	}
	known := make([]string, len(stages))
	for i, s := range stages {
		known[i] = s.Stage
	}
	return BudStage{}, invalid("stage", "This crop has no such stage: use %s.", strings.Join(known, ", "))
}

// plainName makes names comparable: lower case, and one space for every hyphen or run of spaces.
func plainName(name string) string {
	if len(name) > 60 {
		return ""
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(name), "-", " ")), " ")
}
