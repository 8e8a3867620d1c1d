package web

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"furrow/sensors"
	"furrow/web/auth"
)

// onAir serves the stage on a real port with its pages kept current.
func (s *stage) onAir() (address string) {
	s.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.server.Run(ctx) }()
	front := httptest.NewServer(s.server.Handler())
	s.t.Cleanup(func() {
		limit, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		s.server.CloseLive(limit)
		front.Close()
		stop()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
	})
	return front.URL
}

// dial opens the socket of a page, as the browser would that shows it.
func (b *browser) dial(address, path string, header ...string) (*websocket.Conn, *http.Response, error) {
	b.t.Helper()
	h := http.Header{}
	for name, value := range b.cookies {
		h.Add("Cookie", name+"="+value)
	}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return websocket.Dial(b.t.Context(), address+path, &websocket.DialOptions{HTTPHeader: h, CompressionMode: websocket.CompressionContextTakeover})
}

// listen opens the socket and reads its first message.
func (b *browser) listen(address, path string) *websocket.Conn {
	b.t.Helper()
	conn, _, err := b.dial(address, path)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.CloseNow() })
	conn.SetReadLimit(1 << 20)
	if first := b.until(conn, ""); !strings.Contains(first, `id="clock"`) {
		b.t.Errorf("the first message: got %q, want the clock in it", first)
	}
	return conn
}

// until reads messages up to one that holds the text, which it returns.
func (b *browser) until(conn *websocket.Conn, text string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 10*time.Second)
	defer cancel()
	for {
		_, message, err := conn.Read(ctx)
		if err != nil {
			b.t.Fatalf("waiting for %q: %v", text, err)
		}
		if strings.Contains(string(message), text) {
			return string(message)
		}
	}
}

// closedWith reads until the socket is closed, and returns with which code.
func (b *browser) closedWith(conn *websocket.Conn) websocket.StatusCode {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 10*time.Second)
	defer cancel()
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

var liveAddress = regexp.MustCompile(`hx-ws:connect="([^"]*)"`)

// liveOf returns the address that a page opens its socket at.
func liveOf(t *testing.T, got *httptest.ResponseRecorder) string {
	t.Helper()
	found := liveAddress.FindStringSubmatch(got.Body.String())
	if found == nil {
		t.Fatalf("the page has no socket\n%.500s", got.Body)
	}
	return html.UnescapeString(found[1])
}

var pushed = regexp.MustCompile(`(?s)<hx-partial hx-target="#([^"]*)" hx-swap="outerMorph">(.*?)</hx-partial>`)

var spark = regexp.MustCompile(`(?s)<svg class="spark".*?</svg>`)

func withoutSparks(html string) string { return spark.ReplaceAllString(html, "") }

func TestWhatIsPushedIsWhatThePageShows(t *testing.T) {
	s := newStage(t).settled()
	address, viewer := s.onAir(), s.as(auth.RoleViewer)
	d := s.adopted("greenhouse-1", "Bench", "Greenhouse 1")
	sensor := s.board.SensorsOf(d.ID)[0].ID.String()
	for _, path := range []string{"/", "/zones/1", "/sensors/" + sensor, "/devices", "/devices/" + d.ID.String()} {
		conn := viewer.listen(address, liveOf(t, viewer.get(path)))
		s.hear("greenhouse-1", "temperature", 33.25, "farm/x", "33.25")
		message := viewer.until(conn, "33.3")
		page := withoutSparks(viewer.get(path).Body.String()) // those of a young device change with the time
		n := 0
		for _, part := range pushed.FindAllStringSubmatch(message, -1) {
			if part[1] == "clock" || part[1] == "device-messages" {
				continue
			}
			if n++; !strings.Contains(page, withoutSparks(part[2])) {
				t.Errorf("%s: what was pushed to %s differs from the page:\n%s", path, part[1], part[2])
			}
		}
		if n == 0 {
			t.Errorf("%s: nothing was pushed in %q", path, message)
		}
		s.hear("greenhouse-1", "temperature", 20, "farm/x", "20")
		viewer.until(conn, "20.0")
	}
}

func TestStructureIsPushed(t *testing.T) {
	s := newStage(t).settled()
	address, manager := s.onAir(), s.as(auth.RoleManager)
	overview := manager.listen(address, liveOf(t, manager.get("/")))
	first := s.hear("probe", "soil_moisture", 31, "probe/soil", "31")
	message := manager.until(overview, `id="attention"`)
	for _, want := range []string{"1 new device waits", `<b id="new-count">1`, `<div id="guide"></div>`} {
		if !strings.Contains(message, want) {
			t.Errorf("a first device: %q is missing in %q", want, message)
		}
	}
	manager.post("/devices/"+first.ID.String()+"/adopt", "name", "Probe", "zone", "North field")
	manager.until(overview, "North field")
	zone := manager.listen(address, liveOf(t, manager.get("/zones/1")))
	sensor := manager.listen(address, liveOf(t, manager.get("/sensors/1")))
	manager.post("/settings/zones/1", "name", "South field", "kind", "field", "crop", "Leeks")
	manager.until(overview, "South field")
	manager.until(zone, "Field · Leeks")
	manager.post("/devices/"+first.ID.String()+"/remove", "history", "delete")
	manager.until(sensor, "This sensor was removed")
	manager.post("/settings/zones/1/delete")
	manager.until(zone, "This zone was deleted")
}

func TestWhoMaySeeWhatOnTheSocket(t *testing.T) {
	s := newStage(t, func(o *Options) { o.PublicURL = "https://farm.example.com" }).settled()
	address := s.onAir()
	manager, viewer, stranger := s.as(auth.RoleManager), s.as(auth.RoleViewer), s.browser(away)
	for name, c := range map[string]struct {
		who    *browser
		page   string
		origin string
		want   int
	}{
		"a stranger":                       {stranger, overviewKey, "", http.StatusUnauthorized},
		"a viewer on the buttons":          {viewer, devicesKey, "", http.StatusForbidden},
		"a viewer on what viewers see":     {viewer, devicesLookKey, "", http.StatusSwitchingProtocols},
		"a manager":                        {manager, devicesKey, "", http.StatusSwitchingProtocols},
		"no page":                          {manager, "", "", http.StatusNotFound},
		"an unknown page":                  {manager, "secrets", "", http.StatusNotFound},
		"a page with no number":            {manager, "zone/x", "", http.StatusNotFound},
		"a page with a number and more":    {manager, "zone/1/2", "", http.StatusNotFound},
		"another site":                     {manager, overviewKey, "https://evil.example", http.StatusForbidden},
		"a file":                           {manager, overviewKey, "null", http.StatusForbidden},
		"this site":                        {manager, overviewKey, address, http.StatusSwitchingProtocols},
		"the public address":               {manager, overviewKey, "https://farm.example.com", http.StatusSwitchingProtocols},
		"the public address without TLS":   {manager, overviewKey, "http://farm.example.com", http.StatusForbidden},
		"a name that holds the public one": {manager, overviewKey, "https://farm.example.com.evil.example", http.StatusForbidden},
	} {
		var header []string
		if c.origin != "" {
			header = []string{"Origin", c.origin}
		}
		conn, got, err := c.who.dial(address, "/live?v=0&page="+c.page, header...)
		if err == nil {
			_ = conn.CloseNow()
		}
		if got == nil || got.StatusCode != c.want {
			t.Errorf("%s: got %v (%v), want %d", name, got, err, c.want)
		}
	}
	d := s.hear("barn", "temperature", 21.5, "farm/x", "21.5")
	id := d.ID.String()
	conn := viewer.listen(address, liveOf(t, viewer.get("/devices")))
	s.hear("barn-2", "temperature", 22.5, "farm/y", "22.5")
	if message := viewer.until(conn, `id="inbox"`); strings.Contains(message, "/adopt") || strings.Contains(message, "/ignore") {
		t.Errorf("a viewer is pushed buttons: %q", message)
	}
	conn = manager.listen(address, liveOf(t, manager.get("/devices")))
	s.hear("barn-3", "temperature", 23.5, "farm/z", "23.5")
	manager.until(conn, `action="/devices/`+id+`/adopt"`)
}

func TestASocketClosesWithItsSession(t *testing.T) {
	s := newStage(t).settled()
	address := s.onAir()
	worker, other, owner := s.as(auth.RoleWorker), s.as(auth.RoleWorker), s.as(auth.RoleOwner)
	conn, stays := worker.listen(address, "/live?page=overview&v=0"), other.listen(address, "/live?page=overview&v=0")
	worker.post("/sign-out")
	if code := worker.closedWith(conn); code != websocket.StatusPolicyViolation {
		t.Errorf("signed out: closed with %d, want 1008", code)
	}
	person, _, err := s.db.PersonByEmail(t.Context(), "worker@farm.example")
	if err != nil {
		t.Fatal(err)
	}
	status(t, "promotion", owner.post(fmt.Sprint("/settings/people/", person.ID), "name", "Some worker", "email", person.Email, "role", "viewer"), http.StatusSeeOther)
	if code := other.closedWith(stays); code != websocket.StatusPolicyViolation {
		t.Errorf("another role: closed with %d, want 1008", code)
	}
	status(t, "the person stays signed in", other.get("/"), http.StatusOK)
}

func TestSocketsLearnThatFurrowStops(t *testing.T) {
	s := newStage(t).settled()
	address, viewer := s.onAir(), s.as(auth.RoleViewer)
	conn := viewer.listen(address, "/live?page=overview&v=0")
	code := make(chan websocket.StatusCode, 1)
	go func() { code <- viewer.closedWith(conn) }()
	s.server.CloseLive(t.Context())
	if got := <-code; got != websocket.StatusServiceRestart {
		t.Errorf("closed with %d, want 1012", got)
	}
	late, _, err := viewer.dial(address, "/live?page=overview&v=0")
	if err != nil {
		t.Fatal(err)
	}
	if got := viewer.closedWith(late); got != websocket.StatusServiceRestart {
		t.Errorf("a socket opened afterwards: closed with %d, want 1012", got)
	}
}

func TestHostileTextIsPushedAsText(t *testing.T) {
	s := newStage(t).settled()
	address, owner := s.onAir(), s.as(auth.RoleOwner)
	for i, text := range append([]string{`</hx-partial><script>alert(1)</script>`, `<hx-partial hx-target="#main" hx-swap="innerHTML">`}, nasty...) {
		key := fmt.Sprint("key-", i)
		d := s.adopted(key, text, text)
		sensor := s.board.SensorsOf(d.ID)[0].ID
		name := sensors.CleanName(text)
		if _, err := s.in.EditSensor(t.Context(), sensor, sensors.SensorEdit{Name: &name}); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/", "/zones/" + d.Zone.String(), "/sensors/" + sensor.String()} {
			got := owner.get(path)
			status(t, path, got, http.StatusOK)
			conn, _, err := owner.dial(address, strings.Replace(liveOf(t, got), "&v=", "&v=0&was=", 1))
			if err != nil {
				t.Fatal(err)
			}
			conn.SetReadLimit(1 << 20)
			message := owner.until(conn, `id="clock"`) // all that the page can be pushed
			_ = conn.CloseNow()
			for _, body := range []string{got.Body.String(), message} {
				for _, live := range []string{"<script>alert", "<img src=x", "<svg/onload", "' onmouseover='", "\u202e", ` hx-get="/sign-out"`, `hx-target="#main"`, "</hx-partial><script"} {
					if strings.Contains(body, live) {
						t.Errorf("%s shows %q as it came (%q)", path, live, text)
					}
				}
			}
		}
	}
}
