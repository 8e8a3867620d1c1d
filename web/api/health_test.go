package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"furrow/web/auth"
)

func TestHealthIsOpen(t *testing.T) {
	f := newFarm(t)
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n", "/version": `{"version":"1.2.3","commit":"abcdef","go":"go1.26"}` + "\n"} {
		if got := f.send("", "GET", path, nil); got.status != 200 || string(got.body) != want {
			t.Errorf("%s: got %d %q, want %q", path, got.status, got.body, want)
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := f.send("", "HEAD", path, nil); got.status != 200 || len(got.body) != 0 {
			t.Errorf("HEAD %s: got %d %q", path, got.status, got.body)
		}
	}
}

func TestMetricsAreForThisMachineOrWithAToken(t *testing.T) {
	f := newFarm(t)
	f.post([]object{{"device": "a", "metric": "temperature", "value": 1}, {"device": "a", "metric": "humidity", "value": 1}})
	for _, c := range []struct {
		from, forwarded, token string
		status                 int
	}{
		{"127.0.0.1:1234", "", "", 200}, {"[::1]:1234", "", "", 200}, {"[::ffff:127.0.0.1]:1234", "", "", 200},
		{"192.168.1.5:1234", "", "", 401}, {"192.168.1.5:1234", "", "x", 401}, {"192.168.1.5:1234", "", f.tokens[auth.ScopeRead], 200},
		{"127.0.0.1:1234", "203.0.113.7", "", 401}, {"127.0.0.1:1234", "203.0.113.7", f.tokens[auth.ScopeRead], 200}, {"", "", "", 401},
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr = c.from
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if c.token != "" {
			r.Header.Set("Authorization", "Bearer "+c.token)
		}
		w := httptest.NewRecorder()
		f.echo.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("from %q for %q with %.5q…: got %d, want %d", c.from, c.forwarded, c.token, w.Code, c.status)
		}
		if c.status == http.StatusOK && !strings.Contains(w.Body.String(), "furrow_readings_total 2\n") {
			t.Errorf("the metrics do not count 2 readings: %s", w.Body)
		}
	}
}
