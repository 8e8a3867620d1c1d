package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"furrow/db"
	"furrow/db/dbtest"
	"furrow/sensors"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
	"furrow/sensors/notify"
	"furrow/web/auth"
)

// here and away are where requests of the tests come from: this machine, and another one in the house.
const (
	here = "127.0.0.1:40000"
	away = "192.168.1.23:40000"
)

const password = "correct horse battery"

// stage is a whole Furrow below the pages: real database, real ingest.
type stage struct {
	t      *testing.T
	db     *db.DB
	in     *ingest.Ingest
	board  *live.Board
	sim    *fakeSimulator
	health *fakeHealth
	drills *fakeDrills
	signer *notify.Signer
	server *Server
	log    strings.Builder
}

type fakeSimulator struct{ running atomic.Bool }

func (f *fakeSimulator) Start(context.Context) error  { f.running.Store(true); return nil }
func (f *fakeSimulator) Remove(context.Context) error { f.running.Store(false); return nil }
func (f *fakeSimulator) Running() bool                { return f.running.Load() }

// fakeHealth is what is known of the channels; the render loop asks too.
type fakeHealth struct {
	channels atomic.Pointer[[]notify.ChannelHealth]
}

func (f *fakeHealth) Health() []notify.ChannelHealth {
	if all := f.channels.Load(); all != nil {
		return *all
	}
	return nil
}

func (f *fakeHealth) set(all ...notify.ChannelHealth) { f.channels.Store(&all) }

// fakeDrills remembers who began a drill.
type fakeDrills struct {
	begun []string
	fail  error
	runs  []sensors.Drill
}

func (f *fakeDrills) Start(_ context.Context, by string) error {
	f.begun = append(f.begun, by)
	return f.fail
}

func (f *fakeDrills) Drills(context.Context, int) ([]sensors.Drill, error) { return f.runs, nil }

// newStage builds a Furrow that nobody has set up; change may set options.
func newStage(t *testing.T, change ...func(*Options)) *stage {
	t.Helper()
	s := &stage{t: t, db: dbtest.Open(t), board: live.New(1), sim: &fakeSimulator{}, health: &fakeHealth{},
		drills: &fakeDrills{}, signer: notify.NewSigner([]byte(strings.Repeat("k", 32)))}
	start, err := s.db.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.in = ingest.New(ingest.Options{Store: s.db, Edits: s.db, Board: s.board, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Adopt: "ask",
		Now: time.Now, Secret: func() (string, []byte, error) {
			secret, err := auth.NewSecret()
			return secret, auth.SecretHash(secret), err
		}}, start)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.in.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	s.server = s.newServer(change...)
	return s
}

// newServer makes another server on the same farm, as after a restart.
func (s *stage) newServer(change ...func(*Options)) *Server {
	s.t.Helper()
	o := Options{Board: s.board, Farm: s.in, History: s.db, People: s.db, Simulator: s.sim, Alerts: s.db, Notes: s.db, Settings: s.db,
		Channels: notify.NewSender(notify.Options{AllowPrivate: true}), Health: s.health, Grants: s.signer, Drills: s.drills, Log: slog.New(slog.NewTextHandler(&s.log, nil)),
		Now: time.Now, HostName: "farmpi", SetupCode: "abcd-efgh",
		Connect: Connect{MQTTPort: "1883", HTTPPort: "8080", Addresses: func() []string { return []string{"192.168.1.10", "10.0.0.4"} }}}
	for _, f := range change {
		f(&o)
	}
	server, err := New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	return server
}

// settled sets the farm up with one person of each role.
func (s *stage) settled() *stage {
	s.t.Helper()
	hash, err := auth.HashPassword(password)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, role := range auth.Roles() {
		if _, err := s.db.CreatePerson(s.t.Context(), auth.Person{Email: string(role) + "@farm.example", Name: "Some " + string(role), Role: role, CreatedAt: time.Now()}, hash); err != nil {
			s.t.Fatal(err)
		}
	}
	farm := sensors.Farm{Name: "Hillside", TimeZone: "Europe/Amsterdam", Units: sensors.MetricUnits}
	if err := s.in.SetFarm(s.t.Context(), farm); err != nil {
		s.t.Fatal(err)
	}
	return s
}

// hear delivers one reading of a device, and returns the device when it is on the board.
func (s *stage) hear(key string, metric sensors.MetricID, value float64, topic, payload string) sensors.Device {
	s.t.Helper()
	receipt := make(receiptChan, 1)
	d := &sensors.Delivery{Source: sensors.Source{ClientID: "test", Address: "192.168.1.50"}, Topic: topic, Payload: []byte(payload),
		ReceivedAt: sensors.MilliOf(time.Now()), Receipt: receipt,
		Decoded: sensors.Decoded{Dialect: "plain", Observations: []sensors.Observation{{Device: key, Metric: metric, Value: value}}}}
	if err := s.in.Submit(s.t.Context(), d); err != nil {
		s.t.Fatal(err)
	}
	if err := <-receipt; err != nil {
		s.t.Fatal(err)
	}
	for _, device := range s.board.Devices() {
		if device.Key == key {
			return device
		}
	}
	s.t.Fatalf("device %q is not on the board", key)
	return sensors.Device{}
}

type receiptChan chan error

func (c receiptChan) Settle(err error) { c <- err }

// browser is one visitor: it keeps cookies and never follows a redirect by itself.
type browser struct {
	t       *testing.T
	handler http.Handler
	from    string
	cookies map[string]string
	header  map[string]string
}

func (s *stage) browser(from string) *browser {
	return &browser{t: s.t, handler: s.server.Handler(), from: from, cookies: map[string]string{}, header: map[string]string{}}
}

// as returns a browser in which the person of a role is signed in.
func (s *stage) as(role auth.Role) *browser {
	s.t.Helper()
	b := s.browser(away)
	got := b.post("/sign-in", "email", string(role)+"@farm.example", "password", password)
	if got.Code != http.StatusSeeOther || b.cookies[sessionCookie] == "" {
		s.t.Fatalf("signing in as %s: got %d %s", role, got.Code, got.Body)
	}
	return b
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form of name, value, name, value, ….
func (b *browser) post(path string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://farmpi.local:8080")
	return b.do(r)
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	r.RemoteAddr, r.Host = b.from, "farmpi.local:8080"
	r.Header.Set("Accept", "text/html")
	for name, value := range b.header {
		if name == "Host" {
			r.Host = value
		} else {
			r.Header.Set(name, value)
		}
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return w
}

// contains reports an error for each text that an answer lacks.
func contains(t *testing.T, what string, got *httptest.ResponseRecorder, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s: %q is missing in\n%.3000s", what, want, got.Body)
		}
	}
}

func status(t *testing.T, what string, got *httptest.ResponseRecorder, want int) {
	t.Helper()
	if got.Code != want {
		t.Errorf("%s: got %d %s, want %d\n%.800s", what, got.Code, got.Header().Get("Location"), want, got.Body)
	}
}

// adopted lets a device send a temperature of 20 °C and makes it part of a zone.
func (s *stage) adopted(key, name, zone string) sensors.Device {
	s.t.Helper()
	d := s.hear(key, "temperature", 20, key, "20")
	how := sensors.Adoption{Name: sensors.CleanName(name), ZoneName: sensors.CleanName(zone)}
	adopted, err := s.in.AdoptDevice(s.t.Context(), d.ID, how)
	if err != nil {
		s.t.Fatal(err)
	}
	return adopted
}
