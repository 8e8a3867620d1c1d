package history

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"furrow/migrations"
	"furrow/sensors"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// farm is a database with an engine on it.
type farm struct {
	t           testing.TB
	file        string
	read, write *sql.DB
	*Engine
}

func openFarm(t testing.TB, file string) *farm {
	t.Helper()
	// A kill that a test plays leaves the operating system as it is, so nothing has to reach the disk.
	dsn := "file:" + file + "?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)"
	f := &farm{t: t, file: file}
	var err error
	if f.write, err = sql.Open("sqlite", dsn); err != nil {
		t.Fatal(err)
	}
	f.write.SetMaxOpenConns(1)
	if f.read, err = sql.Open("sqlite", dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.read.Close(); f.write.Close() })
	var tables int
	if err := f.write.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if tables == 0 {
		schema, err := migrations.Files.ReadFile("0001_init.sql")
		if err != nil {
			t.Fatal(err)
		}
		f.exec(string(schema))
		f.exec("INSERT INTO device (id, key, name, model, status, dialect, zone_hint, gateway, simulated, first_seen, last_seen, online) VALUES (1, 'd', 'd', '', 'new', '', '', '', 0, 0, 0, 0)")
	}
	if f.Engine, err = Open(context.Background(), f.read, f.write, quiet); err != nil {
		t.Fatal(err)
	}
	return f
}

func newFarm(t testing.TB) *farm { return openFarm(t, filepath.Join(t.TempDir(), "farm.db")) }

func (f *farm) exec(query string, args ...any) {
	f.t.Helper()
	if _, err := f.write.Exec(query, args...); err != nil {
		f.t.Fatal(err)
	}
}

func (f *farm) sensors(ids ...sensors.SensorID) {
	for _, id := range ids {
		f.exec("INSERT INTO sensor (id, device_id, metric, channel, name, position, created_at) VALUES ($1, 1, $2, '', '', 0, 0)", int64(id), fmt.Sprint("m", id))
	}
}

func (f *farm) append(rs []sensors.Reading) []bool { return f.appendStamped(rs, nil) }

func (f *farm) appendStamped(rs []sensors.Reading, stamped []bool) []bool {
	f.t.Helper()
	tx, err := f.write.Begin()
	if err != nil {
		f.t.Fatal(err)
	}
	dup := make([]bool, len(rs))
	applied, err := f.Append(context.Background(), tx, rs, stamped, nil, dup)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		f.t.Fatal(err)
	}
	applied()
	return dup
}

func (f *farm) all(id sensors.SensorID, from, to sensors.Milli) []sensors.Reading {
	f.t.Helper()
	var out []sensors.Reading
	if err := f.Range(context.Background(), id, from, to, func(r sensors.Reading) bool { out = append(out, r); return true }); err != nil {
		f.t.Fatal(err)
	}
	return out
}

var day0 = sensors.MilliOf(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))

func TestSealingShrinksAndEmptiesTheJournal(t *testing.T) {
	f := newFarm(t)
	f.sensors(1)
	var rs []sensors.Reading
	for i := range 3 * 1440 {
		rs = append(rs, sensors.Reading{Sensor: 1, At: day0 + sensors.Milli(i)*60_000, Value: math.Round(200+50*math.Sin(float64(i)/200)) / 10})
	}
	f.append(rs)
	if err := f.Seal(context.Background(), (day0 + 3*dayMillis).Time()); err != nil {
		t.Fatal(err)
	}
	var journal, bytes int
	if err := f.read.QueryRow("SELECT (SELECT count(*) FROM journal), (SELECT sum(length(data)) FROM raw)").Scan(&journal, &bytes); err != nil {
		t.Fatal(err)
	}
	if journal != 0 || f.Unsealed() != 0 {
		t.Errorf("after sealing %d journal rows and %d readings in memory remain", journal, f.Unsealed())
	}
	if perReading := float64(bytes) / float64(len(rs)); perReading > 0.6 {
		t.Errorf("%.2f bytes a reading, want at most 0.6", perReading)
	}
	if got := f.all(1, 0, day0+4*dayMillis); !slices.Equal(got, rs) {
		t.Errorf("got %d readings back, want %d", len(got), len(rs))
	}
}

func TestLateReadingsSurviveARunningSeal(t *testing.T) {
	t.Parallel()
	f := newFarm(t)
	f.sensors(1, 2, 3, 4)
	want := model{1: {}, 2: {}, 3: {}, 4: {}}
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if err := f.Seal(context.Background(), (day0 + 2*dayMillis).Time()); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 150 {
		var rs []sensors.Reading
		for range 20 {
			r := sensors.Reading{Sensor: sensors.SensorID(1 + rnd.IntN(4)), At: day0 + sensors.Milli(rnd.IntN(2*dayMillis)), Value: float64(rnd.IntN(100))}
			rs = append(rs, r)
			want[r.Sensor][r.At] = r
		}
		f.append(rs)
	}
	close(stop)
	wg.Wait()
	f = openFarm(t, f.file)
	for id := range want {
		if got, want := f.all(id, 0, day0+3*dayMillis), want.sorted(id); !slices.Equal(got, want) {
			t.Errorf("sensor %d: got %d readings, want %d", id, len(got), len(want))
		}
	}
}

// TestTheLastReadingIsTheNewest lets a late reading come after a sensor's last day was sealed.
func TestTheLastReadingIsTheNewest(t *testing.T) {
	f := newFarm(t)
	f.sensors(1)
	f.append([]sensors.Reading{{Sensor: 1, At: day0, Value: 1}, {Sensor: 1, At: day0 + dayMillis, Value: 2}})
	if err := f.Seal(context.Background(), (day0 + 2*dayMillis).Time()); err != nil {
		t.Fatal(err)
	}
	f.append([]sensors.Reading{{Sensor: 1, At: day0 + 5, Value: 3}})
	for range 2 {
		last, err := f.Last(context.Background(), []sensors.SensorID{1})
		if err != nil || len(last) != 1 || last[0].Value != 2 {
			t.Errorf("last: got %v, %v, want the one of the second day", last, err)
		}
		f = openFarm(t, f.file)
	}
}

// TestReadersShareFewConnections asks for more charts at once than there are connections; each needs sums
// and readings.
func TestReadersShareFewConnections(t *testing.T) {
	t.Parallel()
	f := newFarm(t)
	f.read.SetMaxOpenConns(2)
	f.sensors(1)
	var rs []sensors.Reading
	for i := range sensors.Milli(3 * 1440) {
		rs = append(rs, sensors.Reading{Sensor: 1, At: day0 + i*60_000, Value: 1})
	}
	f.append(rs)
	if err := f.Seal(context.Background(), (day0 + 3*dayMillis).Time()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var readers sync.WaitGroup
	for range 16 {
		readers.Go(func() {
			for range 10 {
				got, err := f.Buckets(ctx, []sensors.SensorID{1}, day0+hourMillis, day0+3*dayMillis-1, time.Hour)
				if err != nil || len(got[0]) != 71 {
					t.Errorf("got %d hours, %v, want 71", len(got), err)
					return
				}
			}
		})
	}
	readers.Wait()
}

func TestDeletedSensorsLeaveNothing(t *testing.T) {
	f := newFarm(t)
	f.sensors(1, 2)
	rs := []sensors.Reading{{Sensor: 1, At: day0, Value: 1}, {Sensor: 2, At: day0, Value: 2}}
	f.append(rs)
	if err := f.Seal(context.Background(), (day0 + dayMillis).Time()); err != nil {
		t.Fatal(err)
	}
	f.append([]sensors.Reading{{Sensor: 1, At: day0 + dayMillis, Value: 3}})
	tx, err := f.write.Begin()
	if err != nil {
		t.Fatal(err)
	}
	applied, err := f.Delete(context.Background(), tx, []sensors.SensorID{1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("DELETE FROM sensor WHERE id = 1"); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	applied()
	for range 2 {
		if got := f.all(1, 0, day0+9*dayMillis); len(got) != 0 {
			t.Errorf("deleted sensor still has %v", got)
		}
		if got := f.all(2, 0, day0+9*dayMillis); !slices.Equal(got, rs[1:]) {
			t.Errorf("the other sensor: got %v, want %v", got, rs[1:])
		}
		f = openFarm(t, f.file)
	}
}

func TestRollbackLeavesTheHeadAlone(t *testing.T) {
	f := newFarm(t)
	f.sensors(1)
	tx, err := f.write.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Append(context.Background(), tx, []sensors.Reading{{Sensor: 1, At: day0, Value: 1}}, nil, nil, make([]bool, 1)); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if got := f.all(1, 0, day0+1); len(got) != 0 {
		t.Errorf("got %v, want nothing", got)
	}
	if dup := f.append([]sensors.Reading{{Sensor: 1, At: day0, Value: 1}}); dup[0] {
		t.Error("what was rolled back counts as stored")
	}
}

func TestDamagedRowsAreLeftOut(t *testing.T) {
	f := newFarm(t)
	f.sensors(1)
	f.append([]sensors.Reading{{Sensor: 1, At: day0, Value: 1}})
	if err := f.Seal(context.Background(), (day0 + dayMillis).Time()); err != nil {
		t.Fatal(err)
	}
	f.append([]sensors.Reading{{Sensor: 1, At: day0 + dayMillis, Value: 2}})
	f.append([]sensors.Reading{{Sensor: 1, At: day0 + 2*dayMillis, Value: 3}})
	f.exec("UPDATE raw SET data = CAST(substr(data, 1, length(data) - 1) || x'00' AS BLOB)")
	f.exec("UPDATE journal SET data = CAST(substr(data, 1, length(data) - 1) || x'ff' AS BLOB) WHERE id = (SELECT min(id) FROM journal)")
	f = openFarm(t, f.file)
	got := f.all(1, 0, day0+9*dayMillis)
	if len(got) != 1 || got[0].Value != 3 {
		t.Errorf("got %v, want the one reading whose row is whole", got)
	}
}

func TestUnstorableReadingsAreRefused(t *testing.T) {
	f := newFarm(t)
	f.sensors(1)
	for _, r := range []sensors.Reading{{Sensor: 0, At: day0}, {Sensor: 1, At: -1}, {Sensor: 1, At: day0, Value: math.NaN()}, {Sensor: 1, At: day0, Value: math.Inf(1)}, {Sensor: 1, At: math.MaxInt64}} {
		tx, err := f.write.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Append(context.Background(), tx, []sensors.Reading{r}, nil, nil, nil); err == nil || !strings.Contains(err.Error(), "a reading without") {
			t.Errorf("%+v: got %v, want a refusal", r, err)
		}
		_ = tx.Rollback()
	}
}

func TestChunkKeepsAnything(t *testing.T) {
	for name, values := range map[string][]float64{
		"decimals": {21.4, 21.5, -0.1, 0}, "whole": {1, 2, 3}, "floats": {math.Pi, 1e300, -1e-300, 5e-324},
		"large": {1e15, 0.1}, "negative zero": {math.Copysign(0, -1), 1}, "one": {7},
	} {
		var entries []entry
		for i, v := range values {
			entries = append(entries, entryOf(sensors.Reading{Sensor: 1, At: day0 + sensors.Milli(i*i*i*7), Value: v, Quality: sensors.Quality(i % 2)}))
		}
		var p packer
		row, err := p.chunk(entries)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeChunk(row)
		if err != nil || !slices.EqualFunc(got, entries, func(a, b entry) bool {
			return a.key == b.key && math.Float64bits(a.value) == math.Float64bits(b.value)
		}) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, entries)
		}
	}
}

func FuzzDecoders(f *testing.F) {
	entries := []entry{entryOf(sensors.Reading{At: day0, Value: 1}), entryOf(sensors.Reading{At: day0 + 1500, Value: 2.5, Quality: sensors.Suspect})}
	var p packer
	row, err := p.chunk(entries)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(row)
	f.Add(appendJournal(nil, []sensors.Reading{{Sensor: 1, At: day0, Value: 21.4}, {Sensor: 2, At: day0, Value: math.Pi}}))
	f.Add(rollOf(entries).appendHourly(nil, 1))
	f.Fuzz(func(t *testing.T, blob []byte) {
		if entries, err := decodeChunk(blob); err == nil && !ascending(entries) {
			t.Error("a chunk out of order was taken")
		}
		_ = decodeJournal(blob, func(r sensors.Reading) {
			if !storable(r) {
				t.Errorf("journal gave %+v", r)
			}
		})
		if hours, err := decodeHourly(blob); err == nil {
			for _, h := range hours {
				if h.n < 0 || h.n > 0 && !(h.min <= h.max) {
					t.Errorf("hourly gave %+v", h)
				}
			}
		}
	})
}
