// Package dbtest gives tests a real, migrated data folder.
package dbtest

import (
	"io"
	"log/slog"
	"testing"

	"furrow/db"
)

// Open returns a new database in a folder that goes with the test.
func Open(t testing.TB) *db.DB {
	t.Helper()
	return OpenDir(t, t.TempDir())
}

// OpenDir opens the database in dir and closes it when the test ends.
func OpenDir(t testing.TB, dir string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dir, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("closing the database: %v", err)
		}
	})
	return d
}
