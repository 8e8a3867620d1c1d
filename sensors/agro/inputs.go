package agro

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"time"

	"furrow/sensors"
)

// Limits of what Compute reads: a list holds more than ten years of 10-minute readings, or a hundred years of days.
const (
	inputsMaxBytes = 16 << 20
	listMax        = 600_000
	daysMax        = 36_600
)

// inputs reads the inputs of one computation by name and remembers what was wrong with them, so that all problems
// are told at once. A value that could not be read is zero.
type inputs struct {
	fields  map[string]json.RawMessage
	problem sensors.Invalid
}

// readInputs opens the object; what stands in it is looked at only when it is asked for, and what nobody asks for
// does not matter.
func readInputs(raw json.RawMessage) (*inputs, error) {
	in := &inputs{problem: sensors.Invalid{}}
	if len(raw) > inputsMaxBytes {
		return nil, invalid("inputs", "The inputs are larger than 16 MiB: send fewer readings at a time.")
	}
	if err := json.Unmarshal(raw, &in.fields); err != nil || in.fields == nil {
		return nil, invalid("inputs", "The inputs must be one JSON object, such as {\"temp_c\": 20, \"rh_pct\": 50};"+
			" a missing reading is null, for JSON has no NaN.")
	}
	return in, nil
}

// err returns what was wrong with all inputs read so far.
func (in *inputs) err() error { return in.problem.Err() }

// has reports whether a field is there and not null.
func (in *inputs) has(field string) bool {
	raw, ok := in.fields[field]
	return ok && string(raw) != "null"
}

// read decodes a field that must be there; what says what it should be.
func (in *inputs) read(field, what string, into any) bool {
	raw, ok := in.fields[field]
	switch {
	case !ok:
		in.problem.Add(field, field+" is missing: it must be "+what+".")
	case string(raw) == "null":
		in.problem.Add(field, field+" is null: it must be "+what+".")
	case json.Unmarshal(raw, into) != nil:
		in.problem.Add(field, field+" must be "+what+".")
	default:
		return true
	}
	return false
}

// number is a number that must be there. JSON has neither NaN nor infinity, and what is too large for a float is
// refused.
func (in *inputs) number(field string) float64 {
	var v float64
	in.read(field, "a number", &v)
	return v
}

// reading is a number, or NaN for null: a sensor that did not report.
func (in *inputs) reading(field string) float64 {
	if raw, ok := in.fields[field]; ok && string(raw) == "null" {
		return math.NaN()
	}
	return in.number(field)
}

// numberOr is a number that may be left out or null.
func (in *inputs) numberOr(field string, fallback float64) float64 {
	if !in.has(field) {
		return fallback
	}
	return in.number(field)
}

// whole is a number without a fraction, as days of the year are.
func (in *inputs) whole(field string) int {
	v := in.number(field)
	if v != math.Trunc(v) || math.Abs(v) > 1e6 {
		in.problem.Add(field, field+" must be a whole number.")
		return 0
	}
	return int(v)
}

func (in *inputs) yes(field string) bool {
	var v bool
	in.read(field, "true or false", &v)
	return v
}

func (in *inputs) text(field string) string {
	var v string
	in.read(field, "a text", &v)
	return v
}

// textOr is a text that may be left out or null.
func (in *inputs) textOr(field, fallback string) string {
	if !in.has(field) {
		return fallback
	}
	return in.text(field)
}

// readings is a list of numbers in which null is a missing reading, here NaN.
func (in *inputs) readings(field string) []float64 {
	var list []*float64
	many := bytes.Count(in.fields[field], []byte(",")) >= listMax // decoded it would take many times the room
	if !many && !in.read(field, "a list of numbers, with null for a missing one", &list) {
		return nil
	}
	if many || len(list) == 0 {
		in.problem.Add(field, field+" must hold between 1 and 600,000 values.")
		return nil
	}
	values := make([]float64, len(list))
	for i, v := range list {
		values[i] = math.NaN()
		if v != nil {
			values[i] = *v
		}
	}
	return values
}

// numbers is a list of numbers without gaps.
func (in *inputs) numbers(field string) []float64 {
	values := in.readings(field)
	for _, v := range values {
		if math.IsNaN(v) {
			in.problem.Add(field, field+" must not hold null.")
			return nil
		}
	}
	return values
}

// span is a range as a list of its two ends.
func (in *inputs) span(field string) Span {
	values := in.numbers(field)
	if len(values) != 2 || values[0] > values[1] {
		in.problem.Add(field, field+" must be two numbers, the lower one first.")
		return Span{}
	}
	return Span{values[0], values[1]}
}

func (in *inputs) instant(field string) time.Time {
	return in.time(field, time.RFC3339, "a time such as \"2025-04-10T17:57:00Z\"")
}

func (in *inputs) date(field string) time.Time {
	return in.time(field, time.DateOnly, "a date such as \"2025-04-10\"")
}

// time is a moment within the centuries for which time zones are known or guessed.
func (in *inputs) time(field, layout, what string) time.Time {
	var text string
	if !in.read(field, what, &text) {
		return time.Time{}
	}
	t, err := time.Parse(layout, text)
	if err != nil || t.Year() < 1800 || t.Year() > 2500 {
		in.problem.Add(field, field+" must be "+what+".")
		return time.Time{}
	}
	return t
}

// zone is a place's time zone. This machine's own is refused: results must not depend on where they are computed.
func (in *inputs) zone(field string) *time.Location {
	name := in.text(field)
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.EqualFold(name, "local") {
		in.problem.Add(field, field+" must be a time zone such as \"Europe/Berlin\" or \"UTC\".")
		return time.UTC
	}
	return loc
}

// step is the time from one reading to the next.
func (in *inputs) step() time.Duration {
	seconds := in.number("step_s")
	if err := validStep(seconds); err != nil {
		in.problem.Add("step_s", "step_s must lie between 1 and 86400 seconds.")
		return time.Hour
	}
	return time.Duration(seconds * float64(time.Second))
}

// air is an evenly spaced series of temperature, and of humidity where it is needed.
func (in *inputs) air(needRH bool) AirSeries {
	s := AirSeries{Start: in.instant("start"), Step: in.step(), TempC: in.readings("temp_c")}
	if needRH {
		s.RHPct = in.readings("rh_pct")
	}
	return s
}
