package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/rules"
	"furrow/views"
)

// mostSensors is how many sensors a form offers to choose from; rules about zones are for larger farms.
const mostSensors = 400

// metricChoices are what can be watched: first what is measured on this farm.
func (s *Server) metricChoices(chosen sensors.MetricID) []views.ChoiceGroup {
	here := map[sensors.MetricID]bool{chosen: chosen != ""}
	for _, state := range s.o.Board.Sensors() {
		here[state.Metric] = true
	}
	var measured []sensors.MetricID
	for id, is := range here {
		if is {
			measured = append(measured, id)
		}
	}
	slices.SortFunc(measured, func(a, b sensors.MetricID) int { return cmp.Or(cmp.Compare(a.Rank(), b.Rank()), cmp.Compare(a, b)) })
	groups := []views.ChoiceGroup{{Label: "Measured on this farm"}, {Label: "Not measured yet"}}
	for _, id := range measured {
		groups[0].Choices = append(groups[0].Choices, s.metricChoice(id.Info()))
	}
	for _, info := range sensors.Metrics() {
		if !here[info.ID] {
			groups[1].Choices = append(groups[1].Choices, s.metricChoice(info))
		}
	}
	if len(measured) == 0 {
		return groups[1:]
	}
	return groups
}

func (s *Server) metricChoice(info sensors.MetricInfo) views.Choice {
	label := info.Name
	if unit := unitLabel(info.UnitIn(s.units())); unit != "" {
		label += ", " + unit
	}
	return views.Choice{Value: string(info.ID), Label: label}
}

// scopeChoices are where can be watched; the chosen sensor is among them.
func (s *Server) scopeChoices(chosen sensors.SensorID) []views.ChoiceGroup {
	return append(s.places(""), s.sensorChoices("One sensor", chosen))
}

// places are the farm, kinds of zones and zones; of one kind only, if it is given.
func (s *Server) places(kind sensors.ZoneKind) []views.ChoiceGroup {
	kinds, zones := views.ChoiceGroup{Label: "Every zone of a kind"}, views.ChoiceGroup{Label: "One zone"}
	for _, k := range sensors.ZoneKinds() {
		label := "Every " + strings.ToLower(k.Label)
		if k.Kind == "other" {
			label = "Every zone of no special kind"
		}
		if kind == "" || k.Kind == kind {
			kinds.Choices = append(kinds.Choices, views.Choice{Value: "kind:" + string(k.Kind), Label: label})
		}
	}
	for _, z := range s.o.Board.Zones() {
		zones.Choices = append(zones.Choices, views.Choice{Value: "zone:" + z.ID.String(), Label: z.Name})
	}
	everywhere := views.ChoiceGroup{Choices: []views.Choice{{Label: "Anywhere on the farm"}}}
	if kind != "" { // the first is the one that is chosen
		return []views.ChoiceGroup{kinds, zones, everywhere}
	}
	return []views.ChoiceGroup{everywhere, kinds, zones}
}

// sensorChoices are the sensors of the farm by zone and device; of a large farm only some, and the chosen one.
func (s *Server) sensorChoices(label string, chosen sensors.SensorID) views.ChoiceGroup {
	group := views.ChoiceGroup{Label: label}
	sc := s.scene()
	states := sc.sensors
	slices.SortStableFunc(states, func(a, b live.SensorState) int {
		return cmp.Or(cmp.Compare(sc.zoneName(a.Zone), sc.zoneName(b.Zone)), cmp.Compare(a.Metric.Rank(), b.Metric.Rank()))
	})
	for i, state := range states {
		if i >= mostSensors && state.ID != chosen {
			continue
		}
		name := state.Label() + ", " + deviceName(sc.devices[state.Device])
		if zone := sc.zoneName(state.Zone); zone != "" {
			name = zone + ": " + name
		}
		group.Choices = append(group.Choices, views.Choice{Value: "sensor:" + state.ID.String(), Label: name})
	}
	return group
}

// holds are how long a condition must last; the chosen one is among them.
func holds(chosen string) []views.Choice {
	choices := []views.Choice{{Value: "0s", Label: "at once"}}
	for _, d := range []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour} {
		choices = append(choices, views.Choice{Value: lengthText(d), Label: rules.Duration(d)})
	}
	return withChosen(choices, chosen)
}

// repeats are how often is told again.
func repeats(chosen string) []views.Choice {
	choices := []views.Choice{{Value: "0s", Label: "never"}}
	for _, d := range []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour} {
		choices = append(choices, views.Choice{Value: lengthText(d), Label: "every " + rules.Duration(d)})
	}
	return withChosen(choices, chosen)
}

func withChosen(choices []views.Choice, chosen string) []views.Choice {
	d, err := time.ParseDuration(chosen)
	if err != nil || slices.ContainsFunc(choices, func(c views.Choice) bool { return c.Value == chosen }) {
		return choices
	}
	return append(choices, views.Choice{Value: chosen, Label: rules.Duration(d)})
}

func severityChoices() []views.Choice {
	return []views.Choice{
		{Value: string(sensors.Info), Label: "Info", Hint: "Good to know."},
		{Value: string(sensors.Warning), Label: "Warning", Hint: "Look today. Waits for the end of quiet hours."},
		{Value: string(sensors.Critical), Label: "Critical", Hint: "Wake somebody: breaks quiet hours."},
	}
}

func dayChoices() []views.Choice {
	var choices []views.Choice
	for i := range 7 {
		d := time.Weekday((i + 1) % 7)
		choices = append(choices, views.Choice{Value: views.Number(int(d)), Label: d.String()[:3]})
	}
	return choices
}

func monthChoices() []views.Choice {
	var choices []views.Choice
	for m := time.January; m <= time.December; m++ {
		choices = append(choices, views.Choice{Value: views.Number(int(m)), Label: m.String()[:3]})
	}
	return choices
}

func (s *Server) recipientChoices() []views.Choice {
	var choices []views.Choice
	for _, r := range s.o.Board.Recipients() {
		choices = append(choices, views.Choice{Value: r.ID.String(), Label: r.Name})
	}
	return choices
}
