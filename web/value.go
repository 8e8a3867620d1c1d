package web

import (
	"context"
	"strings"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
	"furrow/views/chart"
)

// sparkPast is how far the small charts of a device look back, sparkPoints how fine they are.
const (
	sparkPast   = 24 * time.Hour
	sparkPoints = 48
)

// values are what a device measures, each with a small chart of how it went.
func (s *Server) values(ctx context.Context, d sensors.Device) ([]views.Value, error) {
	states := s.o.Board.SensorsOf(d.ID)
	ids := make([]sensors.SensorID, len(states))
	for i, state := range states {
		ids[i] = state.ID
	}
	sparks, err := s.deviceSparks(ctx, d, ids)
	if err != nil {
		return nil, err
	}
	out := make([]views.Value, len(states))
	sc := scene{s: s, alarms: worst(s.o.Board.Alerts())}
	for i, state := range states {
		out[i] = sc.shown(state)
		out[i].Spark = sparks[i]
	}
	return out, nil
}

// deviceSparks draws the last day of each sensor; of a device that is younger, its whole life.
func (s *Server) deviceSparks(ctx context.Context, d sensors.Device, ids []sensors.SensorID) ([]*chart.Spark, error) {
	now := s.o.Now()
	from, to := max(sensors.MilliOf(now.Add(-sparkPast)), d.FirstSeen), sensors.MilliOf(now)+1
	to = max(to, from+1000)
	width := sensors.BucketWidth(from, to, sparkPoints)
	from = sensors.BucketStart(from, width)
	all, err := s.o.History.Buckets(ctx, ids, from, to, width)
	if err != nil {
		return nil, err
	}
	out := make([]*chart.Spark, len(ids))
	for i, buckets := range all {
		out[i] = chart.NewSpark(buckets, from, to, width)
	}
	return out, nil
}

// shown is a sensor's last reading, with what an open alert says about it.
func (sc *scene) shown(state live.SensorState) views.Value {
	v := sc.s.shown(state)
	if a, is := sc.alarms[state.ID]; is {
		m := sc.s.alarmOf(a)
		v.Wrong = views.State{Tone: m.tone(), Word: m.word()}
	}
	return v
}

// shown is a sensor's last reading as people of this farm read it.
func (s *Server) shown(state live.SensorState) views.Value {
	info, units := state.Metric.Info(), s.units()
	v := views.Value{SensorID: state.ID.String(), Label: state.Label(), Name: state.Name, Icon: info.Icon, Unit: unitLabel(info.UnitIn(units)),
		Stale: state.Stale}
	if state.Has {
		v.Value, v.At, v.Suspect = info.Format(units, state.Last.Value), s.moment(state.Last.At.Time()), state.Last.Quality == sensors.Suspect
		if info.Class == sensors.Switch {
			v.Value = switchWord(state.Metric, state.Last.Value)
		}
	}
	return v
}

// switchWords are what the two states of a switch mean.
func switchWords(m sensors.MetricID) [2]string {
	switch m {
	case "contact", "valve":
		return [2]string{"closed", "open"}
	case "motion", "leak", "rain_detected":
		return [2]string{"no", "yes"}
	}
	return [2]string{"off", "on"}
}

// switchWord says what a switch's value means.
func switchWord(m sensors.MetricID, value float64) string {
	if value == 0 {
		return switchWords(m)[0]
	}
	return switchWords(m)[1]
}

// unitLabel is a unit as it is written for people: W/m2 with a raised 2.
func unitLabel(unit string) string {
	return strings.NewReplacer("m2", "m²", "m3", "m³").Replace(unit)
}

func (s *Server) units() sensors.Units {
	farm, ok := s.o.Board.Farm()
	if !ok {
		return sensors.MetricUnits
	}
	return farm.Units
}

// moment says when something was, short: today by the clock, else by the day.
func (s *Server) moment(t time.Time) views.Moment { return s.momentIn(t, "15:04", "3:04 pm") }

// momentExact is moment to the second.
func (s *Server) momentExact(t time.Time) views.Moment {
	return s.momentIn(t, "15:04:05", "3:04:05 pm")
}

func (s *Server) momentIn(t time.Time, clock24, clock12 string) views.Moment {
	if t.IsZero() {
		return views.Moment{}
	}
	farm, _ := s.o.Board.Farm()
	clock := clock24
	if farm.Clock12 {
		clock = clock12
	}
	t, now := t.In(farm.Location()), s.o.Now().In(farm.Location())
	layout := clock
	switch {
	case t.Year() != now.Year():
		layout = "2 Jan 2006"
	case t.YearDay() != now.YearDay():
		layout = "2 Jan " + clock
	}
	return views.Moment{Text: t.Format(layout), ISO: t.UTC().Format(time.RFC3339)}
}
