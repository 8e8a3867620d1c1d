package rules

import (
	"slices"

	"furrow/sensors"
)

// Route says who is owed a message for the events of one commit: each recipient at most one for all that is
// told in the same way at the same time, so that a storm is one message.
//
// Recipients with an escalation are owed a firing later; whoever sends it asks first whether the alert was
// acknowledged or is over. That an alert was acknowledged or is over, those learn who were told that it fires.
// Quiet hours put off all but critical alerts, into a digest at their end. A rule that lookup does not know
// reaches everybody.
func Route(events []sensors.AlertEvent, recipients []sensors.Recipient, lookup func(sensors.RuleID) (sensors.Rule, bool), farm sensors.Farm, now sensors.Milli) []sensors.Notice {
	c := calendarOf(farm)
	var owed []sensors.Notice
	for i := range recipients {
		if r := &recipients[i]; len(r.Channels) > 0 {
			owed = append(owed, route(events, r, lookup, &c, now)...)
		}
	}
	return owed
}

// route is Route for one recipient.
func route(events []sensors.AlertEvent, r *sensors.Recipient, lookup func(sensors.RuleID) (sensors.Rule, bool), c *calendar, now sensors.Milli) []sensors.Notice {
	var owed []sensors.Notice
	escalated := now + milli(r.EscalateAfter)
	quiet, quietEscalated := c.quietUntil(r, now), c.quietUntil(r, escalated)
	for i := range events {
		a := events[i].Alert
		kind, due, loud := events[i].Kind, now, quiet
		switch kind {
		case sensors.EventFiring:
			due, loud = escalated, quietEscalated
		case sensors.EventDrill:
			loud = now
		case sensors.EventAcknowledged, sensors.EventSnoozed, sensors.EventResolved:
			if !wasTold(a, r, kind, now) {
				continue
			}
			if kind == sensors.EventSnoozed {
				kind = sensors.EventAcknowledged
			}
		default:
			continue
		}
		if rule, known := lookup(a.Rule); known && len(rule.Recipients) > 0 && !slices.Contains(rule.Recipients, r.ID) {
			continue
		}
		if a.Severity != sensors.Critical && loud > due {
			kind, due = sensors.EventDigest, loud
		}
		owed = owe(owed, r, kind, due, now, a)
	}
	for i := range owed {
		owed[i].Alerts = onceEach(owed[i].Alerts)
	}
	return owed
}

// wasTold reports whether a recipient's message that the alert fires was due before anybody acknowledged it.
func wasTold(a *sensors.Alert, r *sensors.Recipient, kind sensors.AlertEventKind, now sensors.Milli) bool {
	if a.StartedAt == 0 || a.Drill {
		return a.Drill // which everybody is told of at once
	}
	seen := now
	if kind == sensors.EventResolved && a.AcknowledgedAt != 0 {
		seen = a.AcknowledgedAt
	}
	return r.EscalateAfter == 0 || a.StartedAt+milli(r.EscalateAfter) <= seen
}

// owe adds an alert to the notice of its kind and time.
func owe(owed []sensors.Notice, r *sensors.Recipient, kind sensors.AlertEventKind, due, now sensors.Milli, a *sensors.Alert) []sensors.Notice {
	for i := range owed {
		if n := &owed[i]; n.Kind == kind && n.DueAt == due {
			n.Alerts = append(n.Alerts, a)
			return owed
		}
	}
	return append(owed, sensors.Notice{Recipient: r.ID, Kind: kind, Alerts: []*sensors.Alert{a}, CreatedAt: now, DueAt: due})
}

// onceEach drops alerts that stand in the list again: one that fires and is over in the same commit.
func onceEach(list []*sensors.Alert) []*sensors.Alert {
	seen := make(map[*sensors.Alert]bool, len(list))
	return slices.DeleteFunc(list, func(a *sensors.Alert) bool {
		again := seen[a]
		seen[a] = true
		return again
	})
}
