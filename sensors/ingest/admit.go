package ingest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"furrow/sensors"
)

// Limits against strangers who invent devices.
const (
	maxWaiting       = 500 // devices in the inbox
	maxSensors       = 200 // of one device
	newPerMinute     = 120 // devices from one address; a gateway's first message may bring many
	maxAddresses     = 10_000
	maxDeviceKey     = 200 // bytes
	adoptAuto        = "auto"
	adoptNever       = "never"
	refusedForeign   = "this device has credentials of its own, and the message did not come with them"
	refusedPolicy    = "new devices are refused (--adopt never)"
	refusedInboxFull = "the inbox is full; adopt or ignore what waits there"
	refusedTooFast   = "too many new devices from one address; try again in a minute"
	refusedSensors   = "a device may have at most 200 sensors"
	refusedIgnored   = "the device is ignored"
)

// allowance counts the new devices of an address in the minute that began at since.
type allowance struct {
	since time.Time
	used  int
}

// device returns the entry a delivery's key belongs to, making one if the farm's policy allows. The entry of
// a new device joins the catalog only once it is registered; until then it is in the batch. A refusal is a
// sentence.
func (in *Ingest) device(ctx context.Context, d *sensors.Delivery, key string) (*deviceEntry, string) {
	entry := in.catalog.devices[key]
	if entry == nil {
		entry = in.batch.newDevices[key]
	}
	if entry == nil {
		refusal := ""
		if entry, refusal = in.admit(ctx, d, key); entry == nil {
			return nil, refusal
		}
	}
	if d.Adopt && entry.Status == sensors.DeviceNew {
		in.adoptWaiting(ctx, d, entry)
	}
	if entry.Username != "" && d.Source.Device != entry.ID && (d.Source.Device != 0 || d.Source.ClientID != "" && d.Source.Username == "") {
		return nil, refusedForeign
	}
	return entry, ""
}

// admit decides about a device heard for the first time.
func (in *Ingest) admit(ctx context.Context, d *sensors.Delivery, key string) (*deviceEntry, string) {
	adopt := in.Adopt == adoptAuto || d.Adopt || d.Source.Simulated
	switch {
	case len(key) == 0 || len(key) > maxDeviceKey:
		return nil, fmt.Sprintf("a device's name must have 1 to %d bytes", maxDeviceKey)
	case in.Adopt == adoptNever && !adopt:
		return nil, refusedPolicy
	case !adopt && in.catalog.waiting+len(in.batch.newDevices) >= maxWaiting:
		return nil, refusedInboxFull
	case !adopt && d.Source.Address != "" && !in.allowed(d.Source.Address):
		return nil, refusedTooFast
	}
	entry := &deviceEntry{Device: sensors.Device{Key: key, Name: nameFromKey(key), Status: sensors.DeviceNew, Dialect: d.Decoded.Dialect,
		Simulated: d.Source.Simulated, FirstSeen: d.ReceivedAt}}
	if d.Source.Key != "" && d.Source.Key != key {
		entry.Gateway = d.Source.Key
	}
	for _, about := range d.Decoded.Descriptions {
		if about.Device == key {
			entry.describe(about)
		}
	}
	if adopt {
		entry.Status = sensors.DeviceAdopted
		in.place(ctx, entry)
	}
	if in.batch.newDevices == nil {
		in.batch.newDevices = map[string]*deviceEntry{}
	}
	in.batch.newDevices[key] = entry
	in.batch.newOrder = append(in.batch.newOrder, entry)
	return entry, ""
}

// adoptWaiting adopts a device that waits in the inbox.
func (in *Ingest) adoptWaiting(ctx context.Context, d *sensors.Delivery, entry *deviceEntry) {
	for _, about := range d.Decoded.Descriptions {
		if about.Device == entry.Key {
			entry.describe(about)
		}
	}
	in.catalog.setStatus(entry, sensors.DeviceAdopted)
	in.place(ctx, entry)
	entry.dirty = true
	in.batch.touched(entry)
	in.saveDevice(entry)
}

// place puts a device into the zone that its messages name.
func (in *Ingest) place(ctx context.Context, d *deviceEntry) {
	if d.ZoneHint == "" || d.Zone != 0 {
		return
	}
	zone, err := in.zoneFor(ctx, d.ZoneHint, "", d.Simulated)
	if err != nil {
		in.Log.Warn("zone of a new device", "zone", d.ZoneHint, "error", err)
	}
	d.Zone = zone.ID
}

// allowed spends one new device of an address's minute.
func (in *Ingest) allowed(address string) bool {
	now := in.Now()
	a := in.catalog.admitted[address]
	if a == nil || now.Sub(a.since) >= time.Minute {
		if len(in.catalog.admitted) >= maxAddresses {
			clear(in.catalog.admitted)
		}
		a = &allowance{since: now}
		in.catalog.admitted[address] = a
	}
	a.used++
	return a.used <= newPerMinute
}

// describe takes over what a message tells about a device; it reports whether that was new. What the manager
// decided stays.
func (d *deviceEntry) describe(about sensors.Description) bool {
	before := d.Device
	set := func(field *string, value string) {
		if value = sensors.CleanName(value); value != "" {
			*field = value
		}
	}
	if d.Status == sensors.DeviceNew {
		set(&d.Name, about.Name)
	}
	set(&d.Model, about.Model)
	set(&d.ZoneHint, about.Zone)
	if about.Gateway != "" && about.Gateway != d.Key {
		set(&d.Gateway, about.Gateway)
	}
	return d.Device != before
}

// sensor returns the sensor of an observation, making one if there is room.
func (in *Ingest) sensor(d *deviceEntry, o *sensors.Observation) (*sensorEntry, string) {
	if s := d.find(o.Metric, o.Channel); s != nil {
		return s, ""
	}
	if len(d.sensors) >= maxSensors {
		return nil, refusedSensors
	}
	s := &sensorEntry{Sensor: sensors.Sensor{Metric: o.Metric, Channel: sensors.CleanName(o.Channel), CreatedAt: in.Now()}}
	if s.Channel != o.Channel {
		if clean := d.find(o.Metric, s.Channel); clean != nil {
			return clean, ""
		}
	}
	d.sensors = append(d.sensors, s)
	in.batch.newSensors = append(in.batch.newSensors, pending{d, s})
	return s, ""
}

// pending is a sensor that is not registered yet.
type pending struct {
	device *deviceEntry
	sensor *sensorEntry
}

// nameFromKey proposes a name: the last part of the key.
func nameFromKey(key string) string {
	name := key[strings.LastIndexByte(key, '/')+1:]
	if name = sensors.CleanName(name); name == "" {
		return "Device"
	}
	return name
}
