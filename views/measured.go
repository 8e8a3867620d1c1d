package views

import "furrow/views/chart"

// Measured is what a sensor measured last, as it stands in its zone's card or above its chart.
type Measured struct {
	SensorID, Label, Icon string
	Value, Unit           string // Value is "–" before the first reading
	Word                  bool   // Value is a word and not a number
	Tone                  string // ok, watch or stale
	Note                  string // why the value is not to be trusted, "" when it is
	Age                   Age
	Spark                 *chart.Spark // the last day, nil when it is not drawn
	Range                 string       // lowest to highest of the last day
}

// State is how something does, in a colour, a picture and a word.
type State struct{ Tone, Word string }

func (s State) icon() string {
	switch s.Tone {
	case "ok":
		return "ok"
	case "stale":
		return "offline"
	}
	return "alert"
}
