package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/web/auth"
)

// readings is the answer to a query. It is written piece by piece.
type readings struct {
	Sensor string  `json:"sensor_id"`
	Metric string  `json:"metric"`
	Unit   string  `json:"unit"`
	Step   string  `json:"step" doc:"raw, or the width of a point as a duration."`
	Points []point `json:"points"`
}

// point is one reading (value, quality) or the sum of the good readings of a step (min, mean, max, count).
type point struct {
	At      string   `json:"at" format:"date-time" doc:"Time of the reading, or the beginning of the step."`
	Value   *float64 `json:"value,omitempty"`
	Quality string   `json:"quality,omitempty" enum:"good,suspect"`
	Min     *float64 `json:"min,omitempty"`
	Mean    *float64 `json:"mean,omitempty"`
	Max     *float64 `json:"max,omitempty"`
	Count   int      `json:"count,omitempty"`
}

// readings adds what can be asked of stored readings.
func (a *api) readings() {
	answer := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[readings](), true, "Readings")
	register(a, auth.ScopeRead, huma.Operation{OperationID: "query-readings", Method: http.MethodGet, Path: "/sensors/{id}/readings",
		Summary: "Query a sensor's readings", Tags: []string{"Readings"}, Errors: []int{404}, Responses: streamed("application/json", answer),
		Description: "With the step raw each point is a reading, suspect ones included; otherwise it sums up the good readings of a step, and steps without any are left out.",
	}, a.queryReadings)
	register(a, auth.ScopeRead, huma.Operation{OperationID: "download-readings", Method: http.MethodGet, Path: "/sensors/{id}/readings.csv",
		Summary: "Download a sensor's readings as CSV", Tags: []string{"Readings"}, Errors: []int{404},
		Responses:   streamed("text/csv", &huma.Schema{Type: huma.TypeString}),
		Description: "The first line names the columns: time, value, quality, metric, unit.",
	}, a.downloadReadings)
}

// streamed describes an answer that is written by hand.
func streamed(contentType string, schema *huma.Schema) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{contentType: {Schema: schema}}}}
}

func (a *api) queryReadings(ctx context.Context, in *struct {
	ID string `path:"id"`
	Span
	Step string `query:"step" default:"auto" doc:"raw, auto (at most 1,000 points) or a duration such as 15m."`
}) (*huma.StreamResponse, error) {
	sensor, err := a.sensorByID(in.ID)
	if err != nil {
		return nil, err
	}
	from, to, err := in.parse(a.Now())
	if err != nil {
		return nil, err
	}
	if in.Step == "raw" {
		return a.rawPoints(ctx, sensor, from, to)
	}
	var width time.Duration
	if in.Step == "auto" {
		width, err = a.autoWidth(ctx, sensor.ID, from, to)
	} else {
		width, err = stepWidth(in.Step, from, to)
	}
	if err != nil {
		return nil, err
	}
	buckets, err := a.buckets(ctx, sensor.ID, from, to, width)
	if err != nil {
		return nil, err
	}
	return answer("application/json", func(w *writer) error {
		w.open(sensor, stepName(width))
		for len(buckets) > 0 && w.err == nil {
			n := min(len(buckets), chunk)
			w.points(bucketPoints(buckets[:n]))
			buckets = buckets[n:]
		}
		return w.close()
	}), nil
}

// rawPoints answers with the readings themselves. The first are read before the answer begins, so that a
// history that cannot be read is still told properly.
func (a *api) rawPoints(ctx context.Context, sensor live.SensorState, from, to sensors.Milli) (*huma.StreamResponse, error) {
	past := &past{history: a.History, sensor: sensor.ID, from: from, to: to}
	some, err := past.next(ctx)
	if err != nil {
		return nil, err
	}
	return answer("application/json", func(w *writer) error {
		w.open(sensor, "raw")
		for len(some) > 0 && w.err == nil {
			points := make([]point, len(some))
			for i := range some {
				points[i] = point{At: timestamp(some[i].At), Value: &some[i].Value, Quality: some[i].Quality.String()}
			}
			w.points(points)
			if some, err = past.next(ctx); err != nil {
				return a.broken(sensor, err)
			}
		}
		return w.close()
	}), nil
}

// buckets sums up the readings from..to in steps counted from 1970. The first step holds nothing from before
// from, and begins there.
func (a *api) buckets(ctx context.Context, id sensors.SensorID, from, to sensors.Milli, width time.Duration) ([]sensors.Bucket, error) {
	var all []sensors.Bucket
	sum := func(from, to sensors.Milli) error {
		rows, err := a.History.Buckets(ctx, []sensors.SensorID{id}, from, to, width)
		for _, row := range rows {
			all = append(all, row...)
		}
		return err
	}
	if start := sensors.BucketStart(from, width); start < from {
		next := min(start+sensors.Milli(width.Milliseconds()), to)
		if err := sum(from, next); err != nil {
			return nil, err
		}
		from = next
	}
	return all, sum(from, to)
}

func bucketPoints(buckets []sensors.Bucket) []point {
	points := make([]point, len(buckets))
	for i := range buckets {
		b := &buckets[i]
		points[i] = point{At: timestamp(b.From), Min: &b.Min, Mean: &b.Mean, Max: &b.Max, Count: b.Count}
	}
	return points
}

// open writes the answer up to its points.
func (w *writer) open(sensor live.SensorState, step string) {
	head, err := json.Marshal(readings{Sensor: sensor.ID.String(), Metric: string(sensor.Metric), Unit: sensor.Metric.Info().Unit,
		Step: step, Points: []point{}})
	w.fail(err)
	w.write(head[:len(head)-len("]}")])
}

// points writes more points.
func (w *writer) points(points []point) {
	list, err := json.Marshal(points)
	w.fail(err)
	if list[0] = ' '; w.some {
		list[0] = ','
	}
	w.some = true
	w.write(list[:len(list)-1])
}

// close writes the end of the answer.
func (w *writer) close() error {
	w.write([]byte("]}\n"))
	return w.err
}
