package web

import (
	"math"
	"strconv"
	"strings"

	"furrow/sensors"
	"furrow/sensors/rules"
)

// limits are those that hold now, or held when it was over.
func (m alarm) limits() sensors.Limits {
	at := sensors.MilliOf(m.s.o.Now())
	if !m.State.Open() {
		at = m.ResolvedAt
	}
	farm, _ := m.s.o.Board.Farm()
	l, _ := rules.LimitsAt(m.rule, farm, at)
	return l
}

// value is what the rule compares, as new as it is known.
func (m alarm) value() float64 {
	if holdsValue(m.rule.Condition) && m.State.Open() && m.sensor.Has && !m.sensor.Stale && m.sensor.Last.Quality == sensors.Good {
		return m.sensor.Last.Value
	}
	return m.Value
}

// facts are the numbers behind the trouble: "31.1 °C, limit 30", and whose they are where the title does not
// tell.
func (m alarm) facts() string {
	if m.several {
		return strings.TrimSuffix(deviceName(m.device)+": "+m.numbers(), ": ")
	}
	return m.numbers()
}

func (m alarm) numbers() string {
	info := m.metric().Info()
	switch {
	case m.silent() && m.Behind > 1:
		return plural(m.Behind, "sensor", "sensors") + " with it"
	case m.silent(), info.Class == sensors.Switch, math.IsNaN(m.value()):
		return ""
	}
	if m.rule.ID == 0 {
		return m.figure(m.value())
	}
	return m.figure(m.value()) + ", limit " + m.limit()
}

// figure writes a value as the rule compares it.
func (m alarm) figure(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	units, info := m.s.units(), m.metric().Info()
	unit := unitLabel(info.UnitIn(units))
	switch m.rule.Condition {
	case sensors.Rate, sensors.Difference:
		text := joinUnit(strconv.FormatFloat(info.In(units, v)-info.In(units, 0), 'f', info.DecimalsIn(units), 64), unit)
		if m.rule.Condition == sensors.Rate {
			return text + " an hour"
		}
		return text + " apart"
	}
	return joinUnit(info.Format(units, v), unit)
}

// limit writes the limit that was broken, without its unit.
func (m alarm) limit() string {
	l, info := m.limits(), m.metric().Info()
	switch m.rule.Condition {
	case sensors.Rate, sensors.Difference:
		return m.s.plainNumber(info, l.Limit, true)
	case sensors.Outside:
		if m.high() {
			return m.s.plainNumber(info, l.High, false)
		}
		return m.s.plainNumber(info, l.Low, false)
	}
	return m.s.plainNumber(info, l.Limit, false)
}

// beyond says how far the value is over the limit: "1.1 °C above 30"; "" where that means nothing.
func (m alarm) beyond() string {
	info, units, v := m.metric().Info(), m.s.units(), m.value()
	l := m.limits()
	limit, side := l.Limit, " above "
	switch m.rule.Condition {
	case sensors.Above:
	case sensors.Below:
		side = " below "
	case sensors.Outside:
		if limit = l.High; !m.high() {
			limit, side = l.Low, " below "
		}
	default:
		return ""
	}
	over := math.Abs(info.In(units, v) - info.In(units, limit))
	if (v > limit) != (side == " above ") || math.IsNaN(v) || info.Class == sensors.Switch {
		return "" // it is on its way back
	}
	return joinUnit(strconv.FormatFloat(over, 'f', info.DecimalsIn(units), 64), unitLabel(info.UnitIn(units))) + side + m.s.plainNumber(info, limit, false)
}

// plainNumber writes a limit as it was typed, with no more decimals than it needs. A span is a distance of two
// values.
func (s *Server) plainNumber(info sensors.MetricInfo, base float64, span bool) string {
	shown := info.In(s.units(), base)
	if span {
		shown -= info.In(s.units(), 0)
	}
	scale := math.Pow10(info.DecimalsIn(s.units()) + 1)
	return strconv.FormatFloat(math.Round(shown*scale)/scale+0, 'f', -1, 64)
}
