package sensors

// DeviceStatus is what the manager decided about a device.
type DeviceStatus string

const (
	DeviceNew     DeviceStatus = "new"     // in the inbox
	DeviceAdopted DeviceStatus = "adopted" // part of the farm
	DeviceIgnored DeviceStatus = "ignored" // heard, not stored
	// DeviceRemoved was taken off the farm while its history was kept; hearing it again puts it in the inbox.
	DeviceRemoved DeviceStatus = "removed"
)

// Device is a thing that publishes readings: one board, probe or station.
type Device struct {
	ID     DeviceID
	Key    string // how it names itself on MQTT, unique
	Name   string // the manager's name for it; proposed from its description until adopted
	Model  string
	Status DeviceStatus
	// Dialect is the payload dialect it was last understood in.
	Dialect string
	Zone    ZoneID // zero: in no zone
	// ZoneHint is the zone its topics name, proposed on adoption.
	ZoneHint   string
	Gateway    string // key of the device it is reached through, "" if it speaks itself
	Username   string // its own MQTT user name, "" if it has no credentials
	Simulated  bool
	FirstSeen  Milli
	LastSeen   Milli // zero: never heard
	Online     bool
	OnlineSure bool // it has a connection or a status topic, so Online is not a guess
}

// Credentials are a device's own MQTT user name and password. The password exists only in the answer that
// creates it; what is stored is its SHA-256.
type Credentials struct {
	Device   DeviceID
	Username string
	Password string
}

// Adoption is the decision to make a device part of the farm. ZoneID wins over ZoneName; a ZoneName that no
// zone has makes a new zone.
type Adoption struct {
	Name     string // "" keeps the proposed name
	Zone     ZoneID
	ZoneName string
	ZoneKind ZoneKind // for a new zone; "" is other
}
