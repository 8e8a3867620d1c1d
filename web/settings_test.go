package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"furrow/sensors"
	"furrow/web/auth"
)

func TestZonesAreMadeOrderedAndDeleted(t *testing.T) {
	s := newStage(t).settled()
	manager := s.as(auth.RoleManager)
	for _, name := range []string{"A", "B", "C"} {
		status(t, name, manager.post("/settings/zones", "name", name, "kind", "field", "crop", "Wheat"), http.StatusSeeOther)
	}
	names := func() string {
		var all []string
		for _, z := range s.board.Zones() {
			all = append(all, z.Name)
		}
		return strings.Join(all, "")
	}
	move := func(i int, to string) {
		manager.post("/settings/zones/"+s.board.Zones()[i].ID.String()+"/move", "to", to)
	}
	for _, c := range []struct {
		at   int
		to   string
		want string
	}{{2, "up", "ACB"}, {0, "down", "CAB"}, {0, "up", "CAB"}, {2, "down", "CAB"}} {
		if move(c.at, c.to); names() != c.want {
			t.Errorf("moving %d %s: got %s, want %s", c.at, c.to, names(), c.want)
		}
	}
	first := "/settings/zones/" + s.board.Zones()[0].ID.String()
	taken := manager.post(first, "name", "a", "kind", "orchard", "crop", "Elstar")
	status(t, "a name that is taken", taken, http.StatusUnprocessableEntity)
	contains(t, "a name that is taken", taken, "There is a zone of this name already.", `value="Elstar"`)
	status(t, "no kind", manager.post("/settings/zones", "name", "D", "kind", "moon"), http.StatusUnprocessableEntity)
	manager.post(first, "name", "Orchard", "kind", "orchard", "crop", "Elstar")
	if z := s.board.Zones()[0]; z.Name != "Orchard" || z.Kind != "orchard" || z.Crop != "Elstar" {
		t.Errorf("edited: got %+v", z)
	}
	manager.post(first + "/delete")
	if names() != "AB" {
		t.Errorf("deleted: got %s, want AB", names())
	}
}

func TestFarmIsEdited(t *testing.T) {
	s := newStage(t).settled()
	owner := s.as(auth.RoleOwner)
	contains(t, "the form", owner.get("/settings/farm"), `value="Hillside"`, `value="Europe/Amsterdam" selected`)
	bad := owner.post("/settings/farm", "name", "Valley", "time_zone", "Nowhere", "units", "imperial", "clock", "12")
	status(t, "no such zone", bad, http.StatusUnprocessableEntity)
	contains(t, "no such zone", bad, `value="Valley"`, "Choose a time zone from the list")
	owner.post("/settings/farm", "name", "Valley", "time_zone", "America/Chicago", "latitude", "41.9", "longitude", "-87.6", "units", "imperial", "clock", "12")
	if farm, _ := s.board.Farm(); farm.Name != "Valley" || farm.Longitude != -87.6 || !farm.Clock12 || farm.Units != sensors.ImperialUnits {
		t.Errorf("farm: got %+v", farm)
	}
}

func TestPeopleAreManaged(t *testing.T) {
	s := newStage(t).settled()
	owner := s.as(auth.RoleOwner)
	person := []string{"name", "Bo", "email", "bo@farm.example", "role", "worker", "password", password}
	for field, bad := range map[string]string{"name": "", "email": "bo", "role": "king", "password": "short"} {
		got := owner.post("/settings/people", with(person, field, bad)...)
		status(t, "wrong "+field, got, http.StatusUnprocessableEntity)
		contains(t, "wrong "+field, got, "-wrong")
	}
	status(t, "adding", owner.post("/settings/people", person...), http.StatusSeeOther)
	taken := owner.post("/settings/people", person...)
	status(t, "the same address", taken, http.StatusUnprocessableEntity)
	contains(t, "the same address", taken, "on the list already")
	bo, _, err := s.db.PersonByEmail(t.Context(), "bo@farm.example")
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser(away)
	b.post("/sign-in", "email", "bo@farm.example", "password", password)
	at := "/settings/people/" + strconv.FormatInt(bo.ID, 10)
	owner.post(at, "name", "Bo", "email", "bo@farm.example", "role", "manager")
	status(t, "the new role", b.get("/settings/zones"), http.StatusOK)
	owner.post(at+"/password", "password", "a brand new one")
	status(t, "after the reset", b.get("/devices"), http.StatusSeeOther)
	status(t, "the new password", b.post("/sign-in", "email", "bo@farm.example", "password", "a brand new one"), http.StatusSeeOther)
	status(t, "removing", owner.post(at+"/remove"), http.StatusSeeOther)
	status(t, "removed", b.get("/devices"), http.StatusSeeOther)
}

func TestTheLastOwnerStays(t *testing.T) {
	s := newStage(t).settled()
	owner := s.as(auth.RoleOwner)
	me, _, err := s.db.PersonByEmail(t.Context(), "owner@farm.example")
	if err != nil {
		t.Fatal(err)
	}
	at := "/settings/people/" + strconv.FormatInt(me.ID, 10)
	got := owner.post(at, "name", "Ann", "email", "owner@farm.example", "role", "viewer")
	status(t, "giving it up", got, http.StatusUnprocessableEntity)
	contains(t, "giving it up", got, "at least one owner")
	status(t, "removing oneself", owner.post(at+"/remove"), http.StatusConflict)
	status(t, "still the owner", owner.get("/settings/people"), http.StatusOK)
}

func TestTokenIsShownOnceAndWorks(t *testing.T) {
	s := newStage(t).settled()
	owner := s.as(auth.RoleOwner)
	status(t, "no name", owner.post("/settings/tokens", "name", "", "scope", "read"), http.StatusUnprocessableEntity)
	status(t, "no scope", owner.post("/settings/tokens", "name", "x", "scope", "all"), http.StatusUnprocessableEntity)
	status(t, "making one", owner.post("/settings/tokens", "name", "Sheet", "scope", "read"), http.StatusSeeOther)
	secret := regexp.MustCompile(`secret-Token">([a-z2-7]{32})<`).FindStringSubmatch(owner.get("/settings/tokens").Body.String())
	if secret == nil {
		t.Fatal("the token is not shown")
	}
	if strings.Contains(owner.get("/settings/tokens").Body.String(), secret[1]) || strings.Contains(s.log.String(), secret[1]) {
		t.Error("the token is shown again, or logged")
	}
	program := s.browser(away)
	program.header = map[string]string{"Authorization": "Bearer " + secret[1], "Accept": "application/json"}
	status(t, "using it", program.get("/api/v1/zones"), http.StatusOK)
	tokens, err := s.db.Tokens(t.Context())
	if err != nil || len(tokens) != 1 {
		t.Fatal(tokens, err)
	}
	owner.post("/settings/tokens/" + strconv.FormatInt(tokens[0].ID, 10) + "/remove")
	status(t, "removed", program.get("/api/v1/zones"), http.StatusUnauthorized)
}

func TestSimulatedFarmStartsAndGoes(t *testing.T) {
	s := newStage(t).settled()
	manager := s.as(auth.RoleManager)
	contains(t, "settings", manager.get("/settings"), "Start the simulated farm", "192.168.1.10")
	manager.post("/simulated-farm")
	if !s.sim.Running() {
		t.Error("the simulated farm does not run")
	}
	contains(t, "settings", manager.get("/settings"), "Remove the simulated farm")
	manager.post("/simulated-farm/remove")
	if s.sim.Running() {
		t.Error("the simulated farm still runs")
	}
}
