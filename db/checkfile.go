package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"furrow/db/history"
	"furrow/migrations"
	"furrow/sensors"
)

// Contents is what a database holds, as people know it.
type Contents struct {
	Farm                            string // its name, "" before it was set up
	Zones, Devices, Sensors, People int
	Readings                        int64
	Newest                          sensors.Milli
	Schema                          int64
	Bytes                           int64
}

// examination is what reading a whole database found.
type examination struct {
	Contents
	broken []string // what the file itself is, each a sentence without its subject
	links  []string // sentences about rows that point nowhere
	faults []history.Fault
	names  map[sensors.SensorID]string
}

// examine reads everything in a database file. Damage is not an error.
func examine(ctx context.Context, file string, how access) (*examination, error) {
	pool, err := sql.Open("sqlite", readName(file, how))
	if err != nil {
		return nil, err
	}
	defer pool.Close()      //nolint:errcheck // nothing was written
	pool.SetMaxOpenConns(1) // so that all queries see one state
	x := &examination{names: map[sensors.SensorID]string{}}
	x.Bytes = sizeOf(file)
	if _, err := pool.ExecContext(ctx, "BEGIN"); err != nil {
		return x, x.fail(ctx, file, err)
	}
	if err := x.structure(ctx, pool); err != nil {
		return x, x.fail(ctx, file, err)
	}
	if err := x.schema(ctx, pool); err != nil && len(x.broken) == 0 {
		return x, x.fail(ctx, file, err)
	}
	d := &DB{read: pool}
	x.count(ctx, d)
	x.name(ctx, d)
	if err := x.references(ctx, pool); err != nil && len(x.broken) == 0 {
		return x, x.fail(ctx, file, err)
	}
	total, err := history.Survey(ctx, pool, func(f history.Fault) { x.faults = append(x.faults, f) })
	x.Readings, x.Newest = total.Readings, total.Newest
	return x, err
}

// fail tells damage, which is a finding, from what keeps the file from being read at all.
func (x *examination) fail(ctx context.Context, file string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			x.broken = append(x.broken, "is so damaged that it cannot be opened, or is not a Furrow database.")
			return nil
		case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_PERM:
			return fmt.Errorf("%s cannot be read by this user; run it as the user that furrow serve runs as", file)
		}
	}
	return fmt.Errorf("reading %s: %w", file, err)
}

// structure looks at every page of the file, and at the indexes.
func (x *examination) structure(ctx context.Context, pool *sql.DB) error {
	found, err := collect(ctx, pool, func(row scanner) (s string, err error) { return s, row.Scan(&s) }, "PRAGMA integrity_check(100)")
	if err != nil && ctx.Err() != nil {
		return err
	}
	if err == nil && len(found) == 1 && found[0] == "ok" {
		return nil
	}
	trees, err := collect(ctx, pool, scanTree, "SELECT rootpage, tbl_name FROM sqlite_schema WHERE rootpage > 0")
	if err != nil && ctx.Err() != nil {
		return err
	}
	x.broken = append(x.broken, damagedParts(found, trees)...)
	return nil
}

// tree is a part of the file.
type tree struct {
	root  int64
	table string
}

func scanTree(row scanner) (t tree, err error) { return t, row.Scan(&t.root, &t.table) }

// damagedParts says in sentences what SQLite found, as far as it can be told what is concerned.
func damagedParts(found []string, trees []tree) []string {
	places := map[string]int{}
	for _, message := range strings.Split(strings.Join(found, "\n"), "\n") {
		if strings.HasPrefix(message, "***") {
			continue // a heading
		}
		part := "its inner order"
		for _, t := range trees {
			if strings.HasPrefix(message, "Tree "+strconv.FormatInt(t.root, 10)+" ") || slices.Contains(strings.FieldsFunc(message, notWord), t.table) {
				part = t.table
			}
		}
		places[part]++
	}
	var sentences []string
	for _, part := range sorted(places) {
		sentences = append(sentences, fmt.Sprintf("is damaged in %s: %s.", tableName(part), counted(places[part], "place", "places")))
	}
	return sentences
}

func notWord(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }

// schema refuses what is no Furrow database, or a newer one.
func (x *examination) schema(ctx context.Context, pool *sql.DB) error {
	err := pool.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&x.Schema)
	var lite *sqlite.Error
	if errors.As(err, &lite) && lite.Code() == sqlite3.SQLITE_ERROR || err == nil && x.Schema == 0 {
		x.broken = append(x.broken, "is not a Furrow database.")
		return nil
	}
	if newest := newestSchema(); x.Schema > newest {
		x.broken = append(x.broken, fmt.Sprintf("was made by a newer Furrow (schema %d, this one knows %d); use that version.", x.Schema, newest))
	}
	return err
}

// newestSchema is the number of the last migration.
func newestSchema() (newest int64) {
	files, _ := fs.Glob(migrations.Files, "*.sql") // the pattern is good
	for _, file := range files {
		digits, _, _ := strings.Cut(file, "_")
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

// count counts what people know; what cannot be read counts as nothing.
func (x *examination) count(ctx context.Context, d *DB) {
	if farm, err := d.Farm(ctx); err == nil {
		x.Farm = farm.Name
	}
	for table, n := range map[string]*int{"zone": &x.Zones, "device": &x.Devices, "sensor": &x.Sensors, "person": &x.People} {
		_ = d.read.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(n) // its damage is told elsewhere
	}
}

// name notes what the sensors are called, as far as that can be read.
func (x *examination) name(ctx context.Context, d *DB) {
	devices, _ := d.Devices(ctx)
	all, _ := d.Sensors(ctx)
	of := map[sensors.DeviceID]string{}
	for _, v := range devices {
		of[v.ID] = v.Name
	}
	for _, s := range all {
		x.names[s.ID] = s.Label() + " of " + of[s.Device]
	}
}

// references finds rows that point to others that are not there.
func (x *examination) references(ctx context.Context, pool *sql.DB) error {
	type link struct{ table, parent string }
	found, err := collect(ctx, pool, func(row scanner) (l link, err error) {
		var id, key any
		return l, row.Scan(&l.table, &id, &l.parent, &key)
	}, "PRAGMA foreign_key_check")
	broken := map[string]int{}
	for _, l := range found {
		broken[fmt.Sprintf("in %s point to something in %s that is not there", tableName(l.table), tableName(l.parent))]++
	}
	for _, what := range sorted(broken) {
		x.links = append(x.links, fmt.Sprintf("%s %s; it may not be shown.", counted(broken[what], "entry", "entries"), what))
	}
	return err
}
