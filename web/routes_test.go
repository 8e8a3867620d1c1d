package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"furrow/web/auth"
)

// Every address and every role: those below the need are refused, strangers are asked to sign in.
func TestRoutesAskForTheirPermission(t *testing.T) {
	s := newStage(t).settled()
	browsers := map[auth.Role]*browser{}
	for _, role := range auth.Roles() {
		browsers[role] = s.as(role)
	}
	stranger := s.browser(away)
	for _, r := range s.server.routes() {
		if r.needs == open {
			continue
		}
		path := strings.ReplaceAll(r.path, ":id", "999999")
		ask := func(b *browser) *httptest.ResponseRecorder {
			if r.method == http.MethodGet {
				return b.get(path)
			}
			return b.post(path)
		}
		if got := ask(stranger); got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header().Get("Location"), "/sign-in") {
			t.Errorf("%s %s as a stranger: got %d %q, want the way to sign in", r.method, r.path, got.Code, got.Header().Get("Location"))
		}
		for _, role := range []auth.Role{auth.RoleViewer, auth.RoleWorker, auth.RoleManager} {
			if role.Can(auth.Permission(r.needs)) {
				continue
			}
			status(t, r.method+" "+r.path+" as "+string(role), ask(browsers[role]), http.StatusForbidden)
		}
		if r.path == "/live" || r.method == http.MethodPost {
			continue
		}
		if got := ask(browsers[auth.RoleOwner]); got.Code >= 500 || got.Code == http.StatusForbidden {
			t.Errorf("%s %s as the owner: got %d", r.method, r.path, got.Code)
		}
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	s := newStage(t).settled()
	owner := s.as(auth.RoleOwner)
	for _, r := range s.server.routes() {
		if r.method != http.MethodGet || r.path == "/live" {
			continue
		}
		got := owner.get(strings.ReplaceAll(r.path, ":id", "1"))
		h := got.Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'") || strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", r.path, h)
		}
		body := got.Body.String()
		for _, inline := range []string{" style=", " onclick=", " onload=", "<style", "javascript:", "hx-on"} {
			if strings.Contains(body, inline) {
				t.Errorf("%s: holds %q, which the policy forbids", r.path, inline)
			}
		}
	}
	status(t, "no such page", owner.get("/nothing"), http.StatusNotFound)
	if got := owner.get("/nothing"); got.Header().Get("Content-Security-Policy") == "" {
		t.Error("an error page has no policy")
	}
}

func TestForeignRequestsAreRefused(t *testing.T) {
	s := newStage(t).settled()
	owner := s.as(auth.RoleOwner)
	for name, header := range map[string]map[string]string{
		"another origin": {"Origin": "https://evil.example"},
		"cross-site":     {"Sec-Fetch-Site": "cross-site"},
		"no origin":      {"Origin": "null"},
	} {
		owner.header = header
		status(t, name, owner.post("/settings/zones", "name", "Evil", "kind", "field"), http.StatusForbidden)
		status(t, name+", signing in", owner.post("/sign-in", "email", "owner@farm.example", "password", password), http.StatusForbidden)
	}
	if n := len(s.board.Zones()); n != 0 {
		t.Errorf("%d zones were made, want none", n)
	}
	owner.header = nil
	status(t, "own origin", owner.post("/settings/zones", "name", "Good", "kind", "field"), http.StatusSeeOther)
}

func TestHostNames(t *testing.T) {
	s := newStage(t, func(o *Options) { o.PublicURL = "https://farm.example.com/" }).settled()
	for host, want := range map[string]int{
		"192.168.1.10:8080": http.StatusOK, "[fe80::1]:8080": http.StatusOK, "localhost": http.StatusOK, "farmpi": http.StatusOK, "FARMPI:8080": http.StatusOK,
		"barn.local": http.StatusOK, "farm.example.com": http.StatusOK,
		"evil.example": http.StatusMisdirectedRequest, "evil.example:8080": http.StatusMisdirectedRequest, "localhost.evil.example": http.StatusMisdirectedRequest,
		"farmpi.evil.example": http.StatusMisdirectedRequest, "192.168.1.10.evil.example": http.StatusMisdirectedRequest, "": http.StatusMisdirectedRequest,
	} {
		b := s.browser(away)
		b.header["Host"] = host
		if got := b.get("/sign-in"); got.Code != want {
			t.Errorf("Host %q: got %d, want %d", host, got.Code, want)
		}
	}
	b := s.browser(here)
	b.header = map[string]string{"Host": "farm.example.com", "Origin": "https://farm.example.com"}
	got := b.post("/sign-in", "email", "owner@farm.example", "password", password)
	if cookie := got.Header().Get("Set-Cookie"); !strings.Contains(cookie, "Secure") {
		t.Errorf("cookie over the public https address: %q, want it Secure", cookie)
	}
}

func TestPanicBecomesAnErrorPage(t *testing.T) {
	s := newStage(t).settled()
	s.server.o.Simulator = nil // whoever asks it panics
	owner := s.as(auth.RoleOwner)
	got := owner.get("/connect")
	status(t, "panic", got, http.StatusInternalServerError)
	contains(t, "panic", got, "Something went wrong")
	if id := got.Header().Get("X-Request-Id"); id == "" || !strings.Contains(s.log.String(), id) || !strings.Contains(got.Body.String(), id) {
		t.Errorf("request id %q is not both on the page and in the log", id)
	}
	if strings.Contains(got.Body.String(), "nil pointer") {
		t.Error("the page tells what only the log should")
	}
}

func TestPagesArePackedAndBounded(t *testing.T) {
	s := newStage(t).settled()
	owner := s.as(auth.RoleOwner)
	owner.header["Accept-Encoding"] = "gzip, deflate"
	got := owner.get("/settings/farm")
	if got.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(got.Header().Get("Vary"), "Accept-Encoding") || got.Body.Len() > 12<<10 {
		t.Errorf("the farm's form: %v, %d bytes", got.Header(), got.Body.Len())
	}
	big := owner.post("/settings/zones", "name", strings.Repeat("x", 300<<10), "kind", "field")
	status(t, "a form of 300 kB", big, http.StatusRequestEntityTooLarge)
	head := httptest.NewRequest(http.MethodHead, "/devices", nil)
	status(t, "HEAD", owner.do(head), http.StatusOK)
}
