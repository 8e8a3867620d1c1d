package api

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/notify"
	"furrow/sensors/rules"
)

// ruleBody is a rule as programs write it. All that the API answers may be sent back; what is null counts as left
// out.
type ruleBody struct {
	ID         string              `json:"id,omitempty" readOnly:"true"`
	Name       string              `json:"name,omitempty" maxLength:"80" doc:"Its sentence when left out."`
	Enabled    *bool               `json:"enabled,omitempty" default:"true"`
	Severity   string              `json:"severity,omitempty" enum:"info,warning,critical" default:"warning" doc:"Critical alerts break quiet hours."`
	Scope      notify.ScopeFields  `json:"scope,omitempty" doc:"One sensor, one zone, one kind of zone; the whole farm when empty."`
	Metric     string              `json:"metric,omitempty" maxLength:"80" doc:"Needed but for silent."`
	Condition  string              `json:"condition" enum:"above,below,outside,rate,difference,silent"`
	Limit      *float64            `json:"limit,omitempty" doc:"In the metric's base unit; per hour, either way, for rate. Needed for above, below, rate and difference."`
	Low        *float64            `json:"low,omitempty" doc:"Needed for outside."`
	High       *float64            `json:"high,omitempty" doc:"Needed for outside."`
	Clear      *float64            `json:"clear,omitempty" doc:"Where an alert ends; for outside how far inside the band. By the metric when left out."`
	Other      string              `json:"other_sensor_id,omitempty" doc:"Needed for difference."`
	Night      *notify.NightFields `json:"night,omitempty" doc:"Other limits at night: by the sun at the farm, or by the clock with from and to."`
	Hold       string              `json:"hold,omitempty" doc:"How long the condition must last, such as 10m; for silent how long nothing is heard. 5m when left out, 1h for silent."`
	Active     hours               `json:"active,omitempty"`
	Repeat     string              `json:"repeat,omitempty" doc:"How long after a message it is repeated while nobody acknowledges, 5m at least; never when left out."`
	Recipients []string            `json:"recipients,omitempty" maxItems:"100" doc:"Ids of who is told; all when empty."`
	Source     string              `json:"source,omitempty" maxLength:"500" doc:"Where the limits are from."`
	Watch      bool                `json:"watch,omitempty" readOnly:"true"`
}

// limitValues are the numbers of a rule by day or by night, as far as they were given.
type limitValues struct{ limit, low, high, clear *float64 }

// ruleOf reads a rule. The error is an Invalid, with what is wrong with the text of the body; what it means is
// judged by who takes the rule.
func (a *api) ruleOf(b *ruleBody) (sensors.Rule, error) {
	bad := sensors.Invalid{}
	r := sensors.Rule{Name: strings.TrimSpace(b.Name), Enabled: b.Enabled == nil || *b.Enabled, Severity: sensors.Severity(b.Severity),
		Metric: sensors.MetricID(b.Metric), Condition: sensors.Condition(b.Condition), Source: sensors.CleanText(b.Source, 500)}
	r.Scope = readScope(bad, b.Scope)
	if r.Condition == sensors.Difference {
		r.Other = readID[sensors.SensorID](bad, "other_sensor_id", b.Other, "Give the id of the sensor to compare with.")
	}
	day, night := limitValues{b.Limit, b.Low, b.High, b.Clear}, limitValues{}
	r.Limits = day.read(bad, "", r.Condition)
	if b.Night != nil && r.Condition != sensors.Silent {
		night = limitValues{b.Night.Limit, b.Night.Low, b.Night.High, b.Night.Clear}
		readNight(bad, b.Night, &r)
		r.Night = night.read(bad, "night.", r.Condition)
	}
	r.Hold, r.Repeat = duration(bad, "hold", b.Hold), duration(bad, "repeat", b.Repeat)
	r.Active = b.Active.parse(bad, "active")
	for _, text := range b.Recipients {
		r.Recipients = append(r.Recipients, readID[sensors.RecipientID](bad, "recipients", text, "Give the ids of recipients."))
	}
	slices.Sort(r.Recipients)
	r.Recipients = slices.Compact(r.Recipients)
	if !r.Metric.Known() && r.Metric != "" && !a.measured(r.Metric) {
		bad.Add("metric", "Nothing here measures that; choose a metric such as temperature.")
	}
	if len(bad) > 0 {
		return r, bad
	}
	r = r.WithDefaults(false, b.Hold != "")
	day.setClear(&r.Limits)
	night.setClear(&r.Night)
	if r.Name == "" {
		r.Name = a.ruleName(r)
	}
	return r, nil
}

// read returns the numbers that count for a condition, without the clear value.
func (v limitValues) read(bad sensors.Invalid, prefix string, c sensors.Condition) (l sensors.Limits) {
	take := func(name string, from, into *float64) {
		if from == nil {
			bad.Add(prefix+name, "Give this limit, a number in the metric's base unit.")
			return
		}
		*into = *from
	}
	switch c {
	case sensors.Silent:
	case sensors.Outside:
		take("low", v.low, &l.Low)
		take("high", v.high, &l.High)
	default:
		take("limit", v.limit, &l.Limit)
	}
	return l
}

func (v limitValues) setClear(l *sensors.Limits) {
	if v.clear != nil {
		l.Clear = *v.clear
	}
}

func readScope(bad sensors.Invalid, b notify.ScopeFields) (s sensors.Scope) {
	if b.Sensor != "" {
		s.Sensor = readID[sensors.SensorID](bad, "scope.sensor_id", b.Sensor, "There is no such sensor.")
	}
	if b.Zone != "" {
		s.Zone = readID[sensors.ZoneID](bad, "scope.zone_id", b.Zone, "There is no such zone.")
	}
	s.ZoneKind = sensors.ZoneKind(b.ZoneKind)
	return s
}

func readNight(bad sensors.Invalid, b *notify.NightFields, r *sensors.Rule) {
	r.NightWhen = sensors.DayPart(b.When)
	if r.NightWhen == sensors.NightByClock {
		r.NightFrom, r.NightTo = clockMinute(bad, "night.from", b.From), clockMinute(bad, "night.to", b.To)
	}
}

func readID[ID ~int64](bad sensors.Invalid, field, text, sentence string) ID {
	id, err := sensors.ParseID[ID](text)
	if err != nil {
		bad.Add(field, sentence)
	}
	return id
}

// measured reports whether a sensor here has a metric.
func (a *api) measured(m sensors.MetricID) bool {
	return slices.ContainsFunc(a.Board.Sensors(), func(s live.SensorState) bool { return s.Metric == m })
}

// ruleName is the beginning of a rule's sentence: what is watched for.
func (a *api) ruleName(r sensors.Rule) string {
	r.NightWhen, r.Active = sensors.AllDay, sensors.Active{}
	farm, _ := a.Board.Farm()
	sentence := strings.TrimPrefix(rules.Sentence(r, a.names(r), farm), "Tell me when ")
	sentence, _, _ = strings.Cut(strings.TrimSuffix(sentence, "."), "; all clear ")
	first, size := utf8.DecodeRuneInString(sentence)
	return sensors.CleanName(string(unicode.ToUpper(first)) + sentence[size:])
}

// names are how people call what a rule is about.
func (a *api) names(r sensors.Rule) (n rules.Names) {
	n.Sensor, n.Other = a.sensorName(r.Scope.Sensor), a.sensorName(r.Other)
	for _, z := range a.Board.Zones() {
		if z.ID == r.Scope.Zone {
			n.Zone = z.Name
		}
	}
	return n
}

// sensorName is the manager's name for a sensor, or that of its device.
func (a *api) sensorName(id sensors.SensorID) string {
	s, ok := a.Board.Sensor(id)
	if !ok || s.Name != "" {
		return s.Name
	}
	d, _ := a.Board.Device(s.Device)
	return d.Name
}
