package web

import (
	"net/http"
	"strings"
	"testing"

	"furrow/sensors"
	"furrow/web/auth"
)

// nasty are names that a device or a stranger may choose.
var nasty = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)`, `{{.Secret}}`,
	"\u202egnp.exe", `</textarea></title><svg/onload=alert(1)>`, `a hx-get="/sign-out" hx-trigger="load"`,
}

func TestAdoption(t *testing.T) {
	s := newStage(t).settled()
	manager, viewer := s.as(auth.RoleManager), s.as(auth.RoleViewer)
	contains(t, "nothing yet", manager.get("/devices"), "Nothing new.", "mosquitto_pub -h 192.168.1.10 -p 1883", "Start the simulated farm")
	d := s.hear("barn/cow", "temperature", 18.25, "farm/barn/cow/temperature", "18.25")
	id := d.ID.String()
	page := manager.get("/devices")
	contains(t, "inbox", page, "barn/cow", "18.3", "°C", "One value a topic", `action="/devices/`+id+`/adopt"`)
	if strings.Contains(page.Body.String(), "mosquitto_pub") {
		t.Error("the guide stays when a device was heard")
	}
	seen := viewer.get("/devices")
	contains(t, "inbox of a viewer", seen, "barn/cow")
	if strings.Contains(seen.Body.String(), "/adopt") {
		t.Error("a viewer is offered to adopt")
	}
	bad := manager.post("/devices/"+id+"/adopt", "name", strings.Repeat("x", 81), "zone", "Big barn")
	status(t, "a name too long", bad, http.StatusUnprocessableEntity)
	contains(t, "a name too long", bad, "Use at most 80 characters.", `value="Big barn"`)

	status(t, "adopting", manager.post("/devices/"+id+"/adopt", "name", "Cow shed", "zone", "Big barn"), http.StatusSeeOther)
	zones := s.board.Zones()
	if len(zones) != 1 || zones[0].Name != "Big barn" || zones[0].Kind != "barn" {
		t.Fatalf("zones: got %+v, want the new barn", zones)
	}
	if got, _ := s.board.Device(d.ID); got.Status != sensors.DeviceAdopted || got.Name != "Cow shed" || got.Zone != zones[0].ID {
		t.Errorf("device: got %+v", got)
	}
	contains(t, "afterwards", manager.get("/devices"), "Cow shed is part of Big barn now.", "Nothing new.")
	if again := manager.get("/devices"); strings.Contains(again.Body.String(), "is part of Big barn now") {
		t.Error("the note is shown twice")
	}
}

func TestIgnoreRenameMoveAndRemove(t *testing.T) {
	s := newStage(t).settled()
	manager := s.as(auth.RoleManager)
	d := s.hear("probe", "soil_moisture", 31, "probe/soil", "31")
	at := "/devices/" + d.ID.String()
	is := func(what string, want sensors.DeviceStatus) sensors.Device {
		t.Helper()
		got, _ := s.board.Device(d.ID)
		if got.Status != want {
			t.Errorf("%s: got %s, want %s", what, got.Status, want)
		}
		return got
	}
	status(t, "ignoring", manager.post(at+"/ignore"), http.StatusSeeOther)
	is("ignored", sensors.DeviceIgnored)
	contains(t, "the list of ignored", manager.get("/devices"), "Ignored", "probe")
	contains(t, "page of an ignored device", manager.get(at), "its readings are not stored", "Make it part of the farm")
	manager.post(at+"/adopt", "name", "Probe", "zone", "North field")
	is("adopted after all", sensors.DeviceAdopted)

	empty := manager.post(at, "name", "", "zone", "North field")
	status(t, "no name", empty, http.StatusUnprocessableEntity)
	contains(t, "no name", empty, "Give the device a name.")
	manager.post(at, "name", "Probe 2", "zone", "South field")
	if got := is("moved", sensors.DeviceAdopted); got.Name != "Probe 2" || s.server.zoneName(got.Zone) != "South field" {
		t.Errorf("moved: got %+v", got)
	}
	manager.post(at, "name", "Probe 2", "zone", "")
	if got := is("in no zone", sensors.DeviceAdopted); got.Zone != 0 {
		t.Errorf("out of its zone: got zone %d", got.Zone)
	}
	sensor := s.board.SensorsOf(d.ID)[0]
	manager.post("/sensors/"+sensor.ID.String()+"/name", "name", "Soil at 20 cm")
	contains(t, "renamed sensor", manager.get(at), "Soil at 20 cm")

	manager.post(at + "/remove")
	is("removed", sensors.DeviceRemoved)
	contains(t, "the list of removed", manager.get("/devices"), "Removed", "Probe 2")
	manager.post(at+"/remove", "history", "delete")
	if _, there := s.board.Device(d.ID); there {
		t.Error("deleted with its readings, and still there")
	}
	status(t, "its page", manager.get(at), http.StatusNotFound)
}

func TestCredentialsAreShownOnce(t *testing.T) {
	s := newStage(t).settled()
	manager := s.as(auth.RoleManager)
	got := manager.post("/devices", "name", "Well pump", "zone", "Pump house")
	status(t, "by hand", got, http.StatusSeeOther)
	page := manager.get(got.Header().Get("Location"))
	contains(t, "afterwards", page, "well-pump", "The password is not shown again.")
	if cache := page.Header().Get("Cache-Control"); cache != "no-store" {
		t.Errorf("page with a secret: Cache-Control %q", cache)
	}
	if again := manager.get(got.Header().Get("Location")); strings.Contains(again.Body.String(), "Password</dt>") {
		t.Error("the password is shown twice")
	}
	manager.post(got.Header().Get("Location") + "/credentials")
	contains(t, "renewed", manager.get(got.Header().Get("Location")), "Password</dt>")
	status(t, "without a name", manager.post("/devices", "name", "", "zone", ""), http.StatusUnprocessableEntity)
}

func TestHostileTextIsShownAsText(t *testing.T) {
	s := newStage(t).settled()
	owner := s.as(auth.RoleOwner)
	for _, text := range nasty {
		s.hear(text, "temperature", 19, text, "19")
		d := s.hear(text, "temperature", 20, text, text+"\x00\x1b[31m\xff")
		owner.post("/settings/zones", "name", text, "kind", "field", "crop", text)
		owner.post("/devices/"+d.ID.String()+"/adopt", "name", text, "zone", text)
		owner.post("/settings/tokens", "name", text, "scope", "read")
		owner.post("/settings/people", "name", text, "email", "x@farm.example", "role", "viewer", "password", password)
		for _, path := range []string{"/devices", "/devices/" + d.ID.String(), "/settings/zones", "/settings/tokens", "/settings/people", "/settings"} {
			got := owner.get(path)
			status(t, path, got, http.StatusOK)
			body := got.Body.String()
			for _, live := range []string{"<script>alert", "<img src=x", "<svg/onload", "' onmouseover='", "\x00", "\x1b", "\xff", "\u202e", ` hx-get="/sign-out"`} {
				if strings.Contains(body, live) {
					t.Errorf("%s shows %q as it came (%q)", path, live, text)
				}
			}
		}
		contains(t, "raw message", owner.get("/devices/"+d.ID.String()), `\x00\x1b[31m\xff`)
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"21.5 °C": "21.5 °C", "a\tb\nc": "a    b\nc", "\x00\x7f": `\x00\x7f`, "\u202e\u200b": `\u202e\u200b`, "\xc3": `\xc3`, "日本": "日本", "\u00a0": `\u00a0`,
	} {
		if got := visible([]byte(in)); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
