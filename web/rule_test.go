package web

import (
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/web/auth"
)

// postForm posts a form whose fields may have several values.
func (b *browser) postForm(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://farmpi.local:8080")
	return b.do(r)
}

// send posts a form and returns where the answer leads, or the page that says what is wrong.
func (b *browser) send(path string, form url.Values) string {
	got := b.postForm(path, form)
	if got.Code >= 400 {
		return got.Body.String()
	}
	return got.Header().Get("Location")
}

var (
	inputs   = regexp.MustCompile(`<input[^>]*name="([^"]+)"[^>]*>`)
	selects  = regexp.MustCompile(`(?s)<select[^>]*name="([^"]+)".*?</select>`)
	selected = regexp.MustCompile(`<option value="([^"]*)" selected`)
	valued   = regexp.MustCompile(` value="([^"]*)"`)
)

// filled reads what a page's form would send as it stands.
func filled(page string) url.Values {
	page = page[strings.Index(page, `class="card pad stack rule-form"`):]
	page = page[:strings.Index(page, "</form>")]
	form := url.Values{}
	for _, m := range inputs.FindAllStringSubmatch(page, -1) {
		box := strings.Contains(m[0], `type="radio"`) || strings.Contains(m[0], `type="checkbox"`)
		if value := valued.FindStringSubmatch(m[0]); value != nil && (!box || strings.Contains(m[0], " checked")) {
			form.Add(m[1], value[1])
		}
	}
	for _, m := range selects.FindAllStringSubmatch(page, -1) {
		if value := selected.FindStringSubmatch(m[0]); value != nil {
			form.Set(m[1], value[1])
		}
	}
	return form
}

// rulesOf the farm but for the silence watch.
func (s *stage) ownRules() []sensors.Rule {
	return slices.DeleteFunc(s.board.Rules(), func(r sensors.Rule) bool { return r.Watch })
}

func TestARuleSurvivesItsForm(t *testing.T) {
	s := newStage(t).settled()
	s.adopted("a", "Bench", "Greenhouse 2")
	s.adopted("b", "Wall", "Greenhouse 2")
	if _, err := s.in.SaveRecipient(t.Context(), sensors.Recipient{Name: "Ann"}); err != nil {
		t.Fatal(err)
	}
	manager := s.as(auth.RoleManager)
	base := url.Values{"name": {""}, "metric": {"temperature"}, "scope": {"zone:1"}, "condition": {"above"}, "limit": {"32,5"}, "hold": {"10m"}, "severity": {"warning"}}
	for name, change := range map[string]url.Values{
		"above":            {},
		"below everywhere": {"condition": {"below"}, "scope": {""}, "limit": {"-1.5"}, "clear": {"0"}},
		"a band":           {"condition": {"outside"}, "low": {"16"}, "high": {"28"}, "clear": {"0.75"}, "scope": {"kind:other"}},
		"a rate":           {"condition": {"rate"}, "limit": {"2"}, "clear": {"1.5"}, "hold": {"0s"}},
		"a difference":     {"condition": {"difference"}, "scope": {"sensor:1"}, "other_sensor_id": {"sensor:2"}, "limit": {"3"}},
		"silence":          {"condition": {"silent"}, "metric": {""}, "limit": {""}, "hold": {"2h"}},
		"nights by clock":  {"night": {"clock"}, "night_from": {"22:00"}, "night_to": {"06:30"}, "night_limit": {"24"}, "night_clear": {"21.5"}},
		"nights by sun":    {"night": {"sun"}, "night_limit": {"24"}},
		"hours":            {"active_from": {"20:00"}, "active_to": {"06:00"}, "days": {"1", "0"}, "months": {"3", "4", "12"}},
		"who and how":      {"recipients": {"1"}, "repeat": {"30m"}, "severity": {"critical"}, "name": {"Wake Ann"}, "source": {"A book."}},
	} {
		for _, units := range []sensors.Units{sensors.MetricUnits, sensors.ImperialUnits} {
			farm, _ := s.board.Farm()
			farm.Units = units
			if err := s.in.SetFarm(t.Context(), farm); err != nil {
				t.Fatal(err)
			}
			form := url.Values{}
			for _, values := range []url.Values{base, change} {
				for field, value := range values {
					form[field] = value
				}
			}
			if units == sensors.ImperialUnits && form.Get("clear") == "0" {
				form.Set("clear", "30") // still above the limit
			}
			if got := manager.send("/rules", form); got != "/rules" {
				t.Fatalf("%s in %s units: got %.600s", name, units, got)
			}
			all := s.ownRules()
			made := all[len(all)-1]
			page := manager.get("/rules/" + made.ID.String()).Body.String()
			if got := manager.send("/rules/"+made.ID.String(), filled(page)); got != "/rules" {
				t.Fatalf("%s in %s units, saved again: got %.600s", name, units, got)
			}
			again, _ := s.board.Rule(made.ID)
			made.ChangedAt, again.ChangedAt = time.Time{}, time.Time{}
			if !reflect.DeepEqual(made, again) {
				t.Errorf("%s in %s units:\n got %+v\nwant %+v", name, units, again, made)
			}
		}
	}
}

func TestLimitsAreInTheFarmsUnits(t *testing.T) {
	s := newStage(t).settled()
	s.adopted("a", "Bench", "Greenhouse 2")
	if err := s.in.SetFarm(t.Context(), sensors.Farm{Name: "Hillside", TimeZone: "America/Chicago", Units: sensors.ImperialUnits}); err != nil {
		t.Fatal(err)
	}
	manager := s.as(auth.RoleManager)
	form := url.Values{"metric": {"temperature"}, "condition": {"above"}, "limit": {"86"}, "hold": {"0s"}, "severity": {"info"}}
	manager.send("/rules", form)
	form.Set("condition", "rate")
	form.Set("limit", "9")
	manager.send("/rules", form)
	made := s.ownRules()
	if len(made) != 2 || math.Abs(made[0].Limit-30) > 1e-9 || math.Abs(made[1].Limit-5) > 1e-9 {
		t.Fatalf("got %+v, want 30 °C, and 5 °C an hour", made)
	}
	contains(t, "the list", manager.get("/rules"), "above 86 °F", "by more than 9 °F an hour")
	s.hear("a", "temperature", 31.1, "a", "x")
	contains(t, "overview", manager.get("/"), "88.0 °F, limit 86", "2.0 °F above 86")
	contains(t, "chart's data", manager.get("/sensors/1/history.json"), `"limits":[[null,null,null,86]]`)
}

func TestWhatIsWrongWithARuleStandsBesideIt(t *testing.T) {
	s := newStage(t).settled()
	s.adopted("a", "Bench", "Greenhouse 2")
	manager := s.as(auth.RoleManager)
	for name, c := range map[string]struct {
		form url.Values
		want []string
	}{
		"nothing":        {url.Values{}, []string{"Choose what is measured.", "Choose above, below", "Choose info, warning or critical.", "A few things need correcting"}},
		"no number":      {url.Values{"metric": {"temperature"}, "condition": {"above"}, "limit": {"warm"}, "severity": {"info"}}, []string{`id="limit-wrong"`, "Type a number, such as 32", `value="warm"`}},
		"upside down":    {url.Values{"metric": {"temperature"}, "condition": {"outside"}, "low": {"30"}, "high": {"20"}, "severity": {"info"}}, []string{`id="low-wrong"`, "must be below the upper", `value="30"`}},
		"clear too high": {url.Values{"metric": {"temperature"}, "condition": {"above"}, "limit": {"30"}, "clear": {"31"}, "severity": {"info"}}, []string{`id="clear-wrong"`, "must not be above the limit", "<details class=\"fold\" open"}},
		"another sensor": {url.Values{"metric": {"temperature"}, "condition": {"difference"}, "limit": {"3"}, "severity": {"info"}}, []string{"Choose the sensor to compare with.", "choose one here and the other below"}},
		"no such zone":   {url.Values{"metric": {"temperature"}, "condition": {"above"}, "limit": {"3"}, "severity": {"info"}, "scope": {"zone:99"}}, []string{"This zone does not exist any more"}},
		"nonsense":       {url.Values{"metric": {"temperature"}, "condition": {"above"}, "limit": {"1e999"}, "severity": {"info"}, "scope": {"zone:x"}, "hold": {"-3m"}, "active_from": {"25:99"}}, []string{"Choose where to watch.", "Type a number", "Choose how long.", "Type times such as 22:00."}},
		"half a night":   {url.Values{"metric": {"temperature"}, "condition": {"above"}, "limit": {"30"}, "severity": {"info"}, "night": {"clock"}}, []string{`id="night_limit-wrong"`, "Say from when to when it is night."}},
		"a hostile name": {url.Values{"name": {"<script>alert(1)</script>"}, "metric": {"<b>x</b>"}, "condition": {"above"}, "severity": {"info"}}, []string{"&lt;script&gt;"}},
	} {
		page := manager.send("/rules", c.form)
		for _, want := range c.want {
			if !strings.Contains(page, want) {
				t.Errorf("%s: %q is missing in\n%.6000s", name, want, page)
			}
		}
		lacks(t, name, page, "<script>alert", "<b>x</b>")
	}
	if n := len(s.ownRules()); n != 0 {
		t.Errorf("%d rules were made, want none", n)
	}
}

func TestAPreviewWhileTheFormIsFilledIn(t *testing.T) {
	s := newStage(t).settled()
	s.adopted("a", "Bench", "Greenhouse 2")
	for _, value := range []float64{31, 20, 32, 20} {
		s.hear("a", "temperature", value, "a", "x")
	}
	manager := s.as(auth.RoleManager)
	form := url.Values{"do": {"preview"}, "metric": {"temperature"}, "scope": {"zone:1"}, "condition": {"above"}, "limit": {"30"}, "hold": {"0s"}, "severity": {"info"}}
	page := manager.postForm("/rules", form)
	contains(t, "without scripts", page, "<!doctype html>", "In the last 30 days it would have fired 2 times", `value="30"`, "Air temperature, Bench in Greenhouse 2", "max 30",
		"Tell me when air temperature in Greenhouse 2 is above 30 °C; all clear below 29 °C.")
	if n := strings.Count(page.Body.String(), `class="alerted"`); n != 2 {
		t.Errorf("%d alerts are painted, want 2", n)
	}
	manager.header["HX-Request"] = "true"
	part := manager.postForm("/rules", form)
	contains(t, "the part", part, `id="preview"`, "it would have fired 2 times")
	lacks(t, "the part", part.Body.String(), "<html", "<form")
	form.Set("limit", "99")
	contains(t, "a high limit", manager.postForm("/rules", form), "it would not have fired")
	form.Set("limit", "")
	contains(t, "no limit", manager.postForm("/rules", form), "Type a number.")
	form.Set("condition", "silent")
	contains(t, "silence", manager.postForm("/rules", form), "at least a second")
	if n := len(s.ownRules()); n != 0 {
		t.Errorf("a preview made %d rules", n)
	}
	status(t, "by who may not", s.as(auth.RoleWorker).postForm("/rules", form), http.StatusForbidden)
}

func TestALongPreviewDoesNotHoldUpThePage(t *testing.T) {
	s := newStage(t).settled()
	s.adopted("a", "Bench", "Greenhouse 2")
	rule := sensors.Rule{Enabled: true, Severity: sensors.Info, Metric: "temperature", Condition: sensors.Above, Limits: sensors.Limits{Limit: 30, Clear: 29}}
	typed := s.server.ruleValues(rule)
	if p := s.server.previewOf(t.Context(), rule, typed, 0); !p.Late || p.Headline != "" {
		t.Errorf("without time: got %+v, want it to be asked for again", p)
	}
	if p := s.server.previewOf(t.Context(), rule, typed, previewLimit); p.Late || p.Missing != "" || p.Headline == "" {
		t.Errorf("with time: got %+v", p)
	}
}

func TestRulesOnAndOff(t *testing.T) {
	s := newStage(t).settled()
	s.alarmed()
	manager := s.as(auth.RoleManager)
	contains(t, "rules", manager.get("/rules"), "Silence watch", "Too hot for peppers", "1 alert now", "Tell me when air temperature anywhere on the farm is above 30 °C; all clear below 29 °C.",
		"Nobody is told about alerts yet.", "Greenhouse tomato")
	lacks(t, "rules of who may only look", s.as(auth.RoleWorker).get("/rules").Body.String(), "/switch", "/rules/new")
	rule := s.ownRules()[0]
	path := "/rules/" + rule.ID.String()
	status(t, "off", manager.post(path+"/switch", "to", "off"), http.StatusSeeOther)
	if got, _ := s.board.Rule(rule.ID); got.Enabled || len(s.board.Alerts()) != 0 {
		t.Errorf("off: got %+v and %d open alerts", got, len(s.board.Alerts()))
	}
	contains(t, "off", manager.get("/rules"), "Its open alerts are ended.", `class="toggle"`)
	contains(t, "its form", manager.get(path), "Delete Too hot for peppers", `value="Too hot for peppers"`)
	status(t, "deleted", manager.post(path+"/delete"), http.StatusSeeOther)
	status(t, "gone", manager.get(path), http.StatusNotFound)
	contains(t, "what it fired", manager.get("/alerts/history"), "Too hot for peppers", "The rule was switched off.")

	watch := s.board.Rules()[0]
	path = "/rules/" + watch.ID.String()
	page := manager.get(path)
	contains(t, "the silence watch", page, "watched for silence", "Turn it off")
	lacks(t, "the silence watch", page.Body.String(), `name="limit"`, path+"/delete")
	status(t, "deleting the silence watch", manager.post(path+"/delete"), http.StatusConflict)
	status(t, "changing it", manager.post(path, "severity", "critical", "condition", "above", "limit", "3", "name", "Quiet"), http.StatusSeeOther)
	if got, _ := s.board.Rule(watch.ID); got.Severity != sensors.Critical || got.Condition != sensors.Silent || got.Name != "Quiet" {
		t.Errorf("the silence watch became %+v", got)
	}
}

func TestPresetsBecomeRules(t *testing.T) {
	s := newStage(t).settled()
	s.adopted("a", "Bench", "Greenhouse 2")
	manager := s.as(auth.RoleManager)
	contains(t, "preset", manager.get("/rules/presets/greenhouse-tomato"), "Too hot for tomatoes", "Bayer Vegetables", "Nothing on the farm measures this yet.", `value="kind:greenhouse" selected`)
	status(t, "none chosen", manager.post("/rules/presets/greenhouse-tomato", "scope", "zone:1"), http.StatusUnprocessableEntity)
	if got := manager.send("/rules/presets/greenhouse-tomato", url.Values{"scope": {"zone:1"}, "rule": {"0", "3", "17"}}); got != "/rules" {
		t.Fatalf("got %.300s", got)
	}
	made := s.ownRules()
	if len(made) != 2 || made[0].Name != "Too hot for tomatoes" || made[0].Scope.Zone != 1 || made[0].Source == "" || !made[1].Enabled {
		t.Errorf("got %+v", made)
	}
	contains(t, "one to be changed", manager.get("/rules/new?preset=greenhouse-tomato.1"), `value="Too cold for tomatoes"`, "Limits from: Bayer", "others, from sunset to sunrise</option>", `value="14"`)
	for _, path := range []string{"/rules/presets/nothing", "/rules/new?preset=greenhouse-tomato.99", "/rules/new?preset=x.1"} {
		status(t, path, manager.get(path), http.StatusNotFound)
	}
	contains(t, "about a sensor", manager.get("/rules/new?sensor=1"), `value="sensor:1" selected`, `value="temperature" selected`)
	contains(t, "about a zone", manager.get("/rules/new?zone=1"), `value="zone:1" selected`)
}
