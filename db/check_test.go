package db_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"furrow/db"
	"furrow/db/dbtest"
	"furrow/sensors"
)

func TestCheckFindsNothingWrongInOrder(t *testing.T) {
	dir := t.TempDir()
	d, _ := farm(t, dir)
	if got := inOrder(t, dir); got.Readings != 2*5*1440 || got.Farm != "Hill Farm" || len(got.Saved) > 0 {
		t.Errorf("beside its owner: got %+v", got)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "furrow.db"))
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, dir)
	if after, err := os.ReadFile(filepath.Join(dir, "furrow.db")); err != nil || !bytes.Equal(after, before) {
		t.Errorf("check changed the database: %v", err)
	}
	if _, err := db.Check(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("folder without a database: got %v, want a sentence that names --data", err)
	}
}

// Rows are numbered sensor<<20 | day; spring is day 20513.
func TestCheckSaysWhatIsWrong(t *testing.T) {
	const day2 = "(1 << 20 | 20514)"
	for _, c := range []struct {
		name, damage, want string
		readings           int64 // that can be read
	}{
		{"rotten day", "UPDATE raw SET data = CAST(substr(data, 1, 40) || x'ff' || substr(data, 42) AS BLOB) WHERE id = " + day2,
			"Air temperature of North probe, 2026-03-02: the readings are damaged", 9 * 1440},
		{"two rotten days", "UPDATE raw SET data = x'0102' WHERE id >> 20 = 2 AND id & 1048575 < 20515",
			"Humidity of North probe, 2 days from 2026-03-01 to 2026-03-02", 8 * 1440},
		{"misplaced day", "UPDATE raw SET data = (SELECT data FROM raw WHERE id = (1 << 20 | 20513)) WHERE id = " + day2, "readings of other days", 9 * 1440},
		{"set aside", "INSERT INTO raw (id, data) VALUES (-" + day2 + ", x'00')", "were set aside", 10 * 1440},
		{"wrong maximum", "UPDATE roll SET vmax = vmax + 1 WHERE id = " + day2, "2026-03-02: the sums for charts do not agree", 10 * 1440},
		{"wrong count", "UPDATE roll SET n = n + 1 WHERE id = " + day2, "do not agree", 10 * 1440},
		{"wrong total", "UPDATE roll SET vsum = vsum * 1.0001 WHERE id = " + day2, "do not agree", 10 * 1440},
		{"wrong hour", "UPDATE roll SET hourly = (SELECT hourly FROM roll WHERE id = (2 << 20 | 20514)) WHERE id = " + day2, "do not agree", 10 * 1440},
		{"no hours", "UPDATE roll SET hourly = NULL WHERE id = " + day2, "do not agree", 10 * 1440},
		{"rotten hours", "UPDATE roll SET hourly = x'0101' WHERE id = " + day2, "missing or damaged", 10 * 1440},
		{"no sums", "DELETE FROM roll WHERE id = " + day2, "missing or damaged", 10 * 1440},
		{"rotten commit", "UPDATE journal SET data = CAST(data || x'00' AS BLOB)", "1 group of the newest readings", 8 * 1440},
		{"nobody's readings", "INSERT INTO raw SELECT 99 << 20 | 20514, data FROM raw WHERE id = " + day2, "sensor 99, which does not exist", 10 * 1440},
		{"pointing nowhere", "PRAGMA foreign_keys = 0; UPDATE sensor SET device_id = 77 WHERE id = 2", "1 entry in the sensors point to something in the devices", 10 * 1440},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			d, _ := farm(t, dir)
			db.Exec(t, d, c.damage)
			got, err := db.Check(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Wrong) != 1 || !strings.Contains(got.Wrong[0], c.want) {
				t.Errorf("got %q, want one sentence with %q", got.Wrong, c.want)
			}
			if got.Readings != c.readings {
				t.Errorf("readable: got %d readings, want %d", got.Readings, c.readings)
			}
			if len(got.Saved) == 0 {
				t.Error("nothing is said about what can be saved")
			}
		})
	}
}

func TestCheckNamesTheCopyThatHasWhatWasLost(t *testing.T) {
	dir := t.TempDir()
	d, _ := farm(t, dir)
	if err := os.Mkdir(filepath.Join(dir, "backups"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Backup(t.Context(), filepath.Join(dir, "backups", "furrow-2026-03-06.db")); err != nil {
		t.Fatal(err)
	}
	write := os.WriteFile(filepath.Join(dir, "backups", "furrow-2026-03-07.db"), []byte("no database"), 0o600)
	if write != nil {
		t.Fatal(write)
	}
	db.Exec(t, d, "UPDATE raw SET data = x'00' WHERE id = (1 << 20 | 20514)")
	got, err := db.Check(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(append(got.Wrong, got.Saved...), "\n")
	for _, want := range []string{"2026-03-02: the readings are damaged", "furrow-2026-03-07.db is so damaged", "furrow-2026-03-06.db still has 1 of the damaged days",
		"The newest copy that can be restored is"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in\n%s", want, said)
		}
	}
	if got.Backups != 1 {
		t.Errorf("got %d whole copies, want 1", got.Backups)
	}
}

// spoil overwrites each page of a database in turn and calls then with a folder that has it.
func spoil(t *testing.T, file string, then func(page int, dir string)) {
	t.Helper()
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for page := 0; page < len(whole)/4096; page++ {
		bad := bytes.Clone(whole)
		copy(bad[page*4096:], bytes.Repeat([]byte{0xa5, 0x5a}, 2048))
		spoiled := t.TempDir()
		if err := os.WriteFile(filepath.Join(spoiled, "furrow.db"), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		then(page, spoiled)
	}
}

func TestCheckSurvivesAnyDamagedPage(t *testing.T) {
	d, _ := farm(t, t.TempDir())
	file := filepath.Join(t.TempDir(), "copy.db") // without free pages, whose damage harms nobody
	if _, err := d.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	spoil(t, file, func(page int, dir string) {
		got, err := db.Check(t.Context(), dir)
		if err != nil {
			t.Errorf("page %d: %v", page, err)
		}
		if len(got.Wrong) == 0 {
			t.Errorf("page %d is damaged, and nothing is said", page)
		}
	})
}

// startWith runs the database's care on a folder until it has looked the file over, and returns the log and
// what is known of damage.
func startWith(t *testing.T, dir string) (log, damage string) {
	t.Helper()
	var said bytes.Buffer
	d, err := db.Open(t.Context(), dir, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	db.LookOver(t.Context(), d)
	damage = d.Damage()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return said.String(), damage
}

func TestAnUncleanStopIsLookedInto(t *testing.T) {
	dir := t.TempDir()
	d, made := farm(t, dir)
	db.LookOver(t.Context(), d)
	crashed := t.TempDir()
	if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if log, damage := startWith(t, dir); strings.Contains(log, "did not end in order") || damage != "" {
		t.Errorf("after an orderly end: %q, %s", damage, log)
	}
	if log, damage := startWith(t, crashed); !strings.Contains(log, "the database is whole") || damage != "" {
		t.Errorf("after a crash: %q, %s", damage, log)
	}
	if log, _ := startWith(t, crashed); strings.Contains(log, "did not end in order") {
		t.Errorf("at the start after that: %s", log)
	}
	if again := dbtest.OpenDir(t, crashed); len(readingsOf(t, again, made[0].ID)) != 5*1440 {
		t.Error("readings were lost")
	}
}

func TestDamageAfterAnUncleanStopIsTold(t *testing.T) {
	dir := t.TempDir()
	d, _ := farm(t, dir)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "furrow.db"))
	if err != nil {
		t.Fatal(err)
	}
	last := whole[len(whole)-4096:]
	copy(last, bytes.Repeat([]byte{0xa5}, len(last)))
	for name, content := range map[string][]byte{"furrow.db": whole, "furrow.running": nil} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // until it was repaired
		if log, damage := startWith(t, dir); !strings.Contains(log, "the database is damaged") || !strings.Contains(damage, "furrow check") {
			t.Errorf("got %q, %s", damage, log)
		}
	}
}

func TestAReaderSeesTheFarmBesideItsOwner(t *testing.T) {
	dir := t.TempDir()
	d, made := farm(t, dir)
	r, err := db.OpenReader(t.Context(), dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Maintain(t.Context(), spring.Add(30*24*time.Hour)); err != nil { // seals what the reader holds in memory
		t.Fatal(err)
	}
	start, err := r.Start(t.Context())
	if err != nil || start.Farm.Name != "Hill Farm" || len(start.Sensors) != 2 {
		t.Errorf("start: got %+v, %v", start, err)
	}
	n := 0
	if err := r.Range(t.Context(), made[0].ID, 0, 1<<50, func(sensors.Reading) bool { n++; return true }); err != nil || n != 5*1440 {
		t.Errorf("got %d readings, %v, want all", n, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	db.Exec(t, d, "DELETE FROM goose_db_version WHERE version_id > 1")
	if _, err := db.OpenReader(t.Context(), dir, quiet); err == nil || !strings.Contains(err.Error(), "older Furrow") {
		t.Errorf("older schema: got %v, want a sentence", err)
	}
	if _, err := db.OpenReader(context.Background(), t.TempDir(), quiet); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("no database: got %v, want a sentence that names --data", err)
	}
}

func TestDiskTellsHowMuchRoomThereIs(t *testing.T) {
	d, _ := farm(t, t.TempDir())
	room, err := d.Disk()
	if err != nil {
		t.Skip("this system does not say: ", err)
	}
	if room.Free <= 0 || room.Total < room.Free || room.Database <= 0 {
		t.Errorf("got %+v", room)
	}
	for _, c := range []struct {
		room db.Disk
		want bool
	}{
		{db.Disk{Free: 600 << 20, Total: 64 << 30}, false}, {db.Disk{Free: 500 << 20, Total: 64 << 30}, true},
		{db.Disk{Free: 300 << 20, Total: 4 << 30}, false}, {db.Disk{Free: 200 << 20, Total: 4 << 30}, true},
	} {
		if got := c.room.Low(); got != c.want {
			t.Errorf("%+v: got low %v, want %v", c.room, got, c.want)
		}
	}
}
