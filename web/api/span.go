package api

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
)

// How many points an answer may have.
const (
	autoPoints = 1_000
	maxPoints  = 1_000_000 // steps in the time that is asked for; readings themselves are streamed
)

// Span is the time that is asked for. It and Paging have exported names because huma sets only exported fields.
type Span struct {
	From string `query:"from" format:"date-time" doc:"First moment; a day before to when left out."`
	To   string `query:"to" format:"date-time" doc:"Moment after the last; now when left out."`
}

// parse returns the asked time, cut to when there can be readings: it may be empty.
func (s Span) parse(now time.Time) (from, to sensors.Milli, err error) {
	end, err := moment("to", s.To, now.Add(ahead))
	if err != nil {
		return 0, 0, err
	}
	begin, err := moment("from", s.From, end.Add(-24*time.Hour))
	if err != nil {
		return 0, 0, err
	}
	if !begin.Before(end) {
		return 0, 0, huma.Error422UnprocessableEntity("from must be earlier than to")
	}
	// Milliseconds before 1970 are negative, and no reading is stored with a time of more than a day from now.
	return sensors.Milli(max(begin.UnixMilli(), 0)), sensors.Milli(min(max(end.UnixMilli(), 0), now.Add(48*time.Hour).UnixMilli())), nil
}

// ahead is how far the newest readings may seem to lie in the future: the stamps of many that arrive in one
// moment follow each other, and devices' clocks are not ours.
const ahead = time.Minute

func moment(name, text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, huma.Error422UnprocessableEntity(name + " must be a time like 2026-03-01T12:00:00Z")
	}
	return at, nil
}

// autoWidth returns a step that gives at most autoPoints points from the sensor's first reading on.
func (a *api) autoWidth(ctx context.Context, id sensors.SensorID, from, to sensors.Milli) (time.Duration, error) {
	first, err := a.History.First(ctx, id)
	if err != nil {
		return 0, err
	}
	return sensors.BucketWidth(min(max(from, first), to), to, autoPoints), nil
}

// stepWidth reads a step that is a duration.
func stepWidth(step string, from, to sensors.Milli) (time.Duration, error) {
	width, err := time.ParseDuration(step)
	if err != nil || width < time.Millisecond {
		return 0, huma.Error422UnprocessableEntity("step must be raw, auto or a duration such as 15m")
	}
	width = width.Truncate(time.Millisecond)
	if int64(to-from)/width.Milliseconds() > maxPoints {
		return 0, huma.Error422UnprocessableEntity(fmt.Sprintf("this would be more than %d points; take a longer step or a shorter time", maxPoints))
	}
	return width, nil
}

// stepName writes a width as people do: 1h and not 1h0m0s.
func stepName(width time.Duration) string {
	name := width.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(name, zero) {
			name = name[:len(name)-2]
		}
	}
	return name
}
