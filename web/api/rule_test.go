package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"furrow/web/auth"
)

// checkWrong checks that an answer refuses a body and names the member that is wrong.
func checkWrong(t *testing.T, what string, got reply, location string) {
	t.Helper()
	checkProblem(t, what, got, 422)
	var p struct {
		Errors []struct{ Location, Message string }
	}
	if err := json.Unmarshal(got.body, &p); err != nil {
		t.Fatal(err)
	}
	for _, e := range p.Errors {
		if e.Location == location && e.Message != "" {
			return
		}
	}
	t.Errorf("%s: %s is not named in %s", what, location, got.body)
}

// fragment writes the members of an object that are asked for, sorted.
func fragment(of object, members ...string) string {
	var b strings.Builder
	for i, m := range members {
		text, _ := json.Marshal(of[m])
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(m + "=" + string(text))
	}
	return b.String()
}

// TestEveryCondition makes a rule of each kind with little more than it needs.
func TestEveryCondition(t *testing.T) {
	f := newFarm(t)
	f.ask("POST", "/api/v1/zones", object{"name": "House 2", "kind": "greenhouse"}, 201, nil)
	zone := f.items("/api/v1/zones")[0]["id"].(string)
	one, two := f.adopted("North", "temperature", 20), f.adopted("South", "temperature", 20)
	f.adopted("Odd", "brix_level", 5)
	numbers := []string{"limit", "low", "high", "clear", "hold"}
	for _, c := range []struct{ body, want, name string }{
		{`{"metric":"temperature","condition":"above","limit":32,"scope":{"zone_id":"` + zone + `"}}`,
			`limit=32 low=null high=null clear=31 hold="5m"`, "Air temperature in House 2 is above 32 °C for 5 min"},
		{`{"metric":"temperature","condition":"above","limit":32,"clear":30.5,"hold":"10m","scope":{"zone_kind":"greenhouse"}}`,
			`limit=32 low=null high=null clear=30.5 hold="10m"`, "Air temperature in any greenhouse is above 32 °C for 10 min"},
		{`{"metric":"humidity","condition":"below","limit":40,"hold":"1h30m"}`,
			`limit=40 low=null high=null clear=44 hold="1h30m"`, "Humidity anywhere on the farm is below 40 % for 1 h 30 min"},
		{`{"metric":"temperature","condition":"outside","low":10,"high":17,"scope":{}}`,
			`limit=null low=10 high=17 clear=1 hold="5m"`, "Air temperature anywhere on the farm is below 10 °C or above 17 °C for 5 min"},
		{`{"metric":"temperature","condition":"rate","limit":4,"scope":{"sensor_id":"` + one + `"}}`,
			`limit=4 low=null high=null clear=2 hold="5m"`, "Air temperature of North changes by more than 4 °C an hour for 5 min"},
		{`{"metric":"temperature","condition":"difference","limit":3,"scope":{"sensor_id":"` + one + `"},"other_sensor_id":"` + two + `"}`,
			`limit=3 low=null high=null clear=2 hold="5m"`, "Air temperature of North differs by more than 3 °C from that of South for 5 min"},
		{`{"condition":"silent","scope":{"sensor_id":"` + one + `"}}`, `limit=null low=null high=null clear=null hold="1h"`, "North has sent nothing for 1 h"},
		{`{"condition":"silent","hold":"2h"}`, `limit=null low=null high=null clear=null hold="2h"`, "A device anywhere on the farm has sent nothing for 2 h"},
		{`{"metric":"leak","condition":"above","limit":0.5}`, `limit=0.5 low=null high=null clear=0 hold="0s"`, "Leak anywhere on the farm is reported"},
		{`{"metric":"brix_level","condition":"above","limit":7,"name":"Sweet enough"}`, `limit=7 low=null high=null clear=7 hold="5m"`, "Sweet enough"},
	} {
		made := f.rule(c.body)
		if got := fragment(made, numbers...); got != c.want || made["name"] != c.name {
			t.Errorf("%s\n became %s, %q\n   want %s, %q", c.body, got, made["name"], c.want, c.name)
		}
		if got, want := fragment(made, "enabled", "severity", "night", "active", "repeat", "recipients"),
			`enabled=true severity="warning" night=null active=null repeat=null recipients=[]`; got != want {
			t.Errorf("%s has %s, want %s", c.body, got, want)
		}
		var again object
		f.ask("GET", "/api/v1/rules/"+made["id"].(string), nil, 200, &again)
		if fmt.Sprint(again) != fmt.Sprint(made) {
			t.Errorf("made as %v\n got as %v", made, again)
		}
		f.ask("PUT", "/api/v1/rules/"+made["id"].(string), made, 200, &again) // all that was answered may be sent back
		if fmt.Sprint(again) != fmt.Sprint(made) {
			t.Errorf("answered as %v\n sent back it became %v", made, again)
		}
	}
	members := slices.Sorted(maps.Keys(f.items("/api/v1/rules")[0]))
	want := []string{"active", "clear", "condition", "enabled", "high", "hold", "id", "limit", "low", "metric", "name", "night", "other_sensor_id", "recipients", "repeat", "scope", "severity"}
	for _, m := range want {
		if !slices.Contains(members, m) {
			t.Errorf("a rule has the members %v, without %s", members, m)
		}
	}
}

// TestWhenRulesWatch tries the ways to tell hours, nights and repeats.
func TestWhenRulesWatch(t *testing.T) {
	f := newFarm(t)
	for _, c := range []struct{ more, members, want string }{
		{`"active":null,"night":null,"repeat":null,"recipients":null,"scope":null,"name":null,"enabled":null`, "active night", `active=null night=null`},
		{`"active":"22:00-06:00"`, "active", `active={"from":"22:00","to":"06:00"}`},
		{`"active":" 7:30 – 24:00 "`, "active", `active={"from":"07:30","to":"00:00"}`},
		{`"active":{"from":"08:00","to":"17:30","days":["fri","mon","Monday"],"months":[5,4]}`, "active", `active={"days":["mon","fri"],"from":"08:00","months":[4,5],"to":"17:30"}`},
		{`"active":{"days":["sun"]}`, "active", `active={"days":["sun"]}`},
		{`"active":{}`, "active", `active=null`},
		{`"active":""`, "active", `active=null`},
		{`"active":{"from":null,"to":null,"days":null,"months":[12]}`, "active", `active={"months":[12]}`},
		{`"night":{"when":"sun","limit":28}`, "night clear", `night={"clear":27,"limit":28,"when":"sun"} clear=31`},
		{`"clear":30,"night":{"when":"clock","from":"22:00","to":"06:30","limit":28,"clear":25}`, "night clear", `night={"clear":25,"from":"22:00","limit":28,"to":"06:30","when":"clock"} clear=30`},
		{`"repeat":"1h","severity":"critical","enabled":false`, "repeat severity enabled", `repeat="1h" severity="critical" enabled=false`},
		{`"hold":"0s"`, "hold", `hold="0s"`},
		{`"low":1,"high":2,"other_sensor_id":"77"`, "low high other_sensor_id", `low=null high=null other_sensor_id=null`},
	} {
		made := f.rule(`{"metric":"temperature","condition":"above","limit":32,` + c.more + `}`)
		if got := fragment(made, strings.Fields(c.members)...); got != c.want {
			t.Errorf("%s became %s, want %s", c.more, got, c.want)
		}
		var again object
		if f.ask("PUT", "/api/v1/rules/"+made["id"].(string), made, 200, &again); fmt.Sprint(again) != fmt.Sprint(made) {
			t.Errorf("answered as %v\n sent back it became %v", made, again)
		}
	}
}

func TestRulesThatCannotBe(t *testing.T) {
	f := newFarm(t)
	humid, warm := f.adopted("a", "humidity", 50), f.adopted("b", "temperature", 20)
	before := len(f.items("/api/v1/rules"))
	for _, c := range []struct{ body, wrong string }{
		{`{"metric":"temperature","limit":1}`, "body"}, // the condition is missing
		{`{"metric":"temperature","condition":"near","limit":1}`, "body.condition"},
		{`{"metric":"temperature","condition":"above","limit":1,"colour":"red"}`, "body.colour"},
		{`{"metric":"temperature","condition":"above","limit":"1"}`, "body.limit"},
		{`{"metric":"temperature","condition":"above"}`, "body.limit"},
		{`{"metric":"temperature","condition":"above","limit":null}`, "body.limit"},
		{`{"condition":"above","limit":1}`, "body.metric"},
		{`{"metric":"temprature","condition":"above","limit":1}`, "body.metric"},
		{`{"metric":7,"condition":"above","limit":1}`, "body.metric"},
		{`{"metric":"temperature","condition":"outside","low":1}`, "body.high"},
		{`{"metric":"temperature","condition":"outside","low":3,"high":1}`, "body.low"},
		{`{"metric":"temperature","condition":"outside","low":1,"high":3,"clear":2}`, "body.clear"},
		{`{"metric":"temperature","condition":"above","limit":1,"clear":2}`, "body.clear"},
		{`{"metric":"temperature","condition":"below","limit":1,"clear":0}`, "body.clear"},
		{`{"metric":"temperature","condition":"rate","limit":-1}`, "body.limit"},
		{`{"metric":"temperature","condition":"rate"}`, "body.limit"},
		{`{"metric":"temperature","condition":"difference","limit":1,"scope":{"sensor_id":"` + warm + `"}}`, "body.other_sensor_id"},
		{`{"metric":"temperature","condition":"difference","limit":1,"scope":{"sensor_id":"` + warm + `"},"other_sensor_id":"` + warm + `"}`, "body.scope"},
		{`{"metric":"temperature","condition":"difference","limit":1,"scope":{"sensor_id":"` + warm + `"},"other_sensor_id":"` + humid + `"}`, "body.other_sensor_id"},
		{`{"metric":"temperature","condition":"difference","limit":1,"scope":{"sensor_id":"` + warm + `"},"other_sensor_id":"999"}`, "body.other_sensor_id"},
		{`{"metric":"temperature","condition":"difference","limit":1,"other_sensor_id":"` + warm + `"}`, "body.scope"},
		{`{"metric":"temperature","condition":"above","limit":1,"scope":{"sensor_id":"` + humid + `"}}`, "body.metric"},
		{`{"metric":"temperature","condition":"above","limit":1,"scope":{"sensor_id":"999"}}`, "body.scope"},
		{`{"metric":"temperature","condition":"above","limit":1,"scope":{"sensor_id":1}}`, "body.scope.sensor_id"},
		{`{"metric":"temperature","condition":"above","limit":1,"scope":{"sensor_id":"abc"}}`, "body.scope.sensor_id"},
		{`{"metric":"temperature","condition":"above","limit":1,"scope":{"zone_id":"999"}}`, "body.scope"},
		{`{"metric":"temperature","condition":"above","limit":1,"scope":{"zone_id":"-4"}}`, "body.scope.zone_id"},
		{`{"metric":"temperature","condition":"above","limit":1,"scope":{"zone_kind":"castle"}}`, "body.scope"},
		{`{"metric":"temperature","condition":"above","limit":1,"scope":{"zone":"1"}}`, "body.scope.zone"},
		{`{"metric":"temperature","condition":"above","limit":1,"scope":{"sensor_id":"` + warm + `","zone_kind":"barn"}}`, "body.scope"},
		{`{"metric":"temperature","condition":"above","limit":1,"scope":"farm"}`, "body.scope"},
		{`{"metric":"temperature","condition":"above","limit":1,"severity":"loud"}`, "body.severity"},
		{`{"metric":"temperature","condition":"above","limit":1,"enabled":"yes"}`, "body.enabled"},
		{`{"metric":"temperature","condition":"above","limit":1,"name":"` + strings.Repeat("x", 81) + `"}`, "body.name"},
		{`{"metric":"temperature","condition":"above","limit":1,"name":"a\u0007b"}`, "body.name"},
		{`{"metric":"temperature","condition":"above","limit":1,"hold":"10 minutes"}`, "body.hold"},
		{`{"metric":"temperature","condition":"above","limit":1,"hold":600}`, "body.hold"},
		{`{"metric":"temperature","condition":"above","limit":1,"hold":"-1m"}`, "body.hold"},
		{`{"metric":"temperature","condition":"above","limit":1,"hold":"1000h"}`, "body.hold"},
		{`{"condition":"silent","hold":"0s"}`, "body.hold"},
		{`{"metric":"temperature","condition":"above","limit":1,"repeat":"1m"}`, "body.repeat"},
		{`{"metric":"temperature","condition":"above","limit":1,"repeat":"often"}`, "body.repeat"},
		{`{"metric":"temperature","condition":"above","limit":1,"recipients":["999"]}`, "body.recipients"},
		{`{"metric":"temperature","condition":"above","limit":1,"recipients":["x"]}`, "body.recipients"},
		{`{"metric":"temperature","condition":"above","limit":1,"recipients":"1"}`, "body.recipients"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":"22:00"}`, "body.active"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":"22:00-26:00"}`, "body.active"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":"08:00-08:00"}`, "body.active"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":7}`, "body.active"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":["mon"]}`, "body.active"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":{"from":"22:00"}}`, "body.active"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":{"from":"22:00","to":"late"}}`, "body.active.to"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":{"from":22,"to":6}}`, "body.active.from"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":{"days":["moonday"]}}`, "body.active.days"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":{"days":"mon"}}`, "body.active.days"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":{"months":[13]}}`, "body.active"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":{"months":["may"]}}`, "body.active.months"},
		{`{"metric":"temperature","condition":"above","limit":1,"active":{"weeks":[1]}}`, "body.active.weeks"},
		{`{"metric":"temperature","condition":"above","limit":1,"night":{"limit":1}}`, "body.night"}, // when is missing
		{`{"metric":"temperature","condition":"above","limit":1,"night":{"when":"moon","limit":1}}`, "body.night.when"},
		{`{"metric":"temperature","condition":"above","limit":1,"night":{"when":"sun"}}`, "body.night.limit"},
		{`{"metric":"temperature","condition":"above","limit":1,"night":{"when":"sun","limit":1,"clear":2}}`, "body.night.clear"},
		{`{"metric":"temperature","condition":"above","limit":1,"night":{"when":"clock","from":"22:00","limit":1}}`, "body.night.to"},
		{`{"metric":"temperature","condition":"above","limit":1,"night":{"when":"clock","from":"22:00","to":"22:00","limit":1}}`, "body.night"},
		{`{"metric":"temperature","condition":"above","limit":1,"night":{"when":"sun","limit":1,"moon":2}}`, "body.night.moon"},
		{`[]`, "body"},
	} {
		checkWrong(t, c.body, f.ask("POST", "/api/v1/rules", c.body, 422, nil), c.wrong)
		if c.body == `[]` {
			continue
		}
		where := "body.rule" + strings.TrimPrefix(c.wrong, "body")
		if strings.Contains(c.body, "recipients") && strings.Contains(c.body, "999") {
			continue // who would have been told does not matter to a preview
		}
		checkWrong(t, "preview of "+c.body, f.ask("POST", "/api/v1/rules/preview", `{"rule":`+c.body+`}`, 422, nil), where)
	}
	for body, status := range map[string]int{`{`: 400, ``: 400, `{"metric":"temperature","condition":"above","limit":1e999}`: 400, `{"metric":"temperature","condition":"above","limit":NaN}`: 400} {
		checkProblem(t, body, f.ask("POST", "/api/v1/rules", body, status, nil), status)
	}
	if after := len(f.items("/api/v1/rules")); after != before {
		t.Errorf("%d rules, want %d as before", after, before)
	}
}

func TestRulesAreReplacedAndRemoved(t *testing.T) {
	f := newFarm(t)
	made := f.rule(`{"metric":"temperature","condition":"above","limit":32,"hold":"1m","severity":"critical","name":"Hot","repeat":"1h"}`)
	path := "/api/v1/rules/" + made["id"].(string)
	var now object
	f.ask("PUT", path, `{"metric":"temperature","condition":"below","limit":2}`, 200, &now)
	if got, want := fragment(now, "id", "condition", "limit", "clear", "hold", "severity", "repeat"),
		fragment(made, "id")+` condition="below" limit=2 clear=3 hold="5m" severity="warning" repeat=null`; got != want || now["name"] == "Hot" {
		t.Errorf("replaced: got %s named %q, want %s", got, now["name"], want)
	}
	f.ask("DELETE", path, nil, 204, nil)
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		checkProblem(t, method+" of a rule that is gone", f.ask(method, path, made, 404, nil), 404)
	}
	checkProblem(t, "a rule that cannot be", f.ask("GET", "/api/v1/rules/x", nil, 404, nil), 404)
}

func TestTheSilenceWatchStays(t *testing.T) {
	f := newFarm(t)
	watch := f.watch()
	path := "/api/v1/rules/" + watch["id"].(string)
	checkProblem(t, "deleted", f.ask("DELETE", path, nil, 409, nil), 409)
	watch["severity"], watch["enabled"], watch["hold"] = "critical", false, "3h"
	var now object
	f.ask("PUT", path, watch, 200, &now)
	if got, want := fragment(now, "severity", "enabled", "hold", "watch", "condition"), `severity="critical" enabled=false hold="0s" watch=true condition="silent"`; got != want {
		t.Errorf("changed: %s, want %s", got, want)
	}
	f.ask("POST", "/api/v1/rules/preview", object{"rule": now}, 200, nil)
}

// watch returns the silence watch, which is there from the beginning.
func (f *farm) watch() object {
	f.t.Helper()
	for _, r := range f.items("/api/v1/rules") {
		if r["watch"] == true {
			return r
		}
	}
	f.t.Fatal("there is no silence watch")
	return nil
}

// TestPresetsCanBeMade sends every rule of every preset as it was answered.
func TestPresetsCanBeMade(t *testing.T) {
	f := newFarm(t)
	presets := f.items("/api/v1/rules/presets")
	n := 0
	for _, p := range presets {
		for _, r := range objects(p["rules"]) {
			made := f.rule(r)
			delete(made, "id")
			delete(r, "id")
			if n++; fmt.Sprint(made) != fmt.Sprint(r) {
				t.Errorf("%s offers %v\n made as %v", p["name"], r, made)
			}
			if source, _ := made["source"].(string); source == "" {
				t.Errorf("%s: %v has no source", p["name"], made["name"])
			}
		}
	}
	if len(presets) < 8 || n < 20 {
		t.Errorf("%d presets with %d rules", len(presets), n)
	}
}

func TestRulesComeInPages(t *testing.T) {
	f := newFarm(t)
	f.rule(`{"metric":"temperature","condition":"above","limit":32}`)
	var first, second struct {
		Items []object
		Next  string
	}
	got := f.send(f.tokens[auth.ScopeRead], "GET", "/api/v1/rules?limit=1", nil)
	if err := json.Unmarshal(got.body, &first); err != nil || len(first.Items) != 1 || first.Next == "" {
		t.Fatalf("the first page: %s, %v", got.body, err)
	}
	f.ask("GET", "/api/v1/rules?limit=1&cursor="+first.Next, nil, 200, &second)
	if len(second.Items) != 1 || second.Next != "" || second.Items[0]["id"] == first.Items[0]["id"] {
		t.Errorf("the second page: %+v", second)
	}
}
