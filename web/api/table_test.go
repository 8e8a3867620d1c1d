package api

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"furrow/web/auth"
)

// operation is a row of the table of all that can be asked.
type operation struct {
	method, path string // as in the document
	needs        auth.Scope
	body         string // a good one
	good         int    // the answer to somebody who may
}

var operations = []operation{
	{"GET", "/api/v1/zones", auth.ScopeRead, "", 200},
	{"POST", "/api/v1/zones", auth.ScopeAdmin, `{"name":"House 2"}`, 201},
	{"PATCH", "/api/v1/zones/{id}", auth.ScopeAdmin, `{"crop":"Tomatoes"}`, 200},
	{"DELETE", "/api/v1/zones/{id}", auth.ScopeAdmin, "", 204},
	{"GET", "/api/v1/devices", auth.ScopeRead, "", 200},
	{"PATCH", "/api/v1/devices/{id}", auth.ScopeAdmin, `{"name":"x"}`, 200},
	{"POST", "/api/v1/devices/{id}/adopt", auth.ScopeAdmin, "", 200},
	{"GET", "/api/v1/sensors", auth.ScopeRead, "", 200},
	{"PATCH", "/api/v1/sensors/{id}", auth.ScopeAdmin, `{"name":"x"}`, 200},
	{"GET", "/api/v1/sensors/{id}/readings", auth.ScopeRead, "", 200},
	{"GET", "/api/v1/sensors/{id}/readings.csv", auth.ScopeRead, "", 200},
	{"POST", "/api/v1/readings", auth.ScopeControl, `[]`, 200},
	{"GET", "/api/v1/alerts", auth.ScopeRead, "", 200},
	{"GET", "/api/v1/alerts/{id}", auth.ScopeRead, "", 200},
	{"POST", "/api/v1/alerts/{id}/acknowledge", auth.ScopeControl, "", 200},
	{"POST", "/api/v1/alerts/{id}/snooze", auth.ScopeControl, `{"for":"30m"}`, 200},
	{"GET", "/api/v1/rules", auth.ScopeRead, "", 200},
	{"GET", "/api/v1/rules/presets", auth.ScopeRead, "", 200},
	{"GET", "/api/v1/rules/{id}", auth.ScopeRead, "", 200},
	{"POST", "/api/v1/rules", auth.ScopeAdmin, `{"metric":"temperature","condition":"above","limit":30}`, 201},
	{"POST", "/api/v1/rules/preview", auth.ScopeRead, `{"rule":{"metric":"temperature","condition":"above","limit":30}}`, 200},
	{"PUT", "/api/v1/rules/{id}", auth.ScopeAdmin, `{"metric":"temperature","condition":"above","limit":31}`, 200},
	{"DELETE", "/api/v1/rules/{id}", auth.ScopeAdmin, "", 204},
	{"GET", "/api/v1/recipients", auth.ScopeRead, "", 200},
	{"POST", "/api/v1/recipients", auth.ScopeAdmin, `{"name":"Ada","channels":[{"kind":"mqtt","target":"siren"}]}`, 201},
	{"POST", "/api/v1/recipients/{id}/test", auth.ScopeAdmin, "", 200},
	{"PUT", "/api/v1/recipients/{id}", auth.ScopeAdmin, `{"name":"Ada","channels":[{"kind":"webhook","target":"http://127.0.0.1:1/"}]}`, 200},
	{"DELETE", "/api/v1/recipients/{id}", auth.ScopeAdmin, "", 204},
	{"GET", "/api/v1/agronomy", auth.ScopeRead, "", 200},
	{"POST", "/api/v1/agronomy/{quantity}", auth.ScopeRead, `{"temp_c":20,"rh_pct":50}`, 200},
	{"GET", "/api/v1/stream", auth.ScopeRead, "", 426}, // this test asks without the upgrade
}

// TestScopes tries every operation with every kind of token.
func TestScopes(t *testing.T) {
	f := newFarm(t)
	ids := map[string]string{}
	f.ask("POST", "/api/v1/zones", object{"name": "House 1"}, 201, nil)
	ids["sensors"] = f.adopted("a", "temperature", 1)
	ids["rules"] = f.rule(object{"metric": "temperature", "condition": "above", "limit": 30, "hold": "0s"})["id"].(string)
	f.post([]object{{"device": "a", "metric": "temperature", "value": 40}})
	f.ask("POST", "/api/v1/recipients", object{"name": "Ada", "channels": []object{{"kind": "webhook", "target": "http://127.0.0.1:1/"}}}, 201, nil)
	for _, kind := range []string{"zones", "devices", "alerts", "recipients"} {
		ids[kind] = f.items("/api/v1/" + kind)[0]["id"].(string)
	}
	revoked := f.token(auth.ScopeAdmin)
	all, err := f.db.Tokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.db.DeleteToken(t.Context(), all[len(all)-1].ID); err != nil {
		t.Fatal(err)
	}
	for _, op := range operations {
		path := strings.NewReplacer("{id}", ids[strings.Split(op.path, "/")[3]], "{quantity}", "vpd_air").Replace(op.path)
		var body any
		if op.body != "" {
			body = op.body
		}
		for name, token := range map[string]string{"none": "", "unknown": strings.Repeat("a", 32), "revoked": revoked, "odd": "\u00e9 \" '"} {
			got := f.send(token, op.method, path, body)
			checkProblem(t, op.method+" "+path+" with a token that is "+name, got, 401)
			if challenge := got.header.Get("WWW-Authenticate"); !strings.HasPrefix(challenge, "Bearer") {
				t.Errorf("%s %s: challenge %q, want Bearer", op.method, path, challenge)
			}
		}
		for _, scope := range auth.Scopes() {
			got := f.send(f.tokens[scope], op.method, path, body)
			if !scope.Allows(op.needs) {
				checkProblem(t, op.method+" "+path+" with the scope "+string(scope), got, 403)
			} else if got.status != op.good {
				t.Errorf("%s %s with the scope %s: got %d %s, want %d", op.method, path, scope, got.status, got.body, op.good)
			}
		}
	}
}

func TestWaysToSendAToken(t *testing.T) {
	f := newFarm(t)
	secret := f.tokens[auth.ScopeRead]
	for header, status := range map[string]int{
		"Bearer " + secret: 200, "bearer " + secret: 200, "Bearer   " + secret + " ": 200,
		secret: 401, "Basic " + secret: 401, "Bearer": 401, "Bearer ": 401, "Bearer " + strings.ToUpper(secret): 401, "Bearer " + secret + " x": 401,
	} {
		r, err := http.NewRequest("GET", f.url+"/api/v1/zones", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", header)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != status {
			t.Errorf("%q: got %d, want %d", header, answer.StatusCode, status)
		}
	}
	if got := f.send("", "GET", "/api/v1/zones?token="+secret+"&access_token="+secret, nil); got.status != 401 {
		t.Errorf("a token in the address, where logs keep it: got %d, want 401", got.status)
	}
	tokens, err := f.db.Tokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range tokens {
		if used := !token.UsedAt.IsZero(); used != (token.Scope == auth.ScopeRead) {
			t.Errorf("the token for %s was used at %v", token.Scope, token.UsedAt)
		}
	}
}

// parameter is a parameter in a path as echo writes it.
var parameter = regexp.MustCompile(`:(\w+)`)

// TestTheDocumentIsTheAPI holds the OpenAPI document, the mounted routes and the table against each other.
func TestTheDocumentIsTheAPI(t *testing.T) {
	f := newFarm(t)
	var document struct {
		OpenAPI string `json:"openapi"`
		Info    struct{ Title, Version string }
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Security    []map[string][]string
			Responses   map[string]struct {
				Content map[string]struct{ Schema any }
			}
		}
	}
	f.ask("GET", "/api/v1/openapi.json", nil, 200, &document)
	if !strings.HasPrefix(document.OpenAPI, "3.1") || document.Info.Title != "Furrow" || document.Info.Version != "1.2.3" {
		t.Errorf("OpenAPI %s of %+v", document.OpenAPI, document.Info)
	}
	var documented, mounted, listed []string
	names := map[string]bool{}
	for path, methods := range document.Paths {
		for method, op := range methods {
			documented = append(documented, strings.ToUpper(method)+" "+path)
			if op.OperationID == "" || names[op.OperationID] {
				t.Errorf("%s %s: the name %q is missing or taken", method, path, op.OperationID)
			}
			names[op.OperationID] = true
			if len(op.Security) != 1 || op.Security[0]["token"] == nil {
				t.Errorf("%s %s: the document does not say that it needs a token", method, path)
			}
			for _, refused := range []string{"401", "403"} {
				if _, ok := op.Responses[refused].Content["application/problem+json"]; !ok {
					t.Errorf("%s %s: %s is not documented as a problem", method, path, refused)
				}
			}
		}
	}
	for _, r := range f.echo.Routes() {
		if strings.HasPrefix(r.Path, "/api") && r.Method != "echo_route_not_found" && !strings.HasPrefix(r.Path, "/api/v1/openapi") {
			mounted = append(mounted, r.Method+" "+parameter.ReplaceAllString(r.Path, "{$1}"))
		}
	}
	for _, op := range operations {
		listed = append(listed, op.method+" "+op.path)
	}
	slices.Sort(documented)
	slices.Sort(mounted)
	slices.Sort(listed)
	if !slices.Equal(documented, mounted) || !slices.Equal(documented, listed) {
		t.Errorf("documented %v\n   mounted %v\n in the table %v", documented, mounted, listed)
	}
	for path, kind := range map[string]string{"/api/v1/sensors/{id}/readings.csv": "text/csv", "/api/v1/sensors/{id}/readings": "application/json"} {
		if content := document.Paths[path]["get"].Responses["200"].Content[kind]; content.Schema == nil {
			t.Errorf("%s: %s is not documented", path, kind)
		}
	}
	if _, ok := document.Paths["/api/v1/stream"]["get"].Responses["101"]; !ok {
		t.Error("the stream's answer is not documented")
	}
}

// TestTheDocumentIsWhole follows every reference and looks at every parameter and schema of the document.
func TestTheDocumentIsWhole(t *testing.T) {
	f := newFarm(t)
	var document object
	f.ask("GET", "/api/v1/openapi.json", nil, 200, &document)
	resolve := func(reference string) any {
		at := any(document)
		for _, part := range strings.Split(strings.TrimPrefix(reference, "#/"), "/") {
			within, _ := at.(object)
			at = within[part]
		}
		return at
	}
	types := []string{"array", "boolean", "integer", "null", "number", "object", "string"}
	var walk func(at string, node any)
	walk = func(at string, node any) {
		switch n := node.(type) {
		case []any:
			for _, item := range n {
				walk(at+"[]", item)
			}
		case object:
			if reference, ok := n["$ref"].(string); ok && resolve(reference) == nil {
				t.Errorf("%s refers to %s, which is not there", at, reference)
			}
			if kind, ok := n["type"].(string); ok && n["scheme"] == nil && !slices.Contains(types, kind) {
				t.Errorf("%s has the type %q", at, kind)
			}
			if _, old := n["nullable"]; old {
				t.Errorf("%s is nullable, which 3.1 does not know", at)
			}
			for _, name := range slices.Sorted(maps.Keys(n)) {
				walk(at+"/"+name, n[name])
			}
		}
	}
	walk("#", document)
	for path, methods := range document["paths"].(object) {
		for method, op := range methods.(object) {
			var inPath []string
			for _, p := range objects(op.(object)["parameters"]) {
				if p["in"] == "path" && p["required"] == true {
					inPath = append(inPath, p["name"].(string))
				}
			}
			if want := strings.Count(path, "{"); len(inPath) != want {
				t.Errorf("%s %s has the parameters %v in its path, want %d", method, path, inPath, want)
			}
		}
	}
}

// objects returns the objects of a list in a decoded document.
func objects(node any) (all []object) {
	items, _ := node.([]any)
	for _, item := range items {
		all = append(all, item.(object))
	}
	return all
}

func TestNothingElseIsThere(t *testing.T) {
	f := newFarm(t)
	for _, c := range []struct {
		method, path, allow string
		status              int
	}{
		{"GET", "/api", "", 404}, {"GET", "/api/v1", "", 404}, {"GET", "/api/v1/", "", 404}, {"GET", "/api/v2/zones", "", 404}, {"GET", "/api/v1/zones/", "", 404},
		{"POST", "/api/v1/nothing", "", 404}, {"GET", "/api/v1/sensors/1/readings/2", "", 404}, {"GET", "/api/v1/docs", "", 404}, {"GET", "/api/v1/%2e%2e/zones", "", 404},
		{"PUT", "/api/v1/zones", "GET, POST", 405}, {"GET", "/api/v1/zones/7", "DELETE, PATCH", 405}, {"DELETE", "/api/v1/readings", "POST", 405},
		{"POST", "/api/v1/stream", "GET", 405}, {"GET", "/api/v1/agronomy/vpd_air", "POST", 405}, {"PATCH", "/api/v1/rules/7", "DELETE, GET, PUT", 405}, {"GET", "/api/v1/devices/7/adopt", "POST", 405}, {"PATCH", "/api/v1/sensors/7/readings.csv", "GET", 405},
	} {
		got := f.send(f.tokens[auth.ScopeAdmin], c.method, c.path, nil)
		checkProblem(t, c.method+" "+c.path, got, c.status)
		if allow := got.header.Get("Allow"); allow != c.allow {
			t.Errorf("%s %s: allows %q, want %q", c.method, c.path, allow, c.allow)
		}
	}
	for kind, status := range map[string]int{"application/json": 201, "application/merge-patch+json": 201, "text/plain": 415, "application/xml": 415, "": 201} {
		r, err := http.NewRequest("POST", f.url+"/api/v1/zones", strings.NewReader(`{"name":"of `+cmp.Or(kind, "none")+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+f.tokens[auth.ScopeAdmin])
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != status {
			t.Errorf("a body of the type %q: got %d, want %d", kind, answer.StatusCode, status)
		}
	}
	big := f.send(f.tokens[auth.ScopeAdmin], "POST", "/api/v1/zones", `{"name":"`+strings.Repeat("x", 2<<20)+`"}`)
	checkProblem(t, "a body of 2 MB", big, 413)
}
