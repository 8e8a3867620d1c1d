package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"furrow/web/auth"
)

var setupForm = []string{"name", "Ann", "email", "ann@farm.example", "password", password, "farm_name", "Hillside", "farm_time_zone", "Europe/Amsterdam",
	"farm_latitude", "52,1", "farm_longitude", "5.2", "farm_units", "metric", "farm_clock", "24"}

// with returns the form with one field changed.
func with(form []string, name, value string) []string {
	form = slices.Clone(form)
	for i := 0; i < len(form); i += 2 {
		if form[i] == name {
			form[i+1] = value
			return form
		}
	}
	return append(form, name, value)
}

func TestBeforeAnOwnerExistsOthersSeeNothing(t *testing.T) {
	s := newStage(t)
	for _, from := range []string{here, away} {
		b := s.browser(from)
		for _, path := range []string{"/", "/devices", "/settings/people", "/sign-in"} {
			if got := b.get(path); got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/setup" {
				t.Errorf("%s from %s: got %d %q, want the way to the set-up", path, from, got.Code, got.Header().Get("Location"))
			}
		}
	}
	program := s.browser(away)
	program.header["Accept"] = "application/json"
	for _, path := range []string{"/api/v1/zones", "/metrics", "/version", "/api/v1/openapi.json"} {
		status(t, path+" from elsewhere", program.get(path), http.StatusForbidden)
	}
	if got := program.get("/api/v1/zones"); got.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("refused program: got %s", got.Header().Get("Content-Type"))
	}
	status(t, "health", program.get("/healthz"), http.StatusOK)
}

func TestSetUpFromThisMachine(t *testing.T) {
	s := newStage(t)
	b := s.browser(here)
	contains(t, "set-up", b.get("/setup"), "Welcome to Furrow", "Europe/Amsterdam", `name="farm_latitude"`)
	got := b.post("/setup", setupForm...)
	status(t, "setting up", got, http.StatusSeeOther)
	farm, ok := s.board.Farm()
	if !ok || farm.Name != "Hillside" || farm.Latitude != 52.1 || farm.TimeZone != "Europe/Amsterdam" {
		t.Errorf("farm: got %+v, %v", farm, ok)
	}
	status(t, "signed in as the owner", b.get("/settings/people"), http.StatusOK)
	if got := s.browser(here).get("/setup"); got.Header().Get("Location") != "/" {
		t.Errorf("set-up again: got %d %q", got.Code, got.Header().Get("Location"))
	}
	second := s.browser(here).post("/setup", with(setupForm, "email", "eve@farm.example")...)
	if people, err := s.db.People(t.Context()); err != nil || len(people) != 1 || second.Header().Get("Location") != "/sign-in" {
		t.Errorf("a second set-up made %d people (%v), answer %d", len(people), err, second.Code)
	}
}

func TestSetUpFromElsewhereNeedsTheCode(t *testing.T) {
	s := newStage(t)
	b := s.browser(away)
	contains(t, "no code", b.get("/setup"), "no owner yet", `name="code"`)
	status(t, "wrong code", b.get("/setup?code=nope"), http.StatusForbidden)
	status(t, "form with a wrong code", b.post("/setup", with(setupForm, "code", "nope")...), http.StatusForbidden)
	status(t, "form without a code", b.post("/setup", setupForm...), http.StatusForbidden)
	proxied := s.browser(here)
	proxied.header["X-Forwarded-For"] = "203.0.113.9"
	status(t, "through a proxy on this machine", proxied.post("/setup", setupForm...), http.StatusForbidden)
	contains(t, "right code", b.get("/setup?code=ABCD%20efgh"), "Welcome to Furrow")
	status(t, "right code", b.post("/setup", with(setupForm, "code", "ABCDEFGH")...), http.StatusSeeOther)
}

func TestGuessingTheCodeIsSlow(t *testing.T) {
	s := newStage(t)
	for range 5 {
		s.browser(away).get("/setup?code=nope")
	}
	got := s.browser("192.168.1.99:1").get("/setup?code=abcdefgh")
	status(t, "after five wrong codes", got, http.StatusTooManyRequests)
	contains(t, "after five wrong codes", got, "Wait 2 seconds")
	status(t, "this machine meanwhile", s.browser(here).get("/setup"), http.StatusOK)
}

func TestSetUpKeepsWhatWasTyped(t *testing.T) {
	for field, c := range map[string]struct{ value, sentence string }{
		"name":           {"", "Give a name of at most 80 characters."},
		"email":          {"ann", "Give an e-mail address like name@example.com."},
		"password":       {"short", "Use at least 10 characters"},
		"farm_name":      {"", "Give the farm a name."},
		"farm_time_zone": {"Mars/Olympus", "Choose a time zone from the list"},
		"farm_latitude":  {"north", "Latitude is a number"},
		"farm_longitude": {"300", "Longitude is a number"},
		"farm_units":     {"cubits", "Choose metric or imperial units."},
	} {
		s := newStage(t)
		got := s.browser(here).post("/setup", with(setupForm, field, c.value)...)
		status(t, field, got, http.StatusUnprocessableEntity)
		contains(t, field, got, c.sentence, field+"-wrong")
		for i := 0; i < len(setupForm); i += 2 {
			name, value := setupForm[i], setupForm[i+1]
			typed := name != field && name != "password" && name != "farm_units" && name != "farm_clock" && name != "farm_time_zone"
			if typed && !strings.Contains(got.Body.String(), `value="`+value+`"`) {
				t.Errorf("%s wrong: %s lost %q", field, name, value)
			}
		}
		if strings.Contains(got.Body.String(), password) {
			t.Errorf("%s wrong: the password stands in the page", field)
		}
		if _, ok := s.board.Farm(); ok {
			t.Errorf("%s wrong: a farm was made", field)
		}
	}
}

func TestEveryTimeZoneOfTheListIsKnown(t *testing.T) {
	n := 0
	for _, group := range timeZones() {
		for _, zone := range group.Choices {
			n++
			if _, err := time.LoadLocation(zone.Value); err != nil {
				t.Error(err)
			}
		}
	}
	if n < 400 {
		t.Errorf("the list has %d zones, want all that people live in", n)
	}
}

func TestOwnerMadeByCommandEndsTheSetUp(t *testing.T) {
	s := newStage(t)
	hash, _ := auth.HashPassword(password)
	if _, err := s.db.CreatePerson(t.Context(), auth.Person{Email: "owner@farm.example", Name: "Ann", Role: auth.RoleOwner}, hash); err != nil {
		t.Fatal(err)
	}
	status(t, "set-up", s.browser(here).post("/setup", setupForm...), http.StatusSeeOther)
	owner := s.as(auth.RoleOwner)
	if got := owner.get("/devices"); got.Header().Get("Location") != "/settings/farm" {
		t.Errorf("before the farm is described: got %d %q, want its form", got.Code, got.Header().Get("Location"))
	}
	contains(t, "the farm's form", owner.get("/settings/farm"), "Name of the farm")
	status(t, "describing it", owner.post("/settings/farm", "name", "Hillside", "time_zone", "UTC", "units", "metric", "clock", "24"), http.StatusSeeOther)
	status(t, "afterwards", owner.get("/devices"), http.StatusOK)
}
