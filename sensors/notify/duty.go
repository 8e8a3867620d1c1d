package notify

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"furrow/sensors"
)

// duty is what goes into one message: the alerts of one or more notices that are still worth telling.
type duty struct {
	event   sensors.AlertEventKind
	drill   bool
	notices []sensors.Notice    // each with the AlertIDs that this duty tells of
	alerts  []sensors.AlertTold // each once, the gravest first
}

// situation is what duties are judged by.
type situation struct {
	farm      sensors.Farm
	recipient sensors.Recipient
	machine   bool // the channel is listened to by a program
	now       time.Time
	known     map[sensors.AlertID]sensors.AlertTold
}

// heading is which message an alert goes into. People get what happens now in one, machines one per event.
type heading struct {
	event sensors.AlertEventKind
	drill bool
}

// sort decides what becomes of notices: which duties they are now, and what else is to be stored before these
// are done. It is pure. A notice whose alerts go different ways is split, so that each belongs to one duty.
func (s situation) sort(notices []sensors.Notice) (duties []*duty, set sensors.Settlement) {
	set.At = sensors.MilliOf(s.now)
	quietEnd := quietUntil(s.farm, s.recipient, s.now)
	byHeading := map[heading]*duty{}
	for _, n := range notices {
		parts, held, why := s.divide(n, !quietEnd.IsZero())
		if len(parts) == 0 && held == nil {
			set.Closed = append(set.Closed, sensors.ClosedNotice{ID: n.ID, Why: why})
			continue
		}
		for i, part := range parts {
			n.AlertIDs = part.ids
			if i > 0 { // the next round sends it
				n.ID = 0
				set.New = append(set.New, n)
				continue
			}
			if len(parts) > 1 || held != nil {
				set.Later = append(set.Later, n)
			}
			d := byHeading[part.heading]
			if d == nil {
				d = &duty{event: part.event, drill: part.drill}
				byHeading[part.heading] = d
				duties = append(duties, d)
			}
			d.notices = append(d.notices, n)
		}
		if held != nil {
			hold(&set, n, held, sensors.MilliOf(quietEnd), len(parts) > 0)
		}
	}
	for _, d := range duties {
		d.gather(s)
	}
	return duties, set
}

// hold keeps alerts for the digest after the quiet hours: as the notice itself, or as one more when that tells
// of others now.
func hold(set *sensors.Settlement, n sensors.Notice, held []sensors.AlertID, until sensors.Milli, more bool) {
	n.Kind, n.AlertIDs, n.DueAt, n.Attempts, n.LastError = sensors.EventDigest, held, until, 0, ""
	if more {
		n.ID = 0
		set.New = append(set.New, n)
		return
	}
	set.Later = append(set.Later, n)
}

// part is what of a notice goes into one message.
type part struct {
	heading
	ids []sensors.AlertID
}

// divide splits a notice's alerts by heading; held are those that wait for the end of the quiet hours. why
// says why nothing is left.
func (s situation) divide(n sensors.Notice, quiet bool) (parts []part, held []sensors.AlertID, why string) {
	why = "The alerts are no longer on record."
	for _, id := range n.AlertIDs {
		t, exists := s.known[id]
		if !exists {
			continue
		}
		event, not := s.verdict(n, t)
		if event == "" {
			why = not
			continue
		}
		if quiet && event != sensors.EventDigest && !t.Alert.Drill && t.Alert.Severity != sensors.Critical {
			held = append(held, id)
			continue
		}
		h := heading{event, t.Alert.Drill}
		if !s.machine && event != sensors.EventDigest && event != sensors.EventDrill {
			h.event = sensors.EventFiring
		}
		i := slices.IndexFunc(parts, func(p part) bool { return p.heading == h })
		if i < 0 {
			i = len(parts)
			parts = append(parts, part{heading: h})
		}
		parts[i].ids = append(parts[i].ids, id)
	}
	return parts, held, why
}

// verdict says what a notice tells of an alert as it is now, or why nothing.
func (s situation) verdict(n sensors.Notice, t sensors.AlertTold) (event sensors.AlertEventKind, why string) {
	a := t.Alert
	switch n.Kind {
	case sensors.EventDigest:
		return n.Kind, ""
	case sensors.EventFiring, sensors.EventDrill:
		switch {
		case a.State == sensors.AlertFiring && a.SnoozedUntil.Time().After(s.now):
			return "", "It was snoozed."
		case a.State == sensors.AlertFiring && a.Drill:
			return sensors.EventDrill, ""
		case a.State == sensors.AlertFiring:
			return sensors.EventFiring, ""
		case a.State == sensors.AlertResolved && n.Attempts > 0 && !t.Told && !a.Drill:
			return sensors.EventResolved, "" // no channel worked while it fired: it is told late rather than never
		}
		return "", "It was over, or somebody was on it, before this was sent."
	case sensors.EventAcknowledged:
		switch {
		case !t.Told:
			return "", "They were never told of it."
		case a.State != sensors.AlertAcknowledged:
			return "", "It went on before this was sent."
		case !s.machine && a.AckBy == s.recipient.Name:
			return "", "They did it themselves."
		}
		return n.Kind, ""
	case sensors.EventResolved:
		if !t.Told || a.State != sensors.AlertResolved {
			return "", "They were never told of it."
		}
		return n.Kind, ""
	}
	return "", "Nobody is told of this."
}

// gather lists the alerts of the duty's notices, each once, and names the event after the gravest.
func (d *duty) gather(s situation) {
	seen := map[sensors.AlertID]bool{}
	for _, n := range d.notices {
		for _, id := range n.AlertIDs {
			if t, exists := s.known[id]; exists && !seen[id] {
				seen[id] = true
				d.alerts = append(d.alerts, t)
			}
		}
	}
	slices.SortFunc(d.alerts, func(x, y sensors.AlertTold) int {
		return cmp.Or(cmp.Compare(stateRank(y.Alert.State), stateRank(x.Alert.State)),
			cmp.Compare(y.Alert.Severity.Rank(), x.Alert.Severity.Rank()), cmp.Compare(x.Alert.ID, y.Alert.ID))
	})
	if d.event == sensors.EventFiring {
		d.event = map[sensors.AlertState]sensors.AlertEventKind{sensors.AlertAcknowledged: sensors.EventAcknowledged,
			sensors.AlertResolved: sensors.EventResolved}[d.alerts[0].Alert.State]
		d.event = cmp.Or(d.event, sensors.EventFiring)
	}
}

func stateRank(s sensors.AlertState) int {
	return map[sensors.AlertState]int{sensors.AlertFiring: 3, sensors.AlertAcknowledged: 2, sensors.AlertResolved: 1}[s]
}

// key is the duty's idempotency key. It stands for exactly these notices: a duty that gained some since it was
// last handed over is another message.
func (d *duty) key() string {
	ids := make([]int64, len(d.notices))
	for i, n := range d.notices {
		ids[i] = n.ID
	}
	slices.Sort(ids)
	key := fmt.Sprintf("%d-%s", ids[0], d.event)
	if len(ids) > 1 {
		h := fnv.New64a()
		fmt.Fprint(h, ids)
		key += fmt.Sprintf("-%016x", h.Sum64())
	}
	return key
}

// told returns the ids of the alerts in the states given, all without any.
func (d *duty) ids(states ...sensors.AlertState) (ids []sensors.AlertID) {
	for _, t := range d.alerts {
		if len(states) == 0 || slices.Contains(states, t.Alert.State) {
			ids = append(ids, t.Alert.ID)
		}
	}
	return ids
}
