package broker_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"furrow/sensors"
	"furrow/sensors/broker"
)

// journal is a log that tests can read.
type journal struct {
	mu sync.Mutex
	b  strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

func (j *journal) attach(o *broker.Options, _ *broker.Limits) {
	o.Log = slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func TestShutdownLeavesNothingRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	var log journal
	r := newRig(t, log.attach, func(_ *broker.Options, l *broker.Limits) { l.Shutdown = patience })
	r.ingest.hold()
	five := r.connect(t, login{id: "five", version: 5})
	for n := range 20 {
		r.dial(t) // never says a word
		half := r.dial(t)
		half.send([]byte{0x10, 40, 0})
		w := r.connect(t, login{id: fmt.Sprint("w", n), keep: n%2 == 0, will: "farm/a/status", willPayload: "offline"})
		w.publish(1, 1, reading, "1") // and waits for its commit
	}
	r.ingest.await(t, 20)
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if strings.Contains(log.String(), "slow to end") {
		t.Error("shutting down waited for a client")
	}
	if last := five.closed(); last.kind != packets.Disconnect || last.body[0] != packets.ErrServerShuttingDown.Code {
		t.Errorf("a client of MQTT 5 got %v, want DISCONNECT 0x8b", last)
	}
	if _, err := net.Dial("tcp", r.Address().String()); err == nil {
		t.Error("the port is still open")
	}
	r.ingest.release(t, 20, sensors.ErrBusy) // ingest drains after the broker
	eventually(t, func() bool { return runtime.NumGoroutine() <= before }, "all goroutines to end")
}

// stuckIngest does not return from its first news of a client.
type stuckIngest struct {
	broker.Ingest
	until chan struct{}
}

func (in stuckIngest) Connection(sensors.Source, bool) { <-in.until }

func TestShutdownDoesNotWaitForEver(t *testing.T) {
	until := make(chan struct{})
	r := newRig(t, func(o *broker.Options, l *broker.Limits) {
		o.Ingest, l.Shutdown = stuckIngest{o.Ingest, until}, 20*time.Millisecond
	})
	r.connect(t, login{id: "a"})
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	close(until)
	eventually(t, func() bool { return r.Stats().Connections == 0 }, "the connection to end")
}

func TestRunNeedsListen(t *testing.T) {
	b, err := broker.New(broker.Options{Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Run(context.Background()); err == nil {
		t.Error("it ran without a port")
	}
	taken := newRig(t)
	b.Addr = taken.Address().String()
	if err := b.Listen(); err == nil {
		t.Error("it took a port that is in use")
	}
}

// The library prints whole packets, passwords included.
func TestTheLogKeepsSecrets(t *testing.T) {
	var log journal
	r := newRig(t, log.attach)
	w := r.connect(t, login{id: "a", user: "node1", password: "secret", version: 5})
	w.send(packet(0x82, []byte{0, 0, 0}, field("payload-word"), []byte{1})) // SUBSCRIBE without a packet id
	w.closed()
	refused := r.dial(t)
	refused.connect(login{id: "visitor", user: "node1", password: "guess-word"})
	refused.closed()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	text := log.String()
	for _, secret := range []string{"secret", "guess-word", "payload-word"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	for _, told := range []string{"an MQTT client was refused", "client_id=visitor", "error processing packet"} {
		if !strings.Contains(text, told) {
			t.Errorf("%q is not in the log", told)
		}
	}
}

// A connection that came in another way: no socket, and an address that is nobody's.
func TestHandleServesAnyConnection(t *testing.T) {
	r := newRig(t)
	for name, c := range map[string]struct {
		login login
		want  byte
	}{
		"anonymous": {login{id: "a"}, 5},
		"device":    {login{id: "a", user: "node1", password: "secret"}, 0},
	} {
		ours, theirs := net.Pipe()
		served := make(chan struct{})
		go func() { defer close(served); r.Handle(theirs) }()
		w := newWire(t, ours)
		if _, code := w.connect(c.login); code != c.want {
			t.Errorf("%s: code %d, want %d", name, code, c.want)
		}
		if c.want == 0 {
			w.publish(1, 1, reading, "1")
			w.next(packets.Puback)
			_ = ours.Close()
		}
		<-served
	}
}
