package rules

import (
	"time"

	"furrow/sensors"
)

// Subject is a sensor as rules see it.
type Subject struct {
	Sensor        sensors.SensorID
	Device        sensors.DeviceID
	Metric        sensors.MetricID
	Zone          sensors.ZoneID
	ZoneKind      sensors.ZoneKind
	Gateway       string           // key of what its device is reached through, "" if the device speaks itself
	GatewayDevice sensors.DeviceID // the device of that key, zero when there is none
	Adopted       bool             // others are not watched
}

// Engine is the state of all rules for all sensors. Make it with New.
type Engine struct {
	calendar calendar
	sensors  map[sensors.SensorID]*sensor
	index    []*sensor // the same by id, which every reading asks for
	devices  map[sensors.DeviceID]*device
	rules    []*rule // the enabled ones
	busy     []*cell // with an open alert, or a breach in late data
	hushed   int     // how many of those are about silence
	unjudged []*cell // bound since the last Tick
	started  sensors.Milli
	shifted  sensors.Milli // what the clock was set by since the start
	plans    uint64
	used     struct {
		cells    []*cell
		sensors  []*sensor
		devices  []*device
		readings []sensors.Reading
	}
}

// rule is a rule with what it watches.
type rule struct {
	sensors.Rule
	calendar  *calendar
	scheduled bool          // not the same at all times
	segments  [2]segment    // around the moments that were last asked for
	due       sensors.Milli // when Tick must look at its hours again
	cells     []*cell
	watch     watch // of a silent rule
}

// device is what sensors have in common that live and die together.
type device struct {
	id            sensors.DeviceID
	gateway       string
	gatewayDevice sensors.DeviceID
	sensors       []*sensor
	hushed        []*cell // what may hold an alert about its silence
	state         staged[deviceState]
}

type deviceState struct {
	excused sensors.Milli // patience with it begins anew here
}

// sensor is a sensor and what was heard of it.
type sensor struct {
	Subject
	device *device
	cells  []*cell // of rules about values
	hushed []*cell // what may hold an alert about its silence
	busy   int     // how many of cells are in Engine.busy
	edited uint64  // the plan that last drafted one of cells
	trail  *staged[trail]
	state  staged[sensorState]
}

// cell is where one alert of a rule may be open: about a sensor, or about the silence of a device or of all
// devices behind a gateway.
type cell struct {
	rule   *rule
	sensor *sensor // nil when it is about a device or a gateway
	other  *sensor // of a difference
	device *device // the one that an alert names
	group  *group  // the gateway's devices when the cell is about all of them
	place  int     // in Engine.busy, from 1; zero outside
	// counted is where the cell counts while it is in there: Engine.hushed, or its sensor's busy.
	counted *int
	gone    bool // bound no more
	state   staged[cellState]
}

// cellState is what changes of a cell.
type cellState struct {
	alert       *sensors.Alert // the open one as last told; nil when all is well
	since       sensors.Milli  // when the condition began, on the sensor's clock
	breach      sensors.Milli  // time of the newest reading beyond the limit
	until       sensors.Milli  // up to where the hours of a scheduled rule were looked at
	stored      sensors.Milli  // when the store last heard of the peak
	value, peak float64
	verdict     verdict // on the newest value while an alert is open
	late        bool    // that value came too late to tell about it
	withGateway bool    // the gateway's own sensors fell silent too
	past        run
	known       span // of the last alert that was told
}

// span is from when to when a condition held.
type span struct{ from, to sensors.Milli }

// New returns an engine that watches nothing yet.
func New(farm sensors.Farm) *Engine {
	return &Engine{calendar: calendarOf(farm), sensors: map[sensors.SensorID]*sensor{}, devices: map[sensors.DeviceID]*device{}}
}

// SetFarm takes over the farm's time zone and place. The next Tick ends what is open outside of hours that are
// others now.
func (e *Engine) SetFarm(farm sensors.Farm) {
	e.calendar = calendarOf(farm)
	for _, r := range e.rules {
		r.segments, r.due = [2]segment{}, 0
		if r.scheduled {
			e.unjudged = append(e.unjudged, r.cells...)
		}
	}
}

// Open returns the alerts that are open, pending ones too, each with its newest value and peak.
func (e *Engine) Open() []sensors.Alert {
	var open []sensors.Alert
	for _, c := range e.busy {
		if st := &c.state.is; st.alert != nil {
			a := *st.alert
			a.Since, a.Value, a.Peak = st.since, st.value, st.peak
			open = append(open, a)
		}
	}
	return open
}

// Shift tells that the wall clock was set by that much. What is counted in its time moves along: nothing
// fires, and nothing is muted, because of it.
func (e *Engine) Shift(by time.Duration) {
	move := sensors.Milli(by.Milliseconds())
	e.plans++ // a plan from before must not be applied
	e.started += move
	e.shifted += move
	for _, s := range e.sensors {
		s.state.is.shift(move)
	}
	for _, d := range e.devices {
		d.state.is.excused += move
	}
	for _, r := range e.rules {
		r.due, r.watch.next = 0, 0
		for _, c := range r.cells {
			if st := &c.state.is; st.until != 0 {
				st.until += move
			}
			c.state.is.past.fed += move
		}
	}
}

// regime returns what of the rule holds at a moment.
func (r *rule) regime(at sensors.Milli) regime {
	if !r.scheduled {
		return regime{active: true}
	}
	for i := range r.segments {
		if s := &r.segments[i]; at >= s.from && at < s.until {
			return s.regime
		}
	}
	return r.calendar.regime(&r.Rule, at)
}

// border returns the end of the stretch of one regime that at lies in. Two stretches are remembered, because
// sensors whose clocks are behind ask for one that others have left.
func (r *rule) border(at sensors.Milli) sensors.Milli {
	if s := &r.segments[0]; at >= s.from && at < s.until {
		return s.until
	}
	if s := r.segments[1]; at >= s.from && at < s.until {
		r.segments[0], r.segments[1] = s, r.segments[0]
		return s.until
	}
	r.segments[1] = r.segments[0]
	r.segments[0] = r.calendar.segmentAt(&r.Rule, at)
	return r.segments[0].until
}

// limits returns those of a regime.
func (r *rule) limits(now regime) *sensors.Limits {
	if now.night {
		return &r.Night
	}
	return &r.Limits
}

// scheduled reports whether the clock changes what a rule does.
func scheduled(r *sensors.Rule) bool {
	return r.NightWhen != sensors.AllDay || r.Active.From != r.Active.To || len(r.Active.Days)+len(r.Active.Months) > 0
}
