package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/db"
	"furrow/db/dbtest"
	"furrow/sensors"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
	"furrow/sensors/notify"
	"furrow/web/auth"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// farm is the API on a real board, ingest and database, behind a real listener.
type farm struct {
	t      *testing.T
	db     *db.DB
	board  *live.Board
	ingest *ingest.Ingest
	echo   *echo.Echo
	url    string
	tokens map[auth.Scope]string
	stop   context.CancelFunc // ends the streams
	fires  object             // the rule of firing, nil before
}

func newFarm(t *testing.T, change ...func(*Options)) *farm {
	t.Helper()
	f := &farm{t: t, db: dbtest.Open(t), board: live.New(uint64(time.Now().UnixMicro())), tokens: map[auth.Scope]string{}}
	start, err := f.db.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.ingest = ingest.New(ingest.Options{Store: f.db, Edits: f.db, Board: f.board, Log: quiet, Adopt: "ask", Now: time.Now}, start)
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.ingest.Run(ctx) }()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	stopping, stop := context.WithCancel(context.Background())
	f.stop = stop
	t.Cleanup(stop)
	o := Options{Board: f.board, Zones: f.ingest, Devices: f.ingest, Poster: f.ingest, History: f.db, Rules: f.ingest, Alerts: f.ingest, AlertLog: f.db,
		Recipients: f.ingest, Channels: notify.NewSender(notify.Options{AllowPrivate: true}), Tokens: f.db, Health: f.ingest,
		Log: quiet, Now: time.Now, Version: Version{"1.2.3", "abcdef", "go1.26"}, Stop: stopping}
	for _, c := range change {
		c(&o)
	}
	f.echo = echo.New()
	Mount(f.echo, o)
	server := httptest.NewServer(f.echo)
	t.Cleanup(server.Close)
	f.url = server.URL
	for _, scope := range auth.Scopes() {
		f.tokens[scope] = f.token(scope)
	}
	return f
}

func (f *farm) token(scope auth.Scope) string {
	f.t.Helper()
	secret, err := auth.NewSecret()
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.db.CreateToken(f.t.Context(), string(scope), scope, auth.SecretHash(secret)); err != nil {
		f.t.Fatal(err)
	}
	return secret
}

// reply is an answer that has been read.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send makes a request with a token, "" for none. A body that is no string or reader is sent as JSON.
func (f *farm) send(token, method, path string, body any) reply {
	f.t.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			f.t.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, content)
	if err != nil {
		f.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header, all}
}

// ask is send as the admin; it wants the status and decodes the answer into out, if that is not nil.
func (f *farm) ask(method, path string, body any, status int, out any) reply {
	f.t.Helper()
	got := f.send(f.tokens[auth.ScopeAdmin], method, path, body)
	if got.status != status {
		f.t.Fatalf("%s %s: got %d %s, want %d", method, path, got.status, got.body, status)
	}
	if out != nil {
		if err := json.Unmarshal(got.body, out); err != nil {
			f.t.Fatalf("%s %s: %s: %v", method, path, got.body, err)
		}
	}
	return got
}

// object is a JSON object.
type object = map[string]any

// items asks for a list and returns what is in it.
func (f *farm) items(path string) []object {
	f.t.Helper()
	var out struct{ Items []object }
	f.ask("GET", path, nil, 200, &out)
	return out.Items
}

// posted is the answer of POST /readings.
type posted struct {
	Stored, Duplicates int
	Rejected           []rejection
}

func (f *farm) post(body any) posted {
	f.t.Helper()
	var out posted
	f.ask("POST", "/api/v1/readings", body, 200, &out)
	return out
}

// sensor makes a sensor of a device with readings every step from begin on, and returns its id.
func (f *farm) sensor(device string, metric sensors.MetricID, begin time.Time, step time.Duration, values ...float64) string {
	f.t.Helper()
	var body []sensors.Posted
	for i, v := range values {
		body = append(body, sensors.Posted{Device: device, Metric: metric, Value: v, At: sensors.MilliOf(begin.Add(time.Duration(i) * step))})
	}
	if out, err := f.ingest.Post(f.t.Context(), body); err != nil || out.Stored != len(values) {
		f.t.Fatalf("storing readings: %+v, %v", out, err)
	}
	for _, s := range f.board.Sensors() {
		if d, _ := f.board.Device(s.Device); d.Key == device && s.Metric == metric {
			return s.ID.String()
		}
	}
	f.t.Fatalf("%s of %s is not on the board", metric, device)
	return ""
}

// adopted makes a sensor of an adopted device with a reading of now, and returns its id.
func (f *farm) adopted(device string, metric sensors.MetricID, value float64) string {
	f.t.Helper()
	id := f.sensor(device, metric, time.Now().Add(-time.Second), time.Second, value)
	for _, d := range f.board.Devices() {
		if d.Key == device && d.Status != sensors.DeviceAdopted {
			f.ask("POST", "/api/v1/devices/"+d.ID.String()+"/adopt", nil, 200, nil)
		}
	}
	return id
}

// rule makes a rule and returns what was answered.
func (f *farm) rule(body any) object {
	f.t.Helper()
	var made object
	f.ask("POST", "/api/v1/rules", body, 201, &made)
	return made
}

// checkProblem checks that an answer is a refusal as RFC 9457 says.
func checkProblem(t *testing.T, what string, got reply, status int) {
	t.Helper()
	var p struct {
		Title, Detail string
		Status        int
	}
	err := json.Unmarshal(got.body, &p)
	if got.status != status || err != nil || p.Status != status || p.Title != http.StatusText(status) || p.Detail == "" ||
		got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: got %d %q %.300s, want a problem with the status %d", what, got.status, got.header.Get("Content-Type"), got.body, status)
	}
}
