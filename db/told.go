package db

import (
	"context"
	"errors"

	"furrow/sensors"
)

// AlertsTold returns the alerts that exist of those asked for, and whether the recipient has been told of each.
func (d *DB) AlertsTold(ctx context.Context, to sensors.RecipientID, ids []sensors.AlertID) ([]sensors.AlertTold, error) {
	told := make([]sensors.AlertTold, 0, len(ids))
	for _, id := range ids {
		a, err := d.Alert(ctx, id)
		if errors.Is(err, sensors.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t := sensors.AlertTold{Alert: a}
		err = d.read.QueryRowContext(ctx, `SELECT count(*) > 0 FROM outbox_alert a JOIN outbox o ON o.id = a.outbox_id
			WHERE a.alert_id = $1 AND a.told = 1 AND o.recipient_id = $2`, int64(id), int64(to)).Scan(&t.Told)
		if err != nil {
			return nil, translate(err)
		}
		told = append(told, t)
	}
	return told, nil
}

// FiringTold returns how many alerts that the recipient was told of are firing, without those in except.
func (d *DB) FiringTold(ctx context.Context, to sensors.RecipientID, except []sensors.AlertID) (int, error) {
	firing, err := collect(ctx, d.read, scanAlertID, `SELECT DISTINCT l.id FROM alert l JOIN outbox_alert a ON a.alert_id = l.id JOIN outbox o ON o.id = a.outbox_id
		WHERE l.state <> 'resolved' AND l.state = 'firing' AND a.told = 1 AND o.recipient_id = $1`, int64(to))
	left := make(map[sensors.AlertID]bool, len(firing))
	for _, id := range firing {
		left[id] = true
	}
	for _, id := range except {
		delete(left, id)
	}
	return len(left), err
}

// LastNote returns what was noted at the newest earlier alert of the same rule and sensor, or device, that has
// a note; zero when there is none.
func (d *DB) LastNote(ctx context.Context, a sensors.Alert) (note sensors.EarlierNote, err error) {
	err = d.read.QueryRowContext(ctx, `SELECT note, ack_by, acknowledged_at FROM alert
		WHERE rule_id = $1 AND coalesce(sensor_id, 0) = $2 AND coalesce(device_id, 0) = $3 AND id < $4 AND note <> '' ORDER BY id DESC LIMIT 1`,
		int64(a.Rule), int64(a.Sensor), int64(a.Device), int64(a.ID)).Scan(&note.Note, &note.By, &note.At)
	if err = translate(err); errors.Is(err, sensors.ErrNotFound) {
		return note, nil
	}
	return note, err
}

// AlertNotices returns the messages about an alert, sent or on their way, newest first.
func (d *DB) AlertNotices(ctx context.Context, id sensors.AlertID) ([]sensors.NoticeState, error) {
	return collect(ctx, d.read, func(row scanner) (n sensors.NoticeState, err error) {
		var state string
		err = row.Scan(&n.Recipient, &n.Name, &n.Kind, &n.DueAt, &n.SentAt, &n.Via, &n.Attempts, &n.Error, &state)
		n.Closed, n.GaveUp = state == "closed", state == "gave_up"
		return n, err
	}, `SELECT o.recipient_id, r.name, o.kind, o.due_at, o.sent_at, o.sent_via, o.attempts, o.last_error, o.state
		FROM outbox_alert a JOIN outbox o ON o.id = a.outbox_id JOIN recipient r ON r.id = o.recipient_id
		WHERE a.alert_id = $1 ORDER BY o.id DESC`, int64(id))
}
