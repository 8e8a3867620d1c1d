package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// newDemo starts `furrow demo` with its temporary folders in a place of the test's own.
func newDemo(t *testing.T, args ...string) (s *server, temporary string) {
	t.Helper()
	temporary = t.TempDir()
	cmd := command(t, append([]string{"demo", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(cmd.Env, "TMPDIR="+temporary, "TMP="+temporary, "TEMP="+temporary)
	return launch(t, "", cmd), temporary
}

// leftovers are the folders that a demo has not removed.
func leftovers(t *testing.T, temporary string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(temporary, "furrow-demo-*"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

var sensorLink = regexp.MustCompile(`href="(/sensors/\d+)`)

func TestDemoIsAFarmAtOnceAndLeavesNothing(t *testing.T) {
	t.Parallel()
	s, temporary := newDemo(t, "--speed", "60")
	if left := leftovers(t, temporary); len(left) != 1 {
		t.Errorf("while it runs there are %d folders in the temporary one, want 1", len(left))
	}
	visitor := s.browser()
	overview := visitor.page("/")
	for _, want := range []string{"Hillside Farm", "Greenhouse 1", "Orchard", "Cold store"} {
		if !strings.Contains(overview, want) {
			t.Errorf("the overview lacks %q", want)
		}
	}
	zones := map[string]bool{}
	for _, link := range zoneLink.FindAllString(overview, -1) {
		zones[link] = true
	}
	if len(zones) < 6 {
		t.Errorf("the overview has %d zones, want at least 6", len(zones))
	}
	link := sensorLink.FindStringSubmatch(visitor.page(firstZone(t, overview)))
	if link == nil {
		t.Fatal("a zone's page leads to no sensor")
	}
	if page := visitor.page(link[1] + "?range=7d"); !strings.Contains(page, "<svg") || !strings.Contains(page, "Average") {
		t.Error("the week of a sensor has no chart")
	}
	if page := visitor.page("/settings/people"); !strings.Contains(page, "Demo owner") {
		t.Error("the visitor of a demo is not its owner")
	}
	live := visitor.watch("/")
	for range 3 { // at this speed something is published every second
		live.until("hx-partial")
	}
	_ = live.conn.CloseNow()
	if status := s.stop(); status != 0 {
		t.Errorf("exit status: got %d, want 0: %s", status, s.stderr)
	}
	if left := leftovers(t, temporary); len(left) != 0 {
		t.Errorf("after the end: %v, want nothing", left)
	}
}

var zoneLink = regexp.MustCompile(`href="(/zones/\d+)`)

func firstZone(t *testing.T, overview string) string {
	t.Helper()
	link := zoneLink.FindStringSubmatch(overview)
	if link == nil {
		t.Fatal("the overview leads to no zone")
	}
	return link[1]
}

func TestDemoThatCannotStartLeavesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	temporary := t.TempDir()
	cmd := command(t, "demo", "--http", s.http, "--mqtt", "off", "--log-level", "error")
	cmd.Env = append(cmd.Env, "TMPDIR="+temporary, "TMP="+temporary, "TEMP="+temporary)
	if got := finish(t, cmd); got.status != 1 || !oneSentence(got.stderr, "another program uses") {
		t.Errorf("got %+v, want status 1 and a sentence about the port", got)
	}
	if left := leftovers(t, temporary); len(left) != 0 {
		t.Errorf("after the end: %v, want nothing", left)
	}
}

func TestFastClock(t *testing.T) {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	begun := time.Now().Add(-time.Second)
	clock := fastClock(start, begun, 60)
	if got := clock(); got.Before(start.Add(time.Minute)) {
		t.Errorf("a second after the start the clock shows %s, want a minute later or more", got)
	}
}

func TestSimulatedFarmGoesOnAfterARestartAndGoesWhenAsked(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	ada := s.browser()
	ada.setUp()
	dial(t, s, "own", "", "").publish("farm/house-1/own/temperature", "21", 1)
	ada.send("/simulated-farm")
	s.kill()

	s = serve(t, s.dir)
	p := s.program("read")
	if with := len(listOf[apiDevice](p, "/api/v1/devices")); with < 26 {
		t.Errorf("with the simulated farm there are %d devices, want its 25 and our own", with)
	}
	p.stream().until("reading") // of a device that publishes again
	type named struct{ Name string }
	if rules := listOf[named](p, "/api/v1/rules"); len(rules) != 1+len(simulatedRules) {
		t.Errorf("with the simulated farm: rules %+v, want the silence watch and those of the farm", rules)
	}
	ada = s.browser()
	ada.send("/sign-in", "email", "ada@farm.example", "password", ownerPassword)
	ada.send("/simulated-farm/remove")
	if left := listOf[apiDevice](p, "/api/v1/devices"); len(left) != 1 || left[0].Name != "own" {
		t.Errorf("after it was removed: got %+v, want our own device alone", left)
	}
	if zones := listOf[apiZone](p, "/api/v1/zones"); len(zones) != 0 {
		t.Errorf("after it was removed: zones %+v, want none", zones)
	}
	if rules, alerts := listOf[named](p, "/api/v1/rules"), listOf[named](p, "/api/v1/alerts"); len(rules) != 1 || len(alerts) != 0 {
		t.Errorf("after it was removed: rules %+v and alerts %+v, want the silence watch alone", rules, alerts)
	}
}

func TestSimulatePublishesToABroker(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	printed := succeed(t, "", "simulate", "--broker", "mqtt://"+s.mqtt, "--devices", "40", "--rate", "500", "--for", "1s")
	if !strings.HasSuffix(printed, " messages acknowledged, 0 failed\n") || strings.HasPrefix(printed, "0 ") {
		t.Errorf("simulate printed %q", printed)
	}
	if devices := listOf[apiDevice](s.program("read"), "/api/v1/devices"); len(devices) < 20 {
		t.Errorf("furrow heard of %d devices, want most of 40", len(devices))
	}
	s.stop()
	if got := furrow(t, "simulate", "--broker", "mqtt://"+s.mqtt, "--for", "1s"); got.status != 1 || !oneSentence(got.stderr, s.mqtt) {
		t.Errorf("without a broker: got %+v, want status 1 and a sentence with the address", got)
	}
}
