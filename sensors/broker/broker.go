package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"

	"furrow/sensors"
	"furrow/sensors/payload"
)

// Ingest takes what clients publish.
type Ingest interface {
	// Submit queues a delivery; an error means that it was not taken and will not be settled.
	Submit(ctx context.Context, d *sensors.Delivery) error
	// Connection notes that a client came or went.
	Connection(source sensors.Source, online bool)
}

// Access decides who may come in.
type Access interface {
	// Claimed reports whether the farm has an owner; before, only this machine may connect.
	Claimed() bool
	// Authenticate returns what a client with these credentials may do, or an error that wraps
	// sensors.ErrForbidden.
	Authenticate(ctx context.Context, username, password string) (Grant, error)
}

// Grant is what a client that gave credentials may do: publish as a device, or, for a program, subscribe to
// everything and publish commands.
type Grant struct {
	Device    sensors.DeviceID
	Key       string
	Subscribe bool
	Command   bool
	// Drill is for Furrow's own client, which tries the way of a reading.
	Drill bool
}

// Options are what a broker stands on. Ingest, Access, Decode, Log and Now are needed.
type Options struct {
	Addr   string // "127.0.0.1:1883", ":0"
	Ingest Ingest
	Access Access
	Decode func(payload.Message) sensors.Decoded
	Log    *slog.Logger
	Now    func() time.Time
	// Limits; zero takes the default.
	MaxConnections int // 20,000
	MaxPerAddress  int // 1,000, but for this machine's own
}

// Broker is an MQTT 3.1, 3.1.1 and 5 broker. Make it with New, then Listen, then Run.
type Broker struct {
	Options
	limits   limits
	server   *mqtt.Server
	listener *listener
	sessions *sessions
	fan      *fan
	stats    stats
	told     atomic.Int64 // the second in which a refused client was last logged
}

// New returns a broker that does not listen yet.
func New(o Options) (*Broker, error) {
	if o.MaxConnections == 0 {
		o.MaxConnections = 20_000
	}
	if o.MaxPerAddress == 0 {
		o.MaxPerAddress = 1_000
	}
	b := &Broker{Options: o, limits: defaultLimits()}
	b.server = mqtt.New(&mqtt.Options{
		Logger:                  slog.New(quietHandler{o.Log.Handler()}),
		InlineClient:            true,
		SysTopicResendInterval:  60,   // mochi measures its memory and retains 20 messages each time, by default every second
		ClientNetReadBufferSize: 2048, // each client has it
		Capabilities:            capabilities(o.MaxConnections),
	})
	b.sessions = newSessions(b)
	b.fan = newFan(b)
	b.listener = newListener(b)
	if err := b.server.AddHook(newHook(b), nil); err != nil {
		return nil, err
	}
	return b, nil
}

// Listen takes the port.
func (b *Broker) Listen() error {
	l, err := net.Listen("tcp", b.Addr)
	if err != nil {
		return err
	}
	b.listener.net = l
	return nil
}

// Address returns where Listen listens.
func (b *Broker) Address() net.Addr { return b.listener.net.Addr() }

// Run serves until ctx ends. Then it takes no more connections, ends the ones there are, and returns when
// they are gone or have taken too long.
func (b *Broker) Run(ctx context.Context) error {
	if b.listener.net == nil {
		return errors.New("the broker does not listen")
	}
	if err := b.server.AddListener(b.listener); err != nil {
		return err
	}
	stop := make(chan struct{})
	go b.fan.run(stop)
	err := b.server.Serve()
	if err != nil {
		err = fmt.Errorf("serving MQTT: %w", err)
	} else {
		<-ctx.Done()
	}
	b.close()
	close(stop)
	<-b.fan.ended
	return err
}

// close ends all connections and then mochi, which by itself would wait for ever for connections that never
// sent a packet, and may lock itself up there.
func (b *Broker) close() {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		b.listener.stop()
		b.listener.running.Wait()
		_ = b.server.Close() // never fails
	}()
	select {
	case <-closed:
	case <-time.After(b.limits.shutdown):
		b.Log.Warn("MQTT clients were slow to end")
	}
}

// Handle serves a connection that came in another way, such as a WebSocket, and returns when it ends.
func (b *Broker) Handle(conn net.Conn) { b.listener.handle(conn) }

// Send publishes a command: QoS 1, never retained.
func (b *Broker) Send(_ context.Context, topic string, payload []byte) error {
	return b.server.Publish(topic, payload, false, 1)
}

// Flush passes on and acknowledges the deliveries that were settled since the last call, those of one client
// in one write. Ingest calls it after each batch. It waits when the fan is several batches behind.
func (b *Broker) Flush() { b.fan.flush() }

// decode reads a message. A payload that upsets the decoder is one that cannot be read, and no reason to cut
// the link, or it would come again for ever.
func (b *Broker) decode(m payload.Message) (d sensors.Decoded) {
	defer func() {
		if p := recover(); p != nil {
			b.stats.panics.Add(1)
			b.Log.Error("a message made the decoder panic", "topic", m.Topic, "panic", p)
			d = sensors.Decoded{Problem: "Reading this message failed; this is a fault of Furrow."}
		}
	}()
	return b.Decode(m)
}
