package simulate

// install puts up count devices, or one of each plan when count is 0: first the plans as they are, then
// again and again in further zones.
func install(plans []plan, count int, s seed, start int64) []*device {
	if count <= 0 {
		count = len(plans)
	}
	highest := highestNumbers(plans)
	devices := make([]*device, count)
	for i := range devices {
		p, nth := &plans[i%len(plans)], i/len(plans)+1
		d := &device{plan: p, number: i, zone: zoneOf(p.zone, nth, highest), own: seed(s.hash(ownSeed, uint64(i))),
			every: p.every.Milliseconds(), start: start}
		d.topics, d.key = p.dialect.topics(p, d.zone, nth)
		d.phase = int64(d.own.unit(ownPhase, 0) * float64(d.every))
		if p.onChange {
			d.phase = 400 // what changes in the world changes on the minute
		}
		d.calibrate()
		devices[i] = d
	}
	return devices
}

// calibrate decides what the specimen reads wrong: by a part of the value where its noise is one too, so that
// darkness stays dark, else by an amount.
func (d *device) calibrate() {
	d.gain, d.offset = make([]float64, len(d.plan.probes)), make([]float64, len(d.plan.probes))
	for i := range d.plan.probes {
		p := &d.plan.probes[i]
		wrong := p.wrong * d.own.gauss(ownError, uint64(i))
		d.gain[i] = 1
		if p.share > 0 {
			d.gain[i] += wrong
		} else {
			d.offset[i] = wrong
		}
	}
}
