package db

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"furrow/db/history"
	"furrow/sensors"
)

// Reader reads a data folder beside the process that owns it, as SQLite allows. It sees what was committed
// before it was opened and perhaps later readings, never half a commit, and changes nothing.
type Reader struct{ db *DB }

// OpenReader opens the data folder for reading. Its errors are sentences.
func OpenReader(ctx context.Context, dir string, log *slog.Logger) (*Reader, error) {
	file, err := existing(dir)
	if err != nil {
		return nil, err
	}
	d := &DB{dir: dir, log: log}
	if d.read, err = sql.Open("sqlite", readName(file, attended)); err != nil {
		return nil, openError(file, err)
	}
	r := &Reader{d}
	var schema int64
	err = d.read.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&schema)
	switch newest := newestSchema(); {
	case err != nil:
	case schema > newest:
		err = newerError{schema, newest}
	case schema < newest:
		err = olderError{schema, newest}
	default:
		d.history, err = history.Open(ctx, d.read, d.read, log)
	}
	if err != nil {
		_ = r.Close() // nothing was written
		return nil, openError(file, err)
	}
	return r, nil
}

// Close lets go of the folder.
func (r *Reader) Close() error { return r.db.read.Close() }

// Start returns the farm as it is, for who wants to find a way in it.
func (r *Reader) Start(ctx context.Context) (sensors.Start, error) { return r.db.Start(ctx) }

// Range calls f with each reading of the sensor with from <= At < to, oldest first, until f returns false.
func (r *Reader) Range(ctx context.Context, id sensors.SensorID, from, to sensors.Milli, f func(sensors.Reading) bool) error {
	return r.db.Range(ctx, id, from, to, f)
}

// olderError is a file that was not brought up to date yet.
type olderError struct{ have, newest int64 }

func (e olderError) Error() string {
	return fmt.Sprintf("it was made by an older Furrow (schema %d, this one writes %d); start furrow serve once, which brings it up to date", e.have, e.newest)
}
