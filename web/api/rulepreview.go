package api

import (
	"context"
	"math"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
	"furrow/sensors/rules"
)

// Bounds of previews: how far they look back when not told, and at most; and how many run at once, for each
// keeps a core busy.
const (
	previewUsual = 30 * day
	previewMost  = 366 * day
	previewers   = 2
)

type previewAnswer struct {
	Body struct {
		Count   int       `json:"count" doc:"How often the rule would have fired."`
		Nights  int       `json:"night_count" doc:"Of these, between 22:00 and 06:00 on the farm's clocks."`
		Longest int64     `json:"longest_seconds"`
		Calmer  *float64  `json:"calmer_clear" doc:"The nearest clear value that would have halved the count at least, null when there is none."`
		Alerts  []wouldBe `json:"alerts" doc:"By time, at most 10,000."`
	}
}

// wouldBe is an alert that did not happen.
type wouldBe struct {
	Sensor     *string  `json:"sensor_id" doc:"Null when it is about a whole device."`
	Device     string   `json:"device_id"`
	StartedAt  string   `json:"started_at" format:"date-time"`
	ResolvedAt *string  `json:"resolved_at" format:"date-time" doc:"Null when it would still be open."`
	Peak       *float64 `json:"peak" doc:"The worst value; null for silence."`
}

func (a *api) previewRule(ctx context.Context, in *struct {
	Body struct {
		Rule ruleBody `json:"rule"`
		From string   `json:"from,omitempty" format:"date-time" doc:"30 days before to when left out."`
		To   string   `json:"to,omitempty" format:"date-time" doc:"Now when left out."`
	}
}) (*previewAnswer, error) {
	r, err := a.ruleOf(&in.Body.Rule)
	if err != nil {
		return nil, inBody("rule.", err)
	}
	if old, err := a.ruleByID(in.Body.Rule.ID); err == nil {
		r.ID, r.Watch = old.ID, old.Watch
	}
	from, to, err := previewSpan(in.Body.From, in.Body.To, a.Now())
	if err != nil {
		return nil, err
	}
	select {
	case a.previewing <- struct{}{}:
		defer func() { <-a.previewing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	found, err := Previewer{a.Board, a.History}.Preview(ctx, r, from, to)
	if err != nil {
		return nil, inBody("rule.", err)
	}
	return previewOf(found), nil
}

// previewSpan reads the time to look at, which ends now at the latest.
func previewSpan(from, to string, now time.Time) (sensors.Milli, sensors.Milli, error) {
	end, err := moment("to", to, now)
	if err != nil {
		return 0, 0, err
	}
	begin, err := moment("from", from, end.Add(-previewUsual))
	switch {
	case err != nil:
		return 0, 0, err
	case !begin.Before(end):
		return 0, 0, huma.Error422UnprocessableEntity("from must be earlier than to")
	case end.Sub(begin) > previewMost:
		return 0, 0, huma.Error422UnprocessableEntity("look at no more than a year")
	}
	return max(sensors.MilliOf(begin), 1), min(max(sensors.MilliOf(end), 1), sensors.MilliOf(now)), nil
}

func previewOf(found rules.Preview) *previewAnswer {
	out := &previewAnswer{}
	out.Body.Count, out.Body.Nights, out.Body.Calmer = found.Count, found.NightCount, found.CalmerClear
	out.Body.Longest = int64(math.Round(found.Longest.Seconds()))
	out.Body.Alerts = make([]wouldBe, 0, len(found.Alerts))
	for _, alert := range found.Alerts {
		w := wouldBe{Sensor: idOrNull(alert.Sensor), Device: alert.Device.String(), StartedAt: timestamp(alert.StartedAt), ResolvedAt: stamp(alert.ResolvedAt)}
		if !math.IsNaN(alert.Peak) {
			w.Peak = &alert.Peak
		}
		out.Body.Alerts = append(out.Body.Alerts, w)
	}
	return out
}
