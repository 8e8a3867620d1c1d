package broker

import (
	"net"
	"time"
)

// What tests see of the inside.
var (
	ValidFilter  = validFilter
	CommandTopic = commandTopic
)

// Limits are the limits that tests make smaller; zero leaves one as it is.
type Limits struct {
	Connect, Stall, Shutdown    time.Duration
	Pending, Sessions, Retained int
}

// SetLimits must be called before Run.
func (b *Broker) SetLimits(l Limits) {
	set(&b.limits.connect, l.Connect)
	set(&b.limits.stall, l.Stall)
	set(&b.limits.shutdown, l.Shutdown)
	set(&b.limits.pending, l.Pending)
	set(&b.limits.sessions, l.Sessions)
	set(&b.limits.retained, l.Retained)
}

func set[T time.Duration | int](limit *T, value T) {
	if value != 0 {
		*limit = value
	}
}

// Kept returns how many sessions there are, and how many of them read.
func (b *Broker) Kept() (sessions, readers int) {
	b.sessions.mu.Lock()
	defer b.sessions.mu.Unlock()
	return len(b.sessions.byID), int(b.sessions.readers.Load())
}

// WrapListener puts something between Accept and the network; it must be called between Listen and Run.
func (b *Broker) WrapListener(wrap func(net.Listener) net.Listener) {
	b.listener.net = wrap(b.listener.net)
}
