package rules

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"furrow/sensors"
)

// Names are how people call what a rule's ids stand for; what the rule does not name stays empty.
type Names struct{ Sensor, Other, Zone string }

// Sentence says a rule in words, in the farm's units and clock: "Tell me when air temperature in Greenhouse 2
// is above 32 °C for 10 min; all clear below 30.5 °C."
func Sentence(r sensors.Rule, n Names, farm sensors.Farm) string {
	w := wording{rule: &r, info: r.Metric.Info(), names: n, farm: farm}
	var b strings.Builder
	b.WriteString("Tell me when ")
	b.WriteString(w.subject())
	b.WriteString(" ")
	b.WriteString(w.condition(&r.Limits))
	b.WriteString(".")
	if r.NightWhen != sensors.AllDay && r.Condition != sensors.Silent {
		b.WriteString(" " + w.night() + ", when it " + w.condition(&r.Night) + ".")
	}
	if hours := w.active(); hours != "" {
		b.WriteString(" Only " + hours + ".")
	}
	return b.String()
}

// wording is a rule on its way into words.
type wording struct {
	rule  *sensors.Rule
	info  sensors.MetricInfo
	names Names
	farm  sensors.Farm
}

// subject says what is watched and where.
func (w wording) subject() string {
	r := w.rule
	if r.Condition == sensors.Silent && r.Metric == "" {
		if r.Scope.Sensor != 0 {
			return orElse(w.names.Sensor, "the sensor")
		}
		return "a device " + w.place()
	}
	what := lowerFirst(w.info.Name)
	if r.Scope.Sensor != 0 {
		return what + " of " + orElse(w.names.Sensor, "the sensor")
	}
	return what + " " + w.place()
}

func (w wording) place() string {
	switch s := w.rule.Scope; {
	case s.Zone != 0:
		return "in " + orElse(w.names.Zone, "the zone")
	case s.ZoneKind == "other":
		return "in any zone of no special kind"
	case s.ZoneKind != "":
		return "in any " + lowerFirst(s.ZoneKind.Info().Label)
	}
	return "anywhere on the farm"
}

// condition says when it is too much, for how long, and when it is well again.
func (w wording) condition(l *sensors.Limits) string {
	r := w.rule
	switch r.Condition {
	case sensors.Silent:
		if r.Watch {
			return "is silent for longer than its own rhythm explains"
		}
		return "has sent nothing for " + Duration(r.Hold)
	case sensors.Above, sensors.Below:
		if word := w.word(l); word != "" {
			return "is " + word + w.hold()
		}
		text := "is " + string(r.Condition) + " " + w.value(l.Limit) + w.hold()
		if l.Clear != l.Limit {
			text += "; all clear " + map[sensors.Condition]string{sensors.Above: "below ", sensors.Below: "above "}[r.Condition] + w.value(l.Clear)
		}
		return text
	case sensors.Outside:
		text := "is below " + w.value(l.Low) + " or above " + w.value(l.High) + w.hold()
		if l.Clear > 0 {
			text += "; all clear from " + w.value(l.Low+l.Clear) + " to " + w.value(l.High-l.Clear)
		}
		return text
	case sensors.Rate:
		return "changes by more than " + w.span(l.Limit) + " an hour" + w.hold() + "; all clear below " + w.span(l.Clear) + " an hour"
	}
	return "differs by more than " + w.span(l.Limit) + " from that of " + orElse(w.names.Other, "the other sensor") + w.hold() +
		"; all clear below " + w.span(l.Clear)
}

// word names the state that a limit of a two-way sensor stands for, "" for others.
func (w wording) word(l *sensors.Limits) string {
	if w.info.Class != sensors.Switch && w.info.ID != "battery_low" || l.Limit < 0 || l.Limit > 1 {
		return ""
	}
	words := [2]string{"off", "on"}
	switch w.info.ID {
	case "contact", "valve":
		words = [2]string{"closed", "open"}
	case "motion", "leak", "rain_detected", "battery_low":
		words = [2]string{"not reported", "reported"}
	}
	if w.rule.Condition == sensors.Above {
		return words[1]
	}
	return words[0]
}

func (w wording) hold() string {
	if w.rule.Hold == 0 {
		return ""
	}
	return " for " + Duration(w.rule.Hold)
}

// value writes a limit as people of the farm read it.
func (w wording) value(base float64) string { return w.number(w.info.In(w.farm.Units, base)) }

// span writes a distance between two values: what is added in a conversion does not count.
func (w wording) span(base float64) string {
	return w.number(w.info.In(w.farm.Units, base) - w.info.In(w.farm.Units, 0))
}

// number writes what was typed, which may have a digit more than the metric is shown with.
func (w wording) number(shown float64) string {
	scale := math.Pow10(w.info.DecimalsIn(w.farm.Units) + 1)
	if shown = math.Round(shown*scale) / scale; shown == 0 {
		shown = 0 // drops the sign of a negative zero
	}
	text := strconv.FormatFloat(shown, 'f', -1, 64)
	if unit := w.info.UnitIn(w.farm.Units); unit != "" {
		text += " " + unit
	}
	return text
}

func (w wording) night() string {
	if w.rule.NightWhen == sensors.NightBySun {
		return "From sunset to sunrise"
	}
	return "From " + w.clock(w.rule.NightFrom) + " to " + w.clock(w.rule.NightTo)
}

// active says when the rule watches, "" when it always does.
func (w wording) active() string {
	a := w.rule.Active
	var parts []string
	if a.From != a.To {
		parts = append(parts, "from "+w.clock(a.From)+" to "+w.clock(a.To))
	}
	var names []string
	for _, d := range a.Days {
		names = append(names, d.String())
	}
	if len(names) > 0 {
		parts = append(parts, "on "+listed(names))
	}
	names = nil
	for _, m := range a.Months {
		names = append(names, m.String())
	}
	if len(names) > 0 {
		parts = append(parts, "in "+listed(names))
	}
	return strings.Join(parts, ", ")
}

func (w wording) clock(m sensors.ClockMinute) string {
	t := time.Date(2000, 1, 1, 0, int(m), 0, 0, time.UTC)
	if w.farm.Clock12 {
		return t.Format("3:04 pm")
	}
	return t.Format("15:04")
}

// Duration writes a length of time in words: "10 min", "1 h 30 min", "2 days".
func Duration(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		size      time.Duration
		one, many string
	}{{24 * time.Hour, "day", "days"}, {time.Hour, "h", "h"}, {time.Minute, "min", "min"}, {time.Second, "s", "s"}} {
		n := d / unit.size
		if d -= n * unit.size; n == 1 {
			parts = append(parts, "1 "+unit.one)
		} else if n > 1 {
			parts = append(parts, strconv.FormatInt(int64(n), 10)+" "+unit.many)
		}
	}
	if len(parts) == 0 {
		return "less than a second"
	}
	return strings.Join(parts, " ")
}

func listed(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// lowerFirst lowers the first letter of a label within a sentence; abbreviations keep theirs.
func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if second, _ := utf8.DecodeRuneInString(s[size:]); unicode.IsUpper(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}

func orElse(name, fallback string) string {
	if name == "" {
		return fallback
	}
	return name
}
