package live

import (
	"slices"

	"furrow/sensors"
)

// Delta is what changed after a version: everything in its newest state, once.
type Delta struct {
	Version      uint64 // the cursor for the next question
	FarmChanged  bool
	ZonesChanged bool
	Devices      []sensors.Device
	GoneDevices  []sensors.DeviceID
	Sensors      []SensorState
	GoneSensors  []sensors.SensorID
	RulesChanged bool            // or who is told
	Alerts       []sensors.Alert // firing, acknowledged or just resolved
	AlertsGone   bool            // some that fired went without an end, with their sensor or rule
	// PendingChanged says that alerts changed which may be pending, and so are not in Alerts.
	PendingChanged bool
	// Reset says that the version is older than the board remembers, or not one of its own: Devices and
	// Sensors are all there are, and what is not among them is gone.
	Reset bool
}

// Version returns the version of the last change.
func (b *Board) Version() uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.version
}

// Changed returns a channel that is closed at the next change. Ask for it before looking at the board, so
// that no change falls in between.
func (b *Board) Changed() <-chan struct{} {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.changed
}

// Since returns what changed after the version.
func (b *Board) Since(version uint64) Delta {
	b.mu.RLock()
	defer b.mu.RUnlock()
	d := Delta{Version: b.version}
	if version < b.first || version > b.version {
		b.everything(&d)
		return d
	}
	d.FarmChanged, d.ZonesChanged = b.farmVersion > version, b.zoneVersion > version
	d.RulesChanged, d.Alerts = b.alerts.ruleVersion > version, b.alerts.since(version)
	d.AlertsGone, d.PendingChanged = b.alerts.goneVersion > version, b.alerts.version > version
	from, _ := slices.BinarySearchFunc(b.recent, version, func(t touch, version uint64) int {
		if t.version <= version {
			return -1
		}
		return 1
	})
	for _, t := range b.recent[from:] {
		if s := b.sensors[t.sensor]; s != nil && s.Version == t.version {
			d.Sensors = append(d.Sensors, *s)
		}
		if v := b.devices[t.device]; v != nil && v.version == t.version {
			d.Devices = append(d.Devices, v.Device)
		}
	}
	for _, g := range b.gone {
		if g.version <= version {
			continue
		}
		if g.sensor != 0 {
			d.GoneSensors = append(d.GoneSensors, g.sensor)
		} else {
			d.GoneDevices = append(d.GoneDevices, g.device)
		}
	}
	return d
}

func (b *Board) everything(d *Delta) {
	d.Reset, d.FarmChanged, d.ZonesChanged, d.RulesChanged = true, true, true, true
	d.Alerts = b.alerts.since(0)
	for _, v := range b.devices {
		d.Devices = append(d.Devices, v.Device)
	}
	for _, s := range b.sensors {
		d.Sensors = append(d.Sensors, *s)
	}
}
