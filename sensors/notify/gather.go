package notify

import (
	"context"
	"slices"

	"furrow/sensors"
)

// message writes what a duty says. What cannot be looked up is left out: a message without the last note is
// better than none.
func (w *Worker) message(ctx context.Context, s situation, c sensors.Channel, d *duty) Message {
	f := Facts{Farm: s.farm, Event: d.event, Drill: d.drill, Now: s.now, Key: d.key()}
	places := map[string]bool{}
	for _, t := range d.alerts {
		f.count(t.Alert.State)
		p := w.Directory.Place(t.Alert)
		if name := p.where(); !places[name] {
			places[name] = true
			f.Places = append(f.Places, name)
		}
		if len(f.Lines) < maxListed {
			f.Lines = append(f.Lines, w.line(s, t, p))
		}
	}
	if len(f.Places) > maxPlaces {
		f.Places, f.MorePlaces = f.Places[:maxPlaces], len(f.Places)-maxPlaces
	}
	if len(d.alerts) == 1 && f.Firing == 1 {
		last, err := w.History.LastNote(ctx, d.alerts[0].Alert)
		if err != nil && ctx.Err() == nil {
			w.Log.Warn("the last note cannot be read", "error", err)
		}
		f.Lines[0].Last = last
	}
	links := w.Links()
	f.Open = links.open(d.ids())
	f.Acknowledge = links.acknowledge(d.ids(sensors.AlertFiring), s.recipient.ID, s.now)
	m := Compose(f)
	if c.Kind == "mqtt" {
		m.StillFiring += w.others(ctx, s.recipient.ID, d)
	}
	return m
}

func (f *Facts) count(state sensors.AlertState) {
	switch state {
	case sensors.AlertAcknowledged:
		f.Acknowledged++
	case sensors.AlertResolved:
		f.Resolved++
	default:
		f.Firing++
	}
}

func (w *Worker) line(s situation, t sensors.AlertTold, p Place) Line {
	rule, exists := w.Directory.Rule(t.Alert.Rule)
	if !exists {
		rule = sensors.Rule{ID: t.Alert.Rule, Severity: t.Alert.Severity}
	}
	l := Line{Alert: t.Alert, Rule: rule, Place: p, Told: t.Told}
	if s.recipient.EscalateAfter > 0 && !t.Told {
		l.Unanswered = max(0, s.now.Sub(t.Alert.StartedAt.Time()))
	}
	return l
}

// others returns how many alerts keep a siren on beside those of the duty. When that cannot be read it stays on.
func (w *Worker) others(ctx context.Context, to sensors.RecipientID, d *duty) int {
	ids := d.ids()
	slices.Sort(ids)
	n, err := w.History.FiringTold(ctx, to, ids)
	if err != nil {
		if ctx.Err() == nil {
			w.Log.Warn("what else fires cannot be read", "error", err)
		}
		return 1
	}
	return n
}
