package live

import (
	"furrow/sensors"
)

// How many raw messages are kept: so many for each device, cut to so many bytes each, and for as many
// devices as fit into so many bytes of payload in all.
const (
	keptMessages  = 50
	keptPayload   = 2 << 10
	payloadMemory = 32 << 20
)

// messages keeps the last raw messages of each device; guarded by the board's lock.
type messages struct {
	rings map[sensors.DeviceID]*ring
	bytes int
}

// ring holds the newest messages, next being where the oldest is overwritten once it is full.
type ring struct {
	list []sensors.RawMessage
	next int
}

func newMessages() *messages { return &messages{rings: map[sensors.DeviceID]*ring{}} }

// add keeps a message, cutting its payload. When payloads fill the memory meant for them, only their
// beginnings are kept.
func (m *messages) add(device sensors.DeviceID, message *sensors.RawMessage) {
	r := m.rings[device]
	if r == nil {
		r = &ring{}
		m.rings[device] = r
	}
	limit := keptPayload
	if m.bytes > payloadMemory {
		limit = 64
	}
	n := *message
	if len(n.Payload) > limit {
		n.Payload = n.Payload[:limit:limit]
	}
	if cap(n.Payload) > 2*len(n.Payload)+64 || len(message.Payload) > limit {
		n.Payload = append([]byte(nil), n.Payload...) // let the rest of a large one go
	}
	m.bytes += len(n.Payload)
	if len(r.list) < keptMessages {
		r.list = append(r.list, n)
		return
	}
	m.bytes -= len(r.list[r.next].Payload)
	r.list[r.next] = n
	r.next = (r.next + 1) % keptMessages
}

// of returns a device's messages, newest first.
func (m *messages) of(device sensors.DeviceID) []sensors.RawMessage {
	r := m.rings[device]
	if r == nil {
		return nil
	}
	out := make([]sensors.RawMessage, 0, len(r.list))
	for i := range r.list {
		out = append(out, r.list[(r.next+len(r.list)-1-i)%len(r.list)])
	}
	return out
}

func (m *messages) drop(device sensors.DeviceID) {
	if r := m.rings[device]; r != nil {
		for _, message := range r.list {
			m.bytes -= len(message.Payload)
		}
		delete(m.rings, device)
	}
}
