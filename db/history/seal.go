package history

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"furrow/sensors"
)

// sealAtOnce is how many sensors are sealed in one transaction, so that readings need not wait long.
const sealAtOnce = 50

// Seal moves the readings before cut's UTC day out of journal and head into day rows, merging them with what
// is sealed already. Readings may be appended meanwhile; they stay in head and journal. A crash at any point
// leaves the journal, whose replay comes to the same.
func (e *Engine) Seal(ctx context.Context, cut time.Time) error {
	before := dayStart(dayOf(sensors.MilliOf(cut)))
	e.mu.RLock()
	applied := e.applied
	var due []sensors.SensorID
	for id, c := range e.columns {
		if len(c.entries) > 0 && c.entries[0].at() < before {
			due = append(due, id)
		}
	}
	e.mu.RUnlock()
	slices.Sort(due)
	for part := range slices.Chunk(due, sealAtOnce) {
		if err := e.sealPart(ctx, part, before); err != nil {
			return fmt.Errorf("sealing: %w", err)
		}
	}
	_, err := e.write.ExecContext(ctx, "DELETE FROM journal WHERE id <= $1 AND tmax < $2", applied, int64(before))
	return err
}

// sealPart seals some sensors in one transaction.
func (e *Engine) sealPart(ctx context.Context, ids []sensors.SensorID, before sensors.Milli) error {
	tx, err := e.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing to undo after the commit
	sealed := map[sensors.SensorID][]entry{}
	for _, id := range ids {
		e.mu.RLock()
		if c := e.columns[id]; c != nil {
			sealed[id] = slices.Clone(between(c.entries, 0, before))
		}
		e.mu.RUnlock()
		for day, entries := range byDay(sealed[id]) {
			if err := e.sealDay(ctx, tx, rowID(id, day), entries); err != nil {
				return err
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	e.forget(sealed)
	return nil
}

// byDay cuts sorted entries into UTC days.
func byDay(entries []entry) map[int64][]entry {
	days := map[int64][]entry{}
	for len(entries) > 0 {
		day := dayOf(entries[0].at())
		n := search(entries, dayStart(day+1))
		days[day], entries = entries[:n], entries[n:]
	}
	return days
}

// sealDay merges entries into the rows of one day. A damaged row is set aside under a negative id and
// replaced, so that it can still be looked at.
func (e *Engine) sealDay(ctx context.Context, tx *sql.Tx, row int64, entries []entry) error {
	var old []byte
	err := tx.QueryRowContext(ctx, "SELECT data FROM raw WHERE id = $1", row).Scan(&old)
	switch {
	case err == nil:
		older, err := decodeChunk(old)
		if err != nil {
			e.log.Error("damaged day set aside", "row", row, "error", err)
			if _, err := tx.ExecContext(ctx, "INSERT INTO raw (id, data) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", -row, old); err != nil {
				return err
			}
		}
		entries = merge(older, entries)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	data, err := e.pack.chunk(entries)
	if err != nil {
		return err
	}
	if !bytes.Equal(data, old) {
		if _, err := tx.ExecContext(ctx, "INSERT INTO raw (id, data) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET data = excluded.data", row, data); err != nil {
			return err
		}
	}
	return e.writeRoll(ctx, tx, row, entries)
}

// writeRoll recomputes the sums of a day from its readings, so that they cannot drift.
func (e *Engine) writeRoll(ctx context.Context, tx *sql.Tx, row int64, entries []entry) error {
	r := rollOf(entries)
	var hourly any
	if blob := r.appendHourly(nil, chunkExponent(entries)); blob != nil {
		hourly = blob
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO roll (id, rev, n, vmin, vmax, vsum, vlast, hourly)
		VALUES ($1, (SELECT coalesce(max(rev), 0) + 1 FROM roll), $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET rev = excluded.rev, n = excluded.n, vmin = excluded.vmin, vmax = excluded.vmax,
		vsum = excluded.vsum, vlast = excluded.vlast, hourly = excluded.hourly`,
		row, r.day.n, r.day.min, r.day.max, r.day.total, r.day.last, hourly)
	return err
}

// forget takes sealed entries out of the head, unless they were replaced meanwhile.
func (e *Engine) forget(sealed map[sensors.SensorID][]entry) {
	e.late.Lock()
	defer e.late.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.days.rows = nil
	for _, id := range slices.Sorted(maps.Keys(sealed)) {
		c, gone := e.columns[id], sealed[id]
		if c == nil || len(gone) == 0 {
			continue
		}
		kept := make([]entry, 0, max(0, len(c.entries)-len(gone))+16)
		i := 0
		for _, have := range c.entries {
			for i < len(gone) && gone[i].at() < have.at() {
				i++
			}
			if i < len(gone) && gone[i] == have {
				continue
			}
			kept = append(kept, have)
		}
		e.size += len(kept) - len(c.entries)
		c.entries = kept
		c.sealed = max(c.sealed, dayOf(gone[len(gone)-1].at()))
	}
}
