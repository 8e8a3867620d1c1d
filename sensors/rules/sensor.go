package rules

import (
	"math"
	"time"

	"furrow/sensors"
)

// sensorState is what was heard of a sensor.
type sensorState struct {
	has      bool
	value    float64
	at       sensors.Milli  // of the newest good reading, on the sensor's own clock
	heard    sensors.Milli  // when anything last came of it, on Furrow's clock
	jump     sensors.Milli  // what Furrow's clock was set by since then
	longest  sensors.Milli  // longest time between two messages
	steady   uint8          // how many readings lately came at the pace of their own times
	rhythm   sensors.Rhythm // of its readings' times
	arrivals sensors.Rhythm // of its messages
}

const (
	lateAfter = 10 * minute
	// steadyEnough is how many readings must keep pace before a clock that is behind is believed to be wrong
	// rather than the readings old.
	steadyEnough = 3
	// archive is how old a reading is that is no sign of life: somebody has brought in history.
	archive = 24 * 60 * minute
)

// reading takes over a reading and judges it. Readings come in the order of their times.
func (p *Plan) reading(r *sensors.Reading) {
	s := p.engine.sensor(r.Sensor)
	if s == nil || !s.Adopted || r.At <= 0 {
		return
	}
	d := s.edit(p)
	before := d.heard
	if r.At >= p.now-archive {
		p.hear(s, d)
	}
	if r.Quality != sensors.Good || math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
		return
	}
	at := min(r.At, p.now)
	p.settle(s, d, at, before)
	if d.has && at < d.at {
		p.behind(s, at, r.Value)
		return
	}
	late := d.pace(at, p.now, before)
	quiet := s.busy == 0 && s.edited != p.number
	for _, c := range s.cells {
		if !quiet || !c.plain() {
			p.advance(c, at, at)
		}
	}
	d.has, d.at, d.value = true, at, r.Value
	learn(&d.rhythm, at-p.engine.shifted)
	if s.trail != nil {
		t, _ := s.trail.edit(p)
		t.add(at, r.Value, d.rhythm.Every())
	}
	for _, c := range s.cells {
		if !quiet || !c.plain() || c.breaks(p, at) {
			p.observe(c, at, late)
		}
	}
}

// plain reports whether nothing but a breach can change the cell while it is not busy. Of most readings that is all
// that needs to be looked at, and not the cell's state: with thousands of sensors the processor waits for each.
func (c *cell) plain() bool { return !c.rule.scheduled && c.other == nil }

// breaks reports whether the newest value is beyond the limit of a plain cell.
func (c *cell) breaks(p *Plan, at sensors.Milli) bool {
	v, ok := c.measure(p, at)
	return ok && judge(c.rule.Condition, &c.rule.Limits, v) == breached
}

// hear notes a sign of life.
func (p *Plan) hear(s *sensor, d *sensorState) {
	if d.heard > 0 {
		d.longest = max(d.longest, p.now-d.heard)
	}
	d.heard = max(d.heard, p.now)
	learn(&d.arrivals, p.now-p.engine.shifted)
	if p.engine.hushed > 0 || p.hushed {
		p.back(s)
	}
}

// learn tells a rhythm of a moment, a second apart at least: what comes faster has no other rhythm.
func learn(r *sensors.Rhythm, at sensors.Milli) {
	if at-r.Last() >= 1000 {
		r.Heard(at)
	}
}

// pace reports whether a reading that is newer than all others comes too late to tell anybody. One that is
// older than the sensor's rhythm explains is part of a backlog, unless its readings keep coming at the pace of
// their times: then it is the sensor's clock that is wrong.
func (d *sensorState) pace(at, now, heardBefore sensors.Milli) bool {
	if gap := at - d.at; d.has && gap > 0 {
		if off := now - heardBefore - gap; off < -gap/2 || off > gap/2 {
			d.steady = 0
		} else {
			d.steady = min(d.steady+1, steadyEnough)
		}
	}
	age := now - at
	return age > lateAfter && d.steady < steadyEnough && age > milli(d.rhythm.Patience())
}

// own returns the sensor's own time when Furrow's clock shows now.
func (d *sensorState) own(now sensors.Milli) sensors.Milli { return d.at + max(0, now-d.heard) }

// fresh reports whether the newest reading still says how things are at a moment on the sensor's own clock.
func (d *sensorState) fresh(at sensors.Milli) bool {
	return d.has && at-d.at <= milli(d.rhythm.Patience())
}

// shift moves what is counted on Furrow's clock.
func (d *sensorState) shift(by sensors.Milli) {
	if d.heard > 0 {
		d.heard += by
	}
	if d.has {
		d.jump += by
	}
}

// settle finds out, with the first reading after Furrow's clock was set, whether the sensor's readings follow
// that clock or have one of their own; hold times go on from where they were.
func (p *Plan) settle(s *sensor, d *sensorState, at, heardBefore sensors.Milli) {
	jump := d.jump
	if d.jump = 0; jump == 0 {
		return
	}
	lag, seen := heardBefore-jump-d.at, p.now-at
	if distance(seen, lag+jump) < distance(seen, lag) {
		return // its own clock went on as before
	}
	d.at += jump
	for _, c := range s.cells {
		if st := c.state.seen(p); c.sensor == s && st.alert != nil {
			st = c.edit(p)
			st.since += jump
			st.breach += jump
		}
	}
}

func distance(a, b sensors.Milli) sensors.Milli { return max(a-b, b-a) }

func milli(d time.Duration) sensors.Milli { return sensors.Milli(d.Milliseconds()) }
