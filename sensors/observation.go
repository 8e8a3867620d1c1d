package sensors

// Decoded is what a payload decoder made of one message, before anything is matched with what the farm
// knows. Values are in base units. An empty Decoded with a Problem was not understood.
type Decoded struct {
	Dialect      string // the dialect that recognised the message: "plain", "json", "tasmota", …
	Observations []Observation
	Presences    []Presence
	Descriptions []Description
	// Problem says in one sentence what could not be read of the message, "" if all of it was.
	Problem string
}

// Observation is one value as a device reported it.
type Observation struct {
	Device  string // how the device names itself on MQTT: Device.Key
	Metric  MetricID
	Channel string  // tells several sensors of one metric in one device apart; "" for the only one
	Value   float64 // base unit of Metric, finite
	At      Milli   // the device's own time; zero when it has none and the arrival counts
	Quality Quality
}

// Presence is a device saying, by a status topic or its last will, that it is there or gone.
type Presence struct {
	Device string
	Online bool
}

// Description is what a message tells about a device besides values. Empty fields say nothing.
type Description struct {
	Device  string
	Name    string // friendly name, proposed on adoption
	Model   string
	Zone    string // the zone its topic names, proposed on adoption
	Gateway string // key of the device it is reached through
}

// Source is who sent a message.
type Source struct {
	ClientID string
	Username string   // as presented; "" for an anonymous client
	Device   DeviceID // the device whose credentials the client signed in with, or zero
	Key      string   // that device's key, or ""
	Address  string   // network address without port; "" for Furrow itself
	// Simulated marks what the simulated farm of the same program publishes.
	Simulated bool
	// Drill marks the test reading of a drill, which Furrow publishes to itself.
	Drill bool
}

// Delivery is one message on its way to the disk. Its maker hands it to ingest and must not touch it until
// Receipt was settled.
type Delivery struct {
	Source     Source
	Topic      string
	Payload    []byte // never changed after the hand-over
	ReceivedAt Milli
	Decoded    Decoded
	// PacketID and Dup identify a redelivery of a QoS 1 or 2 publish; PacketID is zero for everything else.
	PacketID uint16
	Dup      bool
	// Retained marks a stored message that the sender's broker delivered again: it is never a new reading.
	Retained bool
	// Adopt adopts devices seen for the first time, whatever the farm's policy (imports, simulation).
	Adopt   bool
	Receipt Receipt // nil when nobody waits
	Outcome Outcome // filled in before Receipt is settled
}

// Receipt is told once, in the order of arrival per sender, what became of a Delivery: nil means that it is
// on the disk. It runs on ingest's goroutine and must not block.
type Receipt interface{ Settle(err error) }

// Outcome counts what became of a delivery's observations.
type Outcome struct{ Stored, Duplicates, Refused int }

// RawMessage is one received message as a device's page shows it.
type RawMessage struct {
	At      Milli
	Topic   string
	Payload []byte // possibly cut, see Size
	Size    int    // length of the whole payload in bytes
	Dialect string
	Read    []Observation
	Problem string
}
