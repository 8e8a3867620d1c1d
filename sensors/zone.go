package sensors

import (
	"slices"
	"time"
)

// ZoneKind is what sort of place a zone is.
type ZoneKind string

// KindInfo is how a zone kind is shown.
type KindInfo struct {
	Kind  ZoneKind
	Label string
	Icon  string // name in the icon sprite
}

var zoneKinds = []KindInfo{
	{"greenhouse", "Greenhouse", "greenhouse"},
	{"field", "Field", "field"},
	{"orchard", "Orchard", "orchard"},
	{"barn", "Barn", "barn"},
	{"store", "Cold store", "store"},
	{"other", "Other", "zone"},
}

// ZoneKinds returns all kinds in the order in which people are offered them.
func ZoneKinds() []KindInfo { return slices.Clone(zoneKinds) }

// Info returns how the kind is shown; an unknown kind is shown as "other".
func (k ZoneKind) Info() KindInfo {
	for _, info := range zoneKinds {
		if info.Kind == k {
			return info
		}
	}
	return zoneKinds[len(zoneKinds)-1]
}

// Zone is a place on the farm that is looked at as one: a greenhouse, a field, a cold store.
type Zone struct {
	ID        ZoneID
	Name      string // unique without regard to case
	Kind      ZoneKind
	Crop      string // what grows or lies there, "" if nobody said
	Position  int    // the manager's order, smallest first
	Simulated bool   // made by the simulated farm, goes with it
	CreatedAt time.Time
}

// Validate returns an Invalid for what a person must correct.
func (z Zone) Validate() error {
	bad := Invalid{}
	CheckName(bad, "name", z.Name, "Give the zone a name.")
	if z.Kind.Info().Kind != z.Kind {
		bad.Add("kind", "Choose greenhouse, field, orchard, barn, store or other.")
	}
	if z.Crop != "" {
		CheckName(bad, "crop", z.Crop, "")
	}
	return bad.Err()
}
