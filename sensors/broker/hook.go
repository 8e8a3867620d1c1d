package broker

import (
	"sync/atomic"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// hook is where mochi asks. Its methods run on the goroutine of the connection that they are about, but
// OnACLCheck, which also runs on that of whoever publishes.
type hook struct {
	mqtt.HookBase
	b        *Broker
	provides [64]bool
	sequence atomic.Int64 // of messages to subscribers
}

func newHook(b *Broker) *hook {
	h := &hook{b: b}
	h.sequence.Store(firstSequence)
	for _, event := range []byte{mqtt.OnConnect, mqtt.OnConnectAuthenticate, mqtt.OnACLCheck, mqtt.OnSessionEstablish,
		mqtt.OnSessionEstablished, mqtt.OnDisconnect, mqtt.OnPacketRead, mqtt.OnPacketEncode, mqtt.OnSubscribed,
		mqtt.OnUnsubscribed, mqtt.OnPublish, mqtt.OnWill, mqtt.OnWillSent, mqtt.OnClientExpired} {
		h.provides[event] = true
	}
	return h
}

var _ mqtt.Hook = (*hook)(nil)

func (h *hook) ID() string { return "furrow" }

func (h *hook) Provides(event byte) bool { return int(event) < len(h.provides) && h.provides[event] }

// OnPacketRead takes publishes out of the stream and mends what else mochi would stumble over. An error ends
// the connection, and lets its last will be sent.
func (h *hook) OnPacketRead(cl *mqtt.Client, pk packets.Packet) (packets.Packet, error) {
	c := connOf(cl)
	if c.ctx.Err() != nil && pk.FixedHeader.Type != packets.Disconnect {
		return pk, packets.ErrRejectPacket // cut meanwhile: what was read ahead comes again
	}
	switch pk.FixedHeader.Type {
	case packets.Connect:
		mendConnect(c, &pk)
	case packets.Publish:
		return nothing(cl), h.b.published(c, &pk)
	case packets.Pubrel:
		h.b.released(c, pk.PacketID)
		return nothing(cl), nil
	case packets.Subscribe:
		mendFilters(cl, c, pk.Filters)
		hideID(c, &pk)
	case packets.Unsubscribe:
		hideID(c, &pk)
	case packets.Pingreq:
		// Should mochi have lost this client from its table after all, it would be pinged for ever and be
		// sent nothing. Cut, it comes back.
		if now, ok := h.b.server.Clients.Get(cl.ID); !ok || now != cl {
			c.end(packets.ErrSessionTakenOver)
			return pk, packets.ErrRejectPacket
		}
	}
	return pk, nil
}

// nothing is what mochi gets in place of a packet that was taken from it: an acknowledgement of packet 0,
// which it ignores.
func nothing(cl *mqtt.Client) packets.Packet {
	return packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Puback}, ProtocolVersion: cl.Properties.ProtocolVersion}
}

// mendFilters blanks filters that are none, which mochi then refuses.
func mendFilters(cl *mqtt.Client, c *guardConn, filters packets.Subscriptions) {
	room := maxFilters - cl.State.Subscriptions.Len()
	for i := range filters {
		if _, have := cl.State.Subscriptions.Get(filters[i].Filter); !have {
			room--
		}
		if room < 0 || !validFilter(filters[i].Filter) {
			filters[i].Filter = ""
		}
		if c.bridge {
			filters[i].NoLocal = true
		}
	}
}

// hideID keeps the packet id of a request to itself until it is answered. Mochi has one table of ids for
// both directions, and would refuse a subscription whose id an unacknowledged message to the client has.
func hideID(c *guardConn, pk *packets.Packet) {
	if pk.PacketID != 0 {
		c.request, pk.PacketID, pk.FixedHeader.Qos = pk.PacketID, 0, 0
	}
}

// OnPacketEncode announces the largest packet, which mochi enforces and does not tell, gives requests their
// ids back, and counts what leaves mochi's queue.
func (h *hook) OnPacketEncode(cl *mqtt.Client, pk packets.Packet) packets.Packet {
	switch pk.FixedHeader.Type {
	case packets.Publish:
		if c := connOf(cl); c != nil {
			c.queued.Add(-1)
		}
	case packets.Connack:
		if cl.Properties.ProtocolVersion == 5 {
			pk.Properties.MaximumPacketSize = maxPacket
		}
	case packets.Suback, packets.Unsuback:
		if c := connOf(cl); c != nil {
			pk.PacketID = c.request
		}
	}
	return pk
}

// OnSubscribed and OnUnsubscribed keep count of who reads.
func (h *hook) OnSubscribed(cl *mqtt.Client, _ packets.Packet, codes []byte) {
	h.b.sessions.note(cl.ID, cl.State.Subscriptions.Len() > 0)
	for _, code := range codes {
		if code <= packets.CodeGrantedQos2.Code {
			connOf(cl).queued.Add(-1) // OnACLCheck saw a filter, and no message
		}
	}
}

func (h *hook) OnUnsubscribed(cl *mqtt.Client, _ packets.Packet) {
	h.b.sessions.note(cl.ID, cl.State.Subscriptions.Len() > 0)
}

// OnACLCheck judges subscriptions and what is sent to subscribers; publishes are judged before mochi.
func (h *hook) OnACLCheck(cl *mqtt.Client, topic string, write bool) bool {
	if cl.Net.Inline {
		return true
	}
	c := connOf(cl)
	if c == nil || write {
		return false
	}
	<-c.ready // until then mochi has answered neither CONNECT nor sent the session's older messages
	if !c.mayRead(topic) {
		return false
	}
	c.pace()
	return true
}

// OnPublish sees only what is fanned out. It numbers messages, so that a queue can be sent in their order;
// mochi knows only the second.
func (h *hook) OnPublish(_ *mqtt.Client, pk packets.Packet) (packets.Packet, error) {
	pk.Created = h.sequence.Add(1)
	return pk, nil
}
