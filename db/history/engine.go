package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"furrow/sensors"
)

// Engine is the history of one open database.
type Engine struct {
	read, write *sql.DB
	statements  statements
	log         *slog.Logger
	receipts    [][]byte // what replay met, oldest first

	mu      sync.RWMutex
	columns map[sensors.SensorID]*column
	size    int   // entries in all columns
	applied int64 // newest journal row whose readings are in the head

	buffer []byte // of Append, whose caller holds the writing transaction
	pack   packer // of Seal, likewise

	// late guards what is needed to recognise readings of sealed days; it is never held while waiting for
	// the writing transaction.
	late sync.Mutex
	days dayCache
}

// column is the part of the head that belongs to one sensor: its unsealed readings, sorted by time.
type column struct {
	entries []entry
	// sealed is the newest sealed day, -1 when there is none; guarded by late.
	sealed int64
	// batch and batchLast note the newest reading in the batch that is being appended; guarded by late.
	batch     uint64
	batchLast sensors.Milli
}

// Open replays the journal of the database that read and write are open on. Damaged journal rows are
// logged, kept and left out.
func Open(ctx context.Context, read, write *sql.DB, log *slog.Logger) (*Engine, error) {
	e := &Engine{read: read, write: write, log: log, columns: map[sensors.SensorID]*column{}}
	var err error
	if e.statements, err = prepare(ctx, read, write); err != nil {
		return nil, fmt.Errorf("preparing the history's queries: %w", err)
	}
	if err := e.loadSealed(ctx); err != nil {
		return nil, fmt.Errorf("reading the history's index: %w", err)
	}
	if err := e.replay(ctx); err != nil {
		return nil, fmt.Errorf("replaying the journal: %w", err)
	}
	return e, nil
}

// loadSealed makes a column for each sensor that exists, with its newest sealed day.
func (e *Engine) loadSealed(ctx context.Context) error {
	rows, err := e.read.QueryContext(ctx, `SELECT s.id, coalesce((SELECT max(r.id) FROM roll r WHERE r.id >= s.id << 20 AND r.id < (s.id + 1) << 20), -1) FROM sensor s`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, row int64
		if err := rows.Scan(&id, &row); err != nil {
			return err
		}
		c := &column{sealed: -1}
		if row >= 0 {
			c.sealed = dayOfRow(row)
		}
		e.columns[sensors.SensorID(id)] = c
	}
	return rows.Err()
}

// replay brings back into memory what was committed and not sealed. Readings of sensors that were deleted
// since are left out: ids are never used again.
func (e *Engine) replay(ctx context.Context) error {
	rows, err := e.read.QueryContext(ctx, "SELECT id, data, receipts FROM journal ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var data sql.RawBytes
		var receipts sql.RawBytes
		if err := rows.Scan(&id, &data, &receipts); err != nil {
			return err
		}
		if len(receipts) > 0 {
			e.receipts = append(e.receipts, slices.Clone(receipts))
		}
		err := decodeJournal(data, func(r sensors.Reading) {
			if c := e.columns[r.Sensor]; c != nil {
				e.size += c.put(entryOf(r))
			}
		})
		if err != nil {
			e.log.Error("journal row left out", "row", id, "error", err)
		}
		e.applied = id
	}
	return rows.Err()
}

// Receipts returns the receipts blobs of the journal that Open found, oldest first, and forgets them.
func (e *Engine) Receipts() [][]byte {
	receipts := e.receipts
	e.receipts = nil
	return receipts
}

// Unsealed returns the number of readings in memory; each takes 16 bytes.
func (e *Engine) Unsealed() int {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.size
}

// put adds an entry or replaces the one of its moment; it returns how many entries that made more.
func (c *column) put(n entry) int {
	last := len(c.entries) - 1
	if last < 0 || c.entries[last].at() < n.at() {
		c.entries = append(c.entries, n)
		return 1
	}
	i := search(c.entries, n.at())
	if i < len(c.entries) && c.entries[i].at() == n.at() {
		c.entries[i] = n
		return 0
	}
	c.entries = slices.Insert(c.entries, i, n)
	return 1
}

// has reports whether the column holds a reading of that moment.
func (c *column) has(at sensors.Milli) bool {
	last := len(c.entries) - 1
	if last < 0 || c.entries[last].at() < at {
		return false
	}
	i := search(c.entries, at)
	return c.entries[i].at() == at
}

// errUnstorable is the caller's mistake: such a reading must not come this far.
var errUnstorable = errors.New("a reading without sensor, with a time before 1970 or a value that is no number")
