package history

import (
	"context"
	"database/sql"
)

// statements are what runs often, prepared once: working out a statement takes longer than running it. They
// close with the pool they are on.
type statements struct {
	readings, hours, days *sql.Stmt // day rows of a chart, by the grain of its steps
	raw                   *sql.Stmt // the readings of one day
	between               *sql.Stmt // the readings of several days
	append                *sql.Stmt // a batch into the journal, on the writer's pool
}

func prepare(ctx context.Context, read, write *sql.DB) (s statements, err error) {
	const within = " WHERE roll.id >= $1 AND roll.id <= $2 ORDER BY roll.id"
	for _, p := range []struct {
		to    **sql.Stmt
		query string
	}{
		{&s.readings, "SELECT roll.id, 0, 0, 0, 0, NULL, raw.data FROM raw JOIN roll USING (id)" + within},
		{&s.hours, "SELECT id, n, vmin, vmax, vsum, hourly, NULL FROM roll" + within},
		{&s.days, "SELECT id, n, vmin, vmax, vsum, NULL, NULL FROM roll" + within},
		{&s.raw, "SELECT data FROM raw WHERE id = $1"},
		{&s.between, "SELECT id, data FROM raw WHERE id >= $1 AND id <= $2 ORDER BY id"},
	} {
		if *p.to, err = read.PrepareContext(ctx, p.query); err != nil {
			return s, err
		}
	}
	s.append, err = write.PrepareContext(ctx, "INSERT INTO journal (tmax, data, receipts) VALUES ($1, $2, $3)")
	return s, err
}

// dayRow is one sealed day as a chart needs it.
type dayRow struct {
	id           int64
	sum          sum
	hourly, data []byte
}

// dayRows returns the sealed days of a query. They are taken whole, so that no connection is held while
// another is waited for, which could be for ever.
func (s *statements) dayRows(ctx context.Context, q *query) ([]dayRow, error) {
	statement := s.readings
	switch q.grain {
	case fromHours:
		statement = s.hours
	case fromDays:
		statement = s.days
	}
	rows, err := statement.QueryContext(ctx, rowID(q.id, dayOf(q.from)), rowID(q.id, lastDay(q.to)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var days []dayRow
	for rows.Next() {
		var d dayRow
		if err := rows.Scan(&d.id, &d.sum.n, &d.sum.min, &d.sum.max, &d.sum.total, &d.hourly, &d.data); err != nil {
			return nil, err
		}
		days = append(days, d)
	}
	return days, rows.Err()
}
