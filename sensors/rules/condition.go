package rules

import (
	"math"

	"furrow/sensors"
)

// verdict is what a value says about a condition.
type verdict uint8

const (
	between  verdict = iota // neither: things stay as they are
	breached                // beyond the limit
	clear                   // at the clear value or better
)

// judge says on which side of its limits a value lies. What is not a number says nothing.
func judge(c sensors.Condition, l *sensors.Limits, v float64) verdict {
	var over, under bool
	switch c {
	case sensors.Above:
		over, under = v > l.Limit, v <= l.Clear
	case sensors.Below:
		over, under = v < l.Limit, v >= l.Clear
	case sensors.Outside:
		over, under = v < l.Low || v > l.High, v >= l.Low+l.Clear && v <= l.High-l.Clear
	case sensors.Rate, sensors.Difference:
		over, under = math.Abs(v) > l.Limit, math.Abs(v) <= l.Clear
	}
	switch {
	case over:
		return breached
	case under:
		return clear
	}
	return between
}

// excess measures how bad a value is; only its order counts.
func excess(c sensors.Condition, l *sensors.Limits, v float64) float64 {
	switch c {
	case sensors.Below:
		return -v
	case sensors.Outside:
		return max(l.Low-v, v-l.High)
	case sensors.Rate, sensors.Difference:
		return math.Abs(v)
	}
	return v
}

// calm is the state of a rule and a sensor without an alert.
const calm sensors.AlertState = ""

// step is the life of an alert as a table: what becomes of a state when the newest value has been judged.
// held says that the condition has lasted for as long as the rule asks. An empty kind means that nothing
// happens.
func step(state sensors.AlertState, v verdict, held bool) (sensors.AlertState, sensors.AlertEventKind) {
	switch {
	case state == calm && v == breached && !held:
		return sensors.AlertPending, sensors.EventPending
	case (state == calm || state == sensors.AlertPending) && v == breached && held:
		return sensors.AlertFiring, sensors.EventFiring
	case state == sensors.AlertPending && v == clear:
		return calm, sensors.EventDropped
	case (state == sensors.AlertFiring || state == sensors.AlertAcknowledged) && v == clear:
		return calm, sensors.EventResolved
	}
	return state, ""
}
