package api

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestZones(t *testing.T) {
	f := newFarm(t)
	var made object
	f.ask("POST", "/api/v1/zones", object{"name": "House 1", "kind": "greenhouse", "crop": "Tomatoes"}, 201, &made)
	if got, want := slices.Sorted(maps.Keys(made)), []string{"crop", "id", "kind", "name"}; !slices.Equal(got, want) {
		t.Errorf("a zone has the members %v, want %v", got, want)
	}
	id, ok := made["id"].(string)
	if !ok || id == "" {
		t.Fatalf("the id is %v, want text", made["id"])
	}
	var changed object
	f.ask("PATCH", "/api/v1/zones/"+id, object{"crop": "Cucumbers"}, 200, &changed)
	if changed["crop"] != "Cucumbers" || changed["name"] != "House 1" || changed["kind"] != "greenhouse" {
		t.Errorf("changed: %v, want only another crop", changed)
	}
	changed["name"] = "House 2"
	f.ask("PATCH", "/api/v1/zones/"+id, changed, 200, &changed) // all that was answered may be sent back
	if zones := f.items("/api/v1/zones"); len(zones) != 1 || !maps.Equal(zones[0], changed) {
		t.Errorf("list: %v, want %v", zones, changed)
	}
	var plain object
	f.ask("POST", "/api/v1/zones", object{"name": "Yard"}, 201, &plain)
	if plain["kind"] != "other" || plain["crop"] != "" {
		t.Errorf("only a name: got %v", plain)
	}
	if got := f.ask("DELETE", "/api/v1/zones/"+id, nil, 204, nil); len(got.body) != 0 {
		t.Errorf("deleted: got %s, want nothing", got.body)
	}
	checkProblem(t, "deleted again", f.ask("DELETE", "/api/v1/zones/"+id, nil, 404, nil), 404)
}

func TestZonesThatCannotBe(t *testing.T) {
	f := newFarm(t)
	f.ask("POST", "/api/v1/zones", object{"name": "House 1"}, 201, nil)
	for body, status := range map[string]int{
		`{"name":"HOUSE 1"}`: 409, `{"name":""}`: 422, `{"name":"   "}`: 422, `{"name":"a\u0000b"}`: 422, `{"name":"a\u202eb"}`: 422,
		`{"name":"x","kind":"castle"}`: 422, `{"kind":"field"}`: 422, `{"name":"x","crops":"y"}`: 422, `{"name":7}`: 422, `[]`: 422,
		`{"name":`: 400, ``: 400, `{"name":"` + strings.Repeat("x", 81) + `"}`: 422, `{"name":"x","crop":"` + strings.Repeat("y", 81) + `"}`: 422,
	} {
		checkProblem(t, body, f.ask("POST", "/api/v1/zones", body, status, nil), status)
	}
	if zones := f.items("/api/v1/zones"); len(zones) != 1 {
		t.Errorf("%d zones, want only the good one", len(zones))
	}
}

func TestHostileNamesStayText(t *testing.T) {
	f := newFarm(t)
	for _, name := range []string{`<script>alert(1)</script>`, `"); DROP TABLE zone; --`, "{{7*7}}", "Grünes Haus 🌱", "../../etc/passwd", "%s%n"} {
		var made object
		f.ask("POST", "/api/v1/zones", object{"name": name}, 201, &made)
		if made["name"] != name {
			t.Errorf("%q came back as %q", name, made["name"])
		}
		f.post([]object{{"device": name, "metric": "temperature", "value": 1}})
	}
	for _, d := range f.items("/api/v1/devices") {
		var out object
		f.ask("POST", "/api/v1/devices/"+d["id"].(string)+"/adopt", object{"name": d["key"], "zone": d["key"]}, 200, &out)
		if out["name"] != d["key"] || out["zone_id"] == nil {
			t.Errorf("adopted %q as %v", d["key"], out)
		}
	}
	if zones := f.items("/api/v1/zones"); len(zones) != 6 {
		t.Errorf("%d zones, want the same six", len(zones))
	}
}

func TestListsComeInPages(t *testing.T) {
	f := newFarm(t)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		f.ask("POST", "/api/v1/zones", object{"name": name}, 201, nil)
	}
	var got []string
	for cursor, pages := "", 0; ; pages++ {
		var page struct {
			Items []object
			Next  *string
		}
		f.ask("GET", "/api/v1/zones?limit=2&cursor="+cursor, nil, 200, &page)
		for _, z := range page.Items {
			got = append(got, z["name"].(string))
		}
		if page.Next == nil || pages > 5 {
			t.Fatalf("page %d: %+v, want a next, and an end", pages, page)
		}
		if cursor = *page.Next; cursor == "" {
			break
		}
		f.ask("DELETE", "/api/v1/zones/"+page.Items[0]["id"].(string), nil, 204, nil) // moves nothing
	}
	if want := []string{"a", "b", "c", "d", "e"}; !slices.Equal(got, want) {
		t.Errorf("page by page: %v, want %v", got, want)
	}
	for _, query := range []string{"cursor=%21", "cursor=eA", "cursor=LTE", "limit=0", "limit=9999999", "limit=x"} {
		checkProblem(t, query, f.ask("GET", "/api/v1/zones?"+query, nil, 422, nil), 422)
	}
	if got := f.ask("GET", "/api/v1/devices", nil, 200, nil); strings.TrimSpace(string(got.body)) != `{"items":[],"next":""}` {
		t.Errorf("an empty list: %s", got.body)
	}
}
