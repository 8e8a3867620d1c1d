package api

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/web/auth"
)

// firing makes a rule that fires at once above 30, lets a sensor fire it, and returns the alert.
func (f *farm) firing(device string, value float64) object {
	f.t.Helper()
	if f.fires == nil {
		f.fires = f.rule(`{"metric":"temperature","condition":"above","limit":30,"clear":29,"hold":"0s","name":"Too hot"}`)
	}
	f.adopted(device, "temperature", 20)
	f.post([]object{{"device": device, "metric": "temperature", "value": value}})
	return f.items("/api/v1/alerts")[0]
}

func TestAnAlertFiresIsAnsweredAndEnds(t *testing.T) {
	f := newFarm(t)
	f.ask("POST", "/api/v1/recipients", object{"name": "Ada", "channels": []object{{"kind": "ntfy", "target": "our-farm-7f3k9q"}}}, 201, nil)
	a := f.firing("North", 34.5)
	sensor := f.items("/api/v1/sensors")[0]["id"]
	for member, want := range map[string]any{"rule_id": f.fires["id"], "sensor_id": sensor, "severity": "warning", "state": "firing", "acknowledged_at": nil,
		"resolved_at": nil, "snoozed_until": nil, "value": 34.5, "peak": 34.5} {
		if got, ok := a[member]; !ok || got != want {
			t.Errorf("firing: %s is %v, want %v", member, got, want)
		}
	}
	if metrics := f.send("", "GET", "/metrics", nil); !strings.Contains(string(metrics.body), "furrow_firing_alerts 1\n") {
		t.Error("the metrics do not count the alert")
	}
	path := "/api/v1/alerts/" + a["id"].(string)
	got := f.send(f.tokens[auth.ScopeControl], "POST", path+"/acknowledge", object{"note": "opened the vents"})
	if got.status != 200 {
		t.Fatalf("acknowledged: %d %s", got.status, got.body)
	}
	var now object
	f.ask("GET", path, nil, 200, &now)
	if now["state"] != "acknowledged" || now["acknowledged_at"] == nil || now["note"] != "opened the vents" || now["acknowledged_by"] != "control" {
		t.Errorf("acknowledged: %v, want it by the token's name, with the note", now)
	}
	f.ask("POST", path+"/acknowledge", nil, 200, &now) // once more, by a program without a body
	if now["note"] != "opened the vents" || now["acknowledged_by"] != "admin" {
		t.Errorf("acknowledged again: %v", now)
	}
	f.post([]object{{"device": "North", "metric": "temperature", "value": 25}})
	f.ask("GET", path, nil, 200, &now)
	if now["state"] != "resolved" || now["resolved_at"] == nil || now["value"] != 25.0 || now["peak"] != 34.5 || now["name"] != "Too hot" {
		t.Errorf("over: %v", now)
	}
	var kinds []any
	for _, e := range objects(now["events"]) {
		kinds = append(kinds, e["kind"], e["by"])
	}
	if got, want := fmt.Sprint(kinds), "[firing <nil> acknowledged control acknowledged admin resolved <nil>]"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	told := objects(now["told"])
	if len(told) == 0 || told[len(told)-1]["kind"] != "firing" || told[0]["name"] != "Ada" || told[0]["state"] != "waiting" {
		t.Errorf("told: %v", told)
	}
	checkProblem(t, "acknowledging what is over", f.ask("POST", path+"/acknowledge", object{"note": "late"}, 409, nil), 409)
	checkProblem(t, "putting off what is over", f.ask("POST", path+"/snooze", object{"for": "1h"}, 409, nil), 409)
	checkWrong(t, "a note that is none", f.ask("POST", path+"/acknowledge", `{"note":7}`, 422, nil), "body.note")
	checkWrong(t, "what is not known", f.ask("POST", path+"/acknowledge", `{"by":"me"}`, 422, nil), "body.by")
}

func TestSnooze(t *testing.T) {
	f := newFarm(t)
	a := f.firing("North", 34)
	path := "/api/v1/alerts/" + a["id"].(string) + "/snooze"
	var now object
	before := time.Now()
	f.ask("POST", path, object{"for": "30m"}, 200, &now)
	until, err := time.Parse(time.RFC3339, fmt.Sprint(now["snoozed_until"]))
	if err != nil || until.Before(before.Add(30*time.Minute).Truncate(time.Millisecond)) || now["state"] != "acknowledged" || now["acknowledged_by"] != "admin" {
		t.Errorf("put off: %v, want it acknowledged until half an hour from now", now)
	}
	for body, wrong := range map[string]string{`{"for":"soon"}`: "body.for", `{"for":"0s"}`: "body.for", `{"for":"-1m"}`: "body.for", `{"for":"200h"}`: "body.for",
		`{"for":30}`: "body.for", `{"for":""}`: "body.for", `{}`: "body", `{"for":"1h","note":"x"}`: "body.note", `{"for":null}`: "body.for"} {
		checkWrong(t, body, f.ask("POST", path, body, 422, nil), wrong)
	}
}

func TestAlertsThatAreNotThere(t *testing.T) {
	f := newFarm(t)
	f.rule(`{"metric":"temperature","condition":"above","limit":30,"hold":"1h"}`)
	f.adopted("North", "temperature", 20)
	f.post([]object{{"device": "North", "metric": "temperature", "value": 40}})
	pending := f.board.Pending()
	if len(pending) != 1 || len(f.items("/api/v1/alerts")) != 0 {
		t.Fatalf("pending %v, told %v; want one that nobody is told of", pending, f.items("/api/v1/alerts"))
	}
	for _, id := range []string{"999", "x", "0", "-1", pending[0].ID.String()} {
		checkProblem(t, id, f.ask("GET", "/api/v1/alerts/"+id, nil, 404, nil), 404)
		checkProblem(t, id, f.ask("POST", "/api/v1/alerts/"+id+"/acknowledge", nil, 404, nil), 404)
		checkProblem(t, id, f.ask("POST", "/api/v1/alerts/"+id+"/snooze", object{"for": "1h"}, 404, nil), 404)
	}
}

func TestAlertsAreFound(t *testing.T) {
	f := newFarm(t)
	for i, device := range []string{"a", "b", "c", "d", "e"} {
		f.firing(device, 31+float64(i))
	}
	all := f.items("/api/v1/alerts")
	f.post([]object{{"device": "a", "metric": "temperature", "value": 20}})
	f.ask("POST", "/api/v1/alerts/"+all[1]["id"].(string)+"/acknowledge", nil, 200, nil)
	sensor, rule := all[2]["sensor_id"].(string), f.fires["id"].(string)
	soon := time.Now().UTC().Add(time.Hour).Format(time.RFC3339)
	for query, want := range map[string]string{
		"": "[35 34 33 32 31]", "state=firing": "[35 33 32]", "state=acknowledged": "[34]", "state=resolved": "[31]",
		"sensor=" + sensor: "[33]", "sensor=999": "[]", "sensor=x": "[]", "rule=" + rule: "[35 34 33 32 31]", "rule=999": "[]", "rule=x": "[]",
		"sensor=" + sensor + "&state=resolved": "[]", "from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z": "[]", "to=1960-01-01T00:00:00Z": "[]",
		"from=1960-01-01T00:00:00Z": "[35 34 33 32 31]", "from=" + soon: "[35 34 33 32]", "to=" + soon: "[35 34 33 32 31]", "limit=2": "[35 34]",
	} {
		peaks := []any{}
		for _, a := range f.items("/api/v1/alerts?" + query) {
			peaks = append(peaks, a["peak"])
		}
		if got := fmt.Sprint(peaks); got != want {
			t.Errorf("%q finds the alerts with the peaks %s, want %s", query, got, want)
		}
	}
	for _, query := range []string{"state=pending", "state=x", "from=yesterday", "to=0", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "cursor=%21", "limit=0"} {
		checkProblem(t, query, f.ask("GET", "/api/v1/alerts?"+query, nil, 422, nil), 422)
	}
	var got []any
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		var page struct {
			Items []object
			Next  string
		}
		f.ask("GET", "/api/v1/alerts?limit=2&cursor="+cursor, nil, 200, &page)
		for _, a := range page.Items {
			got = append(got, a["peak"])
		}
		if cursor = page.Next; pages > 5 {
			t.Fatal("there is no last page")
		}
		if pages == 0 {
			f.firing("f", 99) // moves nothing
		}
	}
	if want := "[35 34 33 32 31]"; fmt.Sprint(got) != want {
		t.Errorf("page by page: %v, want %s", got, want)
	}
}

func TestAlertsOutliveTheirRule(t *testing.T) {
	f := newFarm(t)
	a := f.firing("North", 34)
	f.ask("DELETE", "/api/v1/rules/"+f.fires["id"].(string), nil, 204, nil)
	var now object
	f.ask("GET", "/api/v1/alerts/"+a["id"].(string), nil, 200, &now)
	if now["state"] != "resolved" || now["rule_id"] != nil || now["name"] != "Too hot" || now["why"] == nil {
		t.Errorf("after its rule was deleted: %v", now)
	}
}

// TestPreviewIsWhatHappened lets a rule watch readings as they come, and then asks what it would have done.
func TestPreviewIsWhatHappened(t *testing.T) {
	f := newFarm(t)
	begin := time.Now().UTC().Add(-5 * time.Minute).Truncate(time.Second) // ten minutes are late
	sensor := f.sensor("North", "temperature", begin, time.Second, 28)    // as all rules want it, while there are none
	f.ask("POST", "/api/v1/devices/"+f.items("/api/v1/devices")[0]["id"].(string)+"/adopt", nil, 200, nil)
	for _, rule := range []object{
		{"metric": "temperature", "condition": "above", "limit": 30, "clear": 29, "hold": "1m"},
		{"metric": "temperature", "condition": "below", "limit": 25, "clear": 26, "hold": "0s", "scope": object{"sensor_id": sensor}},
		{"metric": "temperature", "condition": "outside", "low": 22, "high": 33.5, "clear": 0.5, "hold": "30s"},
	} {
		f.rule(rule)
	}
	var waves []sensors.Posted
	for i := range 53 {
		value := 20.0
		if i%24 >= 8 {
			value = 31 + float64(i%7)
		}
		waves = append(waves, sensors.Posted{Device: "North", Metric: "temperature", Value: value, At: sensors.MilliOf(begin.Add(time.Duration(i+1) * 5 * time.Second))})
	}
	for part := range slices.Chunk(waves, 7) {
		if _, err := f.ingest.Post(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	told := 0
	for _, rule := range f.items("/api/v1/rules") {
		if rule["watch"] == true {
			continue
		}
		var preview struct {
			Count  int
			Night  *int `json:"night_count"`
			Alerts []object
		}
		f.ask("POST", "/api/v1/rules/preview", object{"rule": rule}, 200, &preview)
		happened := f.items("/api/v1/alerts?rule=" + rule["id"].(string))
		slices.Reverse(happened)
		if preview.Count != len(happened) || len(preview.Alerts) != len(happened) || preview.Night == nil {
			t.Fatalf("%s: %d alerts happened, a preview says %+v", rule["name"], len(happened), preview)
		}
		for i, a := range happened {
			members := []string{"sensor_id", "device_id", "started_at", "resolved_at", "peak"}
			if got, want := fragment(preview.Alerts[i], members...), fragment(a, members...); got != want {
				t.Errorf("%s: the preview says %s, but it was %s", rule["name"], got, want)
			}
		}
		told += len(happened)
	}
	if told < 6 {
		t.Errorf("only %d alerts happened", told)
	}
}

func TestPreviews(t *testing.T) {
	f := newFarm(t)
	rule := object{"metric": "temperature", "condition": "above", "limit": 30, "hold": "0s"}
	var empty object
	f.ask("POST", "/api/v1/rules/preview", object{"rule": rule}, 200, &empty)
	want := []string{"alerts", "calmer_clear", "count", "longest_seconds", "night_count"}
	if got := slices.Sorted(maps.Keys(empty)); !slices.Equal(got, want) || empty["calmer_clear"] != nil || fmt.Sprint(empty["alerts"]) != "[]" {
		t.Errorf("without sensors: %v, want the members %v, empty", empty, want)
	}
	noon := time.Now().UTC().Truncate(day).Add(-3 * day).Add(12 * time.Hour)
	var values []float64
	for i := range 24 * 6 { // 40 minutes in each hour
		values = append(values, map[bool]float64{true: 35, false: 20}[i%6 >= 2])
	}
	f.sensor("North", "temperature", noon, 10*time.Minute, append(values, 20)...)
	f.ask("POST", "/api/v1/devices/"+f.items("/api/v1/devices")[0]["id"].(string)+"/adopt", nil, 200, nil)
	for span, want := range map[string]string{
		"": "count=24 night_count=8 longest_seconds=2400", `,"from":null,"to":null`: "count=24 night_count=8 longest_seconds=2400",
		`,"to":"` + noon.Add(6*time.Hour).Format(time.RFC3339) + `"`:                                                                     "count=6 night_count=0 longest_seconds=2400",
		`,"from":"` + noon.Add(6*time.Hour).Format(time.RFC3339) + `"`:                                                                   "count=18 night_count=8 longest_seconds=2400",
		`,"from":"` + noon.Format(time.RFC3339) + `","to":"` + noon.Add(30*time.Minute).Format(time.RFC3339) + `"`:                       "count=1 night_count=0 longest_seconds=600",
		`,"from":"` + noon.Add(-300*day).Format(time.RFC3339) + `","to":"` + noon.Format(time.RFC3339) + `"`:                             "count=0 night_count=0 longest_seconds=0",
		`,"from":"` + noon.Add(time.Hour).Format(time.RFC3339) + `","to":"` + time.Now().UTC().Add(time.Hour).Format(time.RFC3339) + `"`: "count=23 night_count=8 longest_seconds=2400",
	} {
		var got object
		f.ask("POST", "/api/v1/rules/preview", `{"rule":{"metric":"temperature","condition":"above","limit":30,"hold":"0s"}`+span+`}`, 200, &got)
		if got := fragment(got, "count", "night_count", "longest_seconds"); got != want {
			t.Errorf("%s: %s, want %s", span, got, want)
		}
	}
	for _, span := range []string{`,"from":"yesterday"`, `,"to":7`, `,"from":"2020-01-01T00:00:00Z"`, `,"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"`, `,"until":"2026-01-02T00:00:00Z"`} {
		body := `{"rule":{"metric":"temperature","condition":"above","limit":30}` + span + `}`
		checkProblem(t, body, f.ask("POST", "/api/v1/rules/preview", body, 422, nil), 422)
	}
	checkWrong(t, "no rule", f.ask("POST", "/api/v1/rules/preview", `{}`, 422, nil), "body")
}
