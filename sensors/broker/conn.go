package broker

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"furrow/sensors"
)

// guardConn is a client's connection as mochi sees it. The outbox embedded in it is what the client is sent.
type guardConn struct {
	net.Conn
	outbox
	b        *Broker
	ip       netip.Addr
	head     []byte       // of the stream, read by greet and not yet by mochi
	deadline atomic.Int64 // of reading, Unix seconds
	ended    chan struct{}
	ready    chan struct{}               // closed when CONNACK and the session's old messages are on their way
	client   atomic.Pointer[mqtt.Client] // once it was let in
	queued   atomic.Int32                // messages in mochi's queue for the client, about

	// What follows belongs to the reader's goroutine; others see it once client is set.
	source    sensors.Source
	grant     Grant
	signedIn  bool
	bridge    bool // another broker, which keeps messages that it got itself out
	connected time.Time
	session   *session
	slots     chan struct{} // one for each publish that waits for its commit
	request   uint16        // packet id of the SUBSCRIBE or UNSUBSCRIBE at work
	announced bool          // ingest knows that the client is there
	farewell  bool          // mochi has noted the end of the connection
	expired   bool          // and with it of the session
}

func newGuardConn(conn net.Conn, b *Broker, ip netip.Addr) *guardConn {
	c := &guardConn{Conn: conn, b: b, ip: ip, ended: make(chan struct{}), ready: make(chan struct{})}
	c.outbox.conn, c.outbox.limits, c.outbox.flushers = conn, &b.limits, &b.listener.running
	c.outbox.direct = newDirect(conn)
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.source.Address = ip.String()
	return c
}

func connOf(cl *mqtt.Client) *guardConn {
	c, _ := cl.Net.Conn.(*guardConn)
	return c
}

// greet waits for the beginning of a CONNECT of bearable size. Mochi would wait for ever, and take memory
// for a client and for the largest packet before it looked.
func (c *guardConn) greet() bool {
	_ = c.SetDeadline(time.Now().Add(c.b.limits.connect))
	head := make([]byte, 0, 256)
	for reads := 0; reads < cap(head); reads++ {
		n, err := c.Conn.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		if known, ok := connectHeader(head); known {
			c.head = head
			return ok
		}
		if err != nil {
			return false
		}
	}
	return false
}

// connectHeader looks at the fixed header of a connection's first packet: whether it is all there, and
// whether it may be a CONNECT.
func connectHeader(b []byte) (known, ok bool) {
	if len(b) > 0 && b[0] != packets.Connect<<4 {
		return true, false
	}
	length := 0
	for i := 1; i < len(b) && i <= 4; i++ {
		length |= int(b[i]&0x7f) << (7 * (i - 1))
		if b[i] < 0x80 {
			return true, length <= maxConnect
		}
	}
	return len(b) > 4, false
}

// Read returns what greet has read, and then what comes.
func (c *guardConn) Read(p []byte) (int, error) {
	if len(c.head) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.head)
	if c.head = c.head[n:]; len(c.head) == 0 {
		c.head = nil
	}
	return n, nil
}

// SetDeadline sets the read deadline, at most once a second; mochi asks with each packet, and writes have
// their own.
func (c *guardConn) SetDeadline(t time.Time) error {
	at := t.Unix()
	if c.deadline.Swap(at) == at || c.ctx.Err() != nil {
		return nil
	}
	return c.Conn.SetReadDeadline(t)
}

// Write sends p or queues it; it never waits for the client.
func (c *guardConn) Write(p []byte) (int, error) { return c.outbox.Write(p) }

// Close ends the connection.
func (c *guardConn) Close() error { return c.outbox.Close() }

// end closes the connection. A client of MQTT 5 is told why, one of an older version has no word for it.
// Mochi's own way to stop a client may lose its last will.
func (c *guardConn) end(code packets.Code) {
	if cl := c.client.Load(); cl != nil && cl.Properties.ProtocolVersion == 5 {
		_ = cl.WritePacket(packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Disconnect}, ReasonCode: code.Code})
	}
	_ = c.Close()
}

// establish marks that the session is the client's, so that messages for it may follow.
func (c *guardConn) establish() {
	select {
	case <-c.ready:
	default:
		close(c.ready)
	}
}

// pace counts a message to the client and waits while mochi's queue for it is nearly full. Mochi would drop
// what it does not hold, also of QoS 1. The queue is emptied into the outbox, which waits for nobody; when it
// seems to stand still, mochi refused messages without a word, and counting begins anew.
func (c *guardConn) pace() {
	if c.ctx.Err() != nil || c.queued.Add(1) < maxQueued {
		return
	}
	for still := 0; still < 20; still++ {
		before := c.queued.Load()
		if before < maxQueued/2 {
			return
		}
		select {
		case <-c.ctx.Done():
			return
		case <-time.After(time.Millisecond):
		}
		if c.queued.Load() < before {
			still = 0
		}
	}
	c.queued.Store(0)
}
