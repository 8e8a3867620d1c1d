package api

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
)

var deviceMembers = []string{"dialect", "id", "key", "last_seen_at", "name", "online", "status", "zone_id"}

func TestAdoptingADevice(t *testing.T) {
	f := newFarm(t)
	f.post([]object{{"device": "gh1/t1", "metric": "temperature", "value": 21.4}})
	waiting := f.items("/api/v1/devices?status=new")
	if len(waiting) != 1 || waiting[0]["key"] != "gh1/t1" || waiting[0]["zone_id"] != nil || waiting[0]["status"] != "new" {
		t.Fatalf("the inbox holds %v", waiting)
	}
	if got := slices.Sorted(maps.Keys(waiting[0])); !slices.Equal(got, deviceMembers) {
		t.Errorf("a device has the members %v, want %v", got, deviceMembers)
	}
	if seen, err := time.Parse(time.RFC3339, waiting[0]["last_seen_at"].(string)); err != nil || seen.Location() != time.UTC || time.Since(seen) > time.Minute {
		t.Errorf("last seen %v, want now in UTC", waiting[0]["last_seen_at"])
	}
	path := "/api/v1/devices/" + waiting[0]["id"].(string)
	var got object
	f.ask("POST", path+"/adopt", nil, 200, &got) // the body may be left out
	if got["status"] != "adopted" || got["name"] != "t1" || got["zone_id"] != nil {
		t.Errorf("adopted: %v", got)
	}
	f.ask("POST", path+"/adopt", object{"name": "Probe", "zone": "House 1"}, 200, &got)
	zones := f.items("/api/v1/zones")
	if len(zones) != 1 || zones[0]["name"] != "House 1" || got["zone_id"] != zones[0]["id"] || got["name"] != "Probe" {
		t.Errorf("adopted into a new zone: %v, zones %v", got, zones)
	}
	f.ask("PATCH", path, object{"zone": ""}, 200, &got)
	if got["zone_id"] != nil || got["name"] != "Probe" {
		t.Errorf("taken out of its zone: %v", got)
	}
	f.ask("POST", path+"/adopt", object{"zone": zones[0]["id"]}, 200, &got)
	if got["zone_id"] != zones[0]["id"] || len(f.items("/api/v1/zones")) != 1 {
		t.Errorf("adopted into a zone by its id: %v", got)
	}
	f.ask("PATCH", path, object{"name": "Probe 2", "zone": "Yard"}, 200, &got)
	if got["name"] != "Probe 2" || len(f.items("/api/v1/zones")) != 2 {
		t.Errorf("edited: %v", got)
	}
	if in := f.items("/api/v1/devices?status=adopted"); len(in) != 1 || len(f.items("/api/v1/devices?status=ignored")) != 0 {
		t.Errorf("adopted devices: %v", in)
	}
	checkProblem(t, "no such status", f.ask("GET", "/api/v1/devices?status=lost", nil, 422, nil), 422)
	checkProblem(t, "a bad name", f.ask("POST", path+"/adopt", object{"name": "a\tb"}, 422, nil), 422)
	checkProblem(t, "no name", f.ask("PATCH", path, object{"name": " "}, 422, nil), 422)
	for _, id := range []string{"999", "0", "-1", "x", "99999999999999999999"} {
		checkProblem(t, id, f.ask("POST", "/api/v1/devices/"+id+"/adopt", nil, 404, nil), 404)
		checkProblem(t, id, f.ask("PATCH", "/api/v1/devices/"+id, object{"name": "x"}, 404, nil), 404)
	}
}

func TestRemovedDevicesAreGone(t *testing.T) {
	f := newFarm(t)
	id := f.sensor("a", "temperature", time.Now().Add(-time.Hour), time.Minute, 1, 2, 3)
	device := f.items("/api/v1/devices")[0]["id"].(string)
	of, err := sensors.ParseID[sensors.DeviceID](device)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.ingest.RemoveDevice(t.Context(), of, true); err != nil {
		t.Fatal(err)
	}
	if n := len(f.items("/api/v1/devices")) + len(f.items("/api/v1/sensors")); n != 0 {
		t.Errorf("%d things of a removed device are listed", n)
	}
	checkProblem(t, "adopting it", f.ask("POST", "/api/v1/devices/"+device+"/adopt", nil, 404, nil), 404)
	var kept readings
	f.ask("GET", "/api/v1/sensors/"+id+"/readings?step=raw", nil, 200, &kept)
	if len(kept.Points) != 3 {
		t.Errorf("its kept history has %d readings, want 3", len(kept.Points))
	}
}

func TestSensors(t *testing.T) {
	f := newFarm(t)
	at := time.Now().Add(-time.Minute).Truncate(time.Second)
	a := f.sensor("a", "temperature", at, time.Second, 21.4)
	f.sensor("b", "humidity", at, time.Second, 400)
	f.ask("POST", "/api/v1/devices/"+f.items("/api/v1/devices")[0]["id"].(string)+"/adopt", object{"zone": "House 1"}, 200, nil)
	zone := f.items("/api/v1/zones")[0]["id"].(string)
	all := f.items("/api/v1/sensors")
	if len(all) != 2 {
		t.Fatalf("%d sensors, want 2", len(all))
	}
	if got, want := slices.Sorted(maps.Keys(all[0])), []string{"device_id", "id", "last", "metric", "name", "stale", "unit", "zone_id"}; !slices.Equal(got, want) {
		t.Errorf("a sensor has the members %v, want %v", got, want)
	}
	last := all[0]["last"].(object)
	if all[0]["unit"] != "°C" || all[0]["zone_id"] != zone || all[0]["stale"] != false || last["value"] != 21.4 || last["quality"] != "good" || last["at"] != at.UTC().Format(time.RFC3339) {
		t.Errorf("temperature: %v", all[0])
	}
	if suspect := all[1]["last"].(object); suspect["quality"] != "suspect" || all[1]["zone_id"] != nil {
		t.Errorf("a humidity of 400 %%: %v", all[1])
	}
	for query, want := range map[string]int{"metric=temperature": 1, "zone=" + zone: 1, "device=" + all[1]["device_id"].(string): 1,
		"device=" + all[1]["device_id"].(string) + "&metric=temperature": 0, "zone=999": 0, "device=x": 0, "metric=": 2} {
		if got := len(f.items("/api/v1/sensors?" + query)); got != want {
			t.Errorf("%s: %d sensors, want %d", query, got, want)
		}
	}
	var renamed object
	f.ask("PATCH", "/api/v1/sensors/"+a, object{"name": "At the door"}, 200, &renamed)
	if renamed["name"] != "At the door" || renamed["last"] == nil || renamed["zone_id"] != zone {
		t.Errorf("renamed: %v", renamed)
	}
	checkProblem(t, "a bad name", f.ask("PATCH", "/api/v1/sensors/"+a, object{"name": strings.Repeat("x", 81)}, 422, nil), 422)
	checkProblem(t, "no such sensor", f.ask("PATCH", "/api/v1/sensors/999", object{"name": "x"}, 404, nil), 404)
}
