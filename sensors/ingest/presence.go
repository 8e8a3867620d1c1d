package ingest

import (
	"context"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
)

// connection is a client that came or went.
type connection struct {
	source sensors.Source
	online bool
}

// clientEntry is a connected client and the devices it speaks for: itself, or those behind a gateway.
type clientEntry struct{ speaksFor map[*deviceEntry]struct{} }

// How often a device's last sign of life is written down, and shown.
const (
	storeSeenEvery = sensors.Milli(60_000)
	showSeenEvery  = sensors.Milli(2_000)
)

// Connection notes that a client came or went, in order with its deliveries. It waits while the queue is
// full.
func (in *Ingest) Connection(source sensors.Source, online bool) {
	_ = in.submit(context.Background(), job{client: &connection{source, online}}) // shutting down, nobody asks
}

// planConnection takes the devices of a client that went offline, and brings the device back whose
// credentials a client came with.
func (in *Ingest) planConnection(c *connection) {
	if c.online {
		if d := in.catalog.byID[c.source.Device]; d != nil {
			in.speaks(d, c.source.ClientID)
			in.setOnline(d, true)
		}
		return
	}
	client := in.catalog.clients[c.source.ClientID]
	if client == nil {
		return
	}
	for d := range client.speaksFor {
		d.client = nil
		in.setOnline(d, false)
	}
	delete(in.catalog.clients, c.source.ClientID)
}

// speaks notes that a client speaks for a device.
func (in *Ingest) speaks(d *deviceEntry, clientID string) {
	client := in.catalog.clients[clientID]
	if client == nil {
		client = &clientEntry{speaksFor: map[*deviceEntry]struct{}{}}
		in.catalog.clients[clientID] = client
	}
	if d.client == client {
		return
	}
	if d.client != nil {
		delete(d.client.speaksFor, d)
	}
	d.client = client
	client.speaksFor[d] = struct{}{}
}

// heard notes a sign of life of a device; it says why its readings are not wanted, "" when they are.
func (in *Ingest) heard(d *deviceEntry, delivery *sensors.Delivery) string {
	if delivery.Payload != nil || len(delivery.Decoded.Observations) > 0 && delivery.ReceivedAt > 0 {
		d.LastSeen = max(d.LastSeen, delivery.ReceivedAt)
		if dialect := delivery.Decoded.Dialect; dialect != "" && d.Dialect != dialect {
			d.Dialect, d.dirty = dialect, true
		}
		if delivery.Source.ClientID != "" && !delivery.Source.Simulated {
			in.speaks(d, delivery.Source.ClientID)
		}
		in.setOnline(d, true)
	}
	switch d.Status {
	case sensors.DeviceIgnored:
		return refusedIgnored
	case sensors.DeviceRemoved:
		in.catalog.setStatus(d, sensors.DeviceNew)
		d.dirty = true
		in.batch.touched(d)
		in.saveDevice(d)
	}
	return ""
}

// setOnline notes whether a device is there. A change is stored with the batch; other signs of life once in
// a while.
func (in *Ingest) setOnline(d *deviceEntry, online bool) {
	if d.Online != online || !d.OnlineSure {
		d.Online, d.OnlineSure, d.dirty = online, true, true
	} else if d.LastSeen-d.stored < storeSeenEvery {
		if d.LastSeen-d.shown >= showSeenEvery {
			in.batch.touched(d)
		}
		return
	}
	in.batch.touched(d)
	if d.ID != 0 {
		d.stored = d.LastSeen
		in.batch.store.Seen = append(in.batch.store.Seen, sensors.Seen{Device: d.ID, At: d.LastSeen, Online: d.Online})
	}
}

// planPresence takes over what a delivery says about devices besides values.
func (in *Ingest) planPresence(d *sensors.Delivery) {
	for _, about := range d.Decoded.Descriptions {
		if entry := in.catalog.devices[about.Device]; entry != nil && entry.describe(about) {
			in.catalog.recast = true // it may have another gateway
			in.batch.touched(entry)
			entry.dirty = true
			in.saveDevice(entry)
		}
	}
	for _, p := range d.Decoded.Presences {
		entry := in.catalog.devices[p.Device]
		if entry == nil {
			continue // a status alone makes no device
		}
		if entry.Username != "" && d.Source.Device != entry.ID && d.Source.Username == "" {
			continue
		}
		if p.Online {
			entry.LastSeen = max(entry.LastSeen, d.ReceivedAt)
		}
		in.setOnline(entry, p.Online)
	}
}

// saveDevice stores a device that describes itself anew. It is not worth losing readings for, so an error
// is only logged.
func (in *Ingest) saveDevice(d *deviceEntry) {
	if d.ID == 0 {
		return
	}
	if err := in.Edits.UpdateDevice(context.Background(), d.Device); err != nil {
		in.Log.Warn("device's description", "device", d.ID.String(), "error", err)
	}
}

// keepMessage keeps the raw message for the pages of the devices it is from, or for nobody's.
func (in *Ingest) keepMessage(d *sensors.Delivery) {
	if d.Payload == nil && d.Decoded.Problem == "" {
		return
	}
	message := sensors.RawMessage{At: d.ReceivedAt, Topic: d.Topic, Payload: d.Payload, Size: len(d.Payload),
		Dialect: d.Decoded.Dialect, Read: d.Decoded.Observations, Problem: d.Decoded.Problem}
	const most = 8
	var owners [most]sensors.DeviceID
	n := 0
	own := func(key string) {
		entry := in.catalog.devices[key]
		if entry == nil || n == most {
			return
		}
		for _, id := range owners[:n] {
			if id == entry.ID {
				return
			}
		}
		owners[n] = entry.ID
		n++
		in.batch.change.Messages = append(in.batch.change.Messages, live.Heard{Device: entry.ID, Message: message})
	}
	last := ""
	for i := range d.Decoded.Observations {
		if key := d.Decoded.Observations[i].Device; key != last {
			own(key)
			last = key
		}
	}
	for i := range d.Decoded.Presences {
		own(d.Decoded.Presences[i].Device)
	}
	for i := range d.Decoded.Descriptions {
		own(d.Decoded.Descriptions[i].Device)
	}
	if n == 0 && d.Decoded.Problem != "" {
		if d.Source.Key != "" {
			own(d.Source.Key)
		}
		if n == 0 {
			in.batch.change.Messages = append(in.batch.change.Messages, live.Heard{Message: message})
		}
	}
}

// touched notes that a device is to be shown anew with this batch.
func (b *batch) touched(d *deviceEntry) { b.seen = append(b.seen, d) }

// showDevices adds the batch's devices to its change, each once.
func (in *Ingest) showDevices() {
	b := &in.batch
	for _, d := range b.newOrder {
		b.touched(d)
	}
	for _, d := range b.seen {
		if d.ID == 0 || !d.dirty && d.shown == d.LastSeen {
			continue
		}
		d.shown, d.dirty = d.LastSeen, false
		b.change.Devices = append(b.change.Devices, d.Device)
	}
}

// tick looks at what time has changed: sensors that have fallen silent, rhythms that are known better.
func (in *Ingest) tick() {
	now := in.Now()
	in.ticks++
	change := live.Change{Stale: map[sensors.SensorID]bool{}}
	learn := in.ticks%30 == 1
	if learn {
		change.Every = map[sensors.SensorID]time.Duration{}
	}
	for _, d := range in.catalog.byID {
		for _, s := range d.sensors {
			if learn {
				change.Every[s.ID] = s.rhythm.Every()
			}
			if !s.stale && s.rhythm.Stale(now) {
				s.stale = true
				change.Stale[s.ID] = true
			}
		}
	}
	if len(change.Stale) > 0 || learn {
		in.Board.Apply(change)
	}
}
