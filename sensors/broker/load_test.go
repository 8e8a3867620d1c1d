package broker_test

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load is a cheap generator of QoS 1 publishes: packets are encoded once, everything a connection may send
// goes out in one write, and one goroutine a connection reads the acknowledgements.
type load struct {
	clients, window int
	topics          int           // devices behind each client
	rate            int           // messages a second of all clients together; zero sends as fast as the windows allow
	warmUp, measure time.Duration // what is acknowledged during warmUp does not count
}

// result is what a load measured.
type result struct {
	acked    int
	perSec   float64
	p50, p99 time.Duration
	cpu      float64 // seconds of the broker per million messages
}

const loadPayload = `{"temperature":21.53,"humidity":55.25,"mac":"a4cf12b3d5e6"}` // 60 bytes with a digit that changes

// run drives the broker at addr; cpu returns the CPU time that the broker has used.
func (l load) run(t testing.TB, addr string, cpu func() time.Duration) result {
	t.Helper()
	clients := make([]*loadClient, l.clients)
	var ready sync.WaitGroup
	for n := range clients {
		clients[n] = newLoadClient(t, l, addr, n)
	}
	var measuring, stopped atomic.Bool
	for _, c := range clients {
		ready.Go(func() { c.drive(&measuring, &stopped) })
	}
	time.Sleep(l.warmUp)
	measuring.Store(true)
	begun, used := time.Now(), cpu()
	time.Sleep(l.measure)
	measuring.Store(false)
	took, used := time.Since(begun), cpu()-used
	stopped.Store(true)
	for _, c := range clients {
		_ = c.conn.SetReadDeadline(time.Now().Add(3 * time.Second))
	}
	ready.Wait()
	var r result
	var failed error
	var waits []time.Duration
	for _, c := range clients {
		_ = c.conn.Close()
		r.acked += len(c.waits)
		waits = append(waits, c.waits...)
		failed = cmp.Or(failed, c.err)
	}
	if failed != nil {
		t.Error(failed)
	}
	slices.Sort(waits)
	if len(waits) == 0 {
		t.Fatal("nothing was acknowledged")
	}
	r.perSec = float64(r.acked) / took.Seconds()
	r.p50, r.p99 = waits[len(waits)/2], waits[len(waits)*99/100]
	r.cpu = used.Seconds() / float64(r.acked) * 1e6
	return r
}

type loadClient struct {
	load
	number  int
	conn    net.Conn
	packets [][]byte // one for each topic
	next    int
	id      uint16
	out     []byte
	sent    []time.Duration // by packet id, since begun
	begun   time.Time
	waits   []time.Duration
	err     error
}

func newLoadClient(t testing.TB, l load, addr string, number int) *loadClient {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c := &loadClient{load: l, number: number, conn: conn, begun: time.Now(), sent: make([]time.Duration, 1<<16)}
	for topic := range max(l.topics, 1) {
		name := fmt.Sprintf("farm/bench/c%04d-%03d", number, topic)
		c.packets = append(c.packets, publishPacket(1, false, 1, name, loadPayload))
	}
	if _, err := conn.Write(connectPacket(fmt.Sprintf("load-%d", number))); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *loadClient) drive(measuring, stopped *atomic.Bool) {
	in := make([]byte, 4096)
	have, waiting := 0, 0
	if c.rate > 0 {
		go c.pace(stopped)
	} else {
		waiting = c.window
		c.send(c.window)
	}
	for c.rate > 0 && !stopped.Load() || waiting > 0 {
		n, err := c.conn.Read(in[have:])
		if err != nil {
			if !stopped.Load() {
				c.err = err
			}
			return
		}
		have += n
		at, acked := time.Since(c.begun), 0
		for ; have-acked*4 >= 4; acked++ {
			id := binary.BigEndian.Uint16(in[acked*4+2:])
			if measuring.Load() {
				c.waits = append(c.waits, at-c.sent[id])
			}
		}
		have = copy(in, in[acked*4:have])
		switch {
		case c.rate > 0:
		case stopped.Load():
			waiting -= acked
		default:
			c.send(acked)
		}
	}
}

// pace publishes at the client's share of the rate, spread evenly over all clients.
func (c *loadClient) pace(stopped *atomic.Bool) {
	every := time.Second * time.Duration(c.clients) / time.Duration(c.rate)
	next := time.Now().Add(every * time.Duration(c.number) / time.Duration(c.clients))
	for !stopped.Load() {
		time.Sleep(time.Until(next))
		next = next.Add(every)
		c.send(1)
	}
}

// send writes n publishes at once.
func (c *loadClient) send(n int) {
	c.out = c.out[:0]
	at := time.Since(c.begun)
	for range n {
		packet := c.packets[c.next%len(c.packets)]
		c.next++
		if c.id++; c.id == 0 {
			c.id = 1
		}
		c.sent[c.id] = at
		binary.BigEndian.PutUint16(packet[len(packet)-len(loadPayload)-2:], c.id)
		packet[len(packet)-len(loadPayload)+18] = '0' + byte(c.id%10)
		c.out = append(c.out, packet...)
	}
	_, _ = c.conn.Write(c.out) // a broken link is seen when reading
}
