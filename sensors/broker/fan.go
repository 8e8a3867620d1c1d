package broker

import (
	"sync"
	"sync/atomic"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// fan passes committed publishes on to MQTT subscribers and acknowledges them after that, in order, on a
// goroutine of its own: while it works, ingest is at the next batch.
type fan struct {
	b       *Broker
	batches chan []*item
	behind  atomic.Int32 // batches that run has not done
	ended   chan struct{}

	mu      sync.Mutex
	settled []*item // since the last flush
	spare   []*item

	turn sync.Mutex   // held by whoever works; guards what follows
	twin *mqtt.Client // stands in for whoever published
	owed []*guardConn // with acknowledgements to send
}

const (
	fanQueue = 4  // batches that may wait for the fan
	smallFan = 64 // publishes that are acknowledged in less time than another goroutine takes to begin
)

func newFan(b *Broker) *fan {
	return &fan{b: b, batches: make(chan []*item, fanQueue), ended: make(chan struct{}), twin: b.server.NewClient(nil, listenerID, "", true)}
}

// add notes a settled item for the next flush.
func (f *fan) add(i *item) {
	f.mu.Lock()
	f.settled = append(f.settled, i)
	f.mu.Unlock()
}

// flush hands over what was settled since the last time. A few acknowledgements that nothing comes before
// are sent at once, which also leaves their clients the time to be in the next batch.
func (f *fan) flush() {
	f.mu.Lock()
	batch := f.settled
	f.settled, f.spare = f.spare, nil
	f.mu.Unlock()
	if len(batch) == 0 {
		return
	}
	if len(batch) <= smallFan && f.behind.Load() == 0 && f.b.sessions.readers.Load() == 0 {
		f.work(batch)
		return
	}
	f.behind.Add(1)
	select {
	case f.batches <- batch:
	case <-f.ended:
	}
}

// run works until stop is closed, and then what is left.
func (f *fan) run(stop <-chan struct{}) {
	defer close(f.ended)
	for {
		select {
		case batch := <-f.batches:
			f.work(batch)
			f.behind.Add(-1)
		case <-stop:
			for {
				select {
				case batch := <-f.batches:
					f.work(batch)
				default:
					return
				}
			}
		}
	}
}

func (f *fan) work(batch []*item) {
	f.turn.Lock()
	defer f.turn.Unlock()
	for _, i := range batch {
		if i.refused == 0 && !i.Source.Drill && (i.retain || f.b.sessions.readers.Load() > 0) {
			f.publish(i)
		}
		if c, first := i.acknowledge(); first {
			f.owed = append(f.owed, c)
		}
	}
	for _, c := range f.owed {
		c.sendAcks()
	}
	clear(f.owed)
	f.owed = f.owed[:0]
	clear(batch)
	f.mu.Lock()
	f.spare = batch[:0]
	f.mu.Unlock()
}

// publish hands a packet to mochi as if its client had sent it, which keeps retained messages, "no local"
// and shared subscriptions mochi's business.
func (f *fan) publish(i *item) {
	defer func() {
		if p := recover(); p != nil {
			f.b.stats.panics.Add(1)
			f.b.Log.Error("fanning out a message", "topic", i.Topic, "panic", p)
		}
	}()
	f.twin.ID, f.twin.Properties.ProtocolVersion = i.conn.session.id, i.conn.version()
	pk := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Publish, Qos: i.qos, Retain: i.retain}, TopicName: i.Topic,
		Payload: i.Payload, PacketID: i.PacketID}
	if i.properties != nil {
		pk.Properties = *i.properties
	}
	if err := f.b.server.InjectPacket(f.twin, pk); err != nil {
		f.b.Log.Debug("fanning out a message", "topic", i.Topic, "error", err)
	}
}
