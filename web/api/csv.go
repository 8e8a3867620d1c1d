package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
)

// downloadReadings streams a sensor's raw readings. The first line names the columns.
func (a *api) downloadReadings(ctx context.Context, in *struct {
	ID string `path:"id"`
	Span
}) (*huma.StreamResponse, error) {
	sensor, err := a.sensorByID(in.ID)
	if err != nil {
		return nil, err
	}
	from, to, err := in.parse(a.Now())
	if err != nil {
		return nil, err
	}
	past := &past{history: a.History, sensor: sensor.ID, from: from, to: to}
	some, err := past.next(ctx)
	if err != nil {
		return nil, err
	}
	return answer("text/csv; charset=utf-8", func(w *writer) error {
		w.write([]byte("time,value,quality,metric,unit\n"))
		for len(some) > 0 && w.err == nil {
			lines, err := csvLines(some, string(sensor.Metric), sensor.Metric.Info().Unit)
			w.fail(err)
			w.write(lines)
			if some, err = past.next(ctx); err != nil {
				return a.broken(sensor, err)
			}
		}
		return w.err
	}), nil
}

func csvLines(some []sensors.Reading, metric, unit string) ([]byte, error) {
	var b bytes.Buffer
	lines := csv.NewWriter(&b)
	for _, r := range some {
		err := lines.Write([]string{timestamp(r.At), strconv.FormatFloat(r.Value, 'f', -1, 64), r.Quality.String(), metric, unit})
		if err != nil {
			return nil, err
		}
	}
	lines.Flush()
	return b.Bytes(), lines.Error()
}
