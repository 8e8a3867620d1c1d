package api

import (
	"encoding/json"
	"math"
	"strconv"
	"sync"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/notify"
)

// The messages of the stream; type and seq stand before their members.
type (
	snapshotMessage struct {
		Zones   []zone   `json:"zones"`
		Devices []device `json:"devices"`
		Sensors []sensor `json:"sensors"`
		// Alerts are open, the gravest first and then the newest.
		Alerts []notify.AlertFields `json:"alerts"`
	}
	readingMessage struct {
		Sensor  string  `json:"sensor_id"`
		Device  string  `json:"device_id"`
		Zone    *string `json:"zone_id" nullable:"true"`
		Metric  string  `json:"metric"`
		Unit    string  `json:"unit"`
		Name    string  `json:"name"`
		At      string  `json:"at" format:"date-time"`
		Value   float64 `json:"value"`
		Quality string  `json:"quality" enum:"good,suspect"`
		Stale   bool    `json:"stale"`
	}
	deviceMessage struct {
		Device device `json:"device"`
	}
	alertMessage struct {
		Alert notify.AlertFields `json:"alert"`
	}
)

// frame is a message without its seq, which each stream counts for itself. The body begins behind the brace.
type frame struct {
	kind string
	body []byte
}

// numbered returns the message with its seq.
func (f frame) numbered(seq uint64) []byte {
	b := make([]byte, 0, len(f.body)+64)
	b = append(append(append(b, `{"type":"`...), f.kind...), `","seq":`...)
	b = strconv.AppendUint(b, seq, 10)
	return append(append(b, ','), f.body...)
}

// frames holds messages that are made once for all streams.
type frames struct {
	mu       sync.Mutex
	version  uint64 // of the board that snapshot shows, zero for none
	snapshot frame
	readings map[sensors.SensorID]madeReading
	devices  map[sensors.DeviceID]madeDevice
	alerts   map[sensors.AlertID]madeAlert
}

type madeReading struct {
	version uint64 // of the sensor
	frame
}

type madeDevice struct {
	device sensors.Device
	frame
}

type madeAlert struct {
	alert sensors.Alert
	frame
}

// keptAlerts is how many alerts' messages are kept, for those who follow closely.
const keptAlerts = 1 << 12

func makeFrame(kind string, message any) frame {
	body, err := json.Marshal(message)
	if err != nil {
		panic(err) // the messages hold nothing that JSON cannot
	}
	return frame{kind, body[1:]}
}

// snapshotFrame returns all there is, and the version it is from. What changes while it is made is sent
// again.
func (a *api) snapshotFrame() (frame, uint64) {
	f := &a.frames
	f.mu.Lock()
	defer f.mu.Unlock()
	version := a.Board.Version()
	if f.version == version {
		return f.snapshot, version
	}
	m := snapshotMessage{Zones: []zone{}, Devices: []device{}, Sensors: []sensor{}, Alerts: []notify.AlertFields{}}
	for _, z := range a.Board.Zones() {
		m.Zones = append(m.Zones, zoneOf(z))
	}
	for _, d := range a.present() {
		m.Devices = append(m.Devices, deviceOf(d))
	}
	for _, s := range a.measuring() {
		m.Sensors = append(m.Sensors, sensorOf(s))
	}
	for _, alert := range a.Board.Alerts() {
		m.Alerts = append(m.Alerts, notify.AlertOf(alert))
	}
	f.version, f.snapshot = version, makeFrame("snapshot", m)
	f.readings, f.devices = map[sensors.SensorID]madeReading{}, map[sensors.DeviceID]madeDevice{} // drops what is gone
	f.alerts = map[sensors.AlertID]madeAlert{}
	return f.snapshot, version
}

// changeFrames returns what is newer than the cursor, and the cursor after it: a new snapshot when the cursor
// is too old, or when zones, or things that are gone, changed.
func (a *api) changeFrames(cursor uint64) ([]frame, uint64) {
	delta := a.Board.Since(cursor)
	anew := delta.Reset || delta.ZonesChanged || delta.AlertsGone || len(delta.GoneDevices)+len(delta.GoneSensors) > 0
	for _, d := range delta.Devices {
		anew = anew || d.Status == sensors.DeviceRemoved
	}
	if anew {
		all, version := a.snapshotFrame()
		return []frame{all}, version
	}
	a.frames.mu.Lock()
	defer a.frames.mu.Unlock()
	made := make([]frame, 0, len(delta.Devices)+len(delta.Alerts)+len(delta.Sensors))
	for _, d := range delta.Devices {
		made = append(made, a.frames.device(d))
	}
	for _, alert := range delta.Alerts {
		made = append(made, a.frames.alert(alert))
	}
	for _, s := range delta.Sensors {
		if s.Has {
			made = append(made, a.frames.reading(s))
		}
	}
	return made, delta.Version
}

func (f *frames) device(d sensors.Device) frame {
	made, ok := f.devices[d.ID]
	if !ok || made.device != d {
		made = madeDevice{d, makeFrame("device", deviceMessage{deviceOf(d)})}
		f.devices[d.ID] = made
	}
	return made.frame
}

func (f *frames) alert(alert sensors.Alert) frame {
	made, ok := f.alerts[alert.ID]
	if !ok || !same(made.alert, alert) {
		if len(f.alerts) >= keptAlerts {
			clear(f.alerts)
		}
		made = madeAlert{alert, makeFrame("alert", alertMessage{notify.AlertOf(alert)})}
		f.alerts[alert.ID] = made
	}
	return made.frame
}

// same reports whether two alerts read the same; of silence, both values are not a number.
func same(a, b sensors.Alert) bool {
	for _, v := range []*float64{&a.Value, &a.Peak, &b.Value, &b.Peak} {
		if math.IsNaN(*v) {
			*v = math.Inf(1)
		}
	}
	return a == b
}

func (f *frames) reading(s live.SensorState) frame {
	made, ok := f.readings[s.ID]
	if !ok || made.version != s.Version {
		made = madeReading{s.Version, makeFrame("reading", readingMessage{Sensor: s.ID.String(), Device: s.Device.String(), Zone: idOrNull(s.Zone),
			Metric: string(s.Metric), Unit: s.Metric.Info().Unit, Name: s.Label(), At: timestamp(s.Last.At), Value: s.Last.Value,
			Quality: s.Last.Quality.String(), Stale: s.Stale})}
		f.readings[s.ID] = made
	}
	return made.frame
}
