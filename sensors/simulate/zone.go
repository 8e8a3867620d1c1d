package simulate

import (
	"strconv"
	"strings"

	"furrow/sensors"
)

// zones are those of the standard farm, in the order in which a farmer would list them.
func zones() []sensors.Zone {
	return []sensors.Zone{
		{Name: "Greenhouse 1", Kind: "greenhouse", Crop: "Tomatoes"},
		{Name: "Greenhouse 2", Kind: "greenhouse", Crop: "Peppers"},
		{Name: "North field", Kind: "field", Crop: "Winter wheat"},
		{Name: "Orchard", Kind: "orchard", Crop: "Apples · Elstar"},
		{Name: "Dairy barn", Kind: "barn", Crop: "60 cows"},
		{Name: "Cold store", Kind: "store", Crop: "Apples"},
		{Name: "Pump house", Kind: "other", Crop: "Borehole and tank"},
	}
}

// Zones returns the zones that the farm's devices stand in, with what neither topics nor readings tell of
// them: kind and crop.
func (f *Farm) Zones() []sensors.Zone {
	kinds := map[string]sensors.Zone{}
	for _, z := range zones() {
		kinds[z.Name] = z
	}
	var out []sensors.Zone
	known := map[string]bool{}
	for _, d := range f.devices {
		if !known[d.zone] {
			known[d.zone] = true
			z := kinds[d.plan.zone]
			z.Name, z.Position, z.Simulated = d.zone, len(out)+1, true
			out = append(out, z)
		}
	}
	return out
}

// highestNumbers returns how many zones of each name there are in one farm, where they are counted.
func highestNumbers(plans []plan) map[string]int {
	highest := map[string]int{}
	for i := range plans {
		name, n := splitNumber(plans[i].zone)
		highest[name] = max(highest[name], n)
	}
	return highest
}

// zoneOf names the zone of the nth farm, from 1: Greenhouse 1 and 2 are followed by Greenhouse 3, and
// North field by North field 2.
func zoneOf(zone string, nth int, highest map[string]int) string {
	name, n := splitNumber(zone)
	switch {
	case nth == 1:
		return zone
	case n == 0:
		return name + " " + strconv.Itoa(nth)
	}
	return name + " " + strconv.Itoa(n+(nth-1)*highest[name])
}

func splitNumber(zone string) (name string, n int) {
	if i := strings.LastIndexByte(zone, ' '); i >= 0 {
		if n, err := strconv.Atoi(zone[i+1:]); err == nil {
			return zone[:i], n
		}
	}
	return zone, 0
}
