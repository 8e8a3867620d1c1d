package history

import (
	"context"
	"database/sql"
	"math"
	"runtime"

	"furrow/sensors"
)

// FaultKind says in which way a row of the history is not what was written.
type FaultKind uint8

const (
	JournalDamaged FaultKind = iota // a commit that was not sealed; Row is its number
	JournalCutOff                   // the journal cannot be read beyond Row
	DayDamaged                      // the readings of a day cannot be read
	DaySetAside                     // likewise, and newer readings of the day took the row's place
	DayMisplaced                    // a row with readings of other days
	DaysCutOff                      // the sensor's days after Day cannot be reached; Day is zero when none can
	SumsDamaged                     // the sums by the hour cannot be read, or none are there
	SumsWrong                       // the sums are not what the readings come to
	SensorGone                      // days of a sensor that does not exist
)

// Fault is one thing wrong with a stored history.
type Fault struct {
	Kind   FaultKind
	Row    int64 // of the journal, or of a day
	Sensor sensors.SensorID
	Day    sensors.Milli // when the UTC day begins
}

// Total is what of a history can be read.
type Total struct {
	Readings int64 // each moment of a sensor once
	Newest   sensors.Milli
}

// survey reads a whole history. db has one connection, so a query ends before the next begins.
type survey struct {
	db     *sql.DB
	found  func(Fault)
	head   map[sensors.SensorID]*column
	known  map[sensors.SensorID]bool // sensors that exist; nil when that cannot be read
	unpack unpacker
	total  Total
}

// Survey reads every row of the history in db, calls found with what is wrong, and returns what can be read.
// Damage is not an error; only ctx ending is.
func Survey(ctx context.Context, db *sql.DB, found func(Fault)) (Total, error) {
	s := &survey{db: db, found: found, head: map[sensors.SensorID]*column{}}
	ids := s.sensors(ctx)
	s.journal(ctx)
	s.setAside(ctx)
	for _, id := range ids {
		s.days(ctx, id)
	}
	return s.total, ctx.Err()
}

// sensors returns the sensors whose rows are to be read. Where the sensors themselves are damaged, that is
// whoever has rows.
func (s *survey) sensors(ctx context.Context) []sensors.SensorID {
	ids, err := s.ids(ctx, "SELECT id FROM sensor ORDER BY id")
	if err != nil {
		ids, _ = s.ids(ctx, "SELECT DISTINCT id >> 20 FROM raw WHERE id >= 0 ORDER BY 1") // damage there is met again
		return ids
	}
	s.known = map[sensors.SensorID]bool{}
	for _, id := range ids {
		s.known[id] = true
	}
	strangers, _ := s.ids(ctx, `SELECT id >> 20 FROM raw WHERE id >= 0 AND id >> 20 NOT IN (SELECT id FROM sensor)
		UNION SELECT id >> 20 FROM roll WHERE id >> 20 NOT IN (SELECT id FROM sensor)`)
	for _, id := range strangers {
		s.found(Fault{Kind: SensorGone, Sensor: id})
	}
	return ids
}

// ids returns what can be read of a list of sensors.
func (s *survey) ids(ctx context.Context, query string) (ids []sensors.SensorID, err error) {
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id sensors.SensorID
		if err := rows.Scan(&id); err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// journal reads what is not sealed, as Open does.
func (s *survey) journal(ctx context.Context) {
	row := int64(0)
	rows, err := s.db.QueryContext(ctx, "SELECT id, data FROM journal ORDER BY id")
	if err != nil {
		s.found(Fault{Kind: JournalCutOff})
		return
	}
	defer rows.Close()
	for rows.Next() {
		var data sql.RawBytes
		if err := rows.Scan(&row, &data); err != nil {
			break
		}
		err := decodeJournal(data, func(r sensors.Reading) {
			if s.known != nil && !s.known[r.Sensor] {
				return // deleted since
			}
			if s.head[r.Sensor] == nil {
				s.head[r.Sensor] = &column{}
			}
			s.head[r.Sensor].put(entryOf(r))
		})
		if err != nil {
			s.found(Fault{Kind: JournalDamaged, Row: row})
		}
	}
	if rows.Err() != nil {
		s.found(Fault{Kind: JournalCutOff, Row: row})
	}
}

// setAside finds the days that sealing found damaged.
func (s *survey) setAside(ctx context.Context) {
	rows, err := s.db.QueryContext(ctx, "SELECT -id FROM raw WHERE id < 0")
	if err != nil {
		return // the days are then missed one by one
	}
	defer rows.Close()
	for rows.Next() {
		var row int64
		if rows.Scan(&row) == nil {
			s.fault(DaySetAside, row)
		}
	}
}

func (s *survey) fault(kind FaultKind, row int64) {
	s.found(Fault{Kind: kind, Row: row, Sensor: sensors.SensorID(row >> dayBits), Day: dayStart(dayOfRow(row))})
}

// surveyed is a day's row with its sums.
type surveyed struct {
	id                     int64
	data                   sql.RawBytes
	n                      sql.NullInt64 // null: there are no sums
	low, high, total, last sql.NullFloat64
	hourly                 sql.RawBytes
}

// days reads the sealed days of a sensor, and counts its readings. Where the sums cannot be reached, the
// readings are read without them.
func (s *survey) days(ctx context.Context, id sensors.SensorID) {
	var head []entry
	if c := s.head[id]; c != nil {
		head = c.entries
	}
	last, whole := rowID(id, 0)-1, false
	for _, query := range [...]string{
		`SELECT raw.id, data, n, vmin, vmax, vsum, vlast, hourly FROM raw LEFT JOIN roll ON roll.id = raw.id WHERE raw.id > $1 AND raw.id < $2 ORDER BY raw.id`,
		`SELECT id, data, NULL, NULL, NULL, NULL, NULL, NULL FROM raw WHERE id > $1 AND id < $2 ORDER BY id`,
	} {
		if !whole {
			last, head, whole = s.daysBy(ctx, query, last, rowID(id+1, 0), head)
		}
	}
	if !whole && ctx.Err() == nil {
		s.fault(DaysCutOff, max(last, rowID(id, 0)))
	}
	s.count(head)
}

// daysBy reads days until one cannot be reached. It returns the last one that could, what of head is later,
// and whether it came to the end.
func (s *survey) daysBy(ctx context.Context, query string, after, before int64, head []entry) (last int64, rest []entry, whole bool) {
	rows, err := s.db.QueryContext(ctx, query, after, before)
	if err != nil {
		return after, head, false
	}
	defer rows.Close()
	for rows.Next() {
		var d surveyed
		if err := rows.Scan(&d.id, &d.data, &d.n, &d.low, &d.high, &d.total, &d.last, &d.hourly); err != nil {
			return after, head, false
		}
		after = d.id
		n := search(head, dayStart(dayOfRow(d.id)+1))
		s.count(merge(s.day(&d), head[:n]))
		head = head[n:]
		runtime.Gosched() // who stores readings does not wait for who counts them
	}
	return after, head, rows.Err() == nil
}

// day returns a day's readings, none when they cannot be read, and holds the sums against them.
func (s *survey) day(d *surveyed) []entry {
	entries, err := s.unpack.chunk(d.data)
	if err != nil || len(entries) == 0 {
		s.fault(DayDamaged, d.id)
		return nil
	}
	day := dayOfRow(d.id)
	if entries[0].at() < dayStart(day) || entries[len(entries)-1].at() >= dayStart(day+1) {
		s.fault(DayMisplaced, d.id)
		return nil
	}
	want := rollOf(entries)
	var hourly [24]sum
	if len(d.hourly) > 0 {
		hourly, err = decodeHourly(d.hourly)
	}
	switch {
	case err != nil || !d.n.Valid:
		s.fault(SumsDamaged, d.id)
	case !same(want.day, sum{d.n.Int64, d.low.Float64, d.high.Float64, d.total.Float64, d.last.Float64}) ||
		want.day.last != d.last.Float64 || (len(d.hourly) > 0) != (want.day.n >= hourlyFrom) || len(d.hourly) > 0 && !sameHours(want.hourly, hourly):
		s.fault(SumsWrong, d.id)
	}
	return entries
}

func sameHours(a, b [24]sum) bool {
	for i := range a {
		if !same(a[i], b[i]) {
			return false
		}
	}
	return true
}

// same compares sums; totals may differ by what rounding does.
func same(a, b sum) bool {
	return a.n == b.n && a.min == b.min && a.max == b.max &&
		math.Abs(a.total-b.total) <= 1e-9*math.Max(math.Abs(a.total), math.Max(math.Abs(a.min), math.Abs(a.max))*float64(a.n))
}

func (s *survey) count(entries []entry) {
	s.total.Readings += int64(len(entries))
	if len(entries) > 0 {
		s.total.Newest = max(s.total.Newest, entries[len(entries)-1].at())
	}
}

// Readable reports whether a day's row holds its readings undamaged.
func Readable(data []byte) bool {
	entries, err := decodeChunk(data)
	return err == nil && len(entries) > 0
}
