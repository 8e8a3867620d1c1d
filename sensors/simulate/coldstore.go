package simulate

// coldStore keeps apples at one and a half degrees. The compressor runs between two temperatures, three
// defrosts a day warm the coil, and people open the door in working hours.
type coldStore struct {
	air, product float64 // °C
	vapour       float64 // kPa
	cooling      bool
	defrost      int // ticks left
	door         bool
	used         meter // kWh
}

const (
	coolFrom, coolTo = 2.0, 1.0 // °C
	coil             = -4.0     // °C
	defrostTicks     = 16
)

func newColdStore(unix int64) *coldStore {
	return &coldStore{air: 1.5, product: 1.5, vapour: 0.62, used: newMeter(unix, 22)}
}

func (s *coldStore) step(w *world, out *values) {
	s.door = doorOpen(w.sky.place.seed, &w.clock)
	if w.clock.minute%480 == 190 { // 3:10, 11:10, 19:10
		s.defrost = defrostTicks
	}
	switch {
	case s.defrost > 0:
		s.defrost--
		s.cooling = false
	case s.air > coolFrom:
		s.cooling = true
	case s.air < coolTo:
		s.cooling = false
	}
	outside := &w.sky
	perMinute := (s.product-s.air)/50 + (outside.temperature-s.air)/1100 + 0.02 // product, walls, fans and breath
	perMinute += 0.06*flag(s.defrost > 0) - 0.11*flag(s.cooling)
	if s.door {
		perMinute += (outside.temperature-s.air)/22 + 0.01
	}
	s.product += (s.air - s.product) / (40 * 60)
	s.air += perMinute
	s.dampen(outside)
	use := 38.0
	switch {
	case s.defrost > 0:
		use = 1520
	case s.cooling:
		use = 2350 + 12*outside.temperature
	}
	s.used.kilowattHours(use)
	out[airTemperature], out[vapour], out[productTemperature] = s.air, s.vapour, s.product
	out[open], out[power], out[energy] = flag(s.door), use, float64(s.used)
	out[running] = flag(s.cooling)
}

// dampen balances the water that the apples breathe out, the coil freezes out, and the door lets in.
func (s *coldStore) dampen(outside *weather) {
	full := saturation(s.air)
	s.vapour = approach(s.vapour, 0.96*full, tick, 25*60)
	if s.cooling {
		s.vapour = approach(s.vapour, min(s.vapour, saturation(coil)), tick, 4*hour)
	}
	if s.door {
		s.vapour = approach(s.vapour, outside.vapour, tick, 15*60)
	}
	s.vapour = min(s.vapour, 0.995*full)
}

// doorOpen says whether somebody has the door open: some half-hours of the working day, for two to six
// minutes, seldom on Sundays.
func doorOpen(s seed, c *localClock) bool {
	if c.minute < 6*60+30 || c.minute >= 17*60+30 {
		return false
	}
	slot := uint64(c.day)*48 + uint64(c.minute/30)
	chance := 0.36
	if c.weekday == 0 {
		chance = 0.08
	}
	if s.unit(eventDoor, slot) > chance {
		return false
	}
	from := int(22 * s.unit(eventDoorFrom, slot))
	long := 2 + int(5*s.unit(eventDoorLong, slot))
	return c.minute%30 >= from && c.minute%30 < from+long
}
