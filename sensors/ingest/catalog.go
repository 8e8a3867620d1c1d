package ingest

import (
	"strings"

	"furrow/sensors"
	"furrow/sensors/live"
)

// catalog is what the farm knows, in the form that deliveries are matched with.
type catalog struct {
	farm    sensors.Farm
	hasFarm bool
	zones   []sensors.Zone
	devices map[string]*deviceEntry // by key
	byID    map[sensors.DeviceID]*deviceEntry
	waiting int // devices in the inbox
	// recast says that what the rules watch has changed: a device was adopted, moved, removed.
	recast   bool
	clients  map[string]*clientEntry
	receipts map[uint64]*receiptRing // by hash of the client id
	admitted map[string]*allowance   // by source address
}

type deviceEntry struct {
	sensors.Device
	sensors []*sensorEntry
	client  *clientEntry // the connection that speaks for it
	shown   sensors.Milli
	stored  sensors.Milli // last seen, as the database has it
	dirty   bool          // something else than last seen is to be shown
}

type sensorEntry struct {
	sensors.Sensor
	rhythm sensors.Rhythm
	stamp  sensors.Milli // newest arrival stamp given out
	last   sensors.Reading
	stale  bool
}

// find returns the sensor of a metric and channel, nil when the device has none. Devices have few.
func (d *deviceEntry) find(metric sensors.MetricID, channel string) *sensorEntry {
	for _, s := range d.sensors {
		if s.Metric == metric && s.Channel == channel {
			return s
		}
	}
	return nil
}

func (c *catalog) load(start sensors.Start) {
	c.farm, c.hasFarm, c.zones = start.Farm, start.HasFarm, start.Zones
	c.devices, c.byID = map[string]*deviceEntry{}, map[sensors.DeviceID]*deviceEntry{}
	c.clients, c.receipts, c.admitted = map[string]*clientEntry{}, map[uint64]*receiptRing{}, map[string]*allowance{}
	for _, d := range start.Devices {
		d.Online = false // nobody has connected yet
		c.add(&deviceEntry{Device: d, stored: d.LastSeen})
	}
	byID := map[sensors.SensorID]*sensorEntry{}
	for _, s := range start.Sensors {
		if d := c.byID[s.Device]; d != nil {
			entry := &sensorEntry{Sensor: s}
			d.sensors = append(d.sensors, entry)
			byID[s.ID] = entry
		}
	}
	for _, r := range start.Recent {
		if s := byID[r.Sensor]; s != nil {
			s.rhythm.Heard(r.At)
			s.last, s.stamp = r, max(s.stamp, r.At)
			if d := c.byID[s.Device]; d.LastSeen < r.At {
				d.LastSeen = r.At
			}
		}
	}
	for _, key := range start.Receipts {
		c.ring(key.Client).add(key)
	}
}

func (c *catalog) add(d *deviceEntry) {
	c.devices[d.Key], c.byID[d.ID] = d, d
	if d.Status == sensors.DeviceNew {
		c.waiting++
	}
}

func (c *catalog) drop(d *deviceEntry) {
	delete(c.devices, d.Key)
	delete(c.byID, d.ID)
	c.recast = true
	if d.Status == sensors.DeviceNew {
		c.waiting--
	}
	if d.client != nil {
		delete(d.client.speaksFor, d)
	}
}

// setStatus changes a device's status and keeps count of the inbox.
func (c *catalog) setStatus(d *deviceEntry, status sensors.DeviceStatus) {
	c.recast = true
	if d.Status == sensors.DeviceNew {
		c.waiting--
	}
	if d.Status = status; status == sensors.DeviceNew {
		c.waiting++
	}
}

// picture is all there is, for an empty board.
func (in *Ingest) picture(start sensors.Start) live.Change {
	c, w := &in.catalog, &in.watch
	change := live.Change{Zones: c.zones, ZonesChanged: true, Readings: start.Recent, Rules: w.rules, RulesChanged: true,
		Recipients: w.recipients, RecipientsChanged: true, Alerts: append(w.engine.Open(), w.missed()...)}
	if c.hasFarm {
		change.Farm = &c.farm
	}
	for _, d := range start.Devices {
		change.Devices = append(change.Devices, c.byID[d.ID].Device)
	}
	change.Sensors = start.Sensors
	return change
}

// zoneNamed returns the zone of that name, whatever its case.
func (c *catalog) zoneNamed(name string) (sensors.Zone, bool) {
	for _, z := range c.zones {
		if strings.EqualFold(z.Name, name) {
			return z, true
		}
	}
	return sensors.Zone{}, false
}

func (c *catalog) zone(id sensors.ZoneID) (sensors.Zone, bool) {
	for _, z := range c.zones {
		if z.ID == id {
			return z, true
		}
	}
	return sensors.Zone{}, false
}
