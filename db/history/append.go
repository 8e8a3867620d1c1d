package history

import (
	"context"
	"database/sql"
	"fmt"

	"furrow/sensors"
)

// Append writes the readings of one commit, and the receipts that go with them, in one row. dup, if not nil,
// has the length of rs; dup[i] is set when the history or this batch held a reading of that sensor and moment
// already, which the later one replaces. stamped, if not nil, has that length too and needs dup: where
// stamped[i] is set, rs[i] moves to the next free moment instead. The caller calls applied after the commit
// and never without it; until then no reader sees the readings.
func (e *Engine) Append(ctx context.Context, tx *sql.Tx, rs []sensors.Reading, stamped []bool, receipts []byte, dup []bool) (applied func(), err error) {
	if len(rs) == 0 && len(receipts) == 0 {
		return func() {}, nil
	}
	for i := range rs {
		if !storable(rs[i]) {
			return nil, fmt.Errorf("%w: %+v", errUnstorable, rs[i])
		}
	}
	if dup != nil {
		if err := e.place(ctx, rs, stamped, dup); err != nil {
			return nil, err
		}
	}
	newest := sensors.Milli(0)
	for i := range rs {
		newest = max(newest, rs[i].At)
	}
	e.buffer = appendJournal(e.buffer[:0], rs)
	var blob any
	if len(receipts) > 0 {
		blob = receipts
	}
	result, err := tx.StmtContext(ctx, e.statements.append).ExecContext(ctx, int64(newest), e.buffer, blob)
	if err != nil {
		return nil, err
	}
	row, err := result.LastInsertId()
	if err != nil {
		return nil, err
	}
	return func() { e.apply(rs, row) }, nil
}

// apply puts committed readings into the head.
func (e *Engine) apply(rs []sensors.Reading, row int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range rs {
		c := e.columns[rs[i].Sensor]
		if c == nil {
			c = &column{sealed: -1}
			e.columns[rs[i].Sensor] = c
		}
		e.size += c.put(entryOf(rs[i]))
	}
	e.applied = row
}

// place sets dup and moves stamped readings. The usual reading is newer than all of its sensor, which costs
// two look-ups.
func (e *Engine) place(ctx context.Context, rs []sensors.Reading, stamped, dup []bool) error {
	e.late.Lock()
	defer e.late.Unlock()
	e.days.batch++
	var inBatch map[sensors.Reading]bool // by sensor and time; made when the batch is not in order
	for i := range rs {
		r := &rs[i]
		c := e.column(r.Sensor)
		for {
			if c.batch == e.days.batch && r.At <= c.batchLast && inBatch == nil {
				inBatch = momentsOf(rs[:i])
			}
			taken, err := e.taken(ctx, c, r, inBatch)
			if err != nil {
				return err
			}
			if dup[i] = taken; !taken || stamped == nil || !stamped[i] {
				break
			}
			r.At++
		}
		if c.batch != e.days.batch || r.At > c.batchLast {
			c.batch, c.batchLast = e.days.batch, r.At
		}
		if inBatch != nil {
			inBatch[sensors.Reading{Sensor: r.Sensor, At: r.At}] = true
		}
	}
	return nil
}

// column returns the sensor's part of the head.
func (e *Engine) column(id sensors.SensorID) *column {
	e.mu.RLock()
	c := e.columns[id]
	e.mu.RUnlock()
	if c == nil {
		c = &column{sealed: -1}
		e.mu.Lock()
		e.columns[id] = c
		e.mu.Unlock()
	}
	return c
}

// taken reports whether the batch, the head or a sealed day holds a reading of r's moment.
func (e *Engine) taken(ctx context.Context, c *column, r *sensors.Reading, inBatch map[sensors.Reading]bool) (bool, error) {
	e.mu.RLock()
	known := c.has(r.At)
	e.mu.RUnlock()
	if known || inBatch[sensors.Reading{Sensor: r.Sensor, At: r.At}] || dayOf(r.At) > c.sealed {
		return known || inBatch[sensors.Reading{Sensor: r.Sensor, At: r.At}], nil
	}
	sealed, err := e.days.load(ctx, e.statements.raw, r.Sensor, dayOf(r.At))
	if err != nil {
		return false, err
	}
	i := search(sealed, r.At)
	return i < len(sealed) && sealed[i].at() == r.At, nil
}

func momentsOf(rs []sensors.Reading) map[sensors.Reading]bool {
	moments := make(map[sensors.Reading]bool, 2*len(rs))
	for i := range rs {
		moments[sensors.Reading{Sensor: rs[i].Sensor, At: rs[i].At}] = true
	}
	return moments
}

// dayCache holds the sealed days that late readings were last looked up in.
type dayCache struct {
	batch uint64 // counts appends
	rows  map[int64][]entry
}

const cachedDays = 64

// load returns the sealed readings of a day, none when there is no row or it is damaged.
func (c *dayCache) load(ctx context.Context, raw *sql.Stmt, id sensors.SensorID, day int64) ([]entry, error) {
	row := rowID(id, day)
	if entries, ok := c.rows[row]; ok {
		return entries, nil
	}
	var data []byte
	err := raw.QueryRowContext(ctx, row).Scan(&data)
	if err != nil && err != sql.ErrNoRows {
		return nil, err
	}
	var entries []entry
	if err == nil {
		entries, _ = decodeChunk(data) // a damaged day knows no duplicates
	}
	if c.rows == nil || len(c.rows) >= cachedDays {
		c.rows = map[int64][]entry{}
	}
	c.rows[row] = entries
	return entries, nil
}

// Delete removes all readings of the sensors within tx. The caller calls applied after the commit.
func (e *Engine) Delete(ctx context.Context, tx *sql.Tx, ids []sensors.SensorID) (applied func(), err error) {
	for _, id := range ids {
		for _, table := range [...]string{"raw", "roll"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE id >= $1 AND id < $2", rowID(id, 0), rowID(id+1, 0)); err != nil {
				return nil, err
			}
		}
	}
	return func() {
		e.late.Lock()
		defer e.late.Unlock()
		e.mu.Lock()
		defer e.mu.Unlock()
		for _, id := range ids {
			if c := e.columns[id]; c != nil {
				e.size -= len(c.entries)
				delete(e.columns, id)
			}
		}
		e.days.rows = nil
	}, nil
}
