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
	return name + " " + strings.TrimSpace(s.Channel)
}
