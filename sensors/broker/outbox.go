package broker

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

var errStalled = errors.New("the client does not read what it is sent")

// chunk is how much has to leave within the stall limit: a slow client is not a stalled one.
const chunk = 32 << 10

// outbox is what a client is sent. Writing never blocks: mochi writes while holding the client's lock, so
// that one subscriber who stops reading would freeze everybody who publishes to it. What the socket does not
// take at once is written by a goroutine that exists only meanwhile.
type outbox struct {
	conn     net.Conn
	limits   *limits
	flushers *sync.WaitGroup
	ctx      context.Context // ends with the connection
	cancel   context.CancelFunc

	mu       sync.Mutex
	direct   direct
	acks     []byte // acknowledgements that wait for sendAcks
	pending  []byte
	flushing bool
	closed   bool
	until    time.Time // when what is pending must have left, once closed
}

// Write sends p or queues it. It fails when the client is too far behind.
func (o *outbox) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.send(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// queueAck keeps an acknowledgement for the next sendAcks; it reports whether it is the first.
func (o *outbox) queueAck(ack []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := len(o.acks) == 0
	o.acks = append(o.acks, ack...)
	return first
}

// sendAcks sends the acknowledgements that wait, in one write.
func (o *outbox) sendAcks() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.acks) == 0 {
		return
	}
	_ = o.send(o.acks) // a client that is gone asks again
	o.acks = o.acks[:0]
}

// send writes what the socket takes and queues the rest. o.mu is held.
func (o *outbox) send(p []byte) error {
	if o.closed {
		return net.ErrClosed
	}
	if !o.flushing {
		n, err := o.direct.write(p)
		if err != nil {
			o.fail()
			return err
		}
		if p = p[n:]; len(p) == 0 {
			return nil
		}
	}
	if len(o.pending)+len(p) > o.limits.pending {
		o.fail()
		return errStalled
	}
	o.pending = append(o.pending, p...)
	if !o.flushing {
		o.flushing = true
		o.flushers.Go(o.flush)
	}
	return nil
}

// flush writes what is pending until nothing is.
func (o *outbox) flush() {
	for {
		o.mu.Lock()
		out := o.pending
		o.pending = nil
		if len(out) == 0 {
			o.flushing = false
			if o.closed {
				_ = o.conn.Close()
			} else {
				_ = o.conn.SetWriteDeadline(time.Time{})
			}
			o.mu.Unlock()
			return
		}
		o.mu.Unlock()
		for len(out) > 0 {
			n, err := o.conn.Write(out[:o.measure(len(out))])
			if out = out[n:]; err != nil {
				o.mu.Lock()
				o.fail()
				o.mu.Unlock()
				break
			}
		}
	}
}

// measure sets the deadline for the next write and returns its length.
func (o *outbox) measure(n int) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	deadline := time.Now().Add(o.limits.stall)
	if o.closed {
		deadline = o.until
	}
	_ = o.conn.SetWriteDeadline(deadline)
	return min(n, chunk)
}

// fail ends the connection at once. o.mu is held.
func (o *outbox) fail() {
	o.closed, o.pending = true, nil
	o.cancel()
	_ = o.conn.Close()
}

// Close ends the connection: nothing more is read, and what is pending has a moment to leave.
func (o *outbox) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil
	}
	o.closed = true
	o.cancel()
	if !o.flushing {
		return o.conn.Close()
	}
	o.until = time.Now().Add(o.limits.farewell)
	_ = o.conn.SetWriteDeadline(o.until)
	return o.conn.SetReadDeadline(time.Unix(1, 0))
}
