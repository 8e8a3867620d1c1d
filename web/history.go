package web

import (
	"context"
	"math"
	"strconv"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
	"furrow/views/chart"
)

// chartPoints is how fine a large chart is: more than a phone can show, and few enough to send at once.
const chartPoints = 300

// history is how a sensor went over a span: chart, sentence, numbers and table.
func (s *Server) history(ctx context.Context, state live.SensorState, shown span) (views.History, error) {
	buckets, series, err := s.series(ctx, state, shown)
	if err != nil {
		return views.History{}, err
	}
	path := sensorPath(state.ID)
	h := views.History{SensorID: state.ID.String(), CSV: path + "/readings.csv" + shown.query(), Element: s.chartElement(state, shown)}
	farm, _ := s.o.Board.Farm()
	h.Chart = chart.New(series, s.scale(state.Metric), chart.Calendar{Zone: farm.Location(), Clock12: farm.Clock12})
	for i := range series.At {
		h.Legend = h.Legend || !series.Stepped && series.Low[i] < series.High[i]
	}
	t := tale{s: s, state: state, span: shown, info: state.Metric.Info(), units: s.units()}
	if series.Stepped {
		if t.strokes, err = s.strokes(ctx, state, shown, series); err != nil {
			return h, err
		}
	}
	h.Summary, h.Stats = t.summary(buckets, series), t.stats(buckets)
	h.Limits = s.limitKeys(state)
	h.Headings, h.Rows, err = t.table(ctx)
	return h, err
}

// series returns what was measured in a span, summed up so finely that a chart can show it.
func (s *Server) series(ctx context.Context, state live.SensorState, shown span) ([]sensors.Bucket, chart.Series, error) {
	info, units := state.Metric.Info(), s.units()
	step := sensors.BucketWidth(shown.from, shown.to, chartPoints)
	buckets, err := s.buckets(ctx, state.ID, shown, step)
	if err != nil {
		return nil, chart.Series{}, err
	}
	w := chart.Window{From: shown.from, To: shown.to, Step: step, Gap: chart.GapAfter(step, state.Every), Stepped: info.Class == sensors.Switch,
		Shown: func(v float64) float64 { return info.In(units, v) }}
	if w.Stepped {
		buckets = heldFrom(buckets, state, shown)
	}
	series := chart.NewSeries(buckets, w)
	if !state.Stale || state.Last.At > shown.to {
		series.Hold(shown.to)
	}
	series.Guide, err = s.guideOf(ctx, state, shown)
	return buckets, series, err
}

// buckets sums up a sensor's readings of a span, its last moment included.
func (s *Server) buckets(ctx context.Context, id sensors.SensorID, shown span, width time.Duration) ([]sensors.Bucket, error) {
	rows, err := s.o.History.Buckets(ctx, []sensors.SensorID{id}, sensors.BucketStart(shown.from, width), shown.to+1, width)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// heldFrom lets a switch that did not change in the whole span show what it has been since before.
func heldFrom(buckets []sensors.Bucket, state live.SensorState, shown span) []sensors.Bucket {
	if len(buckets) > 0 || !state.Has || state.Stale || state.Last.At >= shown.from || state.Last.Quality == sensors.Suspect {
		return buckets
	}
	return []sensors.Bucket{{From: shown.from, Min: state.Last.Value, Mean: state.Last.Value, Max: state.Last.Value}}
}

// scale is how the value axis of a metric is laid out: ten of its smallest steps fill the chart, and what
// cannot be negative begins at zero.
func (s *Server) scale(metric sensors.MetricID) chart.Scale {
	info := metric.Info()
	scale := chart.Scale{Least: 10 * math.Pow10(-info.DecimalsIn(s.units())), Floor: math.NaN()}
	switch {
	case info.Class == sensors.Switch:
		scale.Words = switchWords(metric)
	case info.Min >= 0:
		scale.Floor = 0
	}
	return scale
}

// chartElement is what the chart's script has to know.
func (s *Server) chartElement(state live.SensorState, shown span) views.ChartElement {
	info, units, scale := state.Metric.Info(), s.units(), s.scale(state.Metric)
	farm, _ := s.o.Board.Farm()
	e := views.ChartElement{Src: sensorPath(state.ID) + "/history.json" + shown.query(), Name: state.Label(), Unit: unitLabel(info.UnitIn(units)),
		Decimals: info.DecimalsIn(units), Least: strconv.FormatFloat(scale.Least, 'f', -1, 64), Zone: farm.Location().String(), Clock: "24",
		Fixed: shown.preset == ""}
	if farm.Clock12 {
		e.Clock = "12"
	}
	if scale.Floor == 0 {
		e.Floor = "0"
	}
	if scale.Words[1] != "" {
		e.Words = scale.Words[0] + "," + scale.Words[1]
	}
	return e
}
