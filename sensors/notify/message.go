package notify

import (
	"fmt"
	"strings"
	"time"

	"furrow/sensors"
)

// Message is what channels send. All text is plain, without control characters but line breaks, and bounded:
// each channel escapes it for its own format.
type Message struct {
	// Key is the same each time that the same notices are handed over for the same reason, and different from
	// that of any others. It has only letters, digits and dashes.
	Key      string
	Event    sensors.AlertEventKind
	Drill    bool
	Severity sensors.Severity
	Title    string // one line
	Text     string // without title and links; lines
	Footer   string
	Open     string // link to the alert or the list, "" for none
	// Acknowledge is a signed link for one tap, "" for none.
	Acknowledge string
	At          time.Time
	Lines       []Line // for programs: the alerts that Text tells of
	Total       int    // all alerts that it is about
	StillFiring int    // alerts that the recipient was told of and that go on after this message
}

// Bounds in characters; the channels' own are narrower in places.
const (
	maxTitle = 180
	maxText  = 3000
)

// Compose writes a message. It is a pure function of the facts.
func Compose(f Facts) Message {
	m := Message{Key: f.Key, Event: f.Event, Drill: f.Drill, Severity: f.gravest(), Open: f.Open, Acknowledge: f.Acknowledge,
		At: f.Now, Lines: f.Lines, Total: f.total(), StillFiring: f.Firing}
	var text []string
	switch {
	case f.Event == sensors.EventDigest:
		m.Title = digestTitle(f)
		text = list(f)
	case f.total() == 1 && len(f.Lines) == 1:
		m.Title = f.Lines[0].headline(f)
		text = f.Lines[0].details(f)
	default:
		m.Title = groupTitle(f)
		text = list(f)
	}
	switch {
	case f.Drill:
		m.Title = "DRILL: " + m.Title
		what := "This is a drill: nothing is wrong. Please answer it as if it were real."
		if f.Firing == 0 {
			what = "The drill is over; nothing was wrong."
		}
		text = append([]string{what}, text...)
	case m.Severity == sensors.Critical && f.Firing > 0:
		m.Title = "Critical! " + m.Title
	}
	m.Title = clip(m.Title, maxTitle)
	m.Text = clip(strings.Join(text, "\n"), maxText)
	m.Footer = "From Furrow at " + clip(oneLine(f.Farm.Name), sensors.MaxName) + "; times are the farm's."
	return m
}

// Short is the text for small screens: the first lines, at most so many characters.
func (m Message) Short(most int) string {
	lines := strings.SplitN(m.Text, "\n", 5)
	return clip(strings.Join(lines[:min(len(lines), 4)], "\n"), most)
}

// Full is title, text and links, for where they cannot be told apart.
func (m Message) Full(most int) string {
	tail := ""
	if m.Acknowledge != "" {
		tail += "\nI've got it: " + m.Acknowledge
	}
	if m.Open != "" {
		tail += "\nOpen: " + m.Open
	}
	body := m.Title
	if m.Text != "" {
		body += "\n" + m.Text
	}
	return clip(body, max(most-len(tail), 80)) + tail
}

// details are the lines below the title when the message is about one alert.
func (l Line) details(f Facts) (text []string) {
	a, farm := l.Alert, f.Farm
	if l.own() {
		return l.ownDetails(f)
	}
	if place := l.Place.device(); l.Place.Zone != "" && a.Sensor != 0 {
		text = append(text, "At "+place+".")
	}
	switch a.State {
	case sensors.AlertResolved:
		text = append(text, lasted(farm, a, f.Now))
	default:
		text = append(text, fmt.Sprintf("Since %s (%s).", clock(farm, a.Since, f.Now), span(f.Now.Sub(a.Since.Time()))))
	}
	if worst := value(farm, l.Place.Metric, a.Peak); l.showsPeak(worst, farm) {
		text = append(text, "At worst "+worst+".")
	}
	if a.Why != "" {
		text = append(text, clip(oneLine(a.Why), 200))
	}
	if note := clip(oneLine(a.Note), 500); note != "" {
		text = append(text, by(a.AckBy)+" noted: "+note)
	}
	if l.Unanswered > 0 && a.State == sensors.AlertFiring {
		text = append(text, "Nobody has answered for "+span(l.Unanswered)+".")
	}
	if note := clip(oneLine(l.Last.Note), 500); note != "" && a.State == sensors.AlertFiring {
		text = append(text, fmt.Sprintf("Last time, on %s, %s noted: %s", day(farm, l.Last.At), by(l.Last.By), note))
	}
	if name := clip(oneLine(l.Rule.Name), sensors.MaxName); name != "" {
		text = append(text, "Rule: "+name)
	}
	return text
}

// showsPeak reports whether the worst value says more than the headline did.
func (l Line) showsPeak(worst string, farm sensors.Farm) bool {
	return worst != "" && l.ownValue() && worst != value(farm, l.Place.Metric, l.Alert.Value)
}

func lasted(farm sensors.Farm, a sensors.Alert, now time.Time) string {
	return fmt.Sprintf("It was so from %s to %s (%s).", clock(farm, a.Since, now), clock(farm, a.ResolvedAt, now),
		span(a.ResolvedAt.Time().Sub(a.Since.Time())))
}

// groupTitle sums up many alerts: "23 alerts in Greenhouse 2, Barn".
func groupTitle(f Facts) string {
	var parts []string
	if f.Firing > 0 {
		parts = append(parts, count(f.Firing, "alert"))
	}
	if f.Acknowledged > 0 {
		parts = append(parts, thousands(f.Acknowledged)+" taken care of")
	}
	if f.Resolved > 0 {
		parts = append(parts, thousands(f.Resolved)+" all clear")
	}
	return strings.Join(parts, ", ") + in(f)
}

func digestTitle(f Facts) string {
	open := f.Firing + f.Acknowledged
	title := "During the quiet hours: " + count(f.total(), "alert")
	switch open {
	case 0:
		title += ", all over"
	case f.total():
		title += ", still open"
	default:
		title += ", " + thousands(open) + " still open"
	}
	return title + in(f)
}

// in names the places: " in Greenhouse 2, Barn and 3 more places".
func in(f Facts) string {
	if len(f.Places) == 0 {
		return ""
	}
	names := make([]string, len(f.Places))
	for i, p := range f.Places {
		names[i] = clip(oneLine(p), 40)
	}
	text := " in " + strings.Join(names, ", ")
	if f.MorePlaces > 0 {
		text += " and " + count(f.MorePlaces, "more place")
	}
	return text
}

// list tells of the gravest alerts, one line each, and how many there are beside.
func list(f Facts) (text []string) {
	lines := f.Lines[:min(len(f.Lines), maxLines)]
	for _, l := range lines {
		line := "• " + l.headline(f)
		switch {
		case l.Alert.State == sensors.AlertResolved:
			line += fmt.Sprintf(" (%s to %s)", clock(f.Farm, l.Alert.Since, f.Now), clock(f.Farm, l.Alert.ResolvedAt, f.Now))
		case l.Rule.Condition != sensors.Silent || l.Alert.State != sensors.AlertFiring:
			line += ", since " + clock(f.Farm, l.Alert.Since, f.Now)
		}
		text = append(text, clip(line, 260))
	}
	if more := f.total() - len(lines); more > 0 {
		text = append(text, "…and "+thousands(more)+" more")
	}
	return text
}
