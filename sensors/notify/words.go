package notify

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"furrow/sensors"
)

// value writes a base value in the farm's units, with the unit; "" for none.
func value(farm sensors.Farm, metric sensors.MetricID, base float64) string {
	if math.IsNaN(base) {
		return ""
	}
	info := metric.Info()
	return withUnit(info.Format(farm.Units, base), info.UnitIn(farm.Units))
}

// distance writes a difference of two base values: its unit is converted, the zero point is not.
func distance(farm sensors.Farm, metric sensors.MetricID, base float64) string {
	info := metric.Info()
	shown := info.In(farm.Units, base) - info.In(farm.Units, 0)
	return withUnit(strconv.FormatFloat(shown, 'f', info.DecimalsIn(farm.Units), 64), info.UnitIn(farm.Units))
}

func withUnit(number, unit string) string {
	switch unit {
	case "":
		return number
	case "°":
		return number + unit
	}
	return number + " " + unit
}

// clock writes a moment on the farm's clocks, with the day if it is not today's.
func clock(farm sensors.Farm, at sensors.Milli, now time.Time) string {
	zone := farm.Location()
	t, today := at.Time().In(zone), now.In(zone)
	layout := "15:04"
	if farm.Clock12 {
		layout = "3:04 pm"
	}
	switch {
	case t.YearDay() == today.YearDay() && t.Year() == today.Year():
	case t.Year() == today.Year():
		layout += " on 2 January"
	default:
		layout += " on 2 January 2006"
	}
	return t.Format(layout)
}

// day writes the date of a moment on the farm's calendar.
func day(farm sensors.Farm, at sensors.Milli) string {
	return at.Time().In(farm.Location()).Format("2 January 2006")
}

// span writes how long something lasted: two units at most, whole minutes above a minute.
func span(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 24*time.Hour:
		return joined(int(d.Hours()), "h", int(d.Minutes())%60, "min")
	}
	return joined(int(d.Hours())/24, "d", int(d.Hours())%24, "h")
}

func joined(big int, bigUnit string, small int, smallUnit string) string {
	if small == 0 {
		return fmt.Sprintf("%d %s", big, bigUnit)
	}
	return fmt.Sprintf("%d %s %d %s", big, bigUnit, small, smallUnit)
}

// count writes a number with thousands marked, and the noun in its right form.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// troubles says what is wrong in the words of each condition; for a switch, what it does.
var troubles = map[sensors.Condition]struct{ gauge, onOff string }{
	sensors.Above:      {" too high", " is on"},
	sensors.Below:      {" too low", " is off"},
	sensors.Outside:    {" out of range", " is not as it should be"},
	sensors.Rate:       {" changing too fast", " changing too often"},
	sensors.Difference: {" too far from the other sensor", " is not as the other sensor"},
	sensors.Silent:     {" is silent", " is silent"},
	"":                 {" needs a look", " needs a look"}, // the rule is gone
}

// trouble says what is wrong, without the place: "Air temperature too high".
func (l Line) trouble() string {
	words := troubles[l.Rule.Condition]
	if l.Place.Metric.Info().Class == sensors.Switch {
		return l.Place.what() + words.onOff
	}
	return l.Place.what() + words.gauge
}

// figures are the value and the limit behind the trouble: ", 34.2 °C (limit 32.0 °C)".
func (l Line) figures(farm sensors.Farm) (text string) {
	r, metric := l.Rule, l.Place.Metric
	if metric.Info().Class == sensors.Switch {
		return ""
	}
	var limit string
	switch r.Condition {
	case sensors.Above, sensors.Below:
		limit = value(farm, metric, r.Limit)
	case sensors.Outside:
		limit = value(farm, metric, r.Low) + " to " + value(farm, metric, r.High)
	case sensors.Rate:
		limit = distance(farm, metric, r.Limit) + " an hour"
	case sensors.Difference:
		limit = distance(farm, metric, r.Limit)
	default:
		return ""
	}
	if l.ownValue() {
		if now := value(farm, metric, l.Alert.Value); now != "" {
			text = ", " + now
		}
	}
	if r.NightWhen == sensors.AllDay { // which of two limits was broken is not known here
		text += " (limit " + limit + ")"
	}
	return text
}

// ownValue reports whether the alert's value is what the sensor measured, and not a rate or a difference.
func (l Line) ownValue() bool {
	c := l.Rule.Condition
	return (c == sensors.Above || c == sensors.Below || c == sensors.Outside) && l.Place.Metric.Info().Class != sensors.Switch
}

// headline says in one line what happened to the alert.
func (l Line) headline(f Facts) string {
	if l.own() {
		return l.ownHeadline()
	}
	silent := l.Rule.Condition == sensors.Silent
	place := l.Place.where() + ": "
	if silent && l.Alert.Sensor == 0 {
		place = "" // the device is named by itself
	}
	switch {
	case l.Alert.State == sensors.AlertAcknowledged:
		return by(l.Alert.AckBy) + " is on it: " + place + l.trouble()
	case l.Alert.State == sensors.AlertResolved && silent:
		return "Back again: " + place + l.Place.what()
	case l.Alert.State == sensors.AlertResolved:
		return strings.TrimSuffix("All clear: "+place+l.Place.what()+" "+l.back(f.Farm), " ")
	case silent:
		text := place + l.Place.what() + " has been silent since " + clock(f.Farm, l.Alert.Since, f.Now)
		if l.Alert.Behind > 1 {
			text += "; " + count(l.Alert.Behind, "sensor") + " behind it"
		}
		return text
	case l.Told:
		place = "Still: " + place
	}
	return place + l.trouble() + l.figures(f.Farm)
}

// back is the value an alert ended with, if it is one of the sensor's own.
func (l Line) back(farm sensors.Farm) string {
	if l.Alert.Why != "" || !l.ownValue() {
		return ""
	}
	return value(farm, l.Place.Metric, l.Alert.Value)
}

// by is who did something, "Somebody" when nobody said.
func by(name string) string {
	if name = clip(oneLine(name), sensors.MaxName); name != "" {
		return name
	}
	return "Somebody"
}
