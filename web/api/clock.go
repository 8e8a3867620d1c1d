package api

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
)

// hours are times of the day as programs may write them: "22:00-06:00", or an object with from and to, and for
// rules days and months. Each is judged by itself, so that the answer can say what is wrong with it.
type hours json.RawMessage

// UnmarshalJSON keeps the text.
func (h *hours) UnmarshalJSON(text []byte) error {
	*h = bytes.Clone(text)
	return nil
}

// Schema describes them for the document only.
func (hours) Schema(huma.Registry) *huma.Schema {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: doc} }
	members := map[string]*huma.Schema{"from": text("Such as 22:00."), "to": text("Such as 06:00; before from it is over midnight."),
		"days":   {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, Enum: []any{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}}},
		"months": {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeInteger}}}
	return &huma.Schema{Description: `Text such as "22:00-06:00", an object, or null; on the farm's clocks.`, Extensions: map[string]any{
		"oneOf": []*huma.Schema{text("From and to."), {Type: huma.TypeObject, Properties: members}, {Type: "null"}}}}
}

// parse reads the hours; what is wrong goes to bad, under field.
func (h hours) parse(bad sensors.Invalid, field string) (a sensors.Active) {
	var text string
	var members map[string]json.RawMessage
	switch {
	case len(h) == 0 || string(h) == "null":
		return a
	case json.Unmarshal(h, &text) == nil:
		if from, to, both := strings.Cut(strings.ReplaceAll(text, "–", "-"), "-"); both {
			a.From, a.To = clockMinute(bad, field, from), clockMinute(bad, field, to)
		} else if strings.TrimSpace(text) != "" {
			bad.Add(field, `Give hours like "22:00-06:00".`)
		}
	case json.Unmarshal(h, &members) == nil:
		a = readActive(bad, field, members)
	default:
		bad.Add(field, `Give hours like "22:00-06:00", an object with from and to, or null.`)
	}
	if a.From == a.To && a.From != 0 {
		bad.Add(field, "From and to are the same; leave both out for the whole day.")
	}
	return a
}

func readActive(bad sensors.Invalid, field string, members map[string]json.RawMessage) (a sensors.Active) {
	var from, to *string
	var days []string
	for _, member := range []struct {
		name, wrong string
		into        any
	}{
		{"from", "Give a time like 22:00, in quotes.", &from}, {"to", "Give a time like 06:00, in quotes.", &to},
		{"days", `Days are like ["mon","tue"].`, &days}, {"months", "Months are like [4,5].", &a.Months},
	} {
		if text, given := members[member.name]; given && json.Unmarshal(text, member.into) != nil {
			bad.Add(field+"."+member.name, member.wrong)
		}
		delete(members, member.name)
	}
	for name := range members {
		bad.Add(field+"."+name, "There is no such member; there are from, to, days and months.")
	}
	if (from == nil) != (to == nil) {
		bad.Add(field, "Give both from and to, or neither.")
	} else if from != nil {
		a.From, a.To = clockMinute(bad, field+".from", *from), clockMinute(bad, field+".to", *to)
	}
	for _, name := range days {
		a.Days = append(a.Days, weekday(bad, field+".days", name))
	}
	slices.Sort(a.Days)
	slices.Sort(a.Months)
	a.Days, a.Months = slices.Compact(a.Days), slices.Compact(a.Months)
	return a
}

// weekday reads "mon" or "Monday".
func weekday(bad sensors.Invalid, field, name string) time.Weekday {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if full := d.String(); strings.EqualFold(name, full) || strings.EqualFold(name, full[:3]) {
			return d
		}
	}
	bad.Add(field, `Days are like ["mon","tue"].`)
	return 0
}

// clockMinute reads a time of the day; 24:00 is the midnight at its end.
func clockMinute(bad sensors.Invalid, field, text string) sensors.ClockMinute {
	text = strings.TrimSpace(text)
	if text == "24:00" {
		return 0
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		bad.Add(field, "Give a time from 00:00 to 23:59, such as 06:30.")
	}
	return sensors.ClockMinute(at.Hour()*60 + at.Minute())
}

// duration reads a length of time, zero when there is none.
func duration(bad sensors.Invalid, field, text string) time.Duration {
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		bad.Add(field, "Give a duration such as 30s, 10m or 1h30m.")
	}
	return d.Truncate(time.Millisecond)
}

// lasts writes a length of time as it may be sent, null for none.
func lasts(d time.Duration) *string {
	if d == 0 {
		return nil
	}
	text := stepName(d)
	return &text
}
