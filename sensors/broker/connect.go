package broker

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"furrow/sensors"
	"furrow/sensors/payload"
)

// emptyWill stands in for an empty will, which mochi refuses.
var emptyWill = []byte("\x00furrow: empty will")

// bridgeBit in the protocol version is how mosquitto says that it is a bridge.
const bridgeBit = 0x80

// mendConnect lets in small clients that send an empty password or will, and other brokers.
func mendConnect(c *guardConn, pk *packets.Packet) {
	if pk.Connect.PasswordFlag && len(pk.Connect.Password) == 0 {
		pk.Connect.PasswordFlag = false
	}
	if pk.Connect.WillFlag && len(pk.Connect.WillPayload) == 0 {
		pk.Connect.WillPayload = emptyWill
	}
	if pk.ProtocolVersion&bridgeBit != 0 {
		pk.ProtocolVersion &^= bridgeBit
		c.bridge = true
	}
}

// OnConnect lets a client in or answers why not.
func (h *hook) OnConnect(cl *mqtt.Client, pk packets.Packet) error {
	c := connOf(cl)
	cl.Properties.Props.ReceiveMaximum = 0 // mochi's send quota leaks until nothing is delivered any more
	cl.State.Inflight.ResetSendQuota(0)
	if cl.State.Keepalive == 0 {
		cl.State.Keepalive, cl.State.ServerKeepalive = keepAlive, true
	}
	if cl.State.Keepalive > maxKeepAlive {
		cl.State.Keepalive, cl.State.ServerKeepalive = maxKeepAlive, true
	}
	if code := h.b.admit(c, cl.ID, string(pk.Connect.Username), string(pk.Connect.Password)); code != packets.CodeSuccess {
		h.b.turnAway(cl, c, code)
		return code
	}
	if c.signedIn { // its sessions are nobody else's, whatever client id they give
		cl.ID = "u:" + string(pk.Connect.Username) + "/" + cl.ID
	} else {
		cl.ID = "a:" + cl.ID
	}
	c.connected = h.b.Now()
	c.slots = make(chan struct{}, receiveWindow)
	if will := &cl.Properties.Will; will.Flag == 1 { // mochi never checks wills
		if !validTopic(will.TopicName) || !c.mayPublish(will.TopicName) {
			*will = mqtt.Will{}
		}
		will.Retain = will.Retain && h.b.mayRetain(c, will.TopicName)
	}
	c.client.Store(cl)
	return nil
}

// turnAway answers a CONNECT that is refused, in the words of the client's version.
func (b *Broker) turnAway(cl *mqtt.Client, c *guardConn, code packets.Code) {
	b.stats.refused.Add(1)
	if second := b.Now().Unix(); b.told.Swap(second) != second {
		b.Log.Info("an MQTT client was refused", "address", c.source.Address, "client_id", c.source.ClientID, "why", code.Reason)
	}
	if cl.Properties.ProtocolVersion < 5 {
		switch code {
		case packets.ErrBadUsernameOrPassword:
			code = packets.Code{Code: 4}
		case packets.ErrNotAuthorized:
			code = packets.Code{Code: 5}
		default:
			code = packets.Code{Code: 3}
		}
	}
	_ = b.server.SendConnack(cl, code, false, nil) // the link ends anyway
}

// OnConnectAuthenticate repeats what OnConnect decided, which could tell the reason.
func (h *hook) OnConnectAuthenticate(cl *mqtt.Client, _ packets.Packet) bool {
	return connOf(cl).client.Load() == cl
}

// admit decides whether a client may come in, and as whom.
func (b *Broker) admit(c *guardConn, clientID, username, password string) packets.Code {
	local := c.ip.IsLoopback()
	c.source.ClientID = clientID
	if !b.Access.Claimed() && !local {
		return packets.ErrNotAuthorized
	}
	if password == "" && username == "" {
		return anonymous(local || private(c.ip))
	}
	ctx, cancel := context.WithTimeout(c.ctx, 5*time.Second)
	defer cancel()
	grant, err := b.Access.Authenticate(ctx, username, password)
	switch {
	case err == nil:
		c.grant, c.signedIn = grant, true
		c.source.Username, c.source.Device, c.source.Key, c.source.Drill = username, grant.Device, grant.Key, grant.Drill
		return packets.CodeSuccess
	case !errors.Is(err, sensors.ErrForbidden):
		b.Log.Warn("checking MQTT credentials", "error", err)
		return packets.ErrServerUnavailable
	case password == "":
		// A device that gives a user name by habit, as many do, is no worse than one that gives none. It has
		// proved nothing, so the name counts for nothing.
		return anonymous(local || private(c.ip))
	}
	return packets.ErrBadUsernameOrPassword
}

func anonymous(near bool) packets.Code {
	if near {
		return packets.CodeSuccess
	}
	return packets.ErrNotAuthorized
}

// firstSequence leaves numbers below it for the messages of a resumed session.
const firstSequence = 1 << 16

// OnSessionEstablish waits until the session's older connection is over. Mochi does not, and its end may
// then take the new client from the table, or send the last will after the new client's first words. It also
// numbers the messages that wait for the client, since mochi sends them in the order of 16 bits.
func (h *hook) OnSessionEstablish(cl *mqtt.Client, pk packets.Packet) {
	c := connOf(cl)
	s, older := h.b.sessions.take(c, cl.ID)
	c.session = s
	if older != nil {
		older.end(packets.ErrSessionTakenOver)
		select {
		case <-older.ended:
		case <-time.After(h.b.limits.takeOver):
			h.b.Log.Warn("an MQTT client's older connection is slow to end", "client_id", c.source.ClientID)
		}
	}
	old, ok := h.b.server.Clients.Get(cl.ID)
	if !ok || pk.Connect.Clean {
		s.flows.clear()
	}
	if !ok {
		h.b.sessions.note(cl.ID, false)
		return
	}
	if pk.Connect.Clean {
		return
	}
	queue := old.State.Inflight.GetAll(false)
	slices.SortStableFunc(queue, func(a, b packets.Packet) int { return cmp.Compare(a.Created, b.Created) })
	for n, m := range queue {
		old.State.Inflight.Delete(m.PacketID)
		m.Created = int64(n)
		cl.State.Inflight.Set(m)
	}
}

// OnSessionEstablished opens the session for messages and tells ingest.
func (h *hook) OnSessionEstablished(cl *mqtt.Client, _ packets.Packet) {
	c := connOf(cl)
	c.queued.Store(0)
	c.establish()
	c.announced = true
	h.b.Ingest.Connection(c.source, true)
}

// OnDisconnect notes the end that mochi sees; what follows from it is done when mochi is through with the
// connection.
func (h *hook) OnDisconnect(cl *mqtt.Client, _ error, expire bool) {
	c := connOf(cl)
	c.farewell, c.expired = true, expire
}

// OnClientExpired drops what mochi leaves behind of an expired session.
func (h *hook) OnClientExpired(cl *mqtt.Client) {
	h.b.discard(cl)
	h.b.sessions.expire(cl.ID)
}

// OnWill gives an empty will back its emptiness.
func (h *hook) OnWill(_ *mqtt.Client, will mqtt.Will) (mqtt.Will, error) {
	if bytes.Equal(will.Payload, emptyWill) {
		will.Payload = []byte{}
	}
	return will, nil
}

// OnWillSent lets ingest read a last will as the message it is; mochi passes it to subscribers only.
func (h *hook) OnWillSent(cl *mqtt.Client, pk packets.Packet) {
	c := connOf(cl)
	now := h.b.Now()
	d := &sensors.Delivery{Source: c.source, Topic: pk.TopicName, Payload: pk.Payload, ReceivedAt: sensors.MilliOf(now)}
	d.Decoded = h.b.decode(payload.Message{Topic: d.Topic, Payload: d.Payload, Source: d.Source, At: now})
	_ = h.b.Ingest.Submit(context.Background(), d) // shutting down, nobody waits for it
}
