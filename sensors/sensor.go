package sensors

import (
	"strings"
	"time"
)

// Sensor is one quantity that one device measures. (Device, Metric, Channel) is its identity.
type Sensor struct {
	ID      SensorID
	Device  DeviceID
	Metric  MetricID
	Channel string
	Name    string // the manager's name; "" shows the metric's name and the channel
	// Position orders the sensors of a device: smallest first.
	Position  int
	CreatedAt time.Time
}

// Label returns the name people see: the manager's, or the metric's with the channel.
func (s Sensor) Label() string {
	if s.Name != "" {
		return s.Name
	}
	name := s.Metric.Info().Name
	if s.Channel == "" {
		return name
	}
	if number, unit, ok := s.depth(); ok {
		return name + " " + number + " " + unit
	}
	return name + " " + strings.TrimSpace(s.Channel)
}

// LabelAlone returns the name people see where the device has no other sensor of the metric: without the
// channel, unless that tells a depth or height.
func (s Sensor) LabelAlone() string {
	if _, _, ok := s.depth(); !ok {
		s.Channel = ""
	}
	return s.Label()
}

// depth reads a channel such as "20cm".
func (s Sensor) depth() (number, unit string, ok bool) {
	digits := strings.IndexFunc(s.Channel, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if digits <= 0 {
		return "", "", false
	}
	number, unit = s.Channel[:digits], strings.TrimSpace(s.Channel[digits:])
	return number, unit, unit == "cm" || unit == "mm" || unit == "m"
}
