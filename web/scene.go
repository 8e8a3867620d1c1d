package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
)

// scene is the board at one moment, as the pages about zones and sensors read it: the farm's own devices
// only, each sensor with the device it belongs to.
type scene struct {
	s       *Server
	now     time.Time
	zones   []sensors.Zone
	devices map[sensors.DeviceID]sensors.Device // adopted ones
	fresh   int                                 // devices that nobody has decided about
	sensors []live.SensorState                  // of adopted devices, by zone, device and metric
	heard   bool                                // there is a sensor at all
	firing  []sensors.Alert                     // the gravest first
	seen    []sensors.Alert                     // acknowledged and not over
	alarms  map[sensors.SensorID]sensors.Alert  // the gravest open one of each sensor
	guarded bool                                // the silence watch is on
}

func (s *Server) scene() scene {
	sc := scene{s: s, now: s.o.Now(), zones: s.o.Board.Zones(), devices: map[sensors.DeviceID]sensors.Device{}}
	for _, d := range s.o.Board.Devices() {
		switch d.Status {
		case sensors.DeviceAdopted:
			sc.devices[d.ID] = d
		case sensors.DeviceNew:
			sc.fresh++
		}
	}
	open := s.o.Board.Alerts()
	sc.firing, sc.seen = bySeen(open)
	sc.alarms = worst(open)
	for _, r := range s.o.Board.Rules() {
		sc.guarded = sc.guarded || r.Watch && r.Enabled
	}
	for _, state := range s.o.Board.Sensors() {
		sc.heard = true
		if _, ours := sc.devices[state.Device]; ours {
			sc.sensors = append(sc.sensors, state)
		}
	}
	return sc
}

// in returns the sensors of a zone; zero is what is in no zone.
func (sc *scene) in(zone sensors.ZoneID) []live.SensorState {
	var out []live.SensorState
	for _, state := range sc.sensors {
		if state.Zone == zone {
			out = append(out, state)
		}
	}
	return out
}

// deviceIn reports whether any device stands in the zone.
func (sc *scene) deviceIn(zone sensors.ZoneID) bool {
	for _, d := range sc.devices {
		if d.Zone == zone {
			return true
		}
	}
	return false
}

// zoneState says in words how a zone does.
func (sc *scene) zoneState(zone sensors.ZoneID) views.State {
	var silent, doubtful, all int
	var last sensors.Milli
	var wrong []sensors.Alert
	for _, state := range sc.in(zone) {
		all++
		last = max(last, state.Last.At)
		if a, is := sc.alarms[state.ID]; is && !state.Stale {
			wrong = append(wrong, a)
		}
		switch {
		case state.Stale, !state.Has:
			silent++
		case state.Last.Quality == sensors.Suspect:
			doubtful++
		}
	}
	switch {
	case all == 0:
		return views.State{Tone: "stale", Word: "No sensors"}
	case silent == all && last == 0:
		return views.State{Tone: "stale", Word: "Nothing yet"}
	case silent == all:
		return views.State{Tone: "stale", Word: "Silent since " + sc.s.moment(last.Time()).Text}
	case len(wrong) > 0:
		return sc.s.alarmState(slices.MinFunc(wrong, graver))
	case silent > 0:
		return views.State{Tone: "watch", Word: fmt.Sprintf("%d silent", silent)}
	case doubtful > 0:
		return views.State{Tone: "watch", Word: fmt.Sprintf("%d doubtful", doubtful)}
	}
	return views.State{Tone: "ok", Word: "All reporting"}
}

// alarmState says in words what is the matter.
func (s *Server) alarmState(a sensors.Alert) views.State {
	m := s.alarmOf(a)
	return views.State{Tone: m.tone(), Word: capital(m.word())}
}

// measured is a sensor's last reading, with what there is to say about it.
func (sc *scene) measured(state live.SensorState) views.Measured {
	m := sc.s.measured(state)
	if a, is := sc.alarms[state.ID]; is && m.Tone == "ok" {
		wrong := sc.s.alarmOf(a)
		m.Tone, m.Note = wrong.tone(), cmp.Or(wrong.beyond(), capital(wrong.word()))
	}
	return m
}

func (s *Server) measured(state live.SensorState) views.Measured {
	info := state.Metric.Info()
	m := views.Measured{SensorID: state.ID.String(), Label: state.Label(), Icon: info.Icon, Value: "–", Tone: "ok"}
	if !state.Has {
		m.Tone, m.Note = "stale", "No reading yet"
		return m
	}
	shown := s.shown(state)
	m.Value, m.Unit, m.Word = shown.Value, shown.Unit, info.Class == sensors.Switch
	m.Age = views.Age{Moment: shown.At, Ago: ago(s.o.Now().Sub(state.Last.At.Time()))}
	switch {
	case state.Stale:
		m.Tone, m.Note = "stale", "Silent since "+shown.At.Text
	case state.Last.Quality == sensors.Suspect:
		m.Tone, m.Note = "watch", "Doubtful, "+shown.At.Text
	}
	return m
}

// ago says how long something is past. The pages' script uses the same words.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", d/time.Hour)
	}
	return fmt.Sprintf("%d days ago", d/(24*time.Hour))
}
