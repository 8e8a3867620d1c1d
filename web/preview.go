package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/rules"
	"furrow/views"
	"furrow/views/chart"
	"furrow/web/api"
)

// previewPast is how far back a rule is tried, and previewLimit how long that may take.
const (
	previewPast  = 30 * day
	previewLimit = 10 * time.Second
	previewFirst = time.Second // with the page, which must not wait for it
)

// previewOf tells what a rule would have done, or what it lacks so that this can be told.
func (s *Server) previewOf(ctx context.Context, r sensors.Rule, typed views.Fields, limit time.Duration) views.RulePreview {
	var p views.RulePreview
	if p.Missing = lacking(r, typed); p.Missing != "" {
		return p
	}
	p.Sentence = s.sentence(r)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	now := sensors.MilliOf(s.o.Now())
	shown := span{from: now - sensors.Milli(previewPast.Milliseconds()), to: now, words: "over the last 30 days"}
	past, err := api.Previewer{Board: s.o.Board, History: s.o.History}.Preview(ctx, r, shown.from, shown.to)
	if err != nil {
		p.Missing, p.Late = s.unpreviewed(err), limit < previewLimit && errors.Is(err, context.DeadlineExceeded)
		if p.Late {
			p.Missing = "There is much history to look through, which takes some seconds."
		}
		return p
	}
	p.Headline, p.Calmer = wouldHave(past), s.calmer(r, past)
	if p.Charts, err = s.previewCharts(ctx, r, past, shown); err != nil {
		s.o.Log.Warn("drawing a rule's preview", "error", err)
	}
	return p
}

// lacking is what somebody has to fill in before a rule can be tried, "" for nothing.
func lacking(r sensors.Rule, typed views.Fields) string {
	for _, name := range []string{"condition", "metric", "scope", "other_sensor_id", "limit", "low", "high", "clear", "hold", "night"} {
		if sentence := typed.Wrong[name]; sentence != "" {
			return sentence
		}
	}
	for _, sentence := range typed.Wrong {
		return sentence
	}
	needs := map[sensors.Condition]string{sensors.Above: "limit", sensors.Below: "limit", sensors.Rate: "limit", sensors.Difference: "limit", sensors.Outside: "low"}
	if name := needs[r.Condition]; name != "" && typed.Values[name] == "" {
		return "Type a limit, and here stands how often it would have fired."
	}
	var bad sensors.Invalid
	if errors.As(r.Validate(), &bad) {
		return bad.Error()
	}
	return ""
}

// unpreviewed says why a rule could not be tried.
func (s *Server) unpreviewed(err error) string {
	var bad sensors.Invalid
	switch {
	case errors.As(err, &bad):
		return bad.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, sensors.ErrBusy):
		return "That is too much history to look through here. The rule can be saved all the same."
	}
	s.o.Log.Warn("trying a rule", "error", err)
	return "The history could not be read. The rule can be saved all the same."
}

// wouldHave sums up a preview in a sentence.
func wouldHave(p rules.Preview) string {
	switch {
	case p.Count == 0:
		return "In the last 30 days it would not have fired."
	case p.Count == 1 && p.NightCount == 1:
		return "In the last 30 days it would have fired once, at night, for " + wordsOf(p.Longest) + "."
	case p.Count == 1:
		return "In the last 30 days it would have fired once, for " + wordsOf(p.Longest) + "."
	}
	night := "none at night"
	if p.NightCount > 0 {
		night = fmt.Sprintf("%d at night", p.NightCount)
	}
	return fmt.Sprintf("In the last 30 days it would have fired %d times, %s, the longest for %s.", p.Count, night, wordsOf(p.Longest))
}

func wordsOf(d time.Duration) string {
	const epoch = sensors.Milli(1)
	return lasted(epoch, epoch+sensors.Milli(d.Milliseconds()))
}

// calmer says which clear value would have made fewer alerts of the same.
func (s *Server) calmer(r sensors.Rule, p rules.Preview) string {
	if p.CalmerClear == nil {
		return ""
	}
	info := r.Metric.Info()
	unit := unitLabel(info.UnitIn(s.units()))
	times := fmt.Sprintf("it would have been %d.", p.CalmerCount)
	switch r.Condition {
	case sensors.Outside:
		return "With all clear " + joinUnit(s.plainNumber(info, *p.CalmerClear, true), unit) + " inside the band " + times
	case sensors.Rate, sensors.Difference:
		return "With all clear at " + joinUnit(s.plainNumber(info, *p.CalmerClear, true), unit) + " " + times
	}
	return "With all clear at " + joinUnit(s.plainNumber(info, *p.CalmerClear, false), unit) + " " + times
}

// mostPreviewed is how many sensors a preview draws: those that would have fired most.
const mostPreviewed = 2

// previewCharts draws the sensors that a rule would have fired for most, or one that it watches.
func (s *Server) previewCharts(ctx context.Context, r sensors.Rule, p rules.Preview, shown span) ([]views.PreviewChart, error) {
	fired := map[sensors.SensorID][]sensors.Alert{}
	for _, a := range p.Alerts {
		fired[a.Sensor] = append(fired[a.Sensor], a)
	}
	states := s.o.Board.Sensors()
	states = slices.DeleteFunc(states, func(state live.SensorState) bool {
		return len(fired[state.ID]) == 0 && !(state.Has && r.Metric == state.Metric && s.wouldWatch(r, state))
	})
	slices.SortStableFunc(states, func(a, b live.SensorState) int { return cmp.Compare(len(fired[b.ID]), len(fired[a.ID])) })
	var charts []views.PreviewChart
	for i, state := range states[:min(len(states), mostPreviewed)] {
		if i > 0 && len(fired[state.ID]) == 0 {
			break // one calm sensor is enough
		}
		drawn, err := s.previewChart(ctx, r, state, fired[state.ID], shown)
		if err != nil {
			return charts, err
		}
		charts = append(charts, drawn)
	}
	return charts, nil
}

// previewChart draws how one sensor went, with the alerts that there would have been.
func (s *Server) previewChart(ctx context.Context, r sensors.Rule, state live.SensorState, fired []sensors.Alert, shown span) (views.PreviewChart, error) {
	name := state.Label() + ", " + s.sensorName(state.ID)
	_, series, err := s.series(ctx, state, shown)
	if err != nil {
		return views.PreviewChart{}, fmt.Errorf("drawing %s: %w", name, err)
	}
	series.Guide = chart.Guide{}
	if holdsValue(r.Condition) {
		series.Guide.Stretches = s.stretches(r, state.Metric.Info(), shown)
	}
	for _, a := range fired[:min(len(fired), mostMarked)] {
		series.Guide.Alerts = append(series.Guide.Alerts, s.marked(a, shown))
	}
	farm, _ := s.o.Board.Farm()
	return views.PreviewChart{Name: name, Chart: chart.New(series, s.scale(state.Metric), chart.Calendar{Zone: farm.Location(), Clock12: farm.Clock12}),
		Summary: name + " " + shown.words + "; " + plural(len(fired), "alert", "alerts") + " marked."}, nil
}

// wouldWatch reports whether a rule would watch the sensor.
func (s *Server) wouldWatch(r sensors.Rule, state live.SensorState) bool {
	return rules.Watches(r, s.subject(state))
}

// subject is a sensor as rules see it.
func (s *Server) subject(state live.SensorState) rules.Subject {
	d, _ := s.o.Board.Device(state.Device)
	subject := rules.Subject{Sensor: state.ID, Device: d.ID, Metric: state.Metric, Zone: d.Zone, Adopted: d.Status == sensors.DeviceAdopted}
	for _, z := range s.o.Board.Zones() {
		if z.ID == d.Zone {
			subject.ZoneKind = z.Kind
		}
	}
	return subject
}
