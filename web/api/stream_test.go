package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"furrow/sensors"
	"furrow/web/auth"
)

// client is a program that follows the stream.
type client struct {
	t    *testing.T
	conn *websocket.Conn
	seq  float64
}

func (f *farm) dial(scope auth.Scope) *client {
	f.t.Helper()
	header := http.Header{"Authorization": {"Bearer " + f.tokens[scope]}}
	conn, _, err := websocket.Dial(f.t.Context(), "ws"+strings.TrimPrefix(f.url, "http")+"/api/v1/stream", &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		f.t.Fatal(err)
	}
	conn.SetReadLimit(64 << 20)
	f.t.Cleanup(func() { conn.CloseNow() })
	return &client{t: f.t, conn: conn}
}

// next returns the next message and checks that seq grows.
func (c *client) next() object {
	c.t.Helper()
	_, text, err := c.conn.Read(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	var m object
	if err := json.Unmarshal(text, &m); err != nil {
		c.t.Fatalf("%s: %v", text, err)
	}
	seq, ok := m["seq"].(float64)
	if !ok || seq <= c.seq || seq != float64(uint64(seq)) {
		c.t.Fatalf("after seq %f came %s", c.seq, text)
	}
	c.seq = seq
	return m
}

// until returns the next message of a type that fits.
func (c *client) until(kind string, fits func(object) bool) object {
	c.t.Helper()
	for {
		if m := c.next(); m["type"] == kind && (fits == nil || fits(m)) {
			return m
		}
	}
}

func TestStreamBeginsWithASnapshotAndTellsChanges(t *testing.T) {
	f := newFarm(t)
	f.ask("POST", "/api/v1/zones", object{"name": "House 1"}, 201, nil)
	id := f.sensor("a", "temperature", time.Now().Add(-time.Minute), time.Second, 21.4)
	c := f.dial(auth.ScopeRead)
	m := c.next()
	if m["type"] != "snapshot" {
		t.Fatalf("the first message is %v, want a snapshot", m)
	}
	for _, kind := range []string{"zones", "devices", "sensors"} {
		list := f.items("/api/v1/" + kind)
		if got, want := fmt.Sprint(m[kind]), fmt.Sprint(list); got != want {
			t.Errorf("%s in the snapshot: %s, want what the list says: %s", kind, got, want)
		}
	}
	if alerts, ok := m["alerts"].([]any); !ok || len(alerts) != 0 {
		t.Errorf("alerts in the snapshot: %v, want an empty list", m["alerts"])
	}
	at := time.Now().UTC().Truncate(time.Second)
	f.post([]object{{"device": "a", "metric": "temperature", "value": 400, "at": at.Format(time.RFC3339)}})
	reading := c.until("reading", nil)
	for member, want := range map[string]any{"sensor_id": id, "metric": "temperature", "unit": "°C", "value": 400.0, "quality": "suspect", "at": at.Format(time.RFC3339), "stale": false, "zone_id": nil} {
		if got, ok := reading[member]; !ok || got != want {
			t.Errorf("reading: %s is %v, want %v", member, got, want)
		}
	}
	f.ask("POST", "/api/v1/devices/"+reading["device_id"].(string)+"/adopt", object{"name": "Probe"}, 200, nil)
	device := c.until("device", func(m object) bool { return m["device"].(object)["status"] == "adopted" })["device"].(object)
	if device["name"] != "Probe" || device["id"] != reading["device_id"] {
		t.Errorf("device: %v", device)
	}
	f.ask("PATCH", "/api/v1/sensors/"+id, object{"name": "At the door"}, 200, nil)
	if m := c.until("reading", nil); m["name"] != "At the door" || m["value"] != 400.0 {
		t.Errorf("a renamed sensor: %v", m)
	}
}

func TestStreamGivesANewSnapshotWhenThingsGo(t *testing.T) {
	f := newFarm(t)
	f.sensor("a", "temperature", time.Now().Add(-time.Minute), time.Second, 1)
	f.sensor("b", "temperature", time.Now().Add(-time.Minute), time.Second, 1)
	c := f.dial(auth.ScopeRead)
	c.until("snapshot", nil)
	f.ask("POST", "/api/v1/zones", object{"name": "House 1"}, 201, nil)
	if m := c.until("snapshot", nil); len(m["zones"].([]any)) != 1 {
		t.Errorf("after a zone was made: %v", m["zones"])
	}
	for i, keep := range []bool{true, false} {
		if err := f.ingest.RemoveDevice(t.Context(), f.board.Devices()[i].ID, keep); err != nil {
			t.Fatal(err)
		}
		m := c.until("snapshot", nil)
		if devices, sensors := len(m["devices"].([]any)), len(m["sensors"].([]any)); devices != 1-i || sensors != 1-i {
			t.Errorf("history kept %v: %d devices, %d sensors", keep, devices, sensors)
		}
	}
}

// TestComingBackFindsWhatWasMissed loses the connection, as sleep does, and connects again.
func TestComingBackFindsWhatWasMissed(t *testing.T) {
	f := newFarm(t)
	f.sensor("a", "temperature", time.Now().Add(-time.Minute), time.Second, 1)
	c := f.dial(auth.ScopeRead)
	before := c.next()["seq"].(float64)
	c.conn.CloseNow()
	f.post([]object{{"device": "a", "metric": "temperature", "value": 2}, {"device": "b", "metric": "humidity", "value": 50}})
	m := f.dial(auth.ScopeRead).next()
	if m["type"] != "snapshot" || m["seq"].(float64) <= before || len(m["sensors"].([]any)) != 2 {
		t.Errorf("back again: %v", m)
	}
	if last := m["sensors"].([]any)[0].(object)["last"].(object); last["value"] != 2.0 {
		t.Errorf("the newest value is %v, want 2", last)
	}
}

// TestEveryClientEndsWithTheNewest lets many readings in while some clients read and others never do.
func TestEveryClientEndsWithTheNewest(t *testing.T) {
	f := newFarm(t)
	for i := range 30 {
		f.sensor(fmt.Sprint("d", i), "temperature", time.Now().Add(-time.Hour), time.Second, 0)
	}
	for range 20 {
		f.dial(auth.ScopeRead) // never reads
	}
	var readers sync.WaitGroup
	for range 10 {
		c := f.dial(auth.ScopeRead)
		readers.Go(func() {
			newest := map[any]float64{}
			for done := 0; done < 30; {
				m := c.next()
				if m["type"] != "reading" {
					continue
				}
				value := m["value"].(float64)
				if value < newest[m["sensor_id"]] {
					t.Errorf("sensor %v went back from %v to %v", m["sensor_id"], newest[m["sensor_id"]], value)
					return
				}
				if newest[m["sensor_id"]] = value; value == 50 {
					done++
				}
			}
		})
	}
	for value := 1; value <= 50; value++ {
		var body []sensors.Posted
		for i := range 30 {
			body = append(body, sensors.Posted{Device: fmt.Sprint("d", i), Metric: "temperature", Value: float64(value)})
		}
		if _, err := f.ingest.Post(t.Context(), body); err != nil {
			t.Fatal(err)
		}
	}
	readers.Wait()
}

func TestStreamsEndWithTheProgram(t *testing.T) {
	f := newFarm(t)
	c := f.dial(auth.ScopeAdmin)
	c.next()
	f.stop()
	for {
		_, _, err := c.conn.Read(t.Context())
		if err != nil {
			if got := websocket.CloseStatus(err); got != websocket.StatusServiceRestart {
				t.Errorf("closed with %v, want 1012", err)
			}
			return
		}
	}
}

func TestWhoTalksOnTheStreamIsCutOff(t *testing.T) {
	f := newFarm(t)
	c := f.dial(auth.ScopeRead)
	c.next()
	if err := c.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"reading"}`)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("got %v, want a policy violation", err)
	}
}

func TestARevokedTokenEndsItsStream(t *testing.T) {
	f := newFarm(t)
	a := &api{Options: Options{Tokens: f.db, Now: time.Now, Log: quiet}}
	ends := make(chan error, 2)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			ends <- err
			return
		}
		s := &stream{api: a, conn: conn, gone: conn.CloseRead(context.Background()), authorization: "Bearer " + f.tokens[auth.ScopeRead]}
		ends <- s.alive()
		all, err := f.db.Tokens(r.Context())
		for _, token := range all {
			err = errors.Join(err, f.db.DeleteToken(r.Context(), token.ID))
		}
		ends <- errors.Join(err, s.alive())
	}))
	defer server.Close()
	conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	conn.CloseRead(t.Context()) // answers the ping
	if err := <-ends; err != nil {
		t.Errorf("with a good token: %v", err)
	}
	if err := <-ends; !errors.Is(err, errTokenEnded) {
		t.Errorf("with a removed token: got %v, want its end", err)
	}
}

func TestStreamTellsAlerts(t *testing.T) {
	f := newFarm(t)
	before := f.firing("North", 34)
	c := f.dial(auth.ScopeRead)
	m := c.until("snapshot", nil)
	if alerts := objects(m["alerts"]); len(alerts) != 1 || fmt.Sprint(alerts[0]) != fmt.Sprint(before) {
		t.Errorf("alerts in the snapshot: %v, want %v", m["alerts"], before)
	}
	is := func(id any, state string) func(object) bool {
		return func(m object) bool { a := m["alert"].(object); return a["id"] == id && a["state"] == state }
	}
	f.ask("POST", "/api/v1/alerts/"+before["id"].(string)+"/acknowledge", object{"note": "on it"}, 200, nil)
	if a := c.until("alert", is(before["id"], "acknowledged"))["alert"].(object); a["note"] != "on it" || a["acknowledged_by"] != "admin" {
		t.Errorf("acknowledged: %v", a)
	}
	second := f.firing("South", 36)
	if a := c.until("alert", is(second["id"], "firing"))["alert"].(object); fmt.Sprint(a) != fmt.Sprint(second) {
		t.Errorf("firing: %v, want what the list says: %v", a, second)
	}
	f.post([]object{{"device": "North", "metric": "temperature", "value": 20}})
	if a := c.until("alert", is(before["id"], "resolved"))["alert"].(object); a["resolved_at"] == nil || a["value"] != 20.0 {
		t.Errorf("resolved: %v", a)
	}
	for _, d := range f.board.Devices() {
		if d.Key == "South" {
			if err := f.ingest.RemoveDevice(t.Context(), d.ID, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.until("snapshot", func(m object) bool { return len(objects(m["alerts"])) == 0 })
}

// TestWhatNobodyIsToldOfMakesNoNoise lets an alert begin and end before it fires.
func TestWhatNobodyIsToldOfMakesNoNoise(t *testing.T) {
	f := newFarm(t)
	f.rule(`{"metric":"temperature","condition":"above","limit":30,"hold":"1h"}`)
	f.adopted("North", "temperature", 20)
	c := f.dial(auth.ScopeRead)
	c.until("snapshot", nil)
	for _, value := range []float64{40, 20, 41, 21} {
		f.post([]object{{"device": "North", "metric": "temperature", "value": value}})
	}
	for {
		m := c.next()
		if m["type"] == "alert" || m["type"] == "snapshot" {
			t.Fatalf("came %v, want only readings", m)
		}
		if m["type"] == "reading" && m["value"] == 21.0 {
			return
		}
	}
}

func TestOneMessageServesAllStreams(t *testing.T) {
	silent := sensors.Alert{ID: 1, State: sensors.AlertFiring, Value: math.NaN(), Peak: math.NaN()}
	f := &frames{alerts: map[sensors.AlertID]madeAlert{}}
	first, second := f.alert(silent), f.alert(silent)
	if &first.body[0] != &second.body[0] {
		t.Error("the same alert was written twice")
	}
	silent.State = sensors.AlertResolved
	if third := f.alert(silent); string(third.body) == string(first.body) {
		t.Error("a changed alert was not written again")
	}
	for id := range sensors.AlertID(2 * keptAlerts) {
		f.alert(sensors.Alert{ID: id})
	}
	if len(f.alerts) > keptAlerts {
		t.Errorf("%d messages are kept, want at most %d", len(f.alerts), keptAlerts)
	}
}
