package history

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"furrow/sensors"
)

// head returns a copy of the sensor's unsealed entries with from <= at < to. Whoever reads takes the head
// first and the rows after it: what is sealed in between is then seen twice, never not at all.
func (e *Engine) head(id sensors.SensorID, from, to sensors.Milli) []entry {
	e.mu.RLock()
	defer e.mu.RUnlock()
	c := e.columns[id]
	if c == nil {
		return nil
	}
	return slices.Clone(between(c.entries, from, to))
}

// Range calls f with each reading of the sensor with from <= At < to, oldest first, until f returns false.
// Days whose row is damaged are logged and left out.
func (e *Engine) Range(ctx context.Context, id sensors.SensorID, from, to sensors.Milli, f func(sensors.Reading) bool) error {
	from = max(from, 0)
	if from >= to {
		return nil
	}
	head := e.head(id, from, to)
	rows, err := e.statements.between.QueryContext(ctx, rowID(id, dayOf(from)), rowID(id, lastDay(to)))
	if err != nil {
		return err
	}
	defer rows.Close()
	emit := func(entries []entry) bool {
		for _, n := range entries {
			if !f(n.reading(id)) {
				return false
			}
		}
		return true
	}
	for rows.Next() {
		var row int64
		var data sql.RawBytes
		if err := rows.Scan(&row, &data); err != nil {
			return err
		}
		next := dayStart(dayOfRow(row) + 1)
		n := search(head, next)
		sealed := between(e.decode(row, data), from, to)
		if !emit(merge(sealed, head[:n])) {
			return nil
		}
		head = head[n:]
	}
	if err := rows.Err(); err != nil {
		return err
	}
	emit(head)
	return nil
}

// decode reads a day's row; a damaged one is logged and counts as empty.
func (e *Engine) decode(row int64, data []byte) []entry {
	entries, err := decodeChunk(data)
	if err != nil {
		e.log.Error("damaged day left out", "row", row, "error", err)
	}
	return entries
}

// lastDay returns the day of the last moment before to, held within the ids' range.
func lastDay(to sensors.Milli) int64 { return min(dayOf(max(to-1, 0)), 1<<dayBits-1) }

// Last returns the newest reading of each sensor that has one.
func (e *Engine) Last(ctx context.Context, ids []sensors.SensorID) ([]sensors.Reading, error) {
	var out []sensors.Reading
	for _, id := range ids {
		recent, err := e.recent(ctx, id, 1)
		if err != nil {
			return nil, err
		}
		out = append(out, recent...)
	}
	return out, nil
}

// Recent returns up to n of the newest readings of each sensor, oldest first within a sensor; it looks no
// further back than the head and the newest sealed day.
func (e *Engine) Recent(ctx context.Context, ids []sensors.SensorID, n int) ([]sensors.Reading, error) {
	var out []sensors.Reading
	for _, id := range ids {
		recent, err := e.recent(ctx, id, n)
		if err != nil {
			return nil, err
		}
		out = append(out, recent...)
	}
	return out, nil
}

func (e *Engine) recent(ctx context.Context, id sensors.SensorID, n int) ([]sensors.Reading, error) {
	entries, sealed := e.unsealed(id, n)
	// Late readings may be all that is in the head, so the newest sealed day is looked at as well.
	if sealed >= 0 && (len(entries) < n || dayOf(entries[0].at()) <= sealed) {
		row := rowID(id, sealed)
		var data []byte
		err := e.statements.raw.QueryRowContext(ctx, row).Scan(&data)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		if err == nil {
			entries = merge(e.decode(row, data), entries)
			entries = entries[max(0, len(entries)-n):]
		}
	}
	out := make([]sensors.Reading, 0, len(entries))
	for _, entry := range entries {
		out = append(out, entry.reading(id))
	}
	return out, nil
}

// unsealed returns the newest n entries of the head, and the newest sealed day, -1 when there is none.
func (e *Engine) unsealed(id sensors.SensorID, n int) ([]entry, int64) {
	e.late.Lock()
	defer e.late.Unlock()
	e.mu.RLock()
	defer e.mu.RUnlock()
	c := e.columns[id]
	if c == nil {
		return nil, -1
	}
	return slices.Clone(c.entries[max(0, len(c.entries)-n):]), c.sealed
}

// First returns the time of the sensor's oldest reading, zero when it has none.
func (e *Engine) First(ctx context.Context, id sensors.SensorID) (sensors.Milli, error) {
	e.mu.RLock()
	var first sensors.Milli
	if c := e.columns[id]; c != nil && len(c.entries) > 0 {
		first = c.entries[0].at()
	}
	e.mu.RUnlock()
	var row int64
	var data []byte
	err := e.read.QueryRowContext(ctx, "SELECT id, data FROM raw WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 1",
		rowID(id, 0), rowID(id+1, 0)).Scan(&row, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return first, nil
	}
	if err != nil {
		return 0, err
	}
	if entries := e.decode(row, data); len(entries) > 0 && (first == 0 || entries[0].at() < first) {
		first = entries[0].at()
	}
	return first, nil
}
