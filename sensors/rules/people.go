package rules

import (
	"fmt"
	"time"

	"furrow/sensors"
)

// maxSnooze is how long an alert may be put off.
const maxSnooze = 7 * 24 * time.Hour

// Acknowledge notes that somebody has seen an alert, and what they did about it. Doing so again corrects the
// note.
func (e *Engine) Acknowledge(id sensors.AlertID, by, note string, now sensors.Milli) (*Plan, error) {
	p, a, err := e.answer(id, now)
	if err != nil {
		return nil, fmt.Errorf("acknowledging: %w", err)
	}
	a.State, a.AcknowledgedAt, a.SnoozedUntil, a.AckBy = sensors.AlertAcknowledged, now, 0, by
	if note != "" {
		a.Note = note
	}
	p.emit(a, sensors.EventAcknowledged, now, by)
	return p, nil
}

// Snooze acknowledges an alert until a moment at which it fires again if it is still open.
func (e *Engine) Snooze(id sensors.AlertID, until sensors.Milli, by string, now sensors.Milli) (*Plan, error) {
	if until <= now || until-now > milli(maxSnooze) {
		return nil, sensors.Invalid{"until": "Put it off for up to 7 days."}
	}
	p, a, err := e.answer(id, now)
	if err != nil {
		return nil, fmt.Errorf("snoozing: %w", err)
	}
	a.State, a.AcknowledgedAt, a.SnoozedUntil, a.AckBy = sensors.AlertAcknowledged, now, until, by
	p.emit(a, sensors.EventSnoozed, now, by)
	return p, nil
}

// answer begins a plan about an open alert that people know of.
func (e *Engine) answer(id sensors.AlertID, now sensors.Milli) (*Plan, *sensors.Alert, error) {
	for _, c := range e.busy {
		if a := c.state.is.alert; a == nil || a.ID != id || id == 0 {
			continue
		} else if a.State == sensors.AlertPending {
			return nil, nil, fmt.Errorf("alert %s does not fire yet: %w", id, sensors.ErrConflict)
		}
		p := e.plan(now)
		return p, p.alert(c, c.edit(p)), nil
	}
	return nil, nil, fmt.Errorf("open alert %s: %w", id, sensors.ErrNotFound)
}
