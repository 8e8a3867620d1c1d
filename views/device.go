package views

// Device is the page of one device.
type Device struct {
	Page
	ID, Name, Status string // Status as in the domain: new, adopted, ignored, removed
	Head             DeviceHead
	Values           []Value
	Messages         []Message
	Edit             Fields
	ZoneNames        []string
	Configure        bool
}

// DeviceHead is what a device is, and whether it is there.
type DeviceHead struct {
	ID, Name, Key, Model, Dialect string
	Zone, ZoneID                  string
	Status                        string
	State                         Presence
	Simulated                     bool
	FirstSeen                     Moment
	Username                      string
	Gateway, GatewayID            string // GatewayID is "" when the gateway is no device itself
}

func (d Device) adopted() bool { return d.Status == "adopted" }

// statusLine says what was decided about a device that is not part of the farm, "" for one that is.
func (h DeviceHead) statusLine() string {
	switch h.Status {
	case "new":
		return "New: its readings are stored already, but it is not part of the farm yet."
	case "ignored":
		return "Ignored: it is heard, but its readings are not stored."
	case "removed":
		return "Removed: its history is kept. When it is heard again, it comes back to the inbox."
	}
	return ""
}

// zoneHint explains the zone's field.
func (d Device) zoneHint() string {
	if d.adopted() {
		return "Empty it to take the device out of its zone."
	}
	return "A name that no zone has makes a new zone."
}
