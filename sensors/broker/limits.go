package broker

import (
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
)

// Limits on what a client may ask for.
const (
	maxPacket     = 256 << 10 // bytes; mochi's default lets 256 MB be sent before signing in
	maxConnect    = 96 << 10  // bytes of a CONNECT
	maxLevels     = 200       // of a topic; mochi walks them in quadratic time under one lock
	maxTopic      = 1 << 10   // bytes
	maxFilters    = 1_000     // subscriptions of a session
	maxFlows      = 8_192     // QoS 2 publishes of a session that were not released
	maxKeepAlive  = 43_690    // seconds; mochi counts one and a half times this in 16 bits
	keepAlive     = 600       // seconds, for clients that announce none: half-open connections would stay for ever
	keptSession   = 7 * 24 * 3600
	maxWrites     = 256               // messages in mochi's queue for a client, whose memory each client has from the start
	maxQueued     = maxWrites * 3 / 4 // and from how many on who adds to it waits
	receiveWindow = 512               // publishes of one connection that may wait for their commit
)

// limits are those that tests make smaller, since reaching them takes time or memory.
type limits struct {
	connect  time.Duration // for the first packet of a connection
	takeOver time.Duration // for an older connection of the same session to end
	stall    time.Duration // for a client to read what it is sent
	farewell time.Duration // for the last bytes of a connection that ends
	shutdown time.Duration // for all connections to end
	pending  int           // bytes that may wait for a client that does not read
	sessions int           // sessions without a connection that are kept
	retained int           // retained messages
}

func defaultLimits() limits {
	return limits{connect: 10 * time.Second, takeOver: 5 * time.Second, stall: 15 * time.Second, farewell: time.Second,
		shutdown: 1500 * time.Millisecond, pending: 512 << 10, sessions: 5_000, retained: 10_000}
}

func capabilities(clients int) *mqtt.Capabilities {
	c := mqtt.NewDefaultServerCapabilities()
	c.MaximumClients = int64(clients)
	c.MaximumPacketSize = maxPacket
	c.MaximumClientWritesPending = maxWrites
	c.MaximumInflight = 1024
	c.ReceiveMaximum = receiveWindow
	c.TopicAliasMaximum = 0            // with aliases mochi checks access for an empty topic
	c.MaximumMessageExpiryInterval = 0 // by default retained and queued messages vanish after a day
	c.MaximumSessionExpiryInterval = keptSession
	c.Compatibilities.NoInheritedPropertiesOnAck = true // otherwise acknowledgements repeat user properties
	return c
}
