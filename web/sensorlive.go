package web

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
)

const (
	// pointsBefore is how far back the points reach that an opened page is given: its chart may have asked
	// for the history a little before. What it has already it leaves out.
	pointsBefore = time.Minute
	// maxPoints is the most that one message brings. A device that sends a backlog sends more; the chart has
	// the rest when it asks for its history again.
	maxPoints = 300
	// keptPoints is how many messages with points are kept for pages that lag behind: a minute at least.
	keptPoints = 240
)

// drawSensor draws what changed on a sensor's page: its head, and the new points of its chart.
func (s *Server) drawSensor(ctx context.Context, p *watched, c *change, id sensors.SensorID) error {
	state, ok := s.o.Board.Sensor(id)
	if !ok {
		c.add("gone", views.GoneView("This sensor was removed with all its readings."))
		return nil
	}
	if c.redrawLists() || c.redrawAlerts() || c.changed()[id.String()] {
		c.add("sensor-head-"+id.String(), views.SensorHeadView(s.sensorHead(state)))
	}
	if !state.Has || state.Last.At <= p.newest {
		return nil
	}
	points, err := s.pointsAfter(ctx, state, p.newest)
	if err != nil {
		return err
	}
	p.newest = state.Last.At
	if len(points) == 0 {
		return nil
	}
	f := fragment{id: "points-" + strconv.FormatUint(c.Version, 10) + ".", into: "chart-" + id.String(), html: templ.Join(points...)}
	if p.points = append(p.points, f.id); len(p.points) > keptPoints {
		f.holds = slices.Clone(p.points[:1])
		p.points = slices.Delete(p.points, 0, 1)
	}
	c.out = append(c.out, f)
	return nil
}

// pointsAfter are a sensor's trustworthy readings after a moment, the newest ones when there are too many.
// For zero they begin a little before the last.
func (s *Server) pointsAfter(ctx context.Context, state live.SensorState, after sensors.Milli) ([]templ.Component, error) {
	if after == 0 {
		after = state.Last.At - sensors.Milli(pointsBefore.Milliseconds())
	}
	var readings []sensors.Reading
	err := s.o.History.Range(ctx, state.ID, after+1, state.Last.At+1, func(r sensors.Reading) bool {
		if r.Quality == sensors.Good {
			readings = append(readings, r)
		}
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("reading new points: %w", err)
	}
	readings = readings[max(0, len(readings)-maxPoints):]
	info, units := state.Metric.Info(), s.units()
	points := make([]templ.Component, len(readings))
	for i, r := range readings {
		points[i] = views.ChartPoint(strconv.FormatFloat(float64(r.At)/1000, 'f', -1, 64),
			strconv.FormatFloat(info.In(units, r.Value), 'g', 8, 64))
	}
	return points, nil
}
