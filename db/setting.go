package db

import (
	"context"
	"database/sql"
	"errors"
)

// Setting returns what is set under a key, "" when nothing is.
func (d *DB) Setting(ctx context.Context, key string) (value string, err error) {
	err = d.read.QueryRowContext(ctx, "SELECT value FROM setting WHERE key = $1", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, translate(err)
}

// SetSetting sets a key's value; "" removes it.
func (d *DB) SetSetting(ctx context.Context, key, value string) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		if value == "" {
			_, err := tx.Exec("DELETE FROM setting WHERE key = $1", key)
			return err
		}
		_, err := tx.Exec("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
		return err
	})
}
