package db

import (
	"context"
	"database/sql"
	"errors"

	"furrow/sensors"
)

const noticeColumns = "id, recipient_id, channel, kind, created_at, due_at, attempts, last_error"

func scanNotice(row scanner) (n sensors.Notice, err error) {
	err = row.Scan(&n.ID, &n.Recipient, &n.Channel, &n.Kind, &n.CreatedAt, &n.DueAt, &n.Attempts, &n.LastError)
	return n, err
}

func scanAlertID(row scanner) (id sensors.AlertID, err error) { return id, row.Scan(&id) }

// insertNotice stores what is owed. A recipient that is gone is owed nothing.
func insertNotice(tx *sql.Tx, n *sensors.Notice) error {
	err := tx.QueryRow(`INSERT INTO outbox (recipient_id, channel, kind, created_at, due_at, attempts, last_error, state, sent_at, sent_via)
		SELECT id, $2, $3, $4, $5, 0, '', 'waiting', 0, '' FROM recipient WHERE id = $1 RETURNING id`,
		int64(n.Recipient), n.Channel, string(n.Kind), int64(n.CreatedAt), int64(n.DueAt)).Scan(&n.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, a := range n.Alerts {
		n.AlertIDs = append(n.AlertIDs, a.ID)
	}
	n.Alerts = nil
	return insertNoticeAlerts(tx, n.ID, n.AlertIDs)
}

// insertNoticeAlerts notes what a notice is about, leaving out alerts that are gone.
func insertNoticeAlerts(tx *sql.Tx, notice int64, ids []sensors.AlertID) error {
	insert, err := tx.Prepare("INSERT INTO outbox_alert (outbox_id, alert_id, told) SELECT $1, id, 0 FROM alert WHERE id = $2 ON CONFLICT DO NOTHING")
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, id := range ids {
		if _, err := insert.Exec(notice, int64(id)); err != nil {
			return err
		}
	}
	return nil
}

// WaitingNotices returns, for each recipient that is owed something, when the first of it is due.
func (d *DB) WaitingNotices(ctx context.Context) ([]sensors.Waiting, error) {
	return collect(ctx, d.read, func(row scanner) (w sensors.Waiting, err error) {
		return w, row.Scan(&w.Recipient, &w.DueAt, &w.Retrying)
	},
		"SELECT recipient_id, min(due_at), max(attempts) > 0 FROM outbox WHERE state = 'waiting' GROUP BY recipient_id")
}

// DueNotices returns what is owed to a recipient and due at now, and what was refused before, the lowest ids
// first, at most limit.
func (d *DB) DueNotices(ctx context.Context, to sensors.RecipientID, now sensors.Milli, limit int) ([]sensors.Notice, error) {
	due, err := collect(ctx, d.read, scanNotice, "SELECT "+noticeColumns+` FROM outbox
		WHERE state = 'waiting' AND recipient_id = $1 AND (due_at <= $2 OR attempts > 0) ORDER BY id LIMIT $3`, int64(to), int64(now), limit)
	for i := range due {
		due[i].AlertIDs, err = collect(ctx, d.read, scanAlertID, "SELECT alert_id FROM outbox_alert WHERE outbox_id = $1 ORDER BY alert_id", due[i].ID)
		if err != nil {
			return nil, err
		}
	}
	return due, err
}

// SettleNotices stores what became of notices, all of it or nothing.
func (d *DB) SettleNotices(ctx context.Context, s sensors.Settlement) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		for _, sent := range s.Sent {
			if err := settleSent(tx, sent, s.At); err != nil {
				return err
			}
		}
		for _, c := range s.Closed {
			state := "closed"
			if c.GaveUp {
				state = "gave_up"
			}
			if _, err := tx.Exec("UPDATE outbox SET state = $1, last_error = $2 WHERE id = $3 AND state = 'waiting'", state, c.Why, c.ID); err != nil {
				return err
			}
		}
		for _, n := range s.Later {
			if err := settleLater(tx, n); err != nil {
				return err
			}
		}
		for i := range s.New {
			if err := insertNotice(tx, &s.New[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func settleSent(tx *sql.Tx, sent sensors.SentNotice, at sensors.Milli) error {
	_, err := tx.Exec(`UPDATE outbox SET state = 'sent', sent_at = $1, kind = $2, channel = $3, attempts = attempts + 1, last_error = '',
		sent_via = coalesce((SELECT kind FROM channel WHERE recipient_id = outbox.recipient_id AND position = $3), '')
		WHERE id = $4 AND state = 'waiting'`, int64(at), string(sent.Kind), sent.Channel, sent.ID)
	if err != nil {
		return err
	}
	for _, id := range sent.Alerts {
		if _, err := tx.Exec("UPDATE outbox_alert SET told = 1 WHERE outbox_id = $1 AND alert_id = $2", sent.ID, int64(id)); err != nil {
			return err
		}
	}
	return nil
}

func settleLater(tx *sql.Tx, n sensors.Notice) error {
	_, err := tx.Exec(`UPDATE outbox SET kind = $1, channel = $2, due_at = $3, attempts = $4, last_error = $5 WHERE id = $6 AND state = 'waiting'`,
		string(n.Kind), n.Channel, int64(n.DueAt), n.Attempts, n.LastError, n.ID)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM outbox_alert WHERE outbox_id = $1", n.ID); err != nil {
		return err
	}
	return insertNoticeAlerts(tx, n.ID, n.AlertIDs)
}

// ForgetNotices deletes messages from before a moment that were settled. Those about open alerts stay: they say
// who is to be told of the end.
func (d *DB) ForgetNotices(ctx context.Context, before sensors.Milli) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM outbox WHERE state <> 'waiting' AND created_at < $1 AND NOT EXISTS (
			SELECT 1 FROM outbox_alert o JOIN alert a ON a.id = o.alert_id WHERE o.outbox_id = outbox.id AND a.state <> 'resolved')`, int64(before))
		return err
	})
}
