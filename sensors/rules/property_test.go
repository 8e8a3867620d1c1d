package rules

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
)

// all are the rules that the live engine and a replay are compared with.
func all() []sensors.Rule {
	list := []sensors.Rule{
		hot(),
		hot(holdFor(0)),
		hot(func(r *sensors.Rule) {
			r.Condition, r.Limits, r.Hold = sensors.Below, sensors.Limits{Limit: 24, Clear: 25}, 17*mins
		}),
		hot(func(r *sensors.Rule) {
			r.Condition, r.Limits = sensors.Outside, sensors.Limits{Low: 22, High: 33, Clear: .5}
		}),
		hot(func(r *sensors.Rule) {
			r.Condition, r.Limits, r.Hold = sensors.Rate, sensors.Limits{Limit: 4, Clear: 2}, 15*mins
		}),
		hot(func(r *sensors.Rule) {
			r.Condition, r.Scope.Sensor, r.Other, r.Limits = sensors.Difference, 1, 2, sensors.Limits{Limit: 1.5, Clear: 1}
		}),
		hot(func(r *sensors.Rule) {
			r.NightWhen, r.Night = sensors.NightBySun, sensors.Limits{Limit: 26, Clear: 25}
		}),
		hot(func(r *sensors.Rule) {
			r.NightWhen, r.NightFrom, r.NightTo, r.Night = sensors.NightByClock, 22*60, 6*60+30, sensors.Limits{Limit: 26, Clear: 25}
			r.Active = sensors.Active{From: 5 * 60, To: 3 * 60, Days: []time.Weekday{1, 2, 3, 5, 6}}
		}),
		silence(),
	}
	for i := range list {
		list[i].ID = sensors.RuleID(i + 1)
	}
	return list
}

var greek = sensors.Farm{Name: "Glasshouse", TimeZone: "Europe/Athens", Latitude: 37.98, Longitude: 23.73, Units: sensors.MetricUnits}

// line writes what must not depend on how readings are delivered.
func line(e sensors.AlertEvent) string {
	a, why := e.Alert, e.Alert.Why
	if e.Kind != sensors.EventResolved && e.Kind != sensors.EventDropped {
		why = "" // the alert is as the whole batch leaves it
	}
	return fmt.Sprintf("%d %d %s sensor %d device %d behind %d %s", a.Rule, e.At, e.Kind, a.Sensor, a.Device, a.Behind, why)
}

// story is what an engine told, in an order that does not depend on which sensor was looked at first, and the alerts
// as they were in the end.
type story struct {
	lines  []string
	alerts []*sensors.Alert
}

func (s *story) commit(e *Engine, p *Plan) {
	for _, event := range p.Events {
		if event.Kind != sensors.EventWorse {
			s.lines = append(s.lines, line(event))
		}
		if event.Alert.ID == 0 {
			s.alerts = append(s.alerts, event.Alert)
			event.Alert.ID = sensors.AlertID(len(s.alerts))
		}
		s.alerts[event.Alert.ID-1] = event.Alert
	}
	e.Apply(p)
}

// all sorts the events and adds how each alert went.
func (s *story) all() []string {
	list := slices.Clone(s.lines)
	for _, a := range s.alerts {
		if a.State == sensors.AlertResolved {
			list = append(list, fmt.Sprintf("%d sensor %d device %d since %d fired %d resolved %d peak %.3f value %.3f past %v",
				a.Rule, a.Sensor, a.Device, a.Since, a.StartedAt, a.ResolvedAt, a.Peak, a.Value, a.Past))
		}
	}
	slices.Sort(list)
	return list
}

// engineFor is an engine of one rule.
func engineFor(rule sensors.Rule, subjects []Subject) *Engine {
	e := New(greek)
	e.Apply(e.SetSensors(subjects, 0))
	e.Apply(e.SetRules([]sensors.Rule{rule}, 0))
	return e
}

// replayed is the story as Replay goes through it: one reading after the other.
func replayed(rule sensors.Rule, subjects []Subject, list []sensors.Reading, to sensors.Milli) []string {
	e, s := engineFor(rule, subjects), story{}
	for _, r := range list {
		if rule.Condition == sensors.Silent {
			s.commit(e, e.Tick(r.At-1))
		}
		s.commit(e, e.Plan([]sensors.Reading{r}, r.At))
	}
	s.commit(e, e.Tick(to))
	return s.all()
}

// lived is the story of a live engine: batches of random size, shuffled, ticks in between, plans that the store
// refuses and that are tried again.
func lived(random *rand.Rand, rule sensors.Rule, subjects []Subject, list []sensors.Reading, to sensors.Milli) []string {
	e, s := engineFor(rule, subjects), story{}
	for len(list) > 0 {
		if rule.Condition == sensors.Silent || random.IntN(3) == 0 {
			s.commit(e, e.Tick(list[0].At-1))
		}
		n := 1
		if rule.Condition != sensors.Silent { // which listens to when messages come, so that batches matter to it
			for most := 1 + random.IntN(40); n < most && n < len(list) && list[n].At-list[0].At < 9*minute; n++ {
			}
		}
		for n < len(list) && list[n].At == list[n-1].At && rule.Condition != sensors.Silent {
			n++ // what was taken together comes together, so that shuffling changes nothing
		}
		batch := slices.Clone(list[:n])
		if rule.Condition != sensors.Difference {
			random.Shuffle(n, func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
		}
		now := list[n-1].At
		for random.IntN(4) == 0 {
			e.Plan(batch[:random.IntN(n+1)], now) // refused
			e.Tick(now + sensors.Milli(random.IntN(3_600_000)))
		}
		s.commit(e, e.Plan(batch, now))
		list = list[n:]
	}
	s.commit(e, e.Tick(to))
	return s.all()
}

// same compares a replay with a live engine and returns how much was told.
func same(t *testing.T, seed uint64, rule sensors.Rule, subjects []Subject, list []sensors.Reading) int {
	t.Helper()
	to := list[len(list)-1].At + 3*60*minute
	want := replayed(rule, subjects, list, to)
	got := lived(rand.New(rand.NewPCG(seed, 7)), rule, subjects, list, to)
	if !slices.Equal(got, want) {
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Fatalf("seed %d, rule %d %s: the stories differ from line %d of %d and %d:\nlive   %v\nreplay %v", seed, rule.ID, rule.Condition,
					i, len(got), len(want), got[i:min(i+2, len(got))], want[i:min(i+2, len(want))])
			}
		}
	}
	return len(want)
}

// wander makes random days of two sensors: waves, noise, jumps, and hours of silence.
func wander(seed uint64) []sensors.Reading {
	random := rand.New(rand.NewPCG(seed, 1))
	var list []sensors.Reading
	for id := sensors.SensorID(1); id <= 2; id++ {
		every := []sensors.Milli{10_000, 60_000, 5 * 60_000, 20 * 60_000}[random.IntN(4)]
		offset, jump := 0.0, 0.0
		for now := base; now < base+4*24*60*minute; now += every + sensors.Milli(random.Int64N(int64(every)/5)) {
			switch random.IntN(200) {
			case 0:
				now += sensors.Milli(random.Int64N(4 * 3_600_000))
			case 1:
				jump = random.Float64()*10 - 5
			case 2:
				offset = 15 // one odd value
			}
			v := 27 + 5*math.Sin(float64(now)/8.64e7*2*math.Pi) + jump + offset + random.NormFloat64()/3
			list = append(list, sensors.Reading{Sensor: id, At: now, Value: math.Round(v*10) / 10})
			offset = 0
		}
	}
	slices.SortStableFunc(list, func(a, b sensors.Reading) int { return int(a.At - b.At) })
	return list
}

func TestLiveEqualsReplayOnRandomData(t *testing.T) {
	location(t, greek.TimeZone)
	subjects := []Subject{thermometer(1), thermometer(2)}
	for _, rule := range all() {
		told := 0
		for seed := range uint64(6) {
			told += same(t, seed, rule, subjects, wander(seed))
		}
		if told < 20 {
			t.Errorf("rule %d (%s) told only %d things: the comparison says little", rule.ID, rule.Condition, told)
		}
	}
}

// Whatever comes, at whatever time, the engine goes on, and what it tells can be: one open alert per rule and
// sensor, each resolved once, no end before its beginning.
func TestNonsenseBreaksNothing(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 2))
		subjects := []Subject{thermometer(1), behind(9, thermometer(2)), behind(9, thermometer(3)), thermometer(9)}
		s := newStage(t, all(), subjects...)
		values := []float64{20, 27, 31, 35, -60, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 0}
		now := base
		for range 2000 {
			now += sensors.Milli(random.Int64N(600_000))
			var list []sensors.Reading
			for range random.IntN(5) {
				at := []sensors.Milli{now, now, now, now - sensors.Milli(random.Int64N(7_200_000)), now + 7_200_000, 0, -5, math.MinInt64, math.MaxInt64}[random.IntN(9)]
				list = append(list, sensors.Reading{Sensor: sensors.SensorID(random.IntN(10)), At: at, Value: values[random.IntN(len(values))], Quality: sensors.Quality(random.IntN(2))})
			}
			switch random.IntN(30) {
			case 0:
				jump := time.Duration(random.Int64N(int64(8*time.Hour))) - 4*time.Hour
				s.e.Shift(jump)
				now += milli(jump)
			case 1:
				s.commit(s.e.SetRules(all()[:random.IntN(len(all())+1)], now))
			case 2:
				s.commit(s.e.SetSensors(subjects[:random.IntN(len(subjects)+1)], now))
			case 3:
				s.e.SetFarm([]sensors.Farm{farm, greek}[random.IntN(2)])
			}
			s.commit(s.e.Plan(list, now))
			s.commit(s.e.Tick(now))
			s.plausible(seed)
		}
	}
}

// plausible checks what must be so of all alerts.
func (s *stage) plausible(seed uint64) {
	s.t.Helper()
	type key struct {
		rule   sensors.RuleID
		sensor sensors.SensorID
		device sensors.DeviceID
		group  bool
	}
	open := map[key]bool{}
	for _, a := range s.e.Open() {
		k := key{a.Rule, a.Sensor, a.Device, a.Behind > 1}
		if open[k] || a.State == sensors.AlertResolved || a.ResolvedAt != 0 || (a.StartedAt == 0) != (a.State == sensors.AlertPending) {
			s.t.Fatalf("seed %d: open alert %+v", seed, a)
		}
		open[k] = true
	}
	for _, a := range s.alerts {
		if a.State == sensors.AlertResolved && (a.ResolvedAt < a.StartedAt || a.ResolvedAt < a.Since) {
			s.t.Fatalf("seed %d: alert %+v ends before it began", seed, a)
		}
	}
	if len(s.alerts) > 200 {
		s.alerts = s.alerts[:0:0] // checked
		for _, c := range s.e.busy {
			if a := c.state.is.alert; a != nil {
				s.alerts = append(s.alerts, a)
				a.ID = sensors.AlertID(len(s.alerts))
			}
		}
	}
}

// recorded reads the temperatures of a real greenhouse, a month every five minutes.
func recorded(t testing.TB) ([]Subject, []sensors.Reading) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "greenhouse.csv.gz"))
	if err != nil {
		t.Skip("the recorded greenhouse is not on this machine: ", err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := csv.NewReader(unzipped)
	ids := map[string]sensors.SensorID{}
	var subjects []Subject
	var list []sensors.Reading
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if len(row) != 5 || !strings.HasSuffix(row[3], "temperature") || strings.HasPrefix(row[3], "soil") {
			continue
		}
		id, known := ids[row[2]+row[3]]
		if !known {
			id = sensors.SensorID(len(ids) + 1)
			ids[row[2]+row[3]] = id
			subjects = append(subjects, thermometer(id))
		}
		when, err := time.Parse(time.RFC3339, row[0])
		value, err2 := strconv.ParseFloat(row[4], 64)
		if err != nil || err2 != nil {
			t.Fatalf("row %v", row)
		}
		list = append(list, sensors.Reading{Sensor: id, At: sensors.MilliOf(when), Value: value})
	}
	slices.SortStableFunc(list, func(a, b sensors.Reading) int { return int(a.At - b.At) })
	return subjects, list
}

func TestLiveEqualsReplayOnARecordedGreenhouse(t *testing.T) {
	location(t, greek.TimeZone)
	subjects, list := recorded(t)
	for _, rule := range all() {
		if told := same(t, 1, rule, subjects, list); told < 4 && rule.Condition != sensors.Silent {
			t.Errorf("rule %d (%s) told only %d things: the comparison says little", rule.ID, rule.Condition, told)
		}
	}
}
