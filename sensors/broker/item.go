package broker

import (
	"github.com/mochi-mqtt/server/v2/packets"

	"furrow/sensors"
)

// item is a publish from its arrival until its acknowledgement. It is the delivery and its receipt.
type item struct {
	sensors.Delivery
	conn       *guardConn
	flow       *flow // of QoS 2
	qos        byte
	retain     bool
	refused    byte                // reason code, zero when the publish is allowed
	properties *packets.Properties // of MQTT 5, nil when there are none
}

// Settle learns what became of the readings: on the disk, the publish is passed on and acknowledged with the
// next Flush; not on the disk, it is not, and the link is cut so that the client delivers it again. A reason
// code would make it forget the reading.
func (i *item) Settle(err error) {
	if err == nil {
		i.conn.b.stats.published.Add(1)
		i.conn.b.fan.add(i)
		return
	}
	i.conn.b.stats.failed.Add(1)
	switch i.qos {
	case 1:
		_ = i.conn.Close()
	case 2:
		_ = i.conn.session.flows.fail(i.PacketID, i.flow).Close()
		_ = i.conn.Close()
	}
	i.release()
}

// acknowledge queues the acknowledgement and gives the slot back. It returns the connection that has to send
// it, if it is the first that waits there.
func (i *item) acknowledge() (c *guardConn, first bool) {
	c = i.conn
	kind := packets.Puback
	switch {
	case i.qos == 0:
		return c, false
	case i.qos == 2:
		kind = packets.Pubrec
		if i.refused >= packets.ErrUnspecifiedError.Code && i.isV5() {
			c.session.flows.release(i.PacketID) // the reason code ends the flow
		} else {
			c = c.session.flows.commit(i.flow)
		}
	}
	var ack [5]byte
	first = c.queueAck(appendAck(ack[:0], kind, i.PacketID, i.refused, i.isV5()))
	i.release()
	return c, first
}

func (i *item) isV5() bool { return i.conn.version() == 5 }

func (i *item) release() {
	if i.qos > 0 {
		<-i.conn.slots
	}
}

// appendAck encodes an acknowledgement. Before MQTT 5 there are no reason codes.
func appendAck(b []byte, kind byte, id uint16, reason byte, v5 bool) []byte {
	if reason == 0 || !v5 {
		return append(b, kind<<4, 2, byte(id>>8), byte(id))
	}
	return append(b, kind<<4, 3, byte(id>>8), byte(id), reason)
}
