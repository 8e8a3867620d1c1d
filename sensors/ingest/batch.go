package ingest

import (
	"context"
	"errors"
	"math"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/rules"
)

// batch is what one commit works with; its slices are used again.
type batch struct {
	jobs       []job
	newDevices map[string]*deviceEntry
	newOrder   []*deviceEntry // the same in the order in which they came, which their ids will have
	newSensors []pending
	store      sensors.Batch
	origin     []origin // of store.Readings
	change     live.Change
	spans      []span
	seen       []*deviceEntry // to be shown anew
	drills     []sensors.AlertEvent
}

// origin tells where a reading came from.
type origin struct{ sensor *sensorEntry }

// span is the part of the batch's readings that came with one job.
type span struct {
	job        job
	from, to   int
	duplicates int // recognised before the store was asked
	refused    int
}

// reset empties the batch. Sensors that never came to be registered leave their devices again.
func (b *batch) reset() {
	for _, p := range b.newSensors {
		if p.sensor.ID == 0 {
			list := p.device.sensors
			for i, s := range list {
				if s == p.sensor {
					p.device.sensors = append(list[:i], list[i+1:]...)
					break
				}
			}
		}
	}
	b.newDevices = nil
	clear(b.newOrder)
	b.newOrder = b.newOrder[:0]
	clear(b.newSensors)
	b.newSensors = b.newSensors[:0]
	b.store.Readings, b.store.Stamped = b.store.Readings[:0], b.store.Stamped[:0]
	b.store.Seen, b.store.Receipts = b.store.Seen[:0], b.store.Receipts[:0]
	b.store.Alerts, b.store.Notices, b.drills = nil, nil, nil
	clear(b.origin)
	b.origin = b.origin[:0]
	messages := b.change.Messages[:0]
	clear(b.change.Messages)
	b.change = live.Change{Messages: messages, Devices: b.change.Devices[:0], Sensors: b.change.Sensors[:0]}
	clear(b.spans)
	clear(b.seen)
	b.spans, b.seen = b.spans[:0], b.seen[:0]
}

// process commits jobs and settles them. When the store refuses the batch for a reason that lies in the
// batch, each job is tried by itself, so that one of them cannot keep out the others.
func (in *Ingest) process(ctx context.Context, jobs []job) {
	err := in.commit(ctx, jobs)
	if err != nil && len(jobs) > 1 && !errors.Is(err, sensors.ErrDiskFull) && !errors.Is(err, sensors.ErrStorage) && !errors.Is(err, sensors.ErrBusy) {
		for _, j := range jobs {
			in.process(ctx, []job{j})
		}
		return
	}
	if err != nil && !errors.Is(err, sensors.ErrDiskFull) && !errors.Is(err, sensors.ErrStorage) && !errors.Is(err, sensors.ErrBusy) && jobs[0].delivery != nil {
		in.Log.Error("a message cannot be stored and is dropped", "topic", jobs[0].delivery.Topic, "error", err)
		in.Board.Apply(live.Change{Counts: live.Counts{Refused: 1}})
		jobs[0].settle(nil)
	} else {
		for _, j := range jobs {
			j.settle(err)
		}
	}
	if in.AfterBatch != nil {
		in.AfterBatch()
	}
}

func (j job) settle(err error) {
	switch {
	case j.post != nil:
		j.post.done <- err
	case j.delivery != nil && j.delivery.Receipt != nil:
		j.delivery.Receipt.Settle(err)
	}
}

// commit makes jobs durable and shows them. After an error nothing has happened.
func (in *Ingest) commit(ctx context.Context, jobs []job) error {
	b := &in.batch
	defer b.reset()
	for _, j := range jobs {
		in.plan(ctx, j)
	}
	err := in.register(ctx)
	var plan *rules.Plan
	if err == nil && len(b.store.Readings)+len(b.store.Seen)+len(b.store.Receipts)+len(b.drills) > 0 {
		for i, o := range b.origin {
			b.store.Readings[i].Sensor = o.sensor.ID
		}
		b.store.Duplicate = append(b.store.Duplicate[:0], make([]bool, len(b.store.Readings))...)
		plan = in.watch.engine.Plan(b.store.Readings, sensors.MilliOf(in.watchClock()))
		if effects := in.effects(append(plan.Events, b.drills...)); effects != nil {
			b.store.Alerts, b.store.Notices = effects.Alerts, effects.Notices
		}
		if err = in.Store.Commit(ctx, &b.store); err == nil {
			in.committed(in.Now(), nil)
		}
	}
	if err != nil {
		in.committed(in.Now(), err)
		return err
	}
	if plan != nil {
		in.watch.engine.Apply(plan)
		in.watch.keepOwn(b.drills)
		addAlerts(&b.change, b.store.Alerts)
	}
	in.apply()
	in.owed(&b.store)
	return nil
}

// register stores what the batch met for the first time and takes it into the catalog.
func (in *Ingest) register(ctx context.Context) error {
	b := &in.batch
	if len(b.newDevices)+len(b.newSensors) == 0 {
		return nil
	}
	r := sensors.Registration{}
	for _, d := range b.newOrder {
		r.Devices = append(r.Devices, &d.Device)
	}
	for _, p := range b.newSensors {
		r.Sensors = append(r.Sensors, sensors.NewSensor{Device: &p.device.Device, Sensor: &p.sensor.Sensor})
	}
	if err := in.Store.Register(ctx, &r); err != nil {
		for _, d := range b.newOrder {
			d.ID = 0
		}
		for _, p := range b.newSensors {
			p.sensor.ID = 0
		}
		return err
	}
	for _, d := range b.newOrder {
		in.catalog.add(d)
		d.dirty = true
	}
	for _, p := range b.newSensors {
		b.change.Sensors = append(b.change.Sensors, p.sensor.Sensor)
		in.watch.engine.Apply(in.watch.engine.SetSensor(in.catalog.subject(&p.device.Device, p.sensor), sensors.MilliOf(in.Now())))
	}
	return nil
}

// plan works out what a job means, without changing what others can see.
func (in *Ingest) plan(ctx context.Context, j job) {
	switch {
	case j.client != nil:
		in.planConnection(j.client)
		return
	case j.post != nil:
		j.delivery = in.planPost(ctx, j.post)
	case j.delivery.Source.Drill:
		in.planDrill(j.delivery)
		return
	}
	b, d := &in.batch, j.delivery
	d.Outcome = sensors.Outcome{}
	s := span{job: j, from: len(b.store.Readings)}
	again := in.redelivered(d)
	var device *deviceEntry
	key, refusal := "", ""
	for i := range d.Decoded.Observations {
		o := &d.Decoded.Observations[i]
		if device == nil && refusal == "" || o.Device != key {
			key = o.Device
			if device, refusal = in.device(ctx, d, key); device != nil {
				refusal = in.heard(device, d)
			}
		}
		if refusal == "" {
			refused := in.observe(device, d, o, again, &s)
			if refused != "" {
				in.refuse(&s, i, refused)
			}
			continue
		}
		in.refuse(&s, i, refusal)
	}
	in.planPresence(d)
	in.keepMessage(d)
	s.to = len(b.store.Readings)
	b.spans = append(b.spans, s)
}

// observe adds the reading that an observation makes, or says why it makes none.
func (in *Ingest) observe(device *deviceEntry, d *sensors.Delivery, o *sensors.Observation, again bool, s *span) string {
	if math.IsNaN(o.Value) || math.IsInf(o.Value, 0) {
		return "the value is not a number"
	}
	sensor, refusal := in.sensor(device, o)
	if sensor == nil {
		return refusal
	}
	r := sensors.Reading{At: o.At, Value: o.Value, Quality: o.Quality}
	stamped := r.At <= 0
	if stamped {
		if again || d.Retained && in.batch.shows(sensor, o.Value) {
			s.duplicates++
			return ""
		}
		r.At = sensor.arrival(d.ReceivedAt)
	}
	b := &in.batch
	b.store.Readings, b.store.Stamped = append(b.store.Readings, r), append(b.store.Stamped, stamped)
	b.origin = append(b.origin, origin{sensor})
	return ""
}

// shows reports whether a value is what the sensor said last, in this batch or before it.
func (b *batch) shows(s *sensorEntry, value float64) bool {
	for i := len(b.origin) - 1; i >= 0; i-- {
		if b.origin[i].sensor == s {
			return b.store.Readings[i].Value == value
		}
	}
	return s.last.At > 0 && s.last.Value == value
}

func (in *Ingest) refuse(s *span, index int, sentence string) {
	s.refused++
	if s.job.post != nil {
		s.job.post.reject(index, sentence)
	}
}

// arrival stamps a reading that has no time of its own: the whole second, or the next millisecond when the
// sensor has a reading there. Where the clock was set back, or readings with times of their own lie between,
// the store finds the free moment, so that no two readings collapse because they came close together.
func (s *sensorEntry) arrival(at sensors.Milli) sensors.Milli {
	at -= at % 1000
	if at <= s.stamp && at+60_000 > s.stamp {
		at = s.stamp + 1
	}
	s.stamp = at
	return at
}

// apply makes a committed batch visible: in the catalog, on the board and in the deliveries' outcomes.
func (in *Ingest) apply() {
	b := &in.batch
	for i, o := range b.origin {
		r := b.store.Readings[i]
		if b.store.Stamped[i] {
			o.sensor.stamp = r.At
		}
		o.sensor.rhythm.Heard(r.At)
		if r.At >= o.sensor.last.At {
			o.sensor.last = r
		}
		if o.sensor.stale {
			if b.change.Stale == nil {
				b.change.Stale = map[sensors.SensorID]bool{}
			}
			if o.sensor.stale = o.sensor.rhythm.Stale(in.Now()); !o.sensor.stale {
				b.change.Stale[o.sensor.ID] = false
			}
		}
	}
	for _, key := range b.store.Receipts {
		in.catalog.ring(key.Client).add(key)
	}
	for _, seen := range b.store.Seen {
		if d := in.catalog.byID[seen.Device]; d != nil {
			d.stored = seen.At
		}
	}
	in.count()
	b.change.Readings = b.store.Readings
	in.showDevices()
	in.Board.Apply(b.change)
}

// count fills in the outcomes.
func (in *Ingest) count() {
	b := &in.batch
	total := live.Counts{Batches: 1}
	for _, s := range b.spans {
		o := sensors.Outcome{Duplicates: s.duplicates, Refused: s.refused}
		for _, dup := range b.store.Duplicate[s.from:s.to] {
			if dup {
				o.Duplicates++
			} else {
				o.Stored++
			}
		}
		if s.job.post != nil {
			s.job.post.outcome.Stored, s.job.post.outcome.Duplicates = o.Stored, o.Duplicates
		} else {
			s.job.delivery.Outcome = o
		}
		total.Readings += uint64(o.Stored)
		total.Duplicates += uint64(o.Duplicates)
		total.Refused += uint64(o.Refused)
		if d := s.job.delivery; d != nil && d.Decoded.Problem != "" {
			total.Unread++
		}
	}
	b.change.Counts = total
}
