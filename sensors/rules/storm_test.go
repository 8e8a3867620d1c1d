package rules

import (
	"runtime"
	"testing"
	"time"

	"furrow/sensors"
)

const many = 10_000

// crowd is a farm of many sensors and three rules that all of them are watched by.
func crowd(silent bool) *Engine {
	e := New(farm)
	subjects := make([]Subject, many)
	for i := range subjects {
		subjects[i] = thermometer(sensors.SensorID(i + 1))
	}
	rules := []sensors.Rule{hot(holdFor(0)), hot(func(r *sensors.Rule) {
		r.ID, r.Condition, r.Limits = 2, sensors.Below, sensors.Limits{Limit: 5, Clear: 6}
	}), hot(func(r *sensors.Rule) {
		r.ID, r.Condition, r.Limits = 3, sensors.Outside, sensors.Limits{Low: 0, High: 45, Clear: 1}
	})}
	if silent {
		rules = append(rules, silence())
	}
	e.Apply(e.SetSensors(subjects, base))
	e.Apply(e.SetRules(rules, base))
	return e
}

// everywhere is one reading of each sensor.
func everywhere(list []sensors.Reading, now sensors.Milli, value float64) []sensors.Reading {
	list = list[:0]
	for i := range many {
		list = append(list, sensors.Reading{Sensor: sensors.SensorID(i + 1), At: now, Value: value})
	}
	return list
}

// Ten thousand sensors over their limit at once are one plan, with one alert each and nothing more.
func TestAStormIsOnePlan(t *testing.T) {
	e := crowd(true)
	list := everywhere(nil, at(0), 20)
	e.Apply(e.Plan(list, at(0)))
	list = everywhere(list, at(mins), 35)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p := e.Plan(list, at(mins))
	runtime.ReadMemStats(&after)
	if len(p.Events) != many {
		t.Fatalf("%d events, want %d", len(p.Events), many)
	}
	if allocs := after.Mallocs - before.Mallocs; allocs > many+200 {
		t.Errorf("%d allocations for %d alerts", allocs, many)
	}
	recipients := []sensors.Recipient{{ID: 1, Name: "Ann", Channels: []sensors.Channel{{Kind: "email"}}}}
	notices := Route(p.Events, recipients, func(sensors.RuleID) (sensors.Rule, bool) { return hot(), true }, farm, at(mins))
	if len(notices) != 1 || len(notices[0].Alerts) != many {
		t.Errorf("%d notices", len(notices))
	}
	e.Apply(p)
	if open := len(e.Open()); open != many {
		t.Errorf("%d alerts are open, want %d", open, many)
	}
	list = everywhere(list, at(2*mins), 20)
	if p := e.Plan(list, at(2*mins)); len(p.Events) != many {
		t.Errorf("%d events, want %d", len(p.Events), many)
	}
}

// While a storm lasts, and when nothing happens, memory stays flat.
func TestReadingsThatChangeNothingCostNoMemory(t *testing.T) {
	for _, value := range []float64{20, 35} {
		e := crowd(true)
		list := everywhere(nil, at(0), value)
		e.Apply(e.Plan(list, at(0)))
		now := at(0)
		if got := testing.AllocsPerRun(20, func() {
			now += minute
			list = everywhere(list, now, value)
			e.Apply(e.Plan(list, now))
			e.Apply(e.Tick(now + 1))
		}); got > 20 {
			t.Errorf("at %v degrees: %v allocations for %d readings", value, got, many)
		}
	}
}

func TestAStormOfSilence(t *testing.T) {
	e := crowd(true)
	for m := range 20 {
		now := at(time.Duration(m) * mins)
		e.Apply(e.Plan(everywhere(nil, now, 20), now))
	}
	p := e.Tick(at(30 * mins))
	if len(p.Events) != many {
		t.Errorf("%d events, want %d", len(p.Events), many)
	}
}

// BenchmarkRules plans and applies one reading of each of 10,000 sensors, watched by three rules; naive is the
// yardstick: the same comparisons in a loop over all rules with a map of states.
func BenchmarkRules(b *testing.B) {
	rate := func(b *testing.B) {
		b.ReportMetric(float64(b.N)*many*3/b.Elapsed().Seconds(), "rules/s")
	}
	b.Run("engine", func(b *testing.B) {
		e := crowd(true)
		list, now := everywhere(nil, at(0), 20), at(0)
		b.ReportAllocs()
		for b.Loop() {
			now += minute
			for i := range list {
				list[i].At = now
			}
			e.Apply(e.Plan(list, now))
		}
		rate(b)
	})
	b.Run("engine storm", func(b *testing.B) {
		e := crowd(true)
		list, now := everywhere(nil, at(0), 20), at(0)
		b.ReportAllocs()
		for b.Loop() {
			now += minute
			for i := range list {
				list[i].At, list[i].Value = now, 55-list[i].Value // 20 and 35 by turns
			}
			e.Apply(e.Plan(list, now))
		}
		rate(b)
	})
	b.Run("naive", func(b *testing.B) {
		rules := crowd(false).rules
		type key struct {
			rule   sensors.RuleID
			sensor sensors.SensorID
		}
		firing := map[key]bool{}
		subject := thermometer(1)
		list, now := everywhere(nil, at(0), 20), at(0)
		for b.Loop() {
			now += minute
			for i := range list {
				list[i].At = now
				subject.Sensor = list[i].Sensor
				for _, r := range rules {
					if !inScope(&r.Rule, &subject) {
						continue
					}
					k := key{r.ID, list[i].Sensor}
					switch judge(r.Condition, &r.Limits, list[i].Value) {
					case breached:
						firing[k] = true
					case clear:
						delete(firing, k)
					}
				}
			}
		}
		rate(b)
	})
}

func BenchmarkTick(b *testing.B) {
	e := crowd(true)
	now := at(0)
	e.Apply(e.Plan(everywhere(nil, now, 35), now))
	b.ReportAllocs()
	for b.Loop() {
		now += 1000
		e.Apply(e.Tick(now))
	}
}

// BenchmarkReplay previews 30 days of a reading a minute, with the calmer clear values.
func BenchmarkReplay(b *testing.B) {
	list := month()
	for _, c := range []struct {
		name string
		rule sensors.Rule
	}{{"above", hot()}, {"by sun", all()[6]}, {"rate", all()[4]}, {"silent", silence()}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Replay(c.rule, []Subject{thermometer(1)}, each(list), greek, list[0].At, list[len(list)-1].At); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
