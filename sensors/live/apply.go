package live

import (
	"slices"
	"time"

	"furrow/sensors"
)

// Change is what one batch or edit changed. What is empty stays as it was.
type Change struct {
	Farm         *sensors.Farm
	Zones        []sensors.Zone // all of them, in the manager's order, when ZonesChanged
	ZonesChanged bool
	Devices      []sensors.Device
	GoneDevices  []sensors.DeviceID // their sensors go with them
	Sensors      []sensors.Sensor
	GoneSensors  []sensors.SensorID
	Readings     []sensors.Reading // stored ones, in the order in which they came
	Stale        map[sensors.SensorID]bool
	Every        map[sensors.SensorID]time.Duration
	Messages     []Heard
	// Rules and Recipients are all of them, when they changed.
	Rules             []sensors.Rule
	RulesChanged      bool
	Recipients        []sensors.Recipient
	RecipientsChanged bool
	Alerts            []sensors.Alert // as they are now
	GoneAlerts        []sensors.AlertID
	Counts            Counts // to be added
}

// Heard is a raw message and whose it is; device zero is nobody's.
type Heard struct {
	Device  sensors.DeviceID
	Message sensors.RawMessage
}

// Apply makes a change visible, all of it at once. Ingest's goroutine only.
func (b *Board) Apply(c Change) {
	b.mu.Lock()
	b.version++
	if c.Farm != nil {
		b.farm, b.hasFarm, b.farmVersion = *c.Farm, true, b.version
	}
	if c.ZonesChanged {
		b.zones, b.zoneVersion = slices.Clone(c.Zones), b.version
	}
	b.applyDevices(&c)
	b.applySensors(&c)
	b.applyReadings(c.Readings)
	b.alerts.apply(&c, b.version)
	for id, stale := range c.Stale {
		if s := b.sensors[id]; s != nil && s.Stale != stale {
			s.Stale = stale
			b.touchSensor(s)
		}
	}
	for id, every := range c.Every {
		if s := b.sensors[id]; s != nil {
			s.Every = every
		}
	}
	for i := range c.Messages {
		b.messages.add(c.Messages[i].Device, &c.Messages[i].Message)
	}
	b.counts.Readings += c.Counts.Readings
	b.counts.Duplicates += c.Counts.Duplicates
	b.counts.Refused += c.Counts.Refused
	b.counts.Unread += c.Counts.Unread
	b.counts.Batches += c.Counts.Batches
	b.trim()
	woken := b.changed
	b.changed = make(chan struct{})
	b.mu.Unlock()
	close(woken)
}

func (b *Board) applyDevices(c *Change) {
	for _, d := range c.Devices {
		slot := b.devices[d.ID]
		if slot == nil {
			slot = &deviceSlot{}
			b.devices[d.ID] = slot
		}
		moved := slot.Zone != d.Zone
		slot.Device, slot.version = d, b.version
		b.recent = append(b.recent, touch{version: b.version, device: d.ID})
		if moved {
			for _, id := range b.byDevice[d.ID] {
				b.sensors[id].Zone = d.Zone
				b.touchSensor(b.sensors[id])
			}
		}
	}
	for _, id := range c.GoneDevices {
		for _, sensor := range slices.Clone(b.byDevice[id]) {
			b.dropSensor(sensor)
		}
		delete(b.devices, id)
		delete(b.byDevice, id)
		b.messages.drop(id)
		b.gone = append(b.gone, departure{version: b.version, device: id})
	}
}

func (b *Board) applySensors(c *Change) {
	for _, n := range c.Sensors {
		s := b.sensors[n.ID]
		if s == nil {
			s = &SensorState{}
			b.sensors[n.ID] = s
			b.byDevice[n.Device] = append(b.byDevice[n.Device], n.ID)
		}
		s.Sensor = n
		if d := b.devices[n.Device]; d != nil {
			s.Zone = d.Zone
		}
		b.touchSensor(s)
		b.noteShared(s.Device, s.Metric)
	}
	for _, id := range c.GoneSensors {
		b.dropSensor(id)
	}
}

// applyReadings takes over readings that are newer than what is shown; late ones are history only.
func (b *Board) applyReadings(readings []sensors.Reading) {
	for i := range readings {
		r := &readings[i]
		s := b.sensors[r.Sensor]
		if s == nil || s.Has && r.At < s.Last.At {
			continue
		}
		s.Last, s.Has = *r, true
		if s.Version != b.version {
			b.touchSensor(s)
		}
	}
}

func (b *Board) touchSensor(s *SensorState) {
	if s.Version != b.version {
		b.recent = append(b.recent, touch{version: b.version, sensor: s.ID})
	}
	s.Version = b.version
}

func (b *Board) dropSensor(id sensors.SensorID) {
	s := b.sensors[id]
	if s == nil {
		return
	}
	b.byDevice[s.Device] = slices.DeleteFunc(b.byDevice[s.Device], func(other sensors.SensorID) bool { return other == id })
	delete(b.sensors, id)
	b.alerts.drop(id, b.version)
	b.noteShared(s.Device, s.Metric)
	b.gone = append(b.gone, departure{version: b.version, sensor: id})
}

// noteShared looks again at which of a device's sensors of one metric need their channels to be told apart.
func (b *Board) noteShared(device sensors.DeviceID, metric sensors.MetricID) {
	n := 0
	for _, id := range b.byDevice[device] {
		if b.sensors[id].Metric == metric {
			n++
		}
	}
	for _, id := range b.byDevice[device] {
		if s := b.sensors[id]; s.Metric == metric && s.shared != (n > 1) {
			s.shared = n > 1
			b.touchSensor(s)
		}
	}
}

// trim forgets the oldest changes; cursors from before them take everything.
func (b *Board) trim() {
	if n := len(b.recent) - keptTouches; n > keptTouches/4 {
		b.first = max(b.first, b.recent[n-1].version)
		b.recent = slices.Delete(b.recent, 0, n)
	}
	if n := len(b.gone) - keptDepartures; n > keptDepartures/4 {
		b.first = max(b.first, b.gone[n-1].version)
		b.gone = slices.Delete(b.gone, 0, n)
	}
}
