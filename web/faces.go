package web

import (
	"furrow/sensors"
	"furrow/sensors/live"
)

// faces remembers what decides how pages are laid out, and at which version of the board that last changed,
// so that a device that only says it is alive does not redraw lists. The render loop alone uses it.
type faces struct {
	seen    uint64 // version of the board that all this is from
	lists   uint64 // when anything below, a zone or the farm last changed
	unread  uint64 // when another message came that nobody could read
	count   uint64 // of those messages
	alerts  uint64 // when what pages say about alerts last changed
	open    []sensors.Alert
	alarmed map[sensors.SensorID]bool // by one of the open alerts
	devices map[sensors.DeviceID]deviceFace
	sensors map[sensors.SensorID]sensorFace
}

// deviceFace is what decides where and how a device is listed.
type deviceFace struct {
	name, model, dialect, username string
	status                         sensors.DeviceStatus
	zone                           sensors.ZoneID
	changed                        uint64 // when any of this, or the device's set of sensors, last did
}

type sensorFace struct {
	device sensors.DeviceID
	label  string
}

func faceOf(d sensors.Device, changed uint64) deviceFace {
	return deviceFace{d.Name, d.Model, d.Dialect, d.Username, d.Status, d.Zone, changed}
}

// note takes over what changed on the board, and reports whether lists must be drawn anew.
func (f *faces) note(delta live.Delta, unread uint64) bool {
	before := f.lists
	if delta.Reset || f.devices == nil {
		f.devices, f.sensors = map[sensors.DeviceID]deviceFace{}, map[sensors.SensorID]sensorFace{}
	}
	if delta.Reset || delta.ZonesChanged || delta.FarmChanged {
		f.lists = delta.Version
	}
	for _, d := range delta.Devices {
		old, known := f.devices[d.ID]
		if !known || old != faceOf(d, old.changed) {
			f.devices[d.ID] = faceOf(d, delta.Version)
			f.lists = delta.Version
		}
	}
	for _, state := range delta.Sensors {
		if face := (sensorFace{state.Device, state.Label()}); f.sensors[state.ID] != face {
			f.sensors[state.ID] = face
			f.redo(state.Device, delta.Version)
		}
	}
	for _, id := range delta.GoneSensors {
		if face, known := f.sensors[id]; known {
			delete(f.sensors, id)
			f.redo(face.device, delta.Version)
		}
	}
	for _, id := range delta.GoneDevices {
		delete(f.devices, id)
		f.lists = delta.Version
	}
	if unread != f.count {
		f.count, f.unread = unread, delta.Version
	}
	f.seen = delta.Version
	return f.lists != before
}

// noteAlerts takes over which alerts are open. Values of the sensors they are about stand beside them.
func (f *faces) noteAlerts(delta live.Delta, board *live.Board) (changed bool) {
	if delta.Reset || delta.PendingChanged || delta.AlertsGone || delta.RulesChanged || len(delta.Alerts) > 0 || f.lists == delta.Version {
		f.open, f.alarmed = board.Alerts(), map[sensors.SensorID]bool{}
		for _, a := range f.open {
			f.alarmed[a.Sensor] = true
		}
		f.alerts = delta.Version
		return true
	}
	for _, state := range delta.Sensors {
		if f.alarmed[state.ID] {
			f.alerts = delta.Version
			return true
		}
	}
	return false
}

// redo notes that the device has other sensors now, or other names for them.
func (f *faces) redo(id sensors.DeviceID, version uint64) {
	if face, known := f.devices[id]; known {
		face.changed = version
		f.devices[id] = face
	}
	f.lists = version
}
