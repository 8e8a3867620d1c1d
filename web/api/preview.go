package api

import (
	"context"
	"slices"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/rules"
)

// Previewer tells what a rule would have done, with the engine that watches live. It keeps nothing, and any
// goroutine may ask it.
type Previewer struct {
	Board   *live.Board
	History History
}

// previewLead is how long before the asked time readings are looked at, beside the rule's hold time: they
// tell the sensors' rhythm, and what was on already.
const previewLead = day

// Preview runs a rule over what the sensors that it would watch measured in from <= t < to. An error may be a
// sensors.Invalid with what is wrong with the rule.
func (p Previewer) Preview(ctx context.Context, r sensors.Rule, from, to sensors.Milli) (rules.Preview, error) {
	if err := p.check(r); err != nil {
		return rules.Preview{}, err
	}
	subjects := p.subjects(r)
	begin := max(from-sensors.Milli((previewLead+r.Hold).Milliseconds()), 1)
	farm, _ := p.Board.Farm()
	readings := &merged{ctx: ctx, history: p.History, at: begin, to: to, width: day}
	for _, s := range subjects {
		readings.sensors = append(readings.sensors, s.Sensor)
	}
	return rules.Replay(r, subjects, readings.each, farm, from, to)
}

// check judges a rule by itself and by the sensors and zones there are.
func (p Previewer) check(r sensors.Rule) error {
	if err := r.Validate(); err != nil {
		return err
	}
	bad := sensors.Invalid{}
	sensor, here := p.Board.Sensor(r.Scope.Sensor)
	other, otherHere := p.Board.Sensor(r.Other)
	zoned := slices.ContainsFunc(p.Board.Zones(), func(z sensors.Zone) bool { return z.ID == r.Scope.Zone })
	switch {
	case r.Scope.Zone != 0 && !zoned:
		bad.Add("scope", "This zone does not exist any more; choose another.")
	case r.Scope.Sensor != 0 && !here:
		bad.Add("scope", "This sensor does not exist any more; choose another.")
	case here && r.Condition != sensors.Silent && sensor.Metric != r.Metric:
		bad.Add("metric", "This sensor measures something else: "+sensor.Metric.Info().Name+".")
	case r.Condition != sensors.Difference:
	case !otherHere:
		bad.Add("other_sensor_id", "The sensor to compare with does not exist any more; choose another.")
	case other.Metric != r.Metric:
		bad.Add("other_sensor_id", "Both sensors must measure the same.")
	}
	return bad.Err()
}

// subjects are the sensors that a rule looks at, as rules see them.
func (p Previewer) subjects(r sensors.Rule) []rules.Subject {
	kinds, byKey := map[sensors.ZoneID]sensors.ZoneKind{}, map[string]sensors.DeviceID{}
	for _, z := range p.Board.Zones() {
		kinds[z.ID] = z.Kind
	}
	devices := map[sensors.DeviceID]sensors.Device{}
	for _, d := range p.Board.Devices() {
		devices[d.ID], byKey[d.Key] = d, d.ID
	}
	var all []rules.Subject
	for _, s := range p.candidates(r) {
		d := devices[s.Device]
		subject := rules.Subject{Sensor: s.ID, Device: d.ID, Metric: s.Metric, Zone: d.Zone, ZoneKind: kinds[d.Zone],
			Gateway: d.Gateway, GatewayDevice: byKey[d.Gateway], Adopted: d.Status == sensors.DeviceAdopted}
		if rules.Watches(r, subject) || r.Condition == sensors.Difference && s.ID == r.Other {
			all = append(all, subject)
		}
	}
	return all
}

// candidates are sensors among which are all that a rule looks at.
func (p Previewer) candidates(r sensors.Rule) []live.SensorState {
	switch {
	case r.Scope.Zone != 0:
		return p.Board.SensorsIn(r.Scope.Zone)
	case r.Scope.Sensor == 0:
		return p.Board.Sensors()
	}
	var both []live.SensorState
	for _, id := range []sensors.SensorID{r.Scope.Sensor, r.Other} {
		if s, ok := p.Board.Sensor(id); ok {
			both = append(both, s)
		}
	}
	return both
}
