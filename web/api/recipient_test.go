package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"furrow/sensors/notify"
	"furrow/web/auth"
)

func TestRecipients(t *testing.T) {
	f := newFarm(t)
	for _, c := range []struct{ more, want string }{
		{``, `quiet_hours=null escalate_after=null`},
		{`,"quiet_hours":null,"escalate_after":null`, `quiet_hours=null escalate_after=null`},
		{`,"quiet_hours":"22:00-06:30","escalate_after":"10m"`, `quiet_hours={"from":"22:00","to":"06:30"} escalate_after="10m"`},
		{`,"quiet_hours":{"from":"21:00","to":"24:00"},"escalate_after":"1h30m"`, `quiet_hours={"from":"21:00","to":"00:00"} escalate_after="1h30m"`},
		{`,"quiet_hours":"","escalate_after":"0s"`, `quiet_hours=null escalate_after=null`},
	} {
		var made, again object
		f.ask("POST", "/api/v1/recipients", `{"name":"Ada","channels":[{"kind":"mqtt","target":"siren ON OFF"},{"kind":"email","target":"ada@example.com"}]`+c.more+`}`, 201, &made)
		if got := fragment(made, "quiet_hours", "escalate_after"); got != c.want {
			t.Errorf("%s became %s, want %s", c.more, got, c.want)
		}
		if got, want := fragment(made, "name", "channels"), `name="Ada" channels=[{"kind":"mqtt","target":"siren ON OFF"},{"kind":"email","target":"ada@example.com"}]`; got != want {
			t.Errorf("made %s, want %s", got, want)
		}
		path := "/api/v1/recipients/" + made["id"].(string)
		f.ask("PUT", path, made, 200, &again) // all that was answered may be sent back
		if list := f.items("/api/v1/recipients"); fmt.Sprint(again) != fmt.Sprint(made) || len(list) != 1 || fmt.Sprint(list[0]) != fmt.Sprint(made) {
			t.Errorf("made as %v\n sent back it became %v\n listed as %v", made, again, list)
		}
		f.ask("PUT", path, `{"name":"Bob","channels":[{"kind":"mqtt","target":"horn"}]}`, 200, &again)
		if got, want := fragment(again, "id", "name", "channels", "quiet_hours", "escalate_after"),
			fragment(made, "id")+` name="Bob" channels=[{"kind":"mqtt","target":"horn"}] quiet_hours=null escalate_after=null`; got != want {
			t.Errorf("replaced: %s, want %s", got, want)
		}
		f.ask("DELETE", path, nil, 204, nil)
		checkProblem(t, "replacing who is gone", f.ask("PUT", path, made, 404, nil), 404)
		for _, call := range []string{"DELETE " + path, "POST " + path + "/test", "POST /api/v1/recipients/x/test"} {
			method, path, _ := strings.Cut(call, " ")
			checkProblem(t, call+" of who is gone", f.ask(method, path, nil, 404, nil), 404)
		}
	}
}

func TestRecipientsThatCannotBe(t *testing.T) {
	f := newFarm(t, func(o *Options) { o.Channels = notify.NewSender(notify.Options{}) })
	siren := `"channels":[{"kind":"mqtt","target":"siren"}]`
	for _, c := range []struct{ body, wrong string }{
		{`{` + siren + `}`, "body"}, {`{"name":"",` + siren + `}`, "body.name"}, {`{"name":7,` + siren + `}`, "body.name"}, {`{"name":"Ada"}`, "body"},
		{`{"name":"Ada","channels":[]}`, "body.channels"}, {`{"name":"Ada","channels":null}`, "body.channels"},
		{`{"name":"Ada","channels":[` + strings.Repeat(`{"kind":"mqtt","target":"siren"},`, 10) + `{"kind":"mqtt","target":"siren"}]}`, "body.channels"},
		{`{"name":"Ada","channels":[{"kind":"mqtt","target":"siren"},{"kind":"pigeon","target":"x"}]}`, "body.channels[1].kind"},
		{`{"name":"Ada","channels":[{"kind":"email","target":"nobody"}]}`, "body.channels[0].target"},
		{`{"name":"Ada","channels":[{"kind":"email","target":"a…@example.com"}]}`, "body.channels[0].target"},
		{`{"name":"Ada","channels":[{"kind":"webhook","target":"http://127.0.0.1:9/x"}]}`, "body.channels[0].target"},
		{`{"name":"Ada","channels":[{"kind":"webhook","target":"http://192.168.1.9/x"}]}`, "body.channels[0].target"},
		{`{"name":"Ada","channels":[{"kind":"webhook","target":"` + strings.Repeat("x", 2001) + `"}]}`, "body.channels[0].target"},
		{`{"name":"Ada","channels":[{"kind":"mqtt"}]}`, "body.channels[0]"}, {`{"name":"Ada","channels":[{"kind":"mqtt","target":"siren","x":1}]}`, "body.channels[0].x"},
		{`{"name":"Ada","quiet_hours":"late",` + siren + `}`, "body.quiet_hours"}, {`{"name":"Ada","quiet_hours":{"days":["mon"]},` + siren + `}`, "body.quiet_hours"},
		{`{"name":"Ada","quiet_hours":{"from":"22:00","to":"x"},` + siren + `}`, "body.quiet_hours.to"}, {`{"name":"Ada","escalate_after":"soon",` + siren + `}`, "body.escalate_after"},
		{`{"name":"Ada","escalate_after":10,` + siren + `}`, "body.escalate_after"}, {`{"name":"Ada","escalate_after":"-1m",` + siren + `}`, "body.escalate_after"},
		{`{"name":"Ada","escalate_after":"25h",` + siren + `}`, "body.escalate_after"}, {`{"name":"Ada","mail":"x",` + siren + `}`, "body.mail"},
	} {
		checkWrong(t, c.body, f.ask("POST", "/api/v1/recipients", c.body, 422, nil), c.wrong)
	}
	if all := f.items("/api/v1/recipients"); len(all) != 0 {
		t.Errorf("%d recipients, want none", len(all))
	}
}

// TestTargetsAreSecret looks at what tokens of each scope see of targets.
func TestTargetsAreSecret(t *testing.T) {
	f := newFarm(t)
	secrets := []string{"123456:AAExampleExampleExampleExampleExam@987654321", "ada@example.com", "our-farm-7f3k9q", "https://user:hunter22@example.com/hook/abcdef"}
	channels := []object{}
	for i, kind := range []string{"telegram", "email", "ntfy", "webhook"} {
		channels = append(channels, object{"kind": kind, "target": secrets[i]})
	}
	f.ask("POST", "/api/v1/recipients", object{"name": "Ada", "channels": channels}, 201, nil)
	for _, scope := range auth.Scopes() {
		got := f.send(f.tokens[scope], "GET", "/api/v1/recipients", nil)
		for _, secret := range secrets {
			if shown := strings.Contains(string(got.body), secret); shown != (scope == auth.ScopeAdmin) {
				t.Errorf("%s is shown to a token of the scope %s: %v", secret, scope, shown)
			}
		}
		for _, secret := range []string{"hunter22", "abcdef", "AAExample"} {
			if scope != auth.ScopeAdmin && strings.Contains(string(got.body), secret) {
				t.Errorf("%s is shown to a token of the scope %s", secret, scope)
			}
		}
	}
}

func TestATestTellsEachHop(t *testing.T) {
	f := newFarm(t)
	bodies := make(chan object, 2)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body object
		_ = json.NewDecoder(r.Body).Decode(&body) // what cannot be read shows below
		bodies <- body
		if r.URL.Path == "/broken-hook" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer hook.Close()
	for _, c := range []struct {
		paths []string
		ok    string
	}{{[]string{"/good-hook"}, "true [true]"}, {[]string{"/good-hook", "/broken-hook"}, "false [true false]"}} {
		channels := []object{}
		for _, path := range c.paths {
			channels = append(channels, object{"kind": "webhook", "target": hook.URL + path})
		}
		var made, out object
		f.ask("POST", "/api/v1/recipients", object{"name": "Ada", "channels": channels}, 201, &made)
		got := f.ask("POST", "/api/v1/recipients/"+made["id"].(string)+"/test", nil, 200, &out)
		tried := objects(out["channels"])
		var each []any
		for _, ch := range tried {
			each = append(each, ch["ok"])
			steps := objects(ch["steps"])
			if last := steps[len(steps)-1]; len(steps) < 3 || last["ok"] != ch["ok"] || last["name"] == "" || last["took_ms"] == nil {
				t.Errorf("steps: %v", steps)
			}
		}
		if ok := fmt.Sprint(out["ok"], each); ok != c.ok {
			t.Errorf("ok is %s, want %s", ok, c.ok)
		}
		if strings.Contains(string(got.body), "-hook\"") {
			t.Errorf("the target stands in the answer: %s", got.body)
		}
		for range c.paths {
			if body := <-bodies; body["event"] != "drill" {
				t.Errorf("the webhook got %v, want a drill", body)
			}
		}
	}
}
