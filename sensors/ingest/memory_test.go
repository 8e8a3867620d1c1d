package ingest

import (
	"context"
	"sync"

	"furrow/sensors"
)

// memory is a store whose commits the test controls. It is the Edits too.
type memory struct {
	mu       sync.Mutex
	devices  map[string]sensors.Device
	readings map[[2]int64]float64
	nextID   int64
	fail     func(*sensors.Batch) error
	commits  int
	receipts []sensors.ReceiptKey
	alerts   map[sensors.AlertID]sensors.Alert
	notices  []sensors.Notice
	timed    int // commits of alerts without readings
}

func newMemory() *memory {
	return &memory{devices: map[string]sensors.Device{}, readings: map[[2]int64]float64{}}
}

func (m *memory) id() int64 { m.nextID++; return m.nextID }

func (m *memory) Register(_ context.Context, r *sensors.Registration) error {
	for _, d := range r.Devices {
		d.ID = sensors.DeviceID(m.id())
		m.devices[d.Key] = *d
	}
	for _, s := range r.Sensors {
		s.Sensor.Device, s.Sensor.ID = s.Device.ID, sensors.SensorID(m.id())
	}
	return nil
}

func (m *memory) Commit(_ context.Context, b *sensors.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		if err := m.fail(b); err != nil {
			return err
		}
	}
	m.commits++
	for i := range b.Readings {
		r := &b.Readings[i]
		key := [2]int64{int64(r.Sensor), int64(r.At)}
		_, taken := m.readings[key]
		for ; taken && b.Stamped[i]; _, taken = m.readings[key] {
			r.At++
			key[1]++
		}
		b.Duplicate[i] = taken
		m.readings[key] = r.Value
	}
	m.receipts = append(m.receipts, b.Receipts...)
	m.keepAlerts(b)
	return nil
}

func (m *memory) keepAlerts(b *sensors.Batch) {
	if b == nil {
		return
	}
	for _, e := range b.Alerts {
		if e.Alert.ID == 0 {
			e.Alert.ID = sensors.AlertID(m.id())
		}
		if m.alerts == nil {
			m.alerts = map[sensors.AlertID]sensors.Alert{}
		}
		if m.alerts[e.Alert.ID] = *e.Alert; e.Kind == sensors.EventDropped {
			delete(m.alerts, e.Alert.ID)
		}
	}
	m.notices = append(m.notices, b.Notices...)
}

func (m *memory) CommitAlerts(_ context.Context, b *sensors.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		if err := m.fail(b); err != nil {
			return err
		}
	}
	m.timed++
	m.keepAlerts(b)
	return nil
}

func (m *memory) SaveRule(_ context.Context, r sensors.Rule, b *sensors.Batch) (sensors.Rule, error) {
	if r.ID == 0 {
		r.ID = sensors.RuleID(m.id())
	}
	m.keepAlerts(b)
	return r, nil
}

func (m *memory) DeleteRule(_ context.Context, _ sensors.RuleID, b *sensors.Batch) error {
	m.keepAlerts(b)
	return nil
}

func (m *memory) SaveRecipient(_ context.Context, r sensors.Recipient) (sensors.Recipient, error) {
	if r.ID == 0 {
		r.ID = sensors.RecipientID(m.id())
	}
	return r, nil
}

func (m *memory) DeleteRecipient(context.Context, sensors.RecipientID) error { return nil }

func (m *memory) stored() int { m.mu.Lock(); defer m.mu.Unlock(); return len(m.readings) }

func (m *memory) SaveFarm(context.Context, sensors.Farm) error       { return nil }
func (m *memory) UpdateSensor(context.Context, sensors.Sensor) error { return nil }
func (m *memory) CreateZone(_ context.Context, z sensors.Zone) (sensors.Zone, error) {
	z.ID = sensors.ZoneID(m.id())
	z.Position = int(z.ID)
	return z, nil
}
func (m *memory) UpdateZone(context.Context, sensors.Zone) error       { return nil }
func (m *memory) DeleteZone(context.Context, sensors.ZoneID) error     { return nil }
func (m *memory) OrderZones(context.Context, []sensors.ZoneID) error   { return nil }
func (m *memory) UpdateDevice(context.Context, sensors.Device) error   { return nil }
func (m *memory) DeleteDevice(context.Context, sensors.DeviceID) error { return nil }
func (m *memory) DeleteSimulated(context.Context) error                { return nil }
func (m *memory) SetCredentials(context.Context, sensors.DeviceID, string, []byte) error {
	return nil
}
func (m *memory) CreateDevice(_ context.Context, d sensors.Device, _ []byte) (sensors.Device, error) {
	d.ID = sensors.DeviceID(m.id())
	return d, nil
}
