package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/live"
)

// chunk is how many readings are taken from the history and written at once. While an answer is on its way
// to a slow reader, nothing in the history is held open.
const chunk = 8192

// past walks through a sensor's readings.
type past struct {
	history  History
	sensor   sensors.SensorID
	from, to sensors.Milli
	buffer   []sensors.Reading
}

// next returns the next readings, none at the end. They are good until the next call.
func (p *past) next(ctx context.Context) ([]sensors.Reading, error) {
	p.buffer = p.buffer[:0]
	if p.from >= p.to {
		return nil, nil
	}
	err := p.history.Range(ctx, p.sensor, p.from, p.to, func(r sensors.Reading) bool {
		p.buffer = append(p.buffer, r)
		return len(p.buffer) < chunk
	})
	if err != nil {
		return nil, err
	}
	if p.from = p.to; len(p.buffer) == chunk {
		p.from = p.buffer[chunk-1].At + 1
	}
	return p.buffer, nil
}

// writer writes an answer piece by piece and remembers the first failure.
type writer struct {
	to   *echo.Response
	err  error
	some bool // a point was written
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// write sends a piece. Who takes none of it for writeLimit is cut off.
func (w *writer) write(piece []byte) {
	if w.err != nil {
		return
	}
	_ = http.NewResponseController(w.to).SetWriteDeadline(time.Now().Add(writeLimit)) // not every connection has one
	_, err := w.to.Write(piece)
	w.fail(err)
	w.to.Flush()
}

// answer makes a streamed answer. When write fails, the status is out already: the connection is broken, so
// that half an answer is not taken for a whole one.
func answer(contentType string, write func(*writer) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		to := humaecho.Unwrap(ctx).Response()
		to.Header().Set(echo.HeaderContentType, contentType)
		to.WriteHeader(http.StatusOK)
		if err := write(&writer{to: to}); err != nil {
			panic(http.ErrAbortHandler)
		}
		_ = http.NewResponseController(to).SetWriteDeadline(time.Time{}) // the connection goes on
	}}
}

// broken notes that the history failed while an answer was written.
func (a *api) broken(sensor live.SensorState, err error) error {
	a.Log.Warn("readings broke off", "sensor", sensor.ID.String(), "error", err)
	return err
}
