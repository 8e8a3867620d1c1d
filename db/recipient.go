package db

import (
	"context"
	"database/sql"
	"time"

	"furrow/sensors"
)

func scanRecipient(row scanner) (r sensors.Recipient, err error) {
	var escalate, created int64
	err = row.Scan(&r.ID, &r.Name, &r.QuietFrom, &r.QuietTo, &escalate, &created)
	r.EscalateAfter, r.CreatedAt = time.Duration(escalate)*time.Millisecond, fromMillis(created)
	return r, err
}

// Recipients returns all who are told about alerts, with their channels, in the order in which they came.
func (d *DB) Recipients(ctx context.Context) ([]sensors.Recipient, error) {
	all, err := collect(ctx, d.read, scanRecipient, "SELECT id, name, quiet_from, quiet_to, escalate_after, created_at FROM recipient ORDER BY id")
	if err != nil {
		return nil, err
	}
	at := make(map[sensors.RecipientID]int, len(all))
	for i := range all {
		at[all[i].ID] = i
	}
	type owned struct {
		sensors.Channel
		recipient sensors.RecipientID
	}
	channels, err := collect(ctx, d.read, func(row scanner) (c owned, err error) { return c, row.Scan(&c.recipient, &c.Kind, &c.Target) },
		"SELECT recipient_id, kind, target FROM channel ORDER BY recipient_id, position")
	if err != nil {
		return nil, err
	}
	for _, c := range channels {
		if i, ok := at[c.recipient]; ok {
			all[i].Channels = append(all[i].Channels, c.Channel)
		}
	}
	return all, nil
}

// SaveRecipient stores a recipient with its channels, a new one when its id is zero.
func (d *DB) SaveRecipient(ctx context.Context, r sensors.Recipient) (sensors.Recipient, error) {
	err := d.update(ctx, func(tx *sql.Tx) error {
		var err error
		if r.ID == 0 {
			err = tx.QueryRow(`INSERT INTO recipient (name, quiet_from, quiet_to, escalate_after, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
				r.Name, int64(r.QuietFrom), int64(r.QuietTo), r.EscalateAfter.Milliseconds(), millis(r.CreatedAt)).Scan(&r.ID)
		} else {
			err = changed(tx.Exec("UPDATE recipient SET name = $1, quiet_from = $2, quiet_to = $3, escalate_after = $4 WHERE id = $5",
				r.Name, int64(r.QuietFrom), int64(r.QuietTo), r.EscalateAfter.Milliseconds(), int64(r.ID)))
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM channel WHERE recipient_id = $1", int64(r.ID)); err != nil {
			return err
		}
		for i, c := range r.Channels {
			if _, err := tx.Exec("INSERT INTO channel (recipient_id, position, kind, target) VALUES ($1, $2, $3, $4)", int64(r.ID), i, c.Kind, c.Target); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

// DeleteRecipient removes a recipient with what it is owed.
func (d *DB) DeleteRecipient(ctx context.Context, id sensors.RecipientID) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		return changed(tx.Exec("DELETE FROM recipient WHERE id = $1", int64(id)))
	})
}
