package db

import (
	"context"
	"strings"
	"testing"
)

// Exec lets tests break or squeeze the file behind the program's back.
func Exec(t testing.TB, d *DB, query string) {
	t.Helper()
	if _, err := d.write.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// Schema returns the statements that would make the open file's tables and indexes.
func Schema(t testing.TB, d *DB) string {
	t.Helper()
	rows, err := d.read.Query("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY rowid")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	b.WriteString("-- The schema that the migrations lead to; a test in db compares.\n")
	for rows.Next() {
		var statement string
		if err := rows.Scan(&statement); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n" + statement + ";\n")
	}
	return b.String()
}

// ExpiredBackups lets tests ask which nightly copies go.
var ExpiredBackups = expiredBackups

// HoldsCopy reports whether a nightly copy is made on such a disk.
func HoldsCopy(v Disk) bool { return v.holdsCopy() }

// LookOver does what Run begins with.
func LookOver(ctx context.Context, d *DB) { d.lookOver(ctx) }
