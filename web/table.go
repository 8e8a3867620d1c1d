package web

import (
	"context"
	"slices"
	"time"

	"furrow/sensors"
	"furrow/views"
)

// grid is how a span is cut into the rows of a table: by the clock or the calendar of the farm.
type grid struct {
	within  time.Duration // the longest span that is cut so
	heading string
	layout  string        // of a row's beginning; "" writes it as a moment
	width   time.Duration // of the sums that rows are made of
	begin   func(t time.Time) time.Time
	end     func(begin time.Time) time.Time
}

const day = 24 * time.Hour

var grids = []grid{
	{2 * time.Hour, "Time", "", 5 * time.Minute, func(t time.Time) time.Time { return t.Truncate(5 * time.Minute) }, after(5 * time.Minute)},
	{2 * day, "Hour", "", 30 * time.Minute, func(t time.Time) time.Time {
		return t.Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second)
	}, after(time.Hour)},
	{62 * day, "Day", "Mon 2 Jan", time.Hour, func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	}, onDate(0, 0, 1)},
	{4 * 366 * day, "Month", "Jan 2006", day, func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
	}, onDate(0, 1, 0)},
	{1<<63 - 1, "Year", "2006", 7 * day, func(t time.Time) time.Time {
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, t.Location())
	}, onDate(1, 0, 0)},
}

func after(d time.Duration) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return t.Add(d) }
}

func onDate(years, months, days int) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return t.AddDate(years, months, days) }
}

// table is the span in rows, the newest first.
func (t tale) table(ctx context.Context) (headings [4]string, rows []views.HistoryRow, err error) {
	length := time.Duration(t.span.to-t.span.from) * time.Millisecond
	g := grids[slices.IndexFunc(grids, func(g grid) bool { return length <= g.within })]
	buckets, err := t.s.buckets(ctx, t.state.ID, t.span, g.width)
	if err != nil {
		return headings, nil, err
	}
	headings = [4]string{g.heading, "Lowest", "Average", "Highest"}
	switch t.info.Class {
	case sensors.Switch:
		headings = [4]string{g.heading, capital(switchWords(t.state.Metric)[1])}
	case sensors.Counter:
		headings = [4]string{g.heading, "More"}
	}
	zone := t.s.location()
	for first := 0; first < len(buckets); {
		begin := g.begin(buckets[first].From.Time().In(zone))
		after := first + 1
		for after < len(buckets) && g.begin(buckets[after].From.Time().In(zone)).Equal(begin) {
			after++
		}
		from := buckets[max(first-1, 0)].Max // where a running total stood before
		rows = append(rows, t.row(g, begin, from, buckets[first:after]))
		first = after
	}
	slices.Reverse(rows)
	return headings, rows, nil
}

// row sums up what falls into one row; before is the value that a running total had before it.
func (t tale) row(g grid, begin time.Time, before float64, buckets []sensors.Bucket) views.HistoryRow {
	row := views.HistoryRow{At: t.s.moment(begin)}
	if g.layout != "" {
		row.At.Text = begin.Format(g.layout)
	}
	sum := totalOf(buckets)
	switch t.info.Class {
	case sensors.Switch:
		row.Mean = t.on(sensors.MilliOf(begin), sensors.MilliOf(g.end(begin)), true)
	case sensors.Counter:
		row.Mean = t.gained(growth(append([]sensors.Bucket{{Min: before, Max: before}}, buckets...)))
	default:
		row.Low, row.Mean, row.High = t.number(sum.low.Min), t.number(sum.mean), t.number(sum.high.Max)
	}
	return row
}
