package web

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"furrow/sensors"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
)

// booth is a render loop over a board of two zones with a device and a sensor each, and nothing below it.
type booth struct {
	t      *testing.T
	board  *live.Board
	past   *fakeHistory
	health atomic.Pointer[ingest.Health]
	server *Server
}

// noAlerts is a history without alerts, messages and notes.
type noAlerts struct {
	AlertLog
	EarlierNotes
}

func (noAlerts) Alerts(context.Context, sensors.AlertFilter) ([]sensors.Alert, error) {
	return nil, nil
}
func (noAlerts) AlertEvents(context.Context, sensors.AlertID) ([]sensors.AlertEvent, error) {
	return nil, nil
}
func (noAlerts) AlertNotices(context.Context, sensors.AlertID) ([]sensors.NoticeState, error) {
	return nil, nil
}
func (noAlerts) LastNote(context.Context, sensors.Alert) (sensors.EarlierNote, error) {
	return sensors.EarlierNote{}, nil
}

// fakeHistory holds readings in the order in which they came.
type fakeHistory struct {
	History
	readings []sensors.Reading
	fail     error
	during   func() // is called while somebody reads
}

func (h *fakeHistory) Range(_ context.Context, id sensors.SensorID, from, to sensors.Milli, f func(sensors.Reading) bool) error {
	if h.during != nil {
		h.during()
	}
	for _, r := range h.readings {
		if r.Sensor == id && r.At >= from && r.At < to && !f(r) {
			break
		}
	}
	return h.fail
}

func (h *fakeHistory) Buckets(_ context.Context, ids []sensors.SensorID, _, _ sensors.Milli, _ time.Duration) ([][]sensors.Bucket, error) {
	return make([][]sensors.Bucket, len(ids)), h.fail
}

// healthyFarm tells how ingest does, and can do nothing else.
type healthyFarm struct {
	Farm
	health *atomic.Pointer[ingest.Health]
}

func (f healthyFarm) Health() ingest.Health { return *f.health.Load() }

// newBooth makes a booth. It must be made and used within a synctest bubble.
func newBooth(t *testing.T) *booth {
	b := &booth{t: t, board: live.New(1000), past: &fakeHistory{}}
	b.server = &Server{visits: make(chan visit), o: Options{Board: b.board, History: b.past, Farm: healthyFarm{health: &b.health}, Alerts: noAlerts{},
		Notes: noAlerts{}, Health: &fakeHealth{}, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}}
	b.health.Store(&ingest.Health{})
	b.board.Apply(live.Change{Farm: &sensors.Farm{Name: "Hillside", TimeZone: "UTC", Units: sensors.MetricUnits}, ZonesChanged: true,
		Zones:   []sensors.Zone{{ID: 1, Name: "East", Kind: "greenhouse"}, {ID: 2, Name: "West", Kind: "barn"}},
		Devices: []sensors.Device{{ID: 1, Key: "a", Name: "A", Status: sensors.DeviceAdopted, Zone: 1}, {ID: 2, Key: "b", Name: "B", Status: sensors.DeviceAdopted, Zone: 2}},
		Sensors: []sensors.Sensor{{ID: 1, Device: 1, Metric: "temperature"}, {ID: 2, Device: 2, Metric: "temperature"}}})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.server.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return b
}

// measure puts a reading of now on the board.
func (b *booth) measure(id sensors.SensorID, value float64) {
	r := sensors.Reading{Sensor: id, At: sensors.MilliOf(time.Now()), Value: value}
	b.past.readings = append(b.past.readings, r)
	b.board.Apply(live.Change{Readings: []sensors.Reading{r}})
	synctest.Wait()
}

// sleep lets time pass until everybody waits again.
func (b *booth) sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// reader is the other end of a socket: it notes what it is sent and when, or does not read at all.
type reader struct {
	stuck  bool
	begun  time.Time
	got    []string
	at     []time.Duration // since begun
	pings  int
	cancel context.CancelCauseFunc
	hangUp context.CancelFunc
	ended  chan error
}

func (r *reader) Write(ctx context.Context, _ websocket.MessageType, message []byte) error {
	if r.stuck {
		<-ctx.Done()
		return ctx.Err()
	}
	r.got, r.at = append(r.got, string(message)), append(r.at, time.Since(r.begun))
	return nil
}

func (r *reader) Ping(context.Context) error { r.pings++; return nil }

// follow opens a page at a cursor.
func (b *booth) follow(r *reader, page string, cursor uint64) *reader {
	ctx, cancel := context.WithCancelCause(context.Background())
	gone, hangUp := context.WithCancel(context.Background())
	r.begun, r.cancel, r.hangUp, r.ended = time.Now(), cancel, hangUp, make(chan error, 1)
	go func() { r.ended <- b.server.follow(ctx, gone, r, page, cursor) }()
	b.t.Cleanup(hangUp)
	synctest.Wait()
	return r
}

// take returns what was sent, and forgets it.
func (r *reader) take() string {
	all := strings.Join(r.got, "\n")
	r.got, r.at = nil, nil
	return all
}

var versionIn = regexp.MustCompile(`data-v="(\d+)"`)

// told is the version that the newest message tells the page to come back with.
func told(t *testing.T, message string) uint64 {
	t.Helper()
	found := versionIn.FindAllStringSubmatch(message, -1)
	if len(found) == 0 {
		t.Fatalf("no cursor in %q", message)
	}
	v, err := strconv.ParseUint(found[len(found)-1][1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
