package sensors

// Registration is what ingest met for the first time and wants to exist before readings refer to it. The
// store fills in the ids, and takes over what is already there under the same key or identity.
type Registration struct {
	Devices []*Device
	Sensors []NewSensor
}

// NewSensor is a sensor of a device that may itself be new: the store sets Sensor.Device from Device.ID.
type NewSensor struct {
	Device *Device
	Sensor *Sensor
}

// Batch is what one commit makes durable, all of it or nothing.
type Batch struct {
	Readings []Reading
	// Stamped, if not nil, tells which of Readings have their time from their arrival. The store moves such a
	// one to the next free moment of its sensor rather than let it replace another.
	Stamped []bool
	// Duplicate is set by the store: whether Readings[i] replaced one with the same sensor and time. It has
	// the length of Readings.
	Duplicate []bool
	Seen      []Seen
	Receipts  []ReceiptKey
	// Alerts is what the readings, or the time, did to alerts; the store fills in the ids of new ones.
	Alerts []AlertEvent
	// Notices are the messages that are owed for it.
	Notices []Notice
}

// Seen is a device's last sign of life, to be remembered.
type Seen struct {
	Device DeviceID
	At     Milli
	Online bool
}

// ReceiptKey remembers that a publish was committed, so that its redelivery is known. Both hashes are of the
// program's own choosing, the same in every run.
type ReceiptKey struct {
	Client   uint64 // hash of the client id
	PacketID uint16
	Content  uint64 // hash of topic and payload
}

// Start is what the database held when the program started.
type Start struct {
	Farm       Farm
	HasFarm    bool
	Zones      []Zone
	Devices    []Device
	Sensors    []Sensor
	Recent     []Reading    // the last few readings of each sensor, oldest first
	Receipts   []ReceiptKey // oldest first
	Rules      []Rule
	Recipients []Recipient
	Alerts     []Alert // the open ones, pending ones too
}

// Posted is one reading that came by name and not over MQTT: REST or a CSV file.
type Posted struct {
	Zone    string // "" when not told
	Device  string // a device's key or name
	Metric  MetricID
	Channel string
	Value   float64 // base unit
	At      Milli   // zero: now
}

// PostOutcome counts what became of posted readings; Rejected explains by index.
type PostOutcome struct {
	Stored, Duplicates int
	Rejected           []Rejection
}

// Rejection says in a sentence why a posted reading was not taken.
type Rejection struct {
	Index int
	Error string
}
