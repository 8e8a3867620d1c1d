package db_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"furrow/db"
	"furrow/db/dbtest"
	"furrow/sensors"
)

func TestRestoreGivesBackWhatWas(t *testing.T) {
	dir := t.TempDir()
	d, made := farm(t, dir)
	file := filepath.Join(t.TempDir(), "copy.db")
	if _, err := d.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	want := readingsOf(t, d, made[0].ID)
	fill(t, d, made[1:], 6*1440)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Restore(t.Context(), dir, file, false, spring); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("onto a database: got %v, want a refusal", err)
	}
	if _, err := db.Restore(t.Context(), dir, filepath.Join(dir, "furrow.db"), true, spring); err == nil || !strings.Contains(err.Error(), "itself") {
		t.Errorf("from itself: got %v, want a refusal", err)
	}
	got, err := db.Restore(t.Context(), dir, file, true, spring)
	if err != nil {
		t.Fatal(err)
	}
	newest := sensors.MilliOf(spring.Add(5*24*time.Hour - time.Minute))
	if got.Farm != "Hill Farm" || got.Readings != 2*5*1440 || got.Newest != newest || got.Devices != 1 || got.Aside == "" {
		t.Errorf("restored: got %+v", got)
	}
	if before := inOrder(t, got.Aside); before.Readings != 11*1440 {
		t.Errorf("moved aside: got %d readings, want %d", before.Readings, 11*1440)
	}
	again := dbtest.OpenDir(t, dir)
	if have := readingsOf(t, again, made[0].ID); !slices.Equal(have, want) {
		t.Errorf("after the restore there are %d readings, want the %d of then", len(have), len(want))
	}
}

func TestRestoreTakesInWhatACrashLeftBesideTheFile(t *testing.T) {
	dir := t.TempDir()
	farm(t, dir)
	crashed := t.TempDir() // what lies on the disk after a power cut
	if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(crashed, "furrow.db-wal")); err != nil || info.Size() == 0 {
		t.Fatalf("nothing lies beside the file: %v", err)
	}
	got, err := db.Restore(t.Context(), t.TempDir(), filepath.Join(crashed, "furrow.db"), false, spring)
	if err != nil || got.Readings != 2*5*1440 {
		t.Errorf("got %d readings, %v, want all", got.Readings, err)
	}
	other := filepath.Join(t.TempDir(), "other.db")
	if _, err := dbtest.Open(t).Backup(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	got, err = db.Restore(t.Context(), crashed, other, true, spring) // and what lay there never meets the copy
	if err != nil || got.Readings != 0 {
		t.Errorf("got %d readings, %v, want none", got.Readings, err)
	}
	if aside := inOrder(t, got.Aside); aside.Readings != 2*5*1440 {
		t.Errorf("moved aside: got %d readings, want all", aside.Readings)
	}
	inOrder(t, crashed)
}

func TestRestoreRefusesWhatIsNoWholeCopy(t *testing.T) {
	dir := t.TempDir()
	d, _ := farm(t, dir)
	whole := filepath.Join(t.TempDir(), "copy.db")
	if _, err := d.Backup(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	garbage := slices.Clone(content)
	for i := len(garbage) / 2; i < len(garbage)/2+3*4096; i++ {
		garbage[i] = 0xa5
	}
	for name, bad := range map[string][]byte{
		"empty": {}, "text": []byte(strings.Repeat("no database ", 1000)), "half": content[:len(content)/2], "garbage": garbage,
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "bad.db")
			if err := os.WriteFile(file, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := db.Restore(t.Context(), dir, file, true, spring)
			if err == nil || !strings.Contains(err.Error(), "nothing was changed") {
				t.Errorf("got %v, want a refusal", err)
			}
		})
	}
	if _, err := db.Restore(t.Context(), dir, filepath.Join(dir, "none.db"), true, spring); err == nil {
		t.Error("a copy that is not there was restored")
	}
	if got := inOrder(t, dir); got.Readings != 2*5*1440 {
		t.Errorf("afterwards: got %d readings, want all", got.Readings)
	}
}
