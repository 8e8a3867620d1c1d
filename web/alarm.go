package web

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/rules"
	"furrow/views"
)

// alarm is an alert with all that is needed to say what it is about. What is gone since is zero.
type alarm struct {
	sensors.Alert
	s      *Server
	rule   sensors.Rule
	sensor live.SensorState
	device sensors.Device
	zone   string
	// several says that others in its list have the same title.
	several bool
}

func (s *Server) alarmOf(a sensors.Alert) alarm {
	m := alarm{Alert: a, s: s}
	m.rule, _ = s.o.Board.Rule(a.Rule)
	m.sensor, _ = s.o.Board.Sensor(a.Sensor)
	m.device, _ = s.o.Board.Device(cmp.Or(a.Device, m.sensor.Device))
	m.zone = s.zoneName(m.device.Zone)
	return m
}

// alarmsOf are the alerts of a list.
func (s *Server) alarmsOf(list []sensors.Alert) []alarm {
	all, titles := make([]alarm, len(list)), map[string]int{}
	for i, a := range list {
		all[i] = s.alarmOf(a)
		titles[all[i].title()]++
	}
	for i := range all {
		all[i].several = titles[all[i].title()] > 1
	}
	return all
}

// tone is what an alert looks like: red, but for one that is for information only.
func (m alarm) tone() string {
	switch {
	case !m.State.Open():
		return "stale"
	case m.Severity == sensors.Info, m.State == sensors.AlertPending:
		return "watch"
	}
	return "alert"
}

// place is where it is: the zone, or what is in none.
func (m alarm) place() string {
	switch {
	case m.zone != "":
		return m.zone
	case m.device.ID != 0:
		return deviceName(m.device)
	}
	return "The farm"
}

// title says in a farmer's words what is the matter: "Greenhouse 2 is too hot".
func (m alarm) title() string {
	if m.Drill {
		return "Drill: please answer as if it were real"
	}
	over := !m.State.Open()
	is := "is "
	if over {
		is = "was "
	}
	metric := m.metric()
	switch {
	case m.silent():
		return m.whatIsSilent() + " " + is + "silent"
	case m.rule.ID == 0 && m.device.ID == 0:
		return cmp.Or(m.RuleName, "Something is wrong")
	case m.rule.ID == 0:
		return m.place() + ": " + cmp.Or(m.RuleName, m.label())
	case m.rule.Condition == sensors.Rate:
		return m.label() + m.inPlace() + " " + is + "changing fast"
	case m.rule.Condition == sensors.Difference:
		return m.label() + m.inPlace() + " " + is + "unlike its neighbour"
	case metric.Info().Class == sensors.Switch || metric == "battery_low":
		return m.switched(is)
	case metric == "temperature" || metric == "humidity":
		return m.place() + " " + is + m.word()
	}
	return m.label() + m.inPlace() + " " + is + m.word()
}

// silent reports whether nothing is heard, rather than something wrong.
func (m alarm) silent() bool {
	return m.rule.Condition == sensors.Silent || m.rule.ID == 0 && m.device.ID != 0 && math.IsNaN(m.Peak)
}

func (m alarm) whatIsSilent() string {
	name := deviceName(m.device)
	if m.Sensor != 0 {
		name = m.label() + " of " + name
	}
	if m.zone != "" {
		name += " in " + m.zone
	}
	return name
}

func (m alarm) metric() sensors.MetricID { return cmp.Or(m.sensor.Metric, m.rule.Metric) }

func (m alarm) label() string {
	if m.sensor.ID != 0 {
		return m.sensor.Label()
	}
	return m.metric().Info().Name
}

func (m alarm) inPlace() string {
	if m.zone == "" && m.device.ID == 0 {
		return ""
	}
	if m.sensor.Metric.Info().Class == sensors.Diagnostic {
		return " of " + deviceName(m.device)
	}
	return " in " + m.place()
}

// high reports whether the value is beyond the upper limit of the rule rather than the lower.
func (m alarm) high() bool {
	if m.rule.Condition != sensors.Outside {
		return m.rule.Condition == sensors.Above
	}
	l := m.limits()
	return m.Peak > (l.Low+l.High)/2
}

// word is the trouble in a word or two: "too hot".
func (m alarm) word() string {
	switch {
	case m.silent():
		return "silent"
	case m.rule.Condition == sensors.Rate:
		return "changing fast"
	case m.rule.Condition == sensors.Difference:
		return "unlike its neighbour"
	case m.metric().Info().Class == sensors.Switch:
		return m.switchState()
	}
	words, known := tooMuch[m.metric()]
	if !known {
		words = [2]string{"too high", "too low"}
	}
	if m.high() {
		return words[0]
	}
	return words[1]
}

// switched says what a two-way sensor reports.
func (m alarm) switched(is string) string {
	switch m.metric() {
	case "leak", "motion", "rain_detected", "battery_low":
		if m.high() {
			return m.label() + m.inPlace()
		}
		return "No " + strings.ToLower(m.label()) + m.inPlace()
	}
	return m.label() + m.inPlace() + " " + is + m.switchState()
}

func (m alarm) switchState() string {
	words := switchWords(m.metric())
	if m.high() {
		return words[1]
	}
	return words[0]
}

// line is the alert as it stands in a list.
func (m alarm) line() views.AlarmLine {
	l := views.AlarmLine{ID: m.ID.String(), Tone: m.tone(), Icon: "alert", Title: m.title(), Text: m.facts(), Since: m.s.moment(m.Since.Time()),
		Seen: m.State == sensors.AlertAcknowledged, SeenBy: m.AckBy}
	if m.silent() {
		l.Icon = "offline"
	}
	if m.SnoozedUntil != 0 && l.Seen {
		l.Until = m.s.moment(m.SnoozedUntil.Time())
	}
	return l
}

// lasted says how long something took, as rules say times.
func lasted(from, to sensors.Milli) string {
	d := to.Time().Sub(from.Time())
	switch {
	case d.Minutes() < 1:
		return fmt.Sprintf("%.0f s", max(d.Seconds(), 0))
	case d.Hours() >= 24:
		return rules.Duration(d.Truncate(3600e9))
	}
	return rules.Duration(d.Truncate(60e9))
}
