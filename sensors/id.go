package sensors

import (
	"fmt"
	"strconv"
)

// Identifiers are positive, given by the database and never used again; zero means "none". Outside the
// program (JSON, URLs, CSV) they are strings of decimal digits.
type (
	ZoneID   int64
	DeviceID int64
	SensorID int64
	RuleID   int64
	AlertID  int64
	// RecipientID is that of a person or thing that is told about alerts.
	RecipientID int64
)

// String returns the id as it stands in URLs and JSON.
func (id ZoneID) String() string      { return strconv.FormatInt(int64(id), 10) }
func (id DeviceID) String() string    { return strconv.FormatInt(int64(id), 10) }
func (id SensorID) String() string    { return strconv.FormatInt(int64(id), 10) }
func (id RuleID) String() string      { return strconv.FormatInt(int64(id), 10) }
func (id AlertID) String() string     { return strconv.FormatInt(int64(id), 10) }
func (id RecipientID) String() string { return strconv.FormatInt(int64(id), 10) }

// ParseID reads an id as String wrote it. Anything else is an error that wraps ErrNotFound, because a
// thing with such an id cannot exist.
func ParseID[ID ~int64](text string) (ID, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("id %.40q: %w", text, ErrNotFound)
	}
	return ID(n), nil
}
