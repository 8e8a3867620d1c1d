package db_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"furrow/db"
	"furrow/db/dbtest"
	"furrow/sensors"
	"furrow/web/auth"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func register(t *testing.T, d *db.DB, key string, metrics ...sensors.MetricID) (*sensors.Device, []*sensors.Sensor) {
	t.Helper()
	device := &sensors.Device{Key: key, Name: key, Status: sensors.DeviceNew}
	r := &sensors.Registration{Devices: []*sensors.Device{device}}
	var made []*sensors.Sensor
	for _, m := range metrics {
		s := &sensors.Sensor{Metric: m}
		made = append(made, s)
		r.Sensors = append(r.Sensors, sensors.NewSensor{Device: device, Sensor: s})
	}
	if err := d.Register(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return device, made
}

func TestRegisterIsIdempotent(t *testing.T) {
	d := dbtest.Open(t)
	device, made := register(t, d, "gh1/t1", "temperature", "humidity")
	again, madeAgain := register(t, d, "gh1/t1", "temperature", "humidity")
	if device.ID == 0 || again.ID != device.ID || madeAgain[0].ID != made[0].ID || madeAgain[1].ID != made[1].ID {
		t.Errorf("registered again: device %d and %d, sensors %v and %v", device.ID, again.ID, made, madeAgain)
	}
	start, err := d.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(start.Devices) != 1 || len(start.Sensors) != 2 {
		t.Errorf("start has %d devices and %d sensors, want 1 and 2", len(start.Devices), len(start.Sensors))
	}
}

func TestCommittedBatchSurvivesWithoutClose(t *testing.T) {
	dir := t.TempDir()
	d, err := db.Open(t.Context(), dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	device, made := register(t, d, "gh1/t1", "temperature")
	at := sensors.MilliOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	batch := &sensors.Batch{
		Readings:  []sensors.Reading{{Sensor: made[0].ID, At: at, Value: 21.4}, {Sensor: made[0].ID, At: at, Value: 21.5}},
		Duplicate: make([]bool, 2),
		Seen:      []sensors.Seen{{Device: device.ID, At: at, Online: true}},
		Receipts:  []sensors.ReceiptKey{{Client: 1, PacketID: 2, Content: 3}},
	}
	if err := d.Commit(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if batch.Duplicate[0] || !batch.Duplicate[1] {
		t.Errorf("duplicates: got %v, want the second", batch.Duplicate)
	}
	// The first handle stays open, as after a kill: the file is read through a second one.
	start, err := dbtest.OpenDir(t, dir).Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(start.Recent) != 1 || start.Recent[0].Value != 21.5 {
		t.Errorf("recent readings: got %v, want the corrected one", start.Recent)
	}
	if len(start.Receipts) != 1 || start.Receipts[0] != batch.Receipts[0] {
		t.Errorf("receipts: got %v, want %v", start.Receipts, batch.Receipts)
	}
	if !start.Devices[0].Online || start.Devices[0].LastSeen != at {
		t.Errorf("device: got %+v, want it online and seen", start.Devices[0])
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestDeleteDeviceTakesItsReadings(t *testing.T) {
	d := dbtest.Open(t)
	device, made := register(t, d, "gh1/t1", "temperature")
	if err := d.Commit(t.Context(), &sensors.Batch{Readings: []sensors.Reading{{Sensor: made[0].ID, At: 1e12, Value: 1}}}); err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteDevice(t.Context(), device.ID); err != nil {
		t.Fatal(err)
	}
	if last, err := d.Last(t.Context(), []sensors.SensorID{made[0].ID}); err != nil || len(last) != 0 {
		t.Errorf("after deletion: got %v, %v, want nothing", last, err)
	}
	if err := d.DeleteDevice(t.Context(), device.ID); !errors.Is(err, sensors.ErrNotFound) {
		t.Errorf("deleting again: got %v, want ErrNotFound", err)
	}
}

func TestZones(t *testing.T) {
	d := dbtest.Open(t)
	ctx := t.Context()
	var ids []sensors.ZoneID
	for _, name := range []string{"A", "B", "C"} {
		z, err := d.CreateZone(ctx, sensors.Zone{Name: name, Kind: "field"})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, z.ID)
	}
	if _, err := d.CreateZone(ctx, sensors.Zone{Name: "a", Kind: "field"}); !errors.Is(err, sensors.ErrConflict) {
		t.Errorf("same name: got %v, want ErrConflict", err)
	}
	if err := d.OrderZones(ctx, []sensors.ZoneID{ids[2], ids[0]}); err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteZone(ctx, ids[0]); err != nil {
		t.Fatal(err)
	}
	zones, err := d.Zones(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(zones[0].Name, zones[1].Name, len(zones)); got != "CB2" {
		t.Errorf("order: got %s, want CB2", got)
	}
	if err := d.UpdateZone(ctx, sensors.Zone{ID: 999, Name: "x"}); !errors.Is(err, sensors.ErrNotFound) {
		t.Errorf("unknown zone: got %v, want ErrNotFound", err)
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	d := dbtest.Open(t)
	ctx := t.Context()
	owner, err := d.CreatePerson(ctx, auth.Person{Email: "ann@farm.example", Name: "Ann", Role: auth.RoleOwner}, "hash")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.CreatePerson(ctx, auth.Person{Email: "ANN@farm.example", Name: "Ann", Role: auth.RoleViewer}, "hash"); !errors.Is(err, sensors.ErrConflict) {
		t.Errorf("same address: got %v, want ErrConflict", err)
	}
	if err := d.DeletePerson(ctx, owner.ID); !errors.Is(err, sensors.ErrForbidden) {
		t.Errorf("deleting the last owner: got %v, want ErrForbidden", err)
	}
	owner.Role = auth.RoleViewer
	if err := d.UpdatePerson(ctx, owner); !errors.Is(err, sensors.ErrForbidden) {
		t.Errorf("demoting the last owner: got %v, want ErrForbidden", err)
	}
	if exists, err := d.OwnerExists(ctx); !exists || err != nil {
		t.Errorf("owner exists: got %v, %v", exists, err)
	}
}

func TestSessionsEndWithThePassword(t *testing.T) {
	d := dbtest.Open(t)
	ctx := t.Context()
	person, err := d.CreatePerson(ctx, auth.Person{Email: "ann@farm.example", Name: "Ann", Role: auth.RoleOwner}, "old")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, hash := range []string{"one", "two", "three"} {
		err := d.CreateSession(ctx, auth.Session{Person: person, Hash: []byte(hash), CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := d.SetPassword(ctx, person.ID, "new", []byte("two")); err != nil {
		t.Fatal(err)
	}
	left, err := d.Sessions(ctx, person.ID)
	if err != nil || len(left) != 1 || string(left[0].Hash) != "two" {
		t.Errorf("sessions left: %v, %v, want the one kept", left, err)
	}
	if err := d.DeleteEndedSessions(ctx, now.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SessionByHash(ctx, []byte("two")); !errors.Is(err, sensors.ErrNotFound) {
		t.Errorf("ended session: got %v, want ErrNotFound", err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), filepath.Join(blocked, "data"), quiet); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("folder that cannot be made: got %v, want a sentence that names --data", err)
	}

	broken := t.TempDir()
	content := []byte(strings.Repeat("this is not a database ", 500))
	if err := os.WriteFile(filepath.Join(broken, "furrow.db"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), broken, quiet); err == nil || !strings.Contains(err.Error(), "not a Furrow database") {
		t.Errorf("broken file: got %v, want a sentence that says so", err)
	}
	if after, _ := os.ReadFile(filepath.Join(broken, "furrow.db")); string(after) != string(content) {
		t.Error("the broken file was changed")
	}
}

func TestOthersCannotReadTheFiles(t *testing.T) {
	dir := t.TempDir()
	register(t, dbtest.OpenDir(t, dir), "gh1/t1", "temperature")
	for _, name := range []string{"furrow.db", "furrow.db-wal"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by others: %v", name, info.Mode())
		}
	}
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	d, err := db.Open(t.Context(), dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	db.Exec(t, d, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), dir, quiet); err == nil || !strings.Contains(err.Error(), "newer Furrow (schema 9999") {
		t.Errorf("got %v, want a refusal that names the schema", err)
	}
}

func TestAFullDiskIsToldAndRecovers(t *testing.T) {
	d := dbtest.Open(t)
	_, made := register(t, d, "gh1/t1", "temperature")
	commit := func(at sensors.Milli) error {
		readings := make([]sensors.Reading, 20_000)
		for i := range readings {
			readings[i] = sensors.Reading{Sensor: made[0].ID, At: at + sensors.Milli(i), Value: float64(i) * 1.1}
		}
		return d.Commit(t.Context(), &sensors.Batch{Readings: readings, Duplicate: make([]bool, len(readings))})
	}
	db.Exec(t, d, "PRAGMA max_page_count = 60")
	if err := commit(1e12); !errors.Is(err, sensors.ErrDiskFull) {
		t.Fatalf("full disk: got %v, want ErrDiskFull", err)
	}
	if last, err := d.Last(t.Context(), []sensors.SensorID{made[0].ID}); err != nil || len(last) != 0 {
		t.Errorf("after a failed commit: got %v, %v, want nothing", last, err)
	}
	db.Exec(t, d, "PRAGMA max_page_count = 100000")
	if err := commit(1e12); err != nil {
		t.Errorf("after space was made: %v", err)
	}
}

func TestLockNamesTheHolder(t *testing.T) {
	dir := t.TempDir()
	release, err := db.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Lock(dir); err == nil || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("second lock: got %v, want a sentence with the process id", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	release, err = db.Lock(dir)
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}

func TestSchemaFileShowsWhereMigrationsLead(t *testing.T) {
	got := db.Schema(t, dbtest.Open(t))
	file := filepath.Join("..", "migrations", "schema.sql")
	if os.Getenv("FURROW_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("migrations/schema.sql is not what the migrations build; run the test with FURROW_UPDATE=1 and look at the difference")
	}
}

func TestTokensAndCredentials(t *testing.T) {
	d := dbtest.Open(t)
	ctx := context.Background()
	made, err := d.CreateToken(ctx, "scada", auth.ScopeRead, []byte("hash"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.TokenByHash(ctx, []byte("hash")); err != nil || got.ID != made.ID || got.Scope != auth.ScopeRead {
		t.Errorf("token: got %+v, %v", got, err)
	}
	device, err := d.CreateDevice(ctx, sensors.Device{Key: "gh1/t1", Name: "t1", Status: sensors.DeviceAdopted, Username: "t1"}, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if got, secret, err := d.DeviceByUsername(ctx, "t1"); err != nil || got.ID != device.ID || string(secret) != "secret" {
		t.Errorf("device: got %+v, %q, %v", got, secret, err)
	}
	if _, _, err := d.DeviceByUsername(ctx, "t2"); !errors.Is(err, sensors.ErrNotFound) {
		t.Errorf("unknown user name: got %v, want ErrNotFound", err)
	}
}
