package broker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/sensors/broker"
	"furrow/sensors/payload"
)

// patience is how long a test waits for what must come; it is only ever spent by a test that fails.
const patience = 10 * time.Second

// rig is a running broker with an ingest and an access list of the test's own.
type rig struct {
	*broker.Broker
	ingest *fakeIngest
	access *fakeAccess
	stop   func() error // ends Run and returns its error
}

// Three who may sign in.
var grants = map[string]broker.Grant{
	"node1:secret":  {Device: 1, Key: "house/node1"},
	"reader:secret": {Subscribe: true},
	"app:secret":    {Subscribe: true, Command: true},
}

type fakeAccess struct {
	mu        sync.Mutex
	unclaimed bool
	err       error
}

func (a *fakeAccess) Claimed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.unclaimed
}

func (a *fakeAccess) Authenticate(_ context.Context, username, password string) (broker.Grant, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if grant, ok := grants[username+":"+password]; ok {
		return grant, nil
	}
	return broker.Grant{}, errors.Join(a.err, map[bool]error{true: sensors.ErrForbidden}[a.err == nil])
}

// newRig starts a broker on a port of its own. Deliveries are settled at once unless the test holds them.
func newRig(t testing.TB, set ...func(*broker.Options, *broker.Limits)) *rig {
	t.Helper()
	r := &rig{ingest: &fakeIngest{queue: make(chan *sensors.Delivery, 1<<14), done: make(chan struct{})}, access: &fakeAccess{}}
	options := broker.Options{Addr: "127.0.0.1:0", Ingest: r.ingest, Access: r.access, Decode: payload.New().Decode,
		Log: slog.New(slog.DiscardHandler), Now: time.Now}
	var limits broker.Limits
	for _, f := range set {
		f(&options, &limits)
	}
	b, err := broker.New(options)
	if err != nil {
		t.Fatal(err)
	}
	b.SetLimits(limits)
	if err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	b.WrapListener(func(l net.Listener) net.Listener { return &flaky{Listener: l} })
	r.Broker, r.ingest.flush = b, b.Flush
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go r.ingest.run()
	go func() { ran <- b.Run(ctx) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		err := <-ran
		close(r.ingest.queue)
		<-r.ingest.done
		return err
	})
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("the broker ended with %v", err)
		}
	})
	return r
}

// flaky is a listener in a process that has run out of file descriptors, for the first few times.
type flaky struct {
	net.Listener
	calls int
}

func (l *flaky) Accept() (net.Conn, error) {
	if l.calls++; l.calls <= 2 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

// fakeIngest settles deliveries on a goroutine of its own, in order.
type fakeIngest struct {
	flush func()
	queue chan *sensors.Delivery
	done  chan struct{}

	mu        sync.Mutex
	err       error // what deliveries are settled with
	holding   bool
	held      []*sensors.Delivery
	all       []*sensors.Delivery
	presences []string
}

func (in *fakeIngest) Submit(_ context.Context, d *sensors.Delivery) error {
	in.mu.Lock()
	in.all = append(in.all, d)
	in.mu.Unlock()
	in.queue <- d
	return nil
}

func (in *fakeIngest) Connection(source sensors.Source, online bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.presences = append(in.presences, fmt.Sprintf("%s %t", source.ClientID, online))
}

func (in *fakeIngest) run() {
	defer close(in.done)
	for d := range in.queue {
		in.mu.Lock()
		holding, err := in.holding, in.err
		if holding {
			in.held = append(in.held, d)
		}
		in.mu.Unlock()
		if !holding {
			settle(d, err)
			in.flush()
		}
	}
}

func settle(d *sensors.Delivery, err error) {
	if d.Receipt != nil {
		d.Receipt.Settle(err)
	}
}

// hold keeps deliveries back until release.
func (in *fakeIngest) hold() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.holding = true
}

// fail settles what comes with an error.
func (in *fakeIngest) fail(err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.err = err
}

// release settles the first n held deliveries, as one batch.
func (in *fakeIngest) release(t testing.TB, n int, err error) {
	t.Helper()
	in.await(t, n)
	in.mu.Lock()
	batch := in.held[:n]
	in.held = slices.Clone(in.held[n:])
	in.mu.Unlock()
	for _, d := range batch {
		settle(d, err)
	}
	in.flush()
}

// await waits until n deliveries are held.
func (in *fakeIngest) await(t testing.TB, n int) {
	t.Helper()
	eventually(t, func() bool {
		in.mu.Lock()
		defer in.mu.Unlock()
		return len(in.held) >= n
	}, "deliveries to be held")
}

// deliveries returns what came on a topic.
func (in *fakeIngest) deliveries(topic string) []*sensors.Delivery {
	in.mu.Lock()
	defer in.mu.Unlock()
	var on []*sensors.Delivery
	for _, d := range in.all {
		if d.Topic == topic {
			on = append(on, d)
		}
	}
	return on
}

func (in *fakeIngest) presence() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.presences)
}

// eventually polls for something that other goroutines do.
func eventually(t testing.TB, condition func() bool, what string) {
	t.Helper()
	for end := time.Now().Add(patience); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func breakDecoder(o *broker.Options, _ *broker.Limits) {
	o.Decode = func(payload.Message) sensors.Decoded { panic("a fault in a dialect") }
}

func refuseSubmit(o *broker.Options, _ *broker.Limits) { o.Ingest = closingIngest{o.Ingest} }

// closingIngest takes nothing.
type closingIngest struct{ broker.Ingest }

func (closingIngest) Submit(context.Context, *sensors.Delivery) error { return errClosing }
