package notify

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"furrow/sensors"
)

// request is what a test server got.
type request struct {
	method, host, path, query, authorization string
	header                                   http.Header
	body                                     string
	json                                     map[string]any
	form                                     url.Values
}

// catcher is a server that keeps the last request and answers with a status.
func catcher(t *testing.T, status int, answer string) (*httptest.Server, *request) {
	t.Helper()
	got := &request{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		*got = request{method: r.Method, host: r.Host, path: r.URL.EscapedPath(), query: r.URL.RawQuery, authorization: r.Header.Get("Authorization"), header: r.Header, body: string(b)}
		_ = json.Unmarshal(b, &got.json)
		got.form, _ = url.ParseQuery(string(b))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server, got
}

func TestWhatEachKindPosts(t *testing.T) {
	server, got := catcher(t, 200, "ok")
	s := NewSender(Options{AllowPrivate: true})
	redirectTo(s, server)
	hostile := aMessage
	hostile.Title = "<!channel> @everyone *bold* [x](http://evil.example) " + aMessage.Title
	for _, tc := range []struct {
		channel               sensors.Channel
		method, host, path    string
		authorization, inside string // inside: in the body
	}{
		{sensors.Channel{Kind: "ntfy", Target: "our-topic"}, "POST", "ntfy.sh", "/", "", `"topic":"our-topic"`},
		{sensors.Channel{Kind: "ntfy", Target: "https://tk_secret@ntfy.example.org/base/our-topic"}, "POST", "ntfy.example.org", "/base/", "Bearer tk_secret", `"priority":5`},
		{sensors.Channel{Kind: "ntfy", Target: "https://u:p@ntfy.example.org/our-topic"}, "POST", "ntfy.example.org", "/", "Basic dTpw", `"tags":["rotating_light"]`},
		{sensors.Channel{Kind: "telegram", Target: "123456:AAExampleExampleExampleExampleExam@-1009"}, "POST", "api.telegram.org", "/bot123456:AAExampleExampleExampleExampleExam/sendMessage", "", `"chat_id":"-1009"`},
		{sensors.Channel{Kind: "pushover", Target: "azGDORePK8gMaC0QOYAMyEEuzJnyUi@uQiRzpo4DXghDmr9QzzfQu27cmVRsG"}, "POST", "api.pushover.net", "/1/messages.json", "", "priority=1"},
		{sensors.Channel{Kind: "sms", Target: "AC0123456789abcdef0123456789abcdef:token@+15550100/+15550199"}, "POST", "api.twilio.com", "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json", basicAuth("AC0123456789abcdef0123456789abcdef", "token"), "To=%2B15550199"},
		{sensors.Channel{Kind: "signal", Target: "https://signal.example.com/+15550100/+15550199"}, "POST", "signal.example.com", "/v2/send", "", `"recipients":["+15550199"]`},
		{sensors.Channel{Kind: "slack", Target: "https://hooks.slack.com/services/T/B/X"}, "POST", "hooks.slack.com", "/services/T/B/X", "", `\u0026lt;!channel\u0026gt;`},
		{sensors.Channel{Kind: "discord", Target: "https://discord.com/api/webhooks/1/X"}, "POST", "discord.com", "/api/webhooks/1/X", "", `"allowed_mentions":{"parse":[]}`},
		{sensors.Channel{Kind: "teams", Target: "https://prod.logic.azure.com/workflows/x?sig=y"}, "POST", "prod.logic.azure.com", "/workflows/x", "", `application/vnd.microsoft.card.adaptive`},
		{sensors.Channel{Kind: "googlechat", Target: "https://chat.googleapis.com/v1/spaces/A/messages?key=k"}, "POST", "chat.googleapis.com", "/v1/spaces/A/messages", "", `‹!channel›`},
		{sensors.Channel{Kind: "mattermost", Target: "https://chat.example.com/hooks/x"}, "POST", "chat.example.com", "/hooks/x", "", "@\u200beveryone"},
		{sensors.Channel{Kind: "rocketchat", Target: "https://chat.example.com/hooks/x/y"}, "POST", "chat.example.com", "/hooks/x/y", "", `\\*bold\\*`},
		{sensors.Channel{Kind: "matrix", Target: "https://syt_x@matrix.example.org/!room:example.org"}, "PUT", "matrix.example.org", "/_matrix/client/v3/rooms/%21room:example.org/send/m.room.message/furrow-42-firing", "Bearer syt_x", `"msgtype":"m.text"`},
		{sensors.Channel{Kind: "gotify", Target: "https://Tok@gotify.example.org"}, "POST", "gotify.example.org", "/message", "Bearer Tok", `"priority":8`},
		{sensors.Channel{Kind: "webhook", Target: "https://u:p@example.com/hook?x=1"}, "POST", "example.com", "/hook", "Basic dTpw", `"event":"firing"`},
	} {
		t.Run(tc.channel.Kind, func(t *testing.T) {
			*got = request{}
			if err := s.Send(t.Context(), tc.channel, hostile); err != nil {
				t.Fatal(err)
			}
			if got.method != tc.method || got.host != tc.host || got.path != tc.path || got.authorization != tc.authorization {
				t.Errorf("got %s %s %s %q, want %s %s %s %q", got.method, got.host, got.path, got.authorization, tc.method, tc.host, tc.path, tc.authorization)
			}
			if !strings.Contains(got.body, tc.inside) || !strings.Contains(strings.ReplaceAll(got.body, "+", " "), "temperature") {
				t.Errorf("%q is not in %s", tc.inside, got.body)
			}
		})
	}
}

func TestNtfyAcknowledgesWithOneTap(t *testing.T) {
	server, got := catcher(t, 200, "")
	s := NewSender(Options{AllowPrivate: true})
	trust(s, server)
	if err := s.Send(t.Context(), sensors.Channel{Kind: "ntfy", Target: server.URL + "/farm"}, aMessage); err != nil {
		t.Fatal(err)
	}
	actions, _ := got.json["actions"].([]any)
	if len(actions) != 2 {
		t.Fatalf("actions are %v, want two", got.json["actions"])
	}
	ack, _ := actions[0].(map[string]any)
	if ack["action"] != "http" || ack["method"] != "POST" || ack["url"] != aMessage.Acknowledge || ack["clear"] != true {
		t.Errorf("the first action is %v", ack)
	}
}

func TestWebhookBodyIsTheContract(t *testing.T) {
	server, got := catcher(t, 204, "")
	s := NewSender(Options{AllowPrivate: true})
	trust(s, server)
	f := oneLineFacts()
	f.Key, f.Open = "42-firing", "https://farm.example/alerts/7"
	f.Lines[0].Alert.Peak = nan
	if err := s.Send(t.Context(), sensors.Channel{Kind: "webhook", Target: server.URL}, Compose(f)); err != nil {
		t.Fatal(err)
	}
	if got.header.Get("Idempotency-Key") != "42-firing" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("headers are %v", got.header)
	}
	for name, want := range map[string]any{"event": "firing", "url": f.Open, "at": "2026-01-10T01:37:00Z", "count": 1.0} {
		if got.json[name] != want {
			t.Errorf("%s is %v, want %v", name, got.json[name], want)
		}
	}
	alert, _ := got.json["alert"].(map[string]any)
	for name, want := range map[string]any{"id": "7", "rule_id": "1", "sensor_id": "1", "severity": "warning", "state": "firing",
		"started_at": "2026-01-10T01:14:00Z", "acknowledged_at": nil, "resolved_at": nil, "value": 34.2, "peak": nil} {
		if value, present := alert[name]; !present || value != want {
			t.Errorf("alert.%s is %v, want %v", name, value, want)
		}
	}
	rule, _ := got.json["rule"].(map[string]any)
	for name, want := range map[string]any{"id": "1", "metric": "temperature", "condition": "above", "limit": 32.0, "clear": 30.0} {
		if rule[name] != want {
			t.Errorf("rule.%s is %v, want %v", name, rule[name], want)
		}
	}
}

func TestWebhookOfAStormIsBounded(t *testing.T) {
	f := oneLineFacts()
	for len(f.Lines) < maxListed {
		f.Lines = append(f.Lines, f.Lines[0])
	}
	f.Firing = 10_000
	var body webhookBody
	p := webhook(address{url: "https://example.com"}, Compose(f))
	if err := json.Unmarshal(p.body, &body); err != nil || body.Count != 10_000 || len(body.Alerts) != maxListed || len(p.body) > 100<<10 {
		t.Errorf("%v: count %d, %d alerts, %d bytes", err, body.Count, len(body.Alerts), len(p.body))
	}
}

func TestWebPushReachesTheEndpointEncrypted(t *testing.T) {
	server, got := catcher(t, 201, "")
	keys, err := NewVAPID("farm@example.com")
	if err != nil {
		t.Fatal(err)
	}
	browser, err := NewVAPID("") // a browser's key is of the same kind
	if err != nil {
		t.Fatal(err)
	}
	s := NewSender(Options{AllowPrivate: true, VAPID: keys})
	trust(s, server)
	target, _ := json.Marshal(webpush.Subscription{Endpoint: server.URL + "/push/s3cr3t", Keys: webpush.Keys{P256dh: browser.Public, Auth: "c2l4dGVlbiBieXRlcyEhIQ"}})
	c := sensors.Channel{Kind: "webpush", Target: string(target)}
	if err := s.Send(t.Context(), c, aMessage); err != nil {
		t.Fatal(err)
	}
	if got.path != "/push/s3cr3t" || !strings.HasPrefix(got.authorization, "vapid t=") || got.header.Get("Urgency") != "high" || strings.Contains(got.body, "Greenhouse") {
		t.Errorf("got %+v", got)
	}
	gone, _ := catcher(t, 410, "unsubscribed")
	trust(s, gone)
	c.Target = strings.Replace(c.Target, server.URL, gone.URL, 1)
	if err := s.Send(t.Context(), c, aMessage); err == nil || err.Error() != errUnsubscribed.Error() {
		t.Errorf("an unsubscribed browser: %v, want %v", err, errUnsubscribed)
	}
	c.Target = strings.Replace(c.Target, browser.Public, "AAAA", 1)
	if err := s.Send(t.Context(), c, aMessage); err == nil {
		t.Error("a key that is none is taken")
	}
}

func TestAnswersThatAreNoYes(t *testing.T) {
	for _, tc := range []struct {
		status int
		answer string
		want   string
	}{
		{500, "", "it answered 500 Internal Server Error"},
		{403, "no s3cr3tpath for t0k3nt0k3n,\r\n\x1b[31m go away", "it answered 403 Forbidden: no … for …, [31m go away"},
		{404, "<html>" + strings.Repeat("x", 10_000), "it answered 404 Not Found"},
		{400, strings.Repeat("y", 10_000), "it answered 400 Bad Request: " + strings.Repeat("y", 199) + "…"},
	} {
		server, _ := catcher(t, tc.status, tc.answer)
		s := NewSender(Options{AllowPrivate: true})
		trust(s, server)
		target := strings.Replace(server.URL, "https://", "https://user:t0k3nt0k3n@", 1) + "/s3cr3tpath"
		err := s.Send(t.Context(), sensors.Channel{Kind: "webhook", Target: target}, aMessage)
		if err == nil || err.Error() != tc.want {
			t.Errorf("%d: %v, want %q", tc.status, err, tc.want)
		}
	}
}

func TestErrorsOfConnectionsHoldNoAddress(t *testing.T) {
	server := httptest.NewServer(nil)
	target := server.URL + "/k3y"
	server.Close()
	err := NewSender(Options{AllowPrivate: true}).Send(t.Context(), sensors.Channel{Kind: "webhook", Target: target}, aMessage)
	if err == nil || strings.Contains(err.Error(), "k3y") || strings.Contains(err.Error(), "Post") || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("got %v", err)
	}
}

func TestServerThatAsksToWait(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "86400")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer server.Close()
	err := NewSender(Options{AllowPrivate: true}).Send(t.Context(), sensors.Channel{Kind: "webhook", Target: server.URL}, aMessage)
	if f, ok := err.(*Failure); !ok || f.Wait != longestWait {
		t.Errorf("got %#v, want a wait of %v", err, longestWait)
	}
}

func TestLongAndEmptyMessagesFitEveryKind(t *testing.T) {
	long := aMessage
	long.Title, long.Text = strings.Repeat("t", maxTitle), strings.Repeat("x", maxText)
	for _, k := range Kinds() {
		write, posted := posts[k.Kind]
		if !posted {
			continue
		}
		a, _ := read(sensors.Channel{Kind: k.Kind, Target: k.Example})
		if n := len(write(a, long).body); n > 8<<10 {
			t.Errorf("%s posts %d bytes", k.Kind, n)
		}
		if body := string(write(a, Message{Title: "hello"}).body); !strings.Contains(body, "hello") {
			t.Errorf("%s posts %s", k.Kind, body)
		}
	}
	long.At = time.Time{}
	if body := markdownEscape(long, 1900); len(body) > 2000 || !strings.HasSuffix(body, long.Open) {
		t.Errorf("Discord gets %d bytes", len(body))
	}
}
