package broker

import (
	"strings"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"furrow/sensors"
	"furrow/sensors/payload"
)

// settling is how long after its CONNECT a client is thought to repeat retained messages rather than to
// publish new ones.
const settling = 5 * time.Second

// Why a publish is refused; the sentences stand beside the raw message.
const (
	refusedTopic   = "The topic is longer than 1,024 bytes or deeper than 200 levels."
	refusedCommand = "Commands need an API token with the scope control."
	refusedSystem  = "Topics that begin with $ are reserved."
)

// published takes a publish in: judged, decoded, and handed to ingest. An error ends the connection.
func (b *Broker) published(c *guardConn, pk *packets.Packet) error {
	if code := pk.PublishValidate(0); code != packets.CodeSuccess {
		c.end(code)
		return packets.ErrRejectPacket
	}
	i := &item{conn: c, qos: pk.FixedHeader.Qos}
	switch i.qos {
	case 1:
		if !c.slot() {
			return packets.ErrRejectPacket
		}
	case 2:
		current, fresh, committed, full := c.session.flows.begin(pk.PacketID, c)
		if full {
			c.end(packets.ErrReceiveMaximum)
			return packets.ErrRejectPacket
		}
		if !fresh {
			if committed {
				c.answer(packets.Pubrec, pk.PacketID, 0)
			}
			return nil
		}
		i.flow = current
		if !c.slot() {
			c.session.flows.fail(pk.PacketID, current)
			return packets.ErrRejectPacket
		}
	}
	b.read(i, pk)
	if err := b.Ingest.Submit(c.ctx, &i.Delivery); err != nil {
		i.Settle(err)
	}
	return nil
}

// slot waits for room in the window: a client that ignores it is slowed down, not cut. It returns false when
// the connection ends.
func (c *guardConn) slot() bool {
	select {
	case c.slots <- struct{}{}:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// read makes the delivery. A publish that is refused goes the same way with nothing but the reason, so that
// acknowledgements keep their order, and the manager can see it.
func (b *Broker) read(i *item, pk *packets.Packet) {
	c, now := i.conn, b.Now()
	i.Source, i.Topic, i.Payload, i.ReceivedAt = c.source, pk.TopicName, pk.Payload, sensors.MilliOf(now)
	i.PacketID, i.Dup, i.Receipt = pk.PacketID, pk.FixedHeader.Dup, i
	if code, why := c.judge(pk.TopicName); why != "" {
		b.stats.dropped.Add(1)
		i.refused, i.Decoded.Problem = code.Code, why
		i.Topic = strings.ToValidUTF8(i.Topic[:min(len(i.Topic), maxTopic)], "")
		return
	}
	i.Decoded = b.decode(payload.Message{Topic: i.Topic, Payload: i.Payload, Source: c.source, At: now})
	if i.Decoded.Problem != "" {
		b.stats.unreadable.Add(1)
	}
	if pk.FixedHeader.Retain {
		i.Retained = c.bridge || now.Sub(c.connected) < settling
		i.retain = len(i.Decoded.Observations) == 0 && b.mayRetain(c, i.Topic)
	}
	if pk.ProtocolVersion == 5 {
		i.properties = passedOn(&pk.Properties)
	}
}

// passedOn returns what subscribers are told of a publish's properties, nil when it has none.
func passedOn(p *packets.Properties) *packets.Properties {
	if p.MessageExpiryInterval == 0 && !p.PayloadFormatFlag && p.ContentType == "" && p.ResponseTopic == "" &&
		len(p.CorrelationData) == 0 && len(p.User) == 0 {
		return nil
	}
	kept := *p
	return &kept
}

// released answers PUBREL. An unknown packet id is answered too: its publish was settled before a restart.
func (b *Broker) released(c *guardConn, id uint16) {
	reason := byte(0)
	if !c.session.flows.release(id) {
		reason = packets.ErrPacketIdentifierNotFound.Code
	}
	c.answer(packets.Pubcomp, id, reason)
}

// answer sends an acknowledgement at once, behind those that wait.
func (c *guardConn) answer(kind byte, id uint16, reason byte) {
	var ack [5]byte
	c.queueAck(appendAck(ack[:0], kind, id, reason, c.version() == 5))
	c.sendAcks()
}

// version returns the MQTT version of a client that was let in: 3, 4 for 3.1.1, or 5.
func (c *guardConn) version() byte { return c.client.Load().Properties.ProtocolVersion }
