package ingest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
)

// newest is what a memory of stored readings says about each sensor.
func (m *memory) newest() map[sensors.SensorID]sensors.Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[sensors.SensorID]sensors.Reading{}
	for key, value := range m.readings {
		id, at := sensors.SensorID(key[0]), sensors.Milli(key[1])
		if r, ok := all[id]; !ok || at > r.At {
			all[id] = sensors.Reading{Sensor: id, At: at, Value: value}
		}
	}
	return all
}

// checkBoard compares the board with what is stored.
func checkBoard(t *testing.T, r *room) {
	t.Helper()
	newest := r.store.newest()
	for _, s := range r.Board.Sensors() {
		want, ok := newest[s.ID]
		if delete(newest, s.ID); s.Has != ok || ok && (s.Last.At != want.At || s.Last.Value != want.Value) {
			t.Errorf("sensor %s shows %v (%v), stored is %v (%v)", s.ID, s.Last, s.Has, want, ok)
		}
	}
	for id := range newest {
		t.Errorf("sensor %s is stored and not on the board", id)
	}
}

func TestTheBoardShowsTheNewestThatIsStored(t *testing.T) {
	for seed := range uint64(12) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 3))
			every := time.Duration(random.IntN(2)) * time.Second
			store := newMemory()
			r := open(t, "ask", store, sensors.Start{}, func(o *Options) { o.CommitEvery = every })
			defer r.stop()
			faults(random, store)
			for range 400 {
				time.Sleep(time.Duration(random.IntN(700)) * time.Millisecond)
				for range 1 + random.IntN(5) {
					m := message(fmt.Sprint("d", random.IntN(12)), []sensors.MetricID{"temperature", "humidity"}[random.IntN(2)], random.Float64())
					if random.IntN(3) == 0 { // some tell the time, mostly late
						m.Decoded.Observations[0].At = m.ReceivedAt - sensors.Milli(random.IntN(100_000))
					}
					if err := r.Submit(context.Background(), m); err != nil {
						t.Fatal(err)
					}
				}
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
			store.fail = nil
			checkBoard(t, r)
		})
	}
}

// faults makes the store fail now and then.
func faults(random *rand.Rand, store *memory) {
	_, _ = random, store
}

// inOrder checks that one sender's deliveries are settled in the order in which it sent them.
type inOrder struct {
	t      *testing.T
	sender int
	mu     *sync.Mutex
	last   []int
	number int
}

func (o inOrder) Settle(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil || o.last[o.sender] != o.number-1 {
		o.t.Errorf("sender %d: %d is settled after %d: %v", o.sender, o.number, o.last[o.sender], err)
	}
	o.last[o.sender] = o.number
}

func TestManySendersReadersAndEditsAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	store := newMemory()
	in := fresh(store)
	ended := make(chan error, 1)
	go func() { ended <- in.Run(ctx) }()
	const senders, each = 8, 500
	var mu sync.Mutex
	last := make([]int, senders)
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			in.Connection(message(fmt.Sprint("d", s), "temperature", 0).Source, true)
			for i := range each {
				m := message(fmt.Sprint("d", s), "temperature", float64(i))
				m.Receipt = inOrder{t, s, &mu, last, i + 1}
				if err := in.Submit(ctx, m); err != nil {
					t.Error(err)
				}
			}
			in.Connection(message(fmt.Sprint("d", s), "temperature", 0).Source, false)
		})
	}
	all.Go(func() {
		for i := range 50 {
			if _, err := in.CreateZone(ctx, sensors.Zone{Name: fmt.Sprint("Field ", i), Kind: "field"}); err != nil {
				t.Error(err)
			}
			if _, err := in.Post(ctx, []sensors.Posted{{Device: "posted", Metric: "humidity", Value: 1, At: sensors.Milli(1e12 + i)}}); err != nil {
				t.Error(err)
			}
			_ = in.Health()
		}
	})
	all.Go(func() {
		for cursor := uint64(0); ctx.Err() == nil && len(in.Board.Zones()) < 50; {
			changed := in.Board.Changed()
			d := in.Board.Since(cursor)
			for _, device := range d.Devices {
				_ = in.Board.Messages(device.ID)
			}
			if cursor = d.Version; len(in.Board.Zones()) < 50 {
				<-changed
			}
		}
	})
	all.Wait()
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got, want := store.stored(), senders*each+50; got != want {
		t.Errorf("stored %d readings, want %d", got, want)
	}
	if got, want := in.Board.Counts().Readings, uint64(senders*each+50); got != want {
		t.Errorf("counted %d readings, want %d", got, want)
	}
	for _, d := range in.Board.Devices() {
		if d.Online && d.Key != "posted" {
			t.Errorf("%s is online though its client went", d.Key)
		}
	}
}

// fresh is an ingest that nobody runs yet.
func fresh(store *memory, start ...sensors.Start) *Ingest {
	start = append(start, sensors.Start{})
	return New(Options{Store: store, Edits: store, Board: live.New(1), Log: quiet, Adopt: "ask", Now: time.Now,
		Secret: func() (string, []byte, error) { return "secret", []byte("hash"), nil }}, start[0])
}
