package notify

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"furrow/sensors"
)

// own reports whether the alert is about Furrow itself: a drill, or one that was missed.
func (l Line) own() bool {
	a := l.Alert
	return a.Drill || a.Rule == 0 && a.Device == 0 && a.Sensor == 0 && a.RuleName != ""
}

// ownHeadline is the headline of an alert about Furrow itself.
func (l Line) ownHeadline() string {
	a := l.Alert
	over := a.State == sensors.AlertResolved
	switch {
	case a.Drill && over && a.AckBy != "":
		return by(a.AckBy) + " has answered, so messages get through"
	case a.Drill && over:
		return "Nobody has answered in time"
	case a.Drill:
		return "Please answer this message"
	case over && a.AckBy != "":
		return by(a.AckBy) + " is on it: " + oneLine(a.RuleName)
	case over:
		return "All clear: " + oneLine(a.RuleName)
	case l.Told:
		return "Still: " + oneLine(a.RuleName)
	}
	return oneLine(a.RuleName)
}

func (l Line) ownDetails(f Facts) (text []string) {
	a := l.Alert
	if !a.Drill && a.State == sensors.AlertFiring {
		text = append(text, "Since "+clock(f.Farm, a.Since, f.Now)+". See that messages reach you, then try another drill.")
	}
	if note := clip(oneLine(a.Note), 500); note != "" {
		text = append(text, by(a.AckBy)+" noted: "+note)
	}
	return text
}

// WriteDrills writes drills as CSV, one line for each hop, with times on the farm's clocks and how long after the
// start of the drill they were.
func WriteDrills(w io.Writer, farm sensors.Farm, drills []sensors.Drill) error {
	out := csv.NewWriter(w)
	line := func(cells ...string) { _ = out.Write(cells) } // Error tells in the end
	line("drill", "begun_by", "passed", "step", "time", "seconds", "ok", "detail")
	for _, d := range drills {
		passed := strconv.FormatBool(d.Passed)
		if d.EndedAt == 0 {
			passed = ""
		}
		for _, h := range d.Hops {
			at, after := "", ""
			if h.At != 0 {
				at = h.At.Time().In(farm.Location()).Format("2006-01-02T15:04:05.000Z07:00")
				after = strconv.FormatFloat(float64(h.At-d.StartedAt)/float64(time.Second/time.Millisecond), 'f', 3, 64)
			}
			line(strconv.FormatInt(d.ID, 10), harmless(d.By), passed, h.Name, at, after, strconv.FormatBool(!h.Failed && h.At != 0), harmless(h.Detail))
		}
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a spreadsheet from taking text for a formula.
func harmless(text string) string {
	if strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}
