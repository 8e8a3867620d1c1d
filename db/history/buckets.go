package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"furrow/sensors"
)

// Buckets sums up the good readings of each sensor with from <= At < to, in steps of width counted from
// from. Empty buckets are left out. Steps of whole hours that begin on an hour come from the sums by the
// hour, whole days from the sums by the day; whatever a row cannot answer exactly is computed from readings.
func (e *Engine) Buckets(ctx context.Context, ids []sensors.SensorID, from, to sensors.Milli, width time.Duration) ([][]sensors.Bucket, error) {
	step := sensors.Milli(width.Milliseconds())
	if step <= 0 {
		return nil, fmt.Errorf("buckets of %v: %w", width, errUnstorable)
	}
	out := make([][]sensors.Bucket, len(ids))
	for i, id := range ids {
		q := &query{id: id, from: from, to: to, step: step, grain: grainOf(from, step)}
		if err := e.fill(ctx, q); err != nil {
			return nil, err
		}
		q.flush()
		out[i] = q.out
	}
	return out, nil
}

// grain is the coarsest kind of sum that a query can be answered from.
type grain uint8

const (
	fromReadings grain = iota
	fromHours
	fromDays
)

func grainOf(from, step sensors.Milli) grain {
	switch {
	case from%dayMillis == 0 && step%dayMillis == 0:
		return fromDays
	case from%hourMillis == 0 && step%hourMillis == 0:
		return fromHours
	}
	return fromReadings
}

// query gathers buckets in the order of time.
type query struct {
	id             sensors.SensorID
	from, to, step sensors.Milli
	grain          grain
	open           sum           // the bucket being filled
	start          sensors.Milli // its beginning
	out            []sensors.Bucket
}

// join adds a sum that belongs to the moment at, which is not before the ones joined earlier.
func (q *query) join(at sensors.Milli, s sum) {
	if start := q.from + (at-q.from)/q.step*q.step; q.open.n == 0 || start != q.start {
		q.flush()
		q.start = start
	}
	q.open.join(s)
}

func (q *query) flush() {
	if q.open.n > 0 {
		q.out = append(q.out, q.open.bucket(q.start))
		q.open = sum{}
	}
}

// readings adds sorted readings.
func (q *query) readings(entries []entry) {
	for _, n := range between(entries, q.from, q.to) {
		if n.suspect() {
			continue
		}
		at := n.at()
		if q.open.n == 0 || at >= q.start+q.step {
			q.flush()
			q.start = q.from + (at-q.from)/q.step*q.step
		}
		q.open.add(n.value)
	}
}

// fill answers the query day by day: from the day's sums where they are exact, else from its readings.
func (e *Engine) fill(ctx context.Context, q *query) error {
	if q.from = max(q.from, 0); q.from >= q.to {
		return nil
	}
	head := e.head(q.id, q.from, q.to)
	days, err := e.statements.dayRows(ctx, q)
	if err != nil {
		return err
	}
	for i := range days {
		start := dayStart(dayOfRow(days[i].id))
		before := search(head, start)
		q.readings(head[:before])
		n := search(head, start+dayMillis)
		if err := e.fillDay(ctx, q, &days[i], head[before:n]); err != nil {
			return err
		}
		head = head[n:]
	}
	q.readings(head)
	return nil
}

// fillDay adds one sealed day with the unsealed readings of that day.
func (e *Engine) fillDay(ctx context.Context, q *query, day *dayRow, head []entry) error {
	start := dayStart(dayOfRow(day.id))
	whole := start >= q.from && start+dayMillis <= q.to && len(head) == 0
	switch {
	case whole && q.grain == fromDays:
		q.join(start, day.sum)
		return nil
	case whole && q.grain == fromHours && len(day.hourly) > 0:
		if hours, err := decodeHourly(day.hourly); err == nil {
			for i, h := range hours {
				q.join(start+sensors.Milli(i)*hourMillis, h)
			}
			return nil
		}
	}
	data := day.data
	if data == nil {
		err := e.statements.raw.QueryRowContext(ctx, day.id).Scan(&data)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	if len(data) == 0 { // the readings have expired, the sums have not
		if hours, err := decodeHourly(day.hourly); err == nil {
			for i, h := range hours {
				if at := start + sensors.Milli(i)*hourMillis; at >= q.from && at < q.to {
					q.join(at, h)
				}
			}
		} else if start >= q.from {
			q.join(start, day.sum)
		}
		return nil
	}
	q.readings(merge(e.decode(day.id, data), head))
	return nil
}
