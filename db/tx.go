package db

import (
	"context"
	"database/sql"
	"time"
)

// update runs work in a writing transaction and commits it when work returns nil. The transaction is not
// bound to ctx, which would cost a goroutine for each statement; ctx is looked at before it begins.
func (d *DB) update(ctx context.Context, work func(*sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := d.write.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing to undo after the commit
	if err := work(tx); err != nil {
		return translate(err)
	}
	return translate(tx.Commit())
}

// changed returns sql.ErrNoRows when a statement that must change a row changed none.
func changed(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		return sql.ErrNoRows
	}
	return err
}

// scanner is a row: *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// collect runs a query and scans all its rows.
func collect[T any](ctx context.Context, from *sql.DB, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, translate(err)
		}
		all = append(all, one)
	}
	return all, translate(rows.Err())
}

// millis is how times of people, sessions and the like are stored; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// null stores a zero id as NULL.
func null[ID ~int64](id ID) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}
