package notify

import (
	"time"

	"furrow/sensors"
)

// Facts are all that a message says. They are gathered when it is sent.
type Facts struct {
	Farm  sensors.Farm
	Event sensors.AlertEventKind // firing, acknowledged, resolved, drill or digest
	Drill bool
	Now   time.Time
	// Lines are the gravest of the alerts, at most maxListed; the counts are of all.
	Lines                          []Line
	Firing, Acknowledged, Resolved int
	// Places are the names of the first few places that the alerts are in, and MorePlaces how many others.
	Places     []string
	MorePlaces int
	// Links; "" for none.
	Open        string
	Acknowledge string
	Key         string // idempotency key
}

// How many alerts a message lists for people and for programs, and how many places its title names.
const (
	maxLines  = 10
	maxListed = 100
	maxPlaces = 3
)

// Line is one alert in a message.
type Line struct {
	Alert sensors.Alert
	Rule  sensors.Rule
	Place Place
	// Told: this recipient has heard of it before, so this is a reminder.
	Told bool
	// Unanswered is how long nobody has acknowledged it, when that is why this recipient is told; zero if not.
	Unanswered time.Duration
	Last       sensors.EarlierNote
}

// Place names what an alert is about. The names are foreign text.
type Place struct {
	Zone, Device, Sensor string
	Metric               sensors.MetricID
}

// total is how many alerts the message is about.
func (f *Facts) total() int { return f.Firing + f.Acknowledged + f.Resolved }

// gravest returns the highest severity of the lines.
func (f *Facts) gravest() sensors.Severity {
	worst := sensors.Info
	for _, l := range f.Lines {
		if l.Alert.Severity.Rank() > worst.Rank() {
			worst = l.Alert.Severity
		}
	}
	return worst
}

// where is the zone, or the device where there is no zone.
func (p Place) where() string {
	for _, name := range []string{p.Zone, p.Device, p.Sensor} {
		if name = oneLine(name); name != "" {
			return clip(name, sensors.MaxName)
		}
	}
	return "The farm"
}

// what is the sensor's name as it follows the place: not repeated where they are the same.
func (p Place) what() string {
	if name := oneLine(p.Sensor); name != "" {
		return clip(name, sensors.MaxName)
	}
	if p.Metric != "" {
		return p.Metric.Info().Name
	}
	return p.device()
}

// device is the device's name.
func (p Place) device() string {
	if name := oneLine(p.Device); name != "" {
		return clip(name, sensors.MaxName)
	}
	return "A device"
}
