package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"furrow/sensors"
)

// met is a room with one device in the inbox.
func met(t *testing.T, change ...func(*Options)) (*room, sensors.Device) {
	r := open(t, "ask", newMemory(), sensors.Start{}, change...)
	r.send(message("gh1/t1", "temperature", 20))
	return r, r.Board.Devices()[0]
}

// invalid says whether an error is about a field.
func invalid(err error, field string) bool {
	var bad sensors.Invalid
	return errors.As(err, &bad) && bad[field] != ""
}

func TestAdopting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, d := met(t)
		defer r.stop()
		ctx := context.Background()
		if _, err := r.AdoptDevice(ctx, d.ID, sensors.Adoption{Zone: 999}); !invalid(err, "zone") {
			t.Errorf("a zone that is not there: got %v", err)
		}
		if _, err := r.AdoptDevice(ctx, d.ID, sensors.Adoption{Name: strings.Repeat("x", 81)}); !invalid(err, "name") {
			t.Errorf("a long name: got %v", err)
		}
		if _, err := r.AdoptDevice(ctx, 999, sensors.Adoption{}); !errors.Is(err, sensors.ErrNotFound) {
			t.Errorf("no such device: got %v", err)
		}
		if d, _ := r.Board.Device(d.ID); d.Status != sensors.DeviceNew {
			t.Errorf("after refusals it is %+v", d)
		}
		got, err := r.AdoptDevice(ctx, d.ID, sensors.Adoption{Name: " Bench 1 ", ZoneName: "Cold room"})
		zones := r.Board.Zones()
		if err != nil || got.Name != "Bench 1" || got.Status != sensors.DeviceAdopted || len(zones) != 1 || zones[0].Kind != "store" || got.Zone != zones[0].ID {
			t.Fatalf("adopted %+v into %v, %v", got, zones, err)
		}
		if s := r.Board.SensorsIn(zones[0].ID); len(s) != 1 {
			t.Errorf("the zone has sensors %v", s)
		}
		r.send(message("other", "temperature", 1))
		got, err = r.AdoptDevice(ctx, r.Board.Devices()[1].ID, sensors.Adoption{ZoneName: "COLD ROOM", ZoneKind: "field"})
		if err != nil || got.Zone != zones[0].ID || got.Name != "other" || len(r.Board.Zones()) != 1 {
			t.Errorf("a zone of that name is there: adopted %+v, %v", got, err)
		}
	})
}

func TestEditingADevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, d := met(t)
		defer r.stop()
		ctx := context.Background()
		name, blank, zone, none, gone := "North bench", " ", "Tunnel 2", sensors.ZoneID(0), sensors.ZoneID(999)
		if _, err := r.EditDevice(ctx, d.ID, sensors.DeviceEdit{Name: &blank}); !invalid(err, "name") {
			t.Errorf("no name: got %v", err)
		}
		if _, err := r.EditDevice(ctx, d.ID, sensors.DeviceEdit{Zone: &gone}); !invalid(err, "zone") {
			t.Errorf("no such zone: got %v", err)
		}
		if got, err := r.EditDevice(ctx, d.ID, sensors.DeviceEdit{Name: &name, ZoneName: &zone}); err != nil || got.Name != name || got.Zone == 0 {
			t.Errorf("renamed and moved: %+v, %v", got, err)
		}
		if kind := r.Board.Zones()[0].Kind; kind != "greenhouse" {
			t.Errorf("Tunnel 2 became a %s", kind)
		}
		if got, err := r.EditDevice(ctx, d.ID, sensors.DeviceEdit{Zone: &none}); err != nil || got.Zone != 0 || got.Name != name {
			t.Errorf("taken out of its zone: %+v, %v", got, err)
		}
		r.send(message("gh1/t1", "temperature", 21))
		if got, _ := r.Board.Device(d.ID); got.Name != name {
			t.Errorf("heard again it is called %q", got.Name)
		}
	})
}

func TestEditingASensor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := met(t)
		defer r.stop()
		ctx := context.Background()
		id := r.Board.Sensors()[0].ID
		name, ugly, empty, position := "Under the ridge", "a\x00b", "", 7
		if _, err := r.EditSensor(ctx, id, sensors.SensorEdit{Name: &ugly}); !invalid(err, "name") {
			t.Errorf("control characters: got %v", err)
		}
		if _, err := r.EditSensor(ctx, 999, sensors.SensorEdit{}); !errors.Is(err, sensors.ErrNotFound) {
			t.Errorf("no such sensor: got %v", err)
		}
		if _, err := r.EditSensor(ctx, id, sensors.SensorEdit{Name: &name, Position: &position}); err != nil {
			t.Error(err)
		}
		if s, _ := r.Board.Sensor(id); s.Name != name || s.Position != 7 || !s.Has || s.Last.Value != 20 {
			t.Errorf("the board has %+v", s)
		}
		if got, err := r.EditSensor(ctx, id, sensors.SensorEdit{Name: &empty}); err != nil || got.Label() != "Air temperature" {
			t.Errorf("name taken away: %+v, %v", got, err)
		}
	})
}

func TestEditingZones(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, d := met(t)
		defer r.stop()
		ctx := context.Background()
		if _, err := r.AdoptDevice(ctx, d.ID, sensors.Adoption{ZoneName: "A"}); err != nil {
			t.Fatal(err)
		}
		b, err := r.CreateZone(ctx, sensors.Zone{Name: "B", Kind: "field", Crop: "leek"})
		if err != nil {
			t.Fatal(err)
		}
		a := r.Board.Zones()[0]
		lower, kind, crop, wrong := "b", sensors.ZoneKind("orchard"), "apples", sensors.ZoneKind("castle")
		if _, err := r.EditZone(ctx, a.ID, sensors.ZoneEdit{Name: &lower}); !invalid(err, "name") || !errors.Is(err, sensors.ErrConflict) {
			t.Errorf("a name that is taken: got %v", err)
		}
		if _, err := r.EditZone(ctx, b.ID, sensors.ZoneEdit{Name: &lower, Kind: &kind, Crop: &crop}); err != nil {
			t.Errorf("its own name in another case: %v", err)
		}
		if _, err := r.EditZone(ctx, b.ID, sensors.ZoneEdit{Kind: &wrong}); !invalid(err, "kind") {
			t.Errorf("no such kind: got %v", err)
		}
		if _, err := r.EditZone(ctx, 999, sensors.ZoneEdit{}); !errors.Is(err, sensors.ErrNotFound) {
			t.Errorf("no such zone: got %v", err)
		}
		if z := r.Board.Zones()[1]; z.Name != "b" || z.Kind != "orchard" || z.Crop != "apples" {
			t.Errorf("the board has %+v", z)
		}
		if err := r.DeleteZone(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		if d, _ := r.Board.Device(d.ID); d.Zone != 0 || len(r.Board.SensorsIn(0)) != 1 {
			t.Errorf("its zone is gone and the device is %+v", d)
		}
	})
}

func TestSettingTheFarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := met(t)
		defer r.stop()
		ctx := context.Background()
		if err := r.SetFarm(ctx, sensors.Farm{}); !invalid(err, "name") || !invalid(err, "time_zone") {
			t.Errorf("an empty farm: got %v", err)
		}
		farm := sensors.Farm{Name: "Hillside", TimeZone: "Europe/Amsterdam", Units: sensors.MetricUnits}
		if err := r.SetFarm(ctx, farm); err != nil {
			t.Fatal(err)
		}
		made, _ := r.Board.Farm()
		farm.Name = "Hilltop"
		if err := r.SetFarm(ctx, farm); err != nil {
			t.Fatal(err)
		}
		if f, ok := r.Board.Farm(); !ok || f.Name != "Hilltop" || !f.CreatedAt.Equal(made.CreatedAt) || f.CreatedAt.IsZero() {
			t.Errorf("the board has %+v", f)
		}
	})
}

func TestCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, inbox := met(t)
		defer r.stop()
		ctx := context.Background()
		var names []string
		for range 3 {
			d, c, err := r.CreateDevice(ctx, "Regen Fässchen!", "Hof")
			if err != nil || c.Device != d.ID || c.Username != d.Username {
				t.Fatalf("created %+v, %+v, %v", d, c, err)
			}
			names = append(names, d.Key+"="+d.Username)
		}
		if got, want := fmt.Sprint(names), "[hof/regen-f-sschen=regen-f-sschen hof/regen-f-sschen-2=regen-f-sschen-2 hof/regen-f-sschen-3=regen-f-sschen-3]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if _, _, err := r.CreateDevice(ctx, " ", ""); !invalid(err, "name") {
			t.Errorf("no name: got %v", err)
		}
		if _, err := r.RenewCredentials(ctx, inbox.ID); !errors.Is(err, sensors.ErrForbidden) {
			t.Errorf("a device in the inbox: got %v", err)
		}
		if _, err := r.AdoptDevice(ctx, inbox.ID, sensors.Adoption{Name: "Regen Fässchen"}); err != nil {
			t.Fatal(err)
		}
		c, err := r.RenewCredentials(ctx, inbox.ID)
		if err != nil || c.Username != "regen-f-sschen-4" || c.Password != "secret" {
			t.Errorf("first credentials: %+v, %v", c, err)
		}
		if again, err := r.RenewCredentials(ctx, inbox.ID); err != nil || again.Username != c.Username {
			t.Errorf("renewed: %+v, %v, want the same user name", again, err)
		}
		r.send(message("gh1/t1", "temperature", 99)) // without them
		if s := r.Board.SensorsOf(inbox.ID); s[0].Last.Value == 99 {
			t.Error("a device that has credentials now was heard without them")
		}
	})
}

// broken cannot store edits.
type broken struct{ *memory }

var errBroken = fmt.Errorf("the disk is gone: %w", sensors.ErrStorage)

func (broken) SaveFarm(context.Context, sensors.Farm) error         { return errBroken }
func (broken) UpdateDevice(context.Context, sensors.Device) error   { return errBroken }
func (broken) UpdateSensor(context.Context, sensors.Sensor) error   { return errBroken }
func (broken) DeleteDevice(context.Context, sensors.DeviceID) error { return errBroken }
func (broken) DeleteSimulated(context.Context) error                { return errBroken }
func (broken) CreateZone(context.Context, sensors.Zone) (sensors.Zone, error) {
	return sensors.Zone{}, errBroken
}

func TestEditsThatAreNotStoredChangeNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, d := met(t, func(o *Options) { o.Edits = broken{o.Store.(*memory)} })
		defer r.stop()
		ctx := context.Background()
		before := fmt.Sprint(r.Board.Devices(), r.Board.Sensors(), r.Board.Zones())
		name := "New name"
		edits := map[string]error{"ignore": r.IgnoreDevice(ctx, d.ID), "remove": r.RemoveDevice(ctx, d.ID, false), "put away": r.RemoveDevice(ctx, d.ID, true),
			"simulated": r.RemoveSimulated(ctx), "farm": r.SetFarm(ctx, sensors.Farm{Name: "F", TimeZone: "UTC", Units: sensors.MetricUnits})}
		_, edits["adopt"] = r.AdoptDevice(ctx, d.ID, sensors.Adoption{Name: name})
		_, edits["adopt into"] = r.AdoptDevice(ctx, d.ID, sensors.Adoption{ZoneName: "X"})
		_, edits["rename"] = r.EditDevice(ctx, d.ID, sensors.DeviceEdit{Name: &name})
		_, edits["sensor"] = r.EditSensor(ctx, r.Board.Sensors()[0].ID, sensors.SensorEdit{Name: &name})
		_, edits["zone"] = r.CreateZone(ctx, sensors.Zone{Name: "X", Kind: "field"})
		for edit, err := range edits {
			if !errors.Is(err, sensors.ErrStorage) {
				t.Errorf("%s: got %v", edit, err)
			}
		}
		if after := fmt.Sprint(r.Board.Devices(), r.Board.Sensors(), r.Board.Zones()); after != before {
			t.Errorf("the board was\n%s and is\n%s", before, after)
		}
		if _, ok := r.Board.Farm(); ok {
			t.Error("the farm is on the board")
		}
	})
}

func TestRemovingTheSimulatedFarmLeavesTheRealOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, real := met(t)
		defer r.stop()
		m := message("sim/a", "temperature", 1)
		m.Source = sensors.Source{ClientID: "simulated-farm", Simulated: true}
		m.Decoded.Descriptions = []sensors.Description{{Device: "sim/a", Zone: "Orchard"}}
		r.send(m)
		zone := r.Board.Zones()[0]
		if d := r.Board.Devices()[1]; !d.Simulated || d.Status != sensors.DeviceAdopted || !zone.Simulated || d.Zone != zone.ID {
			t.Errorf("simulated are %+v and %+v", d, zone)
		}
		if _, err := r.AdoptDevice(context.Background(), real.ID, sensors.Adoption{Zone: zone.ID}); err != nil {
			t.Fatal(err)
		}
		if err := r.RemoveSimulated(context.Background()); err != nil {
			t.Fatal(err)
		}
		d := r.Board.Devices()
		if len(d) != 1 || d[0].ID != real.ID || d[0].Zone != 0 || len(r.Board.Zones()) != 0 || len(r.Board.Sensors()) != 1 {
			t.Errorf("left are %v in %v with %v", d, r.Board.Zones(), r.Board.Sensors())
		}
	})
}

func TestEditsAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, d := met(t)
		r.stop()
		if err := r.IgnoreDevice(context.Background(), d.ID); !errors.Is(err, sensors.ErrBusy) {
			t.Errorf("edit: got %v, want ErrBusy", err)
		}
		if _, err := r.Post(context.Background(), []sensors.Posted{{Device: "a", Metric: "humidity"}}); !errors.Is(err, sensors.ErrBusy) {
			t.Errorf("post: got %v, want ErrBusy", err)
		}
		r.Connection(sensors.Source{ClientID: "x"}, true)
	})
}
