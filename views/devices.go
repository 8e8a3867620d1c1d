package views

import "furrow/views/chart"

// Devices is the page with the inbox and all devices.
type Devices struct {
	Page
	Inbox       Inbox
	List        DeviceList
	Unread      []Message
	UnreadCount uint64
	Guide       *ConnectGuide // shown while there is nothing else
	Configure   bool          // the viewer may decide about devices
	ZoneNames   []string
	New         Fields // the form for a device that was not heard yet
	NewOpen     bool
}

// Inbox is what was heard and waits for a decision.
type Inbox struct {
	Cards     []InboxCard
	Count     int // of all, also those not shown
	Configure bool
}

// InboxCard is one device that is new.
type InboxCard struct {
	ID, Name, Key, Dialect, Model string
	FirstSeen                     Moment
	State                         Presence
	Values                        []Value
	Adopt                         Fields
	Configure                     bool
}

// DeviceList is the devices that were decided about.
type DeviceList struct {
	Groups  []DeviceGroup
	Ignored []DeviceRow
	Removed []DeviceRow
}

// Empty reports whether no device was decided about.
func (l DeviceList) Empty() bool { return len(l.Groups)+len(l.Ignored)+len(l.Removed) == 0 }

// DeviceGroup is the devices of a zone.
type DeviceGroup struct {
	Name, Icon string
	Rows       []DeviceRow
}

// DeviceRow is one line of the list.
type DeviceRow struct {
	ID, Name, Key, Dialect, Model string
	Simulated                     bool
	State                         Presence
	Values                        []Value
}

// Presence says whether a device is there. Tone is ok, watch or stale.
type Presence struct {
	Tone, Word string
	Seen       Moment
}

// Value is what a sensor measured last.
type Value struct {
	SensorID, Label, Icon string
	Value, Unit           string // Value is "" before the first reading
	At                    Moment
	Stale, Suspect        bool
	Spark                 *chart.Spark // nil when it is not drawn here
	Name                  string       // the manager's own name for it, "" without
	Wrong                 State        // what an alert says about it; zero for nothing
}

func (v Value) tone() string {
	if v.Stale || v.Suspect || v.Value == "" {
		return "stale"
	}
	if v.Wrong.Tone != "" {
		return v.Wrong.Tone
	}
	return "ok"
}
