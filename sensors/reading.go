package sensors

import "time"

// Milli is a moment in milliseconds since 1970-01-01T00:00:00Z. It is how moments are stored, sent between
// the rooms and compared; zero means "no moment".
type Milli int64

// MilliOf returns t to the millisecond; the zero time gives zero.
func MilliOf(t time.Time) Milli {
	if t.IsZero() {
		return 0
	}
	return Milli(t.UnixMilli())
}

// Time returns the moment in UTC; zero gives the zero time.
func (m Milli) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// Quality says how far a reading can be trusted.
type Quality uint8

const (
	Good Quality = iota
	// Suspect readings are stored and shown greyed, stay out of averages and are never acted upon: out of
	// the plausible range, unit guessed, or clock wrong.
	Suspect
)

// String returns the word used in the API.
func (q Quality) String() string {
	if q == Suspect {
		return "suspect"
	}
	return "good"
}

// Reading is one value of one sensor, in the base unit of its metric. (Sensor, At) is its identity: storing
// it again with the same or another value replaces it.
type Reading struct {
	Sensor  SensorID
	At      Milli
	Value   float64 // finite
	Quality Quality
}

// Bucket sums up the good readings of one sensor with From <= At < From+width.
type Bucket struct {
	From           Milli
	Count          int
	Min, Mean, Max float64
}
