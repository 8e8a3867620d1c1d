package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/web/auth"
)

// alarmed lets a rule fire in Greenhouse 2: its bench is at 31.1 °C and the limit is 30.
func (s *stage) alarmed() sensors.Alert {
	s.t.Helper()
	s.adopted("a", "Bench", "Greenhouse 2")
	rule := sensors.Rule{Name: "Too hot for peppers", Enabled: true, Severity: sensors.Warning, Metric: "temperature", Condition: sensors.Above,
		Limits: sensors.Limits{Limit: 30, Clear: 29}}
	if _, err := s.in.SaveRule(s.t.Context(), rule); err != nil {
		s.t.Fatal(err)
	}
	s.hear("a", "temperature", 31.1, "a", "31.1")
	open := s.board.Alerts()
	if len(open) != 1 || open[0].State != sensors.AlertFiring {
		s.t.Fatalf("got %+v, want one alert that fires", open)
	}
	return open[0]
}

func lacks(t *testing.T, what, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(page, text) {
			t.Errorf("%s: %q is in it", what, text)
		}
	}
}

func TestAnAlertOnEveryPage(t *testing.T) {
	s := newStage(t).settled()
	id := s.alarmed().ID.String()
	worker, looker := s.as(auth.RoleWorker), s.as(auth.RoleViewer)
	answer := `action="/alerts/` + id + `/acknowledge"`

	overview := worker.get("/")
	contains(t, "overview", overview, "<h1>One thing needs you</h1>", "Greenhouse 2 is too hot", "31.1 °C, limit 30, since ", answer,
		`data-tone="alert"`, "Too hot", "1.1 °C above 30", `data-newest="`+id+`"`)
	lacks(t, "the overview, which lists alerts itself", overview.Body.String(), `id="alarm"`)
	for _, path := range []string{"/zones/1", "/sensors/1", "/devices", "/devices/1", "/settings", "/account", "/rules", "/alerts/history", "/connect"} {
		contains(t, path, worker.get(path), `id="alarm"`, "Greenhouse 2 is too hot", answer, `id="alert-count"`)
	}
	for _, path := range []string{"/", "/zones/1", "/alerts", "/alerts/" + id} {
		page := looker.get(path)
		contains(t, path+" of who may only look", page, "Greenhouse 2 is too hot")
		lacks(t, path+" of who may only look", page.Body.String(), answer, "/snooze")
	}
	contains(t, "zone", worker.get("/zones/1"), `data-tone="alert"`, "too hot · ")
	contains(t, "sensor", worker.get("/sensors/1"), "1.1 °C above 30", "max 30", `class="alerted"`, "At most 30 °C")
	contains(t, "chart's data", worker.get("/sensors/1/history.json"), `"limits":[[null,null,null,30]]`, `"alerts":[[`, "Greenhouse 2 is too hot")
}

func TestAnsweringAnAlert(t *testing.T) {
	s := newStage(t).settled()
	alert := s.alarmed()
	path := "/alerts/" + alert.ID.String()
	status(t, "by who may only look", s.as(auth.RoleViewer).post(path+"/acknowledge"), http.StatusForbidden)
	worker := s.as(auth.RoleWorker)
	worker.header["Referer"] = "http://farmpi.local:8080/zones/1?x=1"
	got := worker.post(path+"/acknowledge", "note", "Opened the vents")
	if target := got.Header().Get("Location"); got.Code != http.StatusSeeOther || target != "/zones/1?x=1" {
		t.Errorf("acknowledging: got %d %q, want the page it was done from", got.Code, target)
	}
	contains(t, "the next page", worker.get("/"), "Noted: Opened the vents.", "<h1>Nothing new</h1>", "Seen by Some worker", "Too hot")
	contains(t, "the alert", worker.get(path), "Some worker has seen it", "Opened the vents", "It fired", "Too hot for peppers", "Seen by Some worker")
	contains(t, "all alerts", worker.get("/alerts"), "Seen, not over", "Opened the vents", "Opened the vents</button>")
	lacks(t, "an alert that is seen", worker.get("/zones/1").Body.String(), `role="alert">Greenhouse`)

	status(t, "putting it off for ever", worker.post(path+"/snooze", "for", "ever"), http.StatusUnprocessableEntity)
	worker.header["Referer"] = "http://evil.example/zones/1"
	got = worker.post(path+"/snooze", "for", "2h")
	if target := got.Header().Get("Location"); target != "/alerts" {
		t.Errorf("from elsewhere: sent on to %q", target)
	}
	worker.header["Referer"] = "http://farmpi.local:8080/settings/recipients/1/channels"
	if target := worker.post(path + "/acknowledge").Header().Get("Location"); target != "/alerts" {
		t.Errorf("from what is no page: sent on to %q", target)
	}
	worker.post(path+"/snooze", "for", "2h")
	contains(t, "put off", worker.get("/alerts"), "Put off by Some worker until ", "It fires again then")

	s.hear("a", "temperature", 20, "a", "20")
	got = worker.post(path + "/acknowledge")
	if target := got.Header().Get("Location"); target != path {
		t.Errorf("an alert that is over: sent to %q", target)
	}
	contains(t, "an alert that is over", worker.get(path), "It is over already.", "Greenhouse 2 was too hot", "Over after ", "at worst 31.1 °C")
	contains(t, "history", worker.get("/alerts/history"), "Greenhouse 2 was too hot", "worst 31.1 °C", "Some worker: Opened the vents")
	contains(t, "overview", worker.get("/"), "<h1>All is well</h1>")
	status(t, "no such alert", worker.post("/alerts/999/acknowledge"), http.StatusNotFound)
	status(t, "no such alert", worker.get("/alerts/999"), http.StatusNotFound)

	s.hear("a", "temperature", 33, "a", "33")
	contains(t, "the next time", worker.get("/alerts"), "Last time, ", "Some worker: Opened the vents")
}

func TestTheHistoryIsPagedAndFiltered(t *testing.T) {
	s := newStage(t).settled()
	s.alarmed()
	for range historyPage {
		s.hear("a", "temperature", 20, "a", "20")
		s.hear("a", "temperature", 31, "a", "31")
	}
	looker := s.as(auth.RoleViewer)
	page := looker.get("/alerts/history?time=7d&rule=2").Body.String()
	if n := strings.Count(page, `<li class="past"`); n != historyPage {
		t.Errorf("%d alerts on a page, want %d", n, historyPage)
	}
	_, older, found := strings.Cut(page, `href="/alerts/history?before=`)
	older, _, _ = strings.Cut(older, `"`)
	if !found || !strings.Contains(older, "rule=2") || !strings.Contains(older, "time=7d") {
		t.Fatalf("the way to older ones: got %q", older)
	}
	page = looker.get("/alerts/history?before=" + strings.ReplaceAll(older, "&amp;", "&")).Body.String()
	if n := strings.Count(page, `<li class="past"`); n != 1 {
		t.Errorf("%d alerts on the second page, want 1", n)
	}
	contains(t, "another rule", looker.get("/alerts/history?rule=77"), "No alert of that kind is known.")
	status(t, "nonsense", looker.get("/alerts/history?rule=x&before=-3&time=never&sensor=1e9"), http.StatusOK)
}

func TestSnoozingUntilTheMorning(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t).settled()
	for now, want := range map[string]string{"2026-03-29 01:30": "2026-03-29 07:00", "2026-03-28 23:00": "2026-03-29 07:00", "2026-03-28 07:00": "2026-03-29 07:00"} {
		at, err := time.ParseInLocation("2006-01-02 15:04", now, zone)
		if err != nil {
			t.Fatal(err)
		}
		s.server.o.Now = func() time.Time { return at }
		if got, ok := s.server.snoozeUntil("morning"); !ok || got.In(zone).Format("2006-01-02 15:04") != want {
			t.Errorf("at %s: got %v, want %s", now, got, want)
		}
	}
}

func TestAnAlertReachesOpenPages(t *testing.T) {
	s := newStage(t).settled()
	s.adopted("b", "Pump", "Pump house")
	address := s.onAir()
	worker, looker := s.as(auth.RoleWorker), s.as(auth.RoleViewer)
	if _, _, err := looker.dial(address, "/live?v=1&page=overview%2Boperate"); err == nil {
		t.Error("who may only look got the page of those who may answer")
	}
	plain := worker.listen(address, "/live?page=plain%2Boperate&v="+versionOf(s))
	zone := looker.listen(address, "/live?page=zone/1&v="+versionOf(s))
	overview := worker.listen(address, "/live?page=overview%2Boperate&v="+versionOf(s))
	list := worker.listen(address, "/live?page=alerts%2Boperate&v="+versionOf(s))
	id := s.alarmed().ID.String()
	button := `action="/alerts/` + id + `/acknowledge"`
	if got := worker.until(plain, "Greenhouse 2 is too hot"); !strings.Contains(got, button) || !strings.Contains(got, `data-newest="`+id+`"`) {
		t.Errorf("a page of settings: got %q", got)
	}
	if got := looker.until(zone, "Greenhouse 2 is too hot"); strings.Contains(got, button) || !strings.Contains(got, `id="alert-count"`) {
		t.Errorf("who may only look: got %q", got)
	}
	if got := worker.until(overview, "One thing needs you"); !strings.Contains(got, button) || strings.Contains(got, `id="alarm"`) {
		t.Errorf("the overview: got %q", got)
	}
	worker.until(list, `id="alert-`+id+`"`)
	s.hear("a", "temperature", 32.7, "a", "32.7")
	worker.until(plain, "32.7 °C, limit 30")
	worker.post("/alerts/"+id+"/acknowledge", "note", "On my way")
	worker.until(overview, "Nothing new")
	worker.until(list, "Seen by Some worker")
	if got := worker.until(plain, `id="alarm"`); strings.Contains(got, "too hot") {
		t.Errorf("once it is seen: got %q", got)
	}
	s.hear("a", "temperature", 20, "a", "20")
	worker.until(overview, "All is well")
	worker.until(list, "Nothing fires")
}

func versionOf(s *stage) string { return sensors.AlertID(s.board.Version()).String() }
