package ingest

import (
	"context"
	"slices"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/rules"
)

// watch holds the rules against what happens. It belongs to Run's goroutine.
type watch struct {
	engine     *rules.Engine
	rules      []sensors.Rule
	recipients []sensors.Recipient
	own        []sensors.Alert // open ones that no rule holds: a drill's, a missed drill's
	// begin is what the start itself did to alerts, until it is stored.
	begin *sensors.Batch
	beat  time.Time // when the clock was last looked at, with its monotonic part
	mute  bool      // the last tick could not be stored
}

// jump is how far the wall clock may run away from the time that passed before it counts as set.
const jump = 20 * time.Second

// loadWatch brings rules and open alerts back as they were.
func (in *Ingest) loadWatch(start sensors.Start) {
	now := sensors.MilliOf(in.Now())
	w := &in.watch
	w.engine, w.rules, w.recipients = rules.New(start.Farm), start.Rules, start.Recipients
	w.engine.Apply(w.engine.SetSensors(in.catalog.subjects(), now))
	w.engine.Apply(w.engine.SetRules(w.rules, now))
	var held []sensors.Alert
	for _, a := range start.Alerts {
		if ownAlert(&a) {
			w.own = append(w.own, a)
		} else {
			held = append(held, a)
		}
	}
	plan := w.engine.Restore(held, start.Recent, now)
	w.begin = in.effects(plan.Events)
	w.engine.Apply(plan)
	in.catalog.recast = false
}

// subjects are all sensors as rules see them.
func (c *catalog) subjects() []rules.Subject {
	var all []rules.Subject
	for _, d := range c.byID {
		for _, s := range d.sensors {
			all = append(all, c.subject(&d.Device, s))
		}
	}
	return all
}

func (c *catalog) subject(d *sensors.Device, s *sensorEntry) rules.Subject {
	zone, _ := c.zone(d.Zone)
	subject := rules.Subject{Sensor: s.ID, Device: d.ID, Metric: s.Metric, Zone: d.Zone, ZoneKind: zone.Kind, Gateway: d.Gateway,
		Adopted: d.Status == sensors.DeviceAdopted}
	if gateway := c.devices[d.Gateway]; gateway != nil {
		subject.GatewayDevice = gateway.ID
	}
	return subject
}

// effects is what has to be stored for events: they, and the messages that are owed for them.
func (in *Ingest) effects(events []sensors.AlertEvent) *sensors.Batch {
	if len(events) == 0 {
		return nil
	}
	lookup := func(id sensors.RuleID) (sensors.Rule, bool) {
		for _, r := range in.watch.rules {
			if r.ID == id {
				return r, true
			}
		}
		return sensors.Rule{}, false
	}
	told := events
	if !in.TellSimulated {
		told = slices.DeleteFunc(slices.Clone(events), in.simulated)
	}
	return &sensors.Batch{Alerts: events,
		Notices: rules.Route(told, in.watch.recipients, lookup, in.catalog.farm, sensors.MilliOf(in.Now()))}
}

// simulated reports whether an event is about a device of the simulated farm, for which nobody is woken.
func (in *Ingest) simulated(e sensors.AlertEvent) bool {
	d := in.catalog.byID[e.Alert.Device]
	return d != nil && d.Simulated
}

// settlePlan stores what a plan does and makes it so. After an error nothing has happened.
func (in *Ingest) settlePlan(ctx context.Context, p *rules.Plan) error {
	effects := in.effects(p.Events)
	if effects != nil {
		if err := in.Store.CommitAlerts(ctx, effects); err != nil {
			return err
		}
	}
	in.watch.engine.Apply(p)
	in.showAlerts(effects)
	return nil
}

// showAlerts puts stored events on the board and lets the messages go.
func (in *Ingest) showAlerts(effects *sensors.Batch) {
	if effects == nil {
		return
	}
	change := live.Change{}
	addAlerts(&change, effects.Alerts)
	in.Board.Apply(change)
	in.owed(effects)
}

func (in *Ingest) owed(effects *sensors.Batch) {
	if effects != nil && len(effects.Notices) > 0 && in.Owed != nil {
		in.Owed()
	}
}

// addAlerts adds alerts as the events leave them, each once. Those of drills are nobody's business but the drill's.
func addAlerts(change *live.Change, events []sensors.AlertEvent) {
	shown := make(map[*sensors.Alert]bool, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		switch {
		case shown[e.Alert], e.Alert.Drill:
		case e.Kind == sensors.EventDropped:
			change.GoneAlerts = append(change.GoneAlerts, e.Alert.ID)
		default:
			change.Alerts = append(change.Alerts, *e.Alert)
		}
		shown[e.Alert] = true
	}
}

// unwatch ends the alerts about devices that are about to be removed, so that whoever was told learns of it.
func (in *Ingest) unwatch(ctx context.Context, devices ...*deviceEntry) error {
	var ids []sensors.SensorID
	for _, d := range devices {
		for _, s := range d.sensors {
			ids = append(ids, s.ID)
		}
	}
	in.catalog.recast = true // should they stay after all
	return in.settlePlan(ctx, in.watch.engine.RemoveSensors(ids, sensors.MilliOf(in.Now())))
}

// rewatch tells the engine what there is to watch after that has changed. What cannot be stored is tried again
// with the next tick.
func (in *Ingest) rewatch(ctx context.Context) {
	if !in.catalog.recast {
		return
	}
	if err := in.settlePlan(ctx, in.watch.engine.SetSensors(in.catalog.subjects(), sensors.MilliOf(in.Now()))); err != nil {
		in.Log.Warn("ending alerts of what is watched no more", "error", err)
		return
	}
	in.catalog.recast = false
}

// watchClock returns the time, and tells the rules when the clock was set since the last look: before anything is
// judged by it.
func (in *Ingest) watchClock() time.Time {
	w, now := &in.watch, in.Now()
	if !w.beat.IsZero() {
		// With the monotonic clock taken off, the difference is what the wall clock says has passed.
		if set := now.Round(0).Sub(w.beat.Round(0)) - now.Sub(w.beat); set.Abs() > jump {
			in.Log.Warn("the clock was set", "by", set)
			w.engine.Shift(set)
		}
	}
	w.beat = now
	return now
}

// watchTime looks at what time alone does to alerts: it lets them fire, and tells silence.
func (in *Ingest) watchTime(ctx context.Context) {
	w, now := &in.watch, in.watchClock()
	if w.begin != nil {
		if err := in.Store.CommitAlerts(ctx, w.begin); err != nil {
			return // as Health will tell; with a later tick
		}
		in.owed(w.begin)
		w.begin = nil
	}
	in.rewatch(ctx)
	if err := in.settlePlan(ctx, w.engine.Tick(sensors.MilliOf(now))); err != nil && !w.mute {
		in.Log.Error("alerts cannot be stored, so nobody is told of them", "error", err)
		w.mute = true
	} else if err == nil {
		w.mute = false
	}
}
