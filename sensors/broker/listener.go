package broker

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

const listenerID = "mqtt"

// listener accepts connections for mochi. Its own listeners give up for ever at the first error of Accept,
// wait without limit for a CONNECT, and let one malformed packet end the process.
type listener struct {
	b       *Broker
	net     net.Listener
	running sync.WaitGroup // the accept loop, and each connection until its last byte

	mu         sync.Mutex
	stopping   chan struct{} // closed by stop
	stopped    bool
	conns      map[*guardConn]struct{}
	perAddress map[netip.Addr]int
}

func newListener(b *Broker) *listener {
	return &listener{b: b, stopping: make(chan struct{}), conns: map[*guardConn]struct{}{}, perAddress: map[netip.Addr]int{}}
}

var _ listeners.Listener = (*listener)(nil)

func (l *listener) Init(*slog.Logger) error { return nil }
func (l *listener) ID() string              { return listenerID }
func (l *listener) Address() string         { return l.net.Addr().String() }
func (l *listener) Protocol() string        { return "tcp" }

// Serve accepts until the listener is stopped. Running out of file descriptors is a reason to wait, not to
// stop.
func (l *listener) Serve(listeners.EstablishFn) {
	l.mu.Lock()
	if l.stopped {
		l.mu.Unlock()
		return
	}
	l.running.Add(1)
	l.mu.Unlock()
	defer l.running.Done()
	wait := time.Duration(0)
	for {
		conn, err := l.net.Accept()
		if err == nil {
			wait = 0
			go l.handle(conn)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		wait = min(max(2*wait, 10*time.Millisecond), time.Second)
		l.b.Log.Warn("accepting MQTT connections", "error", err, "again_in", wait)
		select {
		case <-l.stopping:
			return
		case <-time.After(wait):
		}
	}
}

// Close lets mochi end what it thinks is left of its clients.
func (l *listener) Close(closeClients listeners.CloseFn) {
	l.stop()
	closeClients(listenerID)
}

// stop closes the port and every connection, also those that never sent a packet.
func (l *listener) stop() {
	l.mu.Lock()
	if l.stopped {
		l.mu.Unlock()
		return
	}
	l.stopped = true
	close(l.stopping)
	conns := make([]*guardConn, 0, len(l.conns))
	for c := range l.conns {
		conns = append(conns, c)
	}
	l.mu.Unlock()
	_ = l.net.Close()
	for _, c := range conns {
		c.end(packets.ErrServerShuttingDown)
	}
}

// handle serves one connection to its end.
func (l *listener) handle(conn net.Conn) {
	c, ok := l.admit(conn)
	if !ok {
		l.b.stats.refused.Add(1)
		_ = conn.Close()
		return
	}
	defer l.leave(c)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Minute, Interval: 20 * time.Second, Count: 3})
	}
	if !c.greet() {
		return
	}
	defer func() {
		p := recover()
		if p != nil {
			l.b.stats.panics.Add(1)
			l.b.Log.Error("an MQTT packet made the library panic; its connection is cut", "address", c.source.Address,
				"panic", p, "stack", string(debug.Stack()))
		}
		l.b.finish(c, p != nil)
	}()
	_ = l.b.server.EstablishConnection(listenerID, c) // how a connection ended is in mochi's debug log
}

// admit counts the connection, unless there are too many.
func (l *listener) admit(conn net.Conn) (*guardConn, bool) {
	address := hostOf(conn.RemoteAddr())
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped || len(l.conns) >= l.b.MaxConnections || !address.IsLoopback() && l.perAddress[address] >= l.b.MaxPerAddress {
		return nil, false
	}
	c := newGuardConn(conn, l.b, address)
	l.conns[c] = struct{}{}
	l.perAddress[address]++
	l.running.Add(1)
	l.b.stats.connections.Add(1)
	return c, true
}

func (l *listener) leave(c *guardConn) {
	_ = c.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
	if l.perAddress[c.ip]--; l.perAddress[c.ip] <= 0 {
		delete(l.perAddress, c.ip)
	}
	l.b.stats.connections.Add(-1)
	close(c.ended)
	l.running.Done()
}

// hostOf returns the address of the other side without its port; a connection that has none is nobody's.
func hostOf(addr net.Addr) netip.Addr {
	if addr == nil {
		return netip.Addr{}
	}
	if ap, err := netip.ParseAddrPort(addr.String()); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
