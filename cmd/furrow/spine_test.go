package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"furrow/web/auth"
)

// TestFromPacketToPixel follows readings from a device's publish to everything that a person or a program
// sees of them.
func TestFromPacketToPixel(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	ada := s.browser()
	if page := ada.setUp(); !strings.Contains(page, "mosquitto_pub") {
		t.Errorf("the first page of an empty farm does not show how to connect a sensor:\n%.500s", page)
	}
	p := s.program("admin")
	stream := p.stream()
	if got := stream.next(); got.Type != "snapshot" {
		t.Fatalf("the stream begins with %+v, want a snapshot", got)
	}

	device := dial(t, s, "house-1-t1", "", "")
	device.publish("farm/house-1/t1/temperature", "21.4", 1)
	// It is acknowledged, so it is on the disk and everywhere else.
	sensors := listOf[apiSensor](p, "/api/v1/sensors")
	if len(sensors) != 1 || sensors[0].Metric != "temperature" || sensors[0].Unit != "°C" || sensors[0].Last == nil || sensors[0].Last.Value != 21.4 {
		t.Fatalf("sensors: got %+v, want one with 21.4 °C", sensors)
	}
	reading := stream.until("reading")
	if reading.Sensor != sensors[0].ID || reading.Value != 21.4 || reading.At != sensors[0].Last.At {
		t.Errorf("stream: got %+v, want the reading of %+v", reading, sensors[0])
	}
	inbox := listOf[apiDevice](p, "/api/v1/devices")
	if len(inbox) != 1 || inbox[0].Status != "new" || !inbox[0].Online {
		t.Fatalf("devices: got %+v, want one that is new and online", inbox)
	}
	if page := ada.page("/devices"); !strings.Contains(page, inbox[0].Key) || !strings.Contains(page, "21.4") {
		t.Errorf("the inbox does not show %q with 21.4", inbox[0].Key)
	}

	overview := ada.watch("/")
	ada.send("/devices/"+inbox[0].ID+"/adopt", "name", "Probe 1", "zone", "House 1")
	overview.until("House 1")
	device.publish("farm/house-1/t1", `{"temperature":22.5,"humidity":61}`, 1)
	overview.until("22.5")
	page := ada.page("/")
	for _, want := range []string{"House 1", "22.5", "61"} {
		if !strings.Contains(page, want) {
			t.Errorf("the overview lacks %q", want)
		}
	}
	if page := ada.page("/sensors/" + sensors[0].ID); !strings.Contains(page, "22.5") || !strings.Contains(page, "<svg") {
		t.Error("the sensor's page has no chart, or not its newest value")
	}
	if page := ada.page("/devices/" + inbox[0].ID); !strings.Contains(page, "Probe 1") || !strings.Contains(page, "house-1/t1") {
		t.Error("the device's page lacks its name or its topic")
	}

	checkHistory(t, p, sensors[0].ID)
	_ = stream.conn.CloseNow()
	closed := make(chan websocket.StatusCode, 1)
	go func() { closed <- overview.closed() }()
	if status := s.stop(); status != 0 {
		t.Errorf("exit status: got %d, want 0: %s", status, s.stderr)
	}
	if code := <-closed; code != websocket.StatusServiceRestart {
		t.Errorf("the page's socket was closed with %d, want 1012, so that it comes back", code)
	}
	if strings.Contains(s.stderr.String(), "level=ERROR") {
		t.Errorf("errors in the log:\n%s", s.stderr)
	}
}

// checkHistory asks for the two readings that the sensor has, and posts a third.
func checkHistory(t *testing.T, p *program, sensor string) {
	t.Helper()
	var raw struct {
		Points []struct{ Value float64 }
	}
	p.get("/api/v1/sensors/"+sensor+"/readings?step=raw", &raw)
	if len(raw.Points) != 2 || raw.Points[0].Value != 21.4 || raw.Points[1].Value != 22.5 {
		t.Errorf("raw readings: got %+v, want 21.4 and 22.5", raw.Points)
	}
	at := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	post := []map[string]any{{"zone": "House 1", "device": "Probe 1", "metric": "temperature", "value": 20.25, "at": at}}
	for _, want := range []string{"{1 0}", "{0 1}"} {
		var out struct{ Stored, Duplicates int }
		if status := p.call(http.MethodPost, "/api/v1/readings", post, &out); status != http.StatusOK || fmt.Sprint(out) != want {
			t.Errorf("posting a reading: got %d, %v, want 200, %s", status, out, want)
		}
	}
	if got := fmt.Sprint(p.values(sensor)); got != "[20.25 21.4 22.5]" {
		t.Errorf("stored: got %s, want [20.25 21.4 22.5]", got)
	}
}

// streamed is a message of the API's stream.
type streamed struct {
	Type   string
	Sensor string `json:"sensor_id"`
	Value  float64
	At     string
}

// socket is an open WebSocket.
type socket struct {
	t    testing.TB
	conn *websocket.Conn
	ctx  context.Context
}

func open(t testing.TB, address string, client *http.Client, header http.Header) *socket {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	t.Cleanup(cancel)
	conn, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: client, HTTPHeader: header})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &socket{t, conn, ctx}
}

func (p *program) stream() *socket {
	return open(p.t, "ws://"+p.at.http+"/api/v1/stream", http.DefaultClient, http.Header{"Authorization": {"Bearer " + p.token}})
}

func (s *socket) next() (m streamed) {
	s.t.Helper()
	_, body, err := s.conn.Read(s.ctx)
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// until returns the next message of that type, or with that text in it.
func (s *socket) until(want string) (m streamed) {
	s.t.Helper()
	for {
		_, body, err := s.conn.Read(s.ctx)
		if err != nil {
			s.t.Fatalf("waiting for %q: %v", want, err)
		}
		if json.Unmarshal(body, &m) == nil && m.Type == want || m.Type == "" && strings.Contains(string(body), want) {
			return m
		}
	}
}

// closed reads to the end and returns the code that the other side gave for it.
func (s *socket) closed() websocket.StatusCode {
	for {
		if _, _, err := s.conn.Read(s.ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

var socketAddress = regexp.MustCompile(`hx-ws:connect="([^"]+)"`)

// watch opens a page with its socket, as a browser does.
func (b *browser) watch(path string) *socket {
	b.t.Helper()
	found := socketAddress.FindStringSubmatch(b.page(path))
	if found == nil {
		b.t.Fatalf("the page %s has no socket", path)
	}
	address := strings.ReplaceAll(found[1], "&amp;", "&")
	return open(b.t, "ws://"+b.at.http+address, b.client, http.Header{"Origin": {"http://" + b.at.http}})
}

// TestEveryRoleSeesTheFarm signs people of each role in through the real pages.
func TestEveryRoleSeesTheFarm(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	s.browser().setUp()
	for _, role := range auth.Roles() {
		email := string(role) + "@farm.example"
		succeed(t, ownerPassword, "user", "add", email, "--name", "Some "+string(role), "--role", string(role), "--password-stdin", "--data", s.dir)
		b := s.browser()
		if page := b.send("/sign-in", "email", email, "password", ownerPassword); !strings.Contains(page, "Hillside") {
			t.Errorf("%s does not see the farm:\n%.500s", role, page)
		}
	}
}
