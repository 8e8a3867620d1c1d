package live

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"furrow/sensors"
)

// SensorState is a sensor with its newest reading.
type SensorState struct {
	sensors.Sensor
	Zone    sensors.ZoneID  // of its device
	Last    sensors.Reading // meaningful when Has
	Has     bool
	Stale   bool          // silent for longer than its own rhythm explains
	Every   time.Duration // its rhythm, zero while unknown
	Version uint64        // at which any of this last changed
	shared  bool          // its device has another sensor of its metric
}

// Label returns the name people see, short where the device has no other sensor of the metric.
func (s SensorState) Label() string {
	if s.shared {
		return s.Sensor.Label()
	}
	return s.LabelAlone()
}

// Counts are what happened since the start.
type Counts struct{ Readings, Duplicates, Refused, Unread, Batches uint64 }

// Board holds what is true now.
type Board struct {
	mu      sync.RWMutex
	version uint64
	first   uint64        // versions before this one say nothing
	changed chan struct{} // closed at the next Apply

	farm        sensors.Farm
	hasFarm     bool
	farmVersion uint64
	zones       []sensors.Zone
	zoneVersion uint64
	devices     map[sensors.DeviceID]*deviceSlot
	sensors     map[sensors.SensorID]*SensorState
	byDevice    map[sensors.DeviceID][]sensors.SensorID
	recent      []touch // which slots changed, in the order of versions
	gone        []departure
	alerts      alerts
	counts      Counts
	messages    *messages
}

type deviceSlot struct {
	sensors.Device
	version uint64
}

// touch notes that one thing changed; exactly one of the ids is set.
type touch struct {
	version uint64
	sensor  sensors.SensorID
	device  sensors.DeviceID
}

// departure is a thing that is no more.
type departure struct {
	version uint64
	sensor  sensors.SensorID
	device  sensors.DeviceID
}

// How much of the past a cursor may ask for before it is told to take everything.
const (
	keptTouches    = 1 << 16
	keptDepartures = 1 << 12
)

// New returns an empty board whose versions begin after version. Give it the time in microseconds, so that
// cursors from before a restart are older than everything.
func New(version uint64) *Board {
	return &Board{version: version, first: version, farmVersion: version, zoneVersion: version, changed: make(chan struct{}),
		devices: map[sensors.DeviceID]*deviceSlot{}, sensors: map[sensors.SensorID]*SensorState{},
		byDevice: map[sensors.DeviceID][]sensors.SensorID{}, messages: newMessages()}
}

// Farm returns the farm, false before it was set up.
func (b *Board) Farm() (sensors.Farm, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.farm, b.hasFarm
}

// Zones returns all zones in the manager's order.
func (b *Board) Zones() []sensors.Zone {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.Clone(b.zones)
}

// Devices returns all devices in the order in which they came.
func (b *Board) Devices() []sensors.Device {
	b.mu.RLock()
	defer b.mu.RUnlock()
	all := make([]sensors.Device, 0, len(b.devices))
	for _, id := range slices.Sorted(maps.Keys(b.devices)) {
		all = append(all, b.devices[id].Device)
	}
	return all
}

// Device returns one device.
func (b *Board) Device(id sensors.DeviceID) (sensors.Device, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if d, ok := b.devices[id]; ok {
		return d.Device, true
	}
	return sensors.Device{}, false
}

// Sensor returns one sensor.
func (b *Board) Sensor(id sensors.SensorID) (SensorState, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if s, ok := b.sensors[id]; ok {
		return *s, true
	}
	return SensorState{}, false
}

// Sensors returns all sensors by zone, device and metric.
func (b *Board) Sensors() []SensorState { return b.pick(func(*SensorState) bool { return true }) }

// SensorsIn returns the sensors of a zone's devices, by device and metric.
func (b *Board) SensorsIn(zone sensors.ZoneID) []SensorState {
	return b.pick(func(s *SensorState) bool { return s.Zone == zone })
}

// SensorsOf returns the sensors of a device by position, metric and channel.
func (b *Board) SensorsOf(device sensors.DeviceID) []SensorState {
	b.mu.RLock()
	all := make([]SensorState, 0, len(b.byDevice[device]))
	for _, id := range b.byDevice[device] {
		all = append(all, *b.sensors[id])
	}
	b.mu.RUnlock()
	b.sort(all)
	return all
}

func (b *Board) pick(want func(*SensorState) bool) []SensorState {
	b.mu.RLock()
	var all []SensorState
	for _, s := range b.sensors {
		if want(s) {
			all = append(all, *s)
		}
	}
	b.mu.RUnlock()
	b.sort(all)
	return all
}

func (b *Board) sort(all []SensorState) {
	b.mu.RLock()
	place := make(map[sensors.ZoneID]int, len(b.zones))
	for i, z := range b.zones {
		place[z.ID] = i + 1
	}
	b.mu.RUnlock()
	slices.SortFunc(all, func(x, y SensorState) int {
		return cmp.Or(cmp.Compare(place[x.Zone], place[y.Zone]), cmp.Compare(x.Device, y.Device), cmp.Compare(x.Position, y.Position),
			cmp.Compare(x.Metric.Rank(), y.Metric.Rank()), cmp.Compare(x.Channel, y.Channel), cmp.Compare(x.ID, y.ID))
	})
}

// Messages returns the last raw messages of a device, newest first.
func (b *Board) Messages(device sensors.DeviceID) []sensors.RawMessage {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.messages.of(device)
}

// Unread returns the last messages that no device could be found for, newest first, and how many messages
// could not be read since the start.
func (b *Board) Unread() ([]sensors.RawMessage, uint64) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.messages.of(0), b.counts.Unread
}

// Counts returns what happened since the start.
func (b *Board) Counts() Counts {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.counts
}
