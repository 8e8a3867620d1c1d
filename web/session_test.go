package web

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"furrow/web/auth"
)

func TestSessionSurvivesARestart(t *testing.T) {
	s := newStage(t).settled()
	owner := s.as(auth.RoleOwner)
	owner.handler = s.newServer().Handler()
	status(t, "after a restart", owner.get("/devices"), http.StatusOK)
}

func TestSessionCookie(t *testing.T) {
	s := newStage(t).settled()
	b := s.browser(away)
	b.cookies[sessionCookie] = "chosen-by-an-attacker"
	got := b.post("/sign-in", "email", "OWNER@farm.example", "password", password)
	cookie := got.Header().Get("Set-Cookie")
	for _, want := range []string{"furrow_session=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %q", cookie, want)
		}
	}
	if strings.Contains(cookie, "Secure") {
		t.Errorf("cookie %q is Secure on plain http: it would be lost", cookie)
	}
	first := b.cookies[sessionCookie]
	if first == "chosen-by-an-attacker" {
		t.Fatal("the session is the one the browser brought")
	}
	b.post("/sign-in", "email", "owner@farm.example", "password", password)
	if b.cookies[sessionCookie] == first {
		t.Error("signing in again did not change the session")
	}
	b.cookies[sessionCookie] = first
	status(t, "the earlier session", b.get("/devices"), http.StatusSeeOther)
}

func TestSignOutAndExpiryEndASession(t *testing.T) {
	s := newStage(t).settled()
	b := s.as(auth.RoleViewer)
	kept := b.cookies[sessionCookie]
	status(t, "sign-out", b.post("/sign-out"), http.StatusSeeOther)
	b.cookies[sessionCookie] = kept
	status(t, "signed out", b.get("/devices"), http.StatusSeeOther)

	b = s.as(auth.RoleViewer)
	hash := auth.SecretHash(b.cookies[sessionCookie])
	if err := s.db.TouchSession(t.Context(), hash, time.Now().Add(-time.Hour), time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	status(t, "expired", b.get("/devices"), http.StatusSeeOther)
}

func TestUseProlongsASessionButNotForEver(t *testing.T) {
	s := newStage(t).settled()
	b := s.as(auth.RoleViewer)
	hash := auth.SecretHash(b.cookies[sessionCookie])
	long := time.Now().Add(-time.Hour)
	if err := s.db.TouchSession(t.Context(), hash, long, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	got := b.get("/devices")
	after, err := s.db.SessionByHash(t.Context(), hash)
	if err != nil || time.Until(after.ExpiresAt) < sessionIdle-time.Minute || got.Header().Get("Set-Cookie") == "" {
		t.Errorf("after use: lasts %v more (%v), cookie %q", time.Until(after.ExpiresAt), err, got.Header().Get("Set-Cookie"))
	}
	now := time.Now()
	if got, want := sessionEnd(now.Add(-sessionLife+time.Hour), now), now.Add(time.Hour); !got.Equal(want) {
		t.Errorf("end of an old session: got %v, want %v", got, want)
	}
}

func TestPasswordChangeSignsOthersOut(t *testing.T) {
	s := newStage(t).settled()
	phone, desk := s.as(auth.RoleWorker), s.as(auth.RoleWorker)
	wrong := desk.post("/account/password", "password", "not it at all", "new_password", "another good one")
	status(t, "wrong old password", wrong, http.StatusUnprocessableEntity)
	contains(t, "wrong old password", wrong, "This is not right.")
	status(t, "too short", desk.post("/account/password", "password", password, "new_password", "short"), http.StatusUnprocessableEntity)
	before := desk.cookies[sessionCookie]
	status(t, "changing it", desk.post("/account/password", "password", password, "new_password", "another good one"), http.StatusSeeOther)
	if desk.cookies[sessionCookie] == before {
		t.Error("the session did not change with the password")
	}
	status(t, "this browser", desk.get("/account"), http.StatusOK)
	status(t, "the other browser", phone.get("/account"), http.StatusSeeOther)
	got := s.browser(away).post("/sign-in", "email", "worker@farm.example", "password", password)
	status(t, "the old password", got, http.StatusUnprocessableEntity)
}

func TestOwnSessionsCanBeEnded(t *testing.T) {
	s := newStage(t).settled()
	phone, desk, other := s.as(auth.RoleWorker), s.as(auth.RoleWorker), s.as(auth.RoleViewer)
	id := func(b *browser) string { return hex.EncodeToString(auth.SecretHash(b.cookies[sessionCookie])) }
	contains(t, "the list", desk.get("/account"), id(phone), id(desk), "this one")
	status(t, "somebody else's session", desk.post("/account/sessions/"+id(other)+"/end"), http.StatusNotFound)
	status(t, "the other stays in", other.get("/devices"), http.StatusOK)
	status(t, "ending the phone's", desk.post("/account/sessions/"+id(phone)+"/end"), http.StatusSeeOther)
	status(t, "the phone is out", phone.get("/devices"), http.StatusSeeOther)
	status(t, "the desk is in", desk.get("/devices"), http.StatusOK)
}

func TestAnEndedSessionClosesItsPages(t *testing.T) {
	s := newStage(t).settled()
	person := auth.Person{ID: 1, Role: auth.RoleViewer}
	open := func(hash string) (context.Context, func()) {
		c := s.server.echo.NewContext(httptest.NewRequest(http.MethodGet, "/live", nil), httptest.NewRecorder())
		c.Set(contextSession, auth.Session{Person: person, Hash: []byte(hash)})
		return s.server.viewing(c)
	}
	ended, endedDone := open("a")
	stays, staysDone := open("b")
	if err := s.server.end(t.Context(), []byte("a")); err != nil {
		t.Fatal(err)
	}
	if got := context.Cause(ended); got != errSessionEnded {
		t.Errorf("the page of the ended session: got %v, want %v", got, errSessionEnded)
	}
	if got := context.Cause(stays); got != nil {
		t.Errorf("the other page: got %v, want it open", got)
	}
	c := s.server.echo.NewContext(httptest.NewRequest(http.MethodGet, "/live", nil), httptest.NewRecorder())
	c.Set(contextSession, auth.Session{Person: person, Hash: []byte("d"), ExpiresAt: time.Now()})
	expired, expiredDone := s.server.viewing(c)
	if <-expired.Done(); context.Cause(expired) != errSessionEnded {
		t.Errorf("the page of an expired session: got %v", context.Cause(expired))
	}
	expiredDone()
	endedDone()
	closed := make(chan struct{})
	go func() { s.server.CloseLive(t.Context()); close(closed) }()
	<-stays.Done()
	if got := context.Cause(stays); got != errStopping {
		t.Errorf("at shutdown: got %v, want %v", got, errStopping)
	}
	select {
	case <-closed:
		t.Error("CloseLive did not wait for the page")
	default:
	}
	staysDone()
	<-closed
	if late, _ := open("c"); context.Cause(late) != errStopping {
		t.Error("a page opened after the shutdown stays open")
	}
}

func TestSignInIsLimited(t *testing.T) {
	s := newStage(t).settled()
	b := s.browser(away)
	for i := range 5 {
		got := b.post("/sign-in", "email", "owner@farm.example", "password", "wrong guess")
		status(t, "a wrong password", got, http.StatusUnprocessableEntity)
		contains(t, "a wrong password", got, "The e-mail address or the password is not right.", `value="owner@farm.example"`)
		if i == 0 {
			unknown := s.browser("192.168.1.77:1").post("/sign-in", "email", "nobody@farm.example", "password", "wrong guess")
			if strings.ReplaceAll(unknown.Body.String(), "nobody@", "owner@") != got.Body.String() {
				t.Error("the answer tells which addresses exist")
			}
		}
	}
	got := b.post("/sign-in", "email", "owner@farm.example", "password", password)
	status(t, "after five wrong ones", got, http.StatusTooManyRequests)
	contains(t, "after five wrong ones", got, "Too many wrong passwords. Wait 2 seconds, then try again.")
	if got.Header().Get("Retry-After") == "" {
		t.Error("Retry-After is missing")
	}
	status(t, "from elsewhere on the farm", s.browser("192.168.1.24:1").post("/sign-in", "email", "owner@farm.example", "password", password), http.StatusSeeOther)
}

func TestGuessKeys(t *testing.T) {
	for addr, want := range map[string]int{"192.168.1.2": 1, "127.0.0.1": 1, "fe80::1": 1, "203.0.113.9": 2, "2001:db8::1": 2} {
		if got := guessKeys(netip.MustParseAddr(addr), "Ann@farm.example"); len(got) != want {
			t.Errorf("%s: got %v, want %d keys", addr, got, want)
		}
	}
	a, b := guessKeys(netip.MustParseAddr("2001:db8::1"), "a"), guessKeys(netip.MustParseAddr("2001:db8::ffff"), "a")
	if a[0] != b[0] {
		t.Errorf("one network counts as two: %v, %v", a, b)
	}
}

func TestNobodyIsSentToAnotherSite(t *testing.T) {
	for target, want := range map[string]string{
		"/zones/3?range=7d": "/zones/3?range=7d", "": "/", "zones": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/",
		"/\t/evil.example": "/", "javascript:alert(1)": "/", "/%2f%2fevil.example": "/%2f%2fevil.example", "///evil.example": "/", "http:/evil": "/",
	} {
		if got := localTarget(target); got != want {
			t.Errorf("%q: got %q, want %q", target, got, want)
		}
	}
	s := newStage(t).settled()
	got := s.browser(away).post("/sign-in", "email", "owner@farm.example", "password", password, "next", "//evil.example/x")
	if location := got.Header().Get("Location"); location != "/" {
		t.Errorf("after signing in: sent to %q", location)
	}
	got = s.browser(away).get("/devices/7?x=1")
	if want := "/sign-in?next=%2Fdevices%2F7%3Fx%3D1"; got.Header().Get("Location") != want {
		t.Errorf("asked to sign in at %q, want %q", got.Header().Get("Location"), want)
	}
}

func TestADemosVisitorIsItsOwnerOnThisMachineOnly(t *testing.T) {
	person := auth.Person{ID: 9, Name: "Demo owner", Role: auth.RoleOwner}
	s := newStage(t, func(o *Options) { o.Visitor = func() auth.Person { return person } }).settled()
	status(t, "here", s.browser(here).get("/settings/people"), http.StatusOK)
	status(t, "elsewhere", s.browser(away).get("/settings/people"), http.StatusSeeOther)
}
