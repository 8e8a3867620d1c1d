package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"furrow/db"
	"furrow/sensors"
)

// spring is when the tests' readings begin.
var spring = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// fill stores n readings of each sensor, one a minute from spring on.
func fill(t testing.TB, d *db.DB, made []*sensors.Sensor, n int) {
	t.Helper()
	for first := 0; first < n; first += 1440 {
		var readings []sensors.Reading
		for i := first; i < min(n, first+1440); i++ {
			for k, s := range made {
				readings = append(readings, sensors.Reading{Sensor: s.ID, At: sensors.MilliOf(spring) + sensors.Milli(i*60_000), Value: float64(i%300)/10 + float64(k)})
			}
		}
		if err := d.Commit(t.Context(), &sensors.Batch{Readings: readings}); err != nil {
			t.Fatal(err)
		}
	}
}

// farm returns a folder with a farm in it: five days of two sensors, four of them sealed.
func farm(t testing.TB, dir string) (*db.DB, []*sensors.Sensor) {
	t.Helper()
	d, err := db.Open(t.Context(), dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() }) // the test may have closed it
	if err := d.SaveFarm(t.Context(), sensors.Farm{Name: "Hill Farm", TimeZone: "Europe/Amsterdam", Units: sensors.MetricUnits}); err != nil {
		t.Fatal(err)
	}
	device := &sensors.Device{Key: "gh1/t1", Name: "North probe", Status: sensors.DeviceAdopted}
	made := []*sensors.Sensor{{Metric: "temperature"}, {Metric: "humidity"}}
	r := &sensors.Registration{Devices: []*sensors.Device{device}}
	for _, s := range made {
		r.Sensors = append(r.Sensors, sensors.NewSensor{Device: device, Sensor: s})
	}
	if err := d.Register(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	fill(t, d, made, 5*1440)
	if err := d.Maintain(t.Context(), spring.Add(4*24*time.Hour+2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	return d, made
}

// readingsOf returns all readings of a sensor.
func readingsOf(t testing.TB, d *db.DB, id sensors.SensorID) (all []sensors.Reading) {
	t.Helper()
	err := d.Range(t.Context(), id, 0, 1<<50, func(r sensors.Reading) bool { all = append(all, r); return true })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// inOrder checks a folder in which nothing may be wrong.
func inOrder(t testing.TB, dir string) db.Report {
	t.Helper()
	report, err := db.Check(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Wrong) > 0 {
		t.Errorf("%s: %q", dir, report.Wrong)
	}
	return report
}

func TestBackupUnderWritesHoldsWhatWasCommittedBefore(t *testing.T) {
	d, made := farm(t, t.TempDir())
	var committed atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			at := sensors.MilliOf(spring.Add(240*time.Hour)) + sensors.Milli(committed.Load()*1000)
			batch := &sensors.Batch{Readings: []sensors.Reading{{Sensor: made[0].ID, At: at, Value: float64(committed.Load())}}}
			if err := d.Commit(t.Context(), batch); err != nil {
				ended <- err
				return
			}
			committed.Add(1)
		}
		ended <- nil
	}()
	for i := range 5 {
		before := committed.Load()
		file := filepath.Join(t.TempDir(), fmt.Sprintf("copy-%d.db", i))
		made, err := d.Backup(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		if least := 2*5*1440 + before; made.Readings < least || made.Farm != "Hill Farm" || made.Sensors != 2 || made.Bytes == 0 || len(made.Damaged) > 0 {
			t.Errorf("copy %d: got %+v, want at least %d readings", i, made, least)
		}
		dir := t.TempDir()
		if _, err := db.Restore(t.Context(), dir, file, false, spring); err != nil {
			t.Fatal(err)
		}
		if got := inOrder(t, dir); got.Readings != made.Readings {
			t.Errorf("copy %d restored: got %d readings, want %d", i, got.Readings, made.Readings)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestBackupLeavesNothingHalf(t *testing.T) {
	d, _ := farm(t, t.TempDir())
	dir := t.TempDir()
	file := filepath.Join(dir, "copy.db")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Backup(ended, file); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: got %v, want context.Canceled", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("after a stopped backup the folder holds %v", left)
	}
	if _, err := d.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the copy may be read by others: %v", info.Mode())
	}
	if _, err := d.Backup(t.Context(), file); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("onto another copy: got %v, want a refusal", err)
	}
	if _, err := d.Backup(t.Context(), filepath.Join(dir, "missing", "copy.db")); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("into no folder: got %v, want a sentence", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("the folder holds %v, want the copy alone", left)
	}
}
