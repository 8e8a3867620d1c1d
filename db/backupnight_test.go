package db_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"furrow/db"
)

func TestNightlyCopiesRotate(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d, _ := farm(t, dir)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.Run(ctx) }()
		time.Sleep(5 * time.Minute)
		if got := d.BackupState(); got.Kept != 0 {
			t.Errorf("five minutes after the start: %+v, want no copy yet", got)
		}
		time.Sleep(10 * time.Minute)
		if got := d.BackupState(); got.Kept != 1 || got.Failed != "" || got.Bytes == 0 {
			t.Errorf("a quarter of an hour after the start: %+v, want the first copy", got)
		}
		time.Sleep(40 * 24 * time.Hour)
		if got := d.BackupState(); got.Kept != 11 || !strings.HasSuffix(got.Newest, "furrow-2000-02-09.db") {
			t.Errorf("after 40 days: %+v, want 7 daily and 4 weekly copies", got)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if got := inOrder(t, dir); got.Backups != 11 {
			t.Errorf("check found %d copies, want 11", got.Backups)
		}
	})
}

func TestAFailedNightlyCopyIsToldAndTriedAgain(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d, _ := farm(t, dir)
		if err := os.WriteFile(filepath.Join(dir, "backups"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.Run(ctx) }()
		time.Sleep(15 * time.Minute)
		if got := d.BackupState(); got.Failed == "" || got.FailedAt.IsZero() || got.Kept != 0 {
			t.Errorf("where no folder can be made: %+v, want a failure", got)
		}
		if err := os.Remove(filepath.Join(dir, "backups")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if got := d.BackupState(); got.Failed != "" || got.Kept != 1 {
			t.Errorf("an hour later: %+v, want a copy", got)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestNightlyCopiesLeaveRoom(t *testing.T) {
	for _, c := range []struct {
		free, database int64
		want           bool
	}{{200, 100, true}, {199, 100, false}, {0, 0, true}} {
		if got := db.HoldsCopy(db.Disk{Free: c.free, Database: c.database}); got != c.want {
			t.Errorf("%d free for %d: got %v, want %v", c.free, c.database, got, c.want)
		}
	}
}

func TestExpiredBackups(t *testing.T) {
	var nights []string // newest first; 2026-03-31 is a Tuesday
	for day := time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC); len(nights) < 60; day = day.AddDate(0, 0, -1) {
		nights = append(nights, day.Format(time.DateOnly))
	}
	gone := db.ExpiredBackups(append([]string{"2031-01-01"}, nights...), "2026-03-31")
	var kept []string
	for _, night := range nights {
		if !slices.Contains(gone, night) {
			kept = append(kept, night)
		}
	}
	want := append(slices.Clone(nights[:7]), "2026-03-24", "2026-03-22", "2026-03-15", "2026-03-08")
	if !slices.Equal(kept, want) || slices.Contains(gone, "2031-01-01") {
		t.Errorf("kept %v, want %v", kept, want)
	}
	if gone := db.ExpiredBackups(nights[:7], "2026-03-31"); len(gone) != 0 {
		t.Errorf("of seven: %v go, want none", gone)
	}
}
