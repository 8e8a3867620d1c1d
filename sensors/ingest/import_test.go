package ingest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

func TestImportAdoptsAlsoWhatWaitsInTheInbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "never", newMemory(), sensors.Start{})
		defer r.stop()
		readings := []sensors.Posted{{Zone: "House 1", Device: "t1", Metric: "temperature", Value: 1, At: 9e11}}
		if out, err := r.Import(context.Background(), readings, false); err != nil || len(out.Rejected) != 1 {
			t.Errorf("with --adopt never: got %+v, %v, want one rejected", out, err)
		}
		r.Adopt = "ask"
		for _, want := range []struct {
			adopt  bool
			status sensors.DeviceStatus
			zones  int
		}{{false, sensors.DeviceNew, 0}, {true, sensors.DeviceAdopted, 1}, {false, sensors.DeviceAdopted, 1}} {
			out, err := r.Import(context.Background(), readings, want.adopt)
			if err != nil || out.Stored+out.Duplicates != 1 {
				t.Fatalf("adopt %v: got %+v, %v", want.adopt, out, err)
			}
			d, zones := r.Board.Devices()[0], r.Board.Zones()
			if d.Status != want.status || len(zones) != want.zones || (d.Zone != 0) != (want.zones == 1) {
				t.Errorf("adopt %v: got %s in zone %d of %d, want %s", want.adopt, d.Status, d.Zone, len(zones), want.status)
			}
		}
	})
}

func TestImportOfManyDevicesIsNoFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, "ask", newMemory(), sensors.Start{})
		defer r.stop()
		var readings []sensors.Posted
		for i := range 2 * newPerMinute {
			readings = append(readings, sensors.Posted{Device: fmt.Sprint("t", i), Metric: "temperature", Value: 1, At: 9e11})
		}
		if out, err := r.Import(context.Background(), readings, false); err != nil || out.Stored != len(readings) {
			t.Errorf("got %+v, %v, want all %d stored", out, err, len(readings))
		}
	})
}

// full is a store that can register nothing, and gives ids all the same.
type full struct{ *memory }

func (f full) Register(ctx context.Context, r *sensors.Registration) error {
	return errors.Join(f.memory.Register(ctx, r), sensors.ErrDiskFull)
}

func TestFailedRegistrationLeavesNoDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		r := open(t, "ask", store, sensors.Start{}, func(o *Options) { o.Store = full{store} })
		defer r.stop()
		r.send(message("t1", "temperature", 1))
		if h := r.Health(); !errors.Is(h.Err, sensors.ErrDiskFull) {
			t.Errorf("health: got %+v, want a full disk", h)
		}
		r.Connection(sensors.Source{ClientID: "c-t1"}, false)
		time.Sleep(2 * time.Second) // of the bubble's time: a tick
		synctest.Wait()
		if devices := r.Board.Devices(); len(devices) != 0 {
			t.Errorf("devices on the board: got %+v, want none", devices)
		}
		if h := r.Health(); h.Err == nil {
			t.Error("health: a client that went away made the disk whole")
		}
	})
}
