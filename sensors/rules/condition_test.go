package rules

import (
	"math"
	"testing"

	"furrow/sensors"
)

func TestStep(t *testing.T) {
	const (
		pending, firing, acknowledged = sensors.AlertPending, sensors.AlertFiring, sensors.AlertAcknowledged
		nothing                       = sensors.AlertEventKind("")
	)
	for _, c := range []struct {
		state sensors.AlertState
		v     verdict
		held  bool
		next  sensors.AlertState
		kind  sensors.AlertEventKind
	}{
		{calm, clear, false, calm, nothing},
		{calm, clear, true, calm, nothing},
		{calm, between, false, calm, nothing},
		{calm, between, true, calm, nothing},
		{calm, breached, false, pending, sensors.EventPending},
		{calm, breached, true, firing, sensors.EventFiring},
		{pending, clear, false, calm, sensors.EventDropped},
		{pending, clear, true, calm, sensors.EventDropped},
		{pending, between, false, pending, nothing},
		{pending, between, true, pending, nothing},
		{pending, breached, false, pending, nothing},
		{pending, breached, true, firing, sensors.EventFiring},
		{firing, clear, false, calm, sensors.EventResolved},
		{firing, clear, true, calm, sensors.EventResolved},
		{firing, between, true, firing, nothing},
		{firing, breached, false, firing, nothing},
		{firing, breached, true, firing, nothing},
		{acknowledged, clear, true, calm, sensors.EventResolved},
		{acknowledged, between, true, acknowledged, nothing},
		{acknowledged, breached, true, acknowledged, nothing},
	} {
		if next, kind := step(c.state, c.v, c.held); next != c.next || kind != c.kind {
			t.Errorf("step(%q, %v, %v) = %q, %q, want %q, %q", c.state, c.v, c.held, next, kind, c.next, c.kind)
		}
	}
}

func TestJudge(t *testing.T) {
	limits := sensors.Limits{Limit: 30, Clear: 28, Low: 10, High: 20}
	under := sensors.Limits{Limit: 5, Clear: 6}
	band := sensors.Limits{Low: 10, High: 20, Clear: 2}
	for _, c := range []struct {
		condition sensors.Condition
		limits    sensors.Limits
		value     float64
		want      verdict
	}{
		{sensors.Above, limits, 30, between}, // exactly on the limit is not above it
		{sensors.Above, limits, 30.01, breached},
		{sensors.Above, limits, 28.01, between},
		{sensors.Above, limits, 28, clear},
		{sensors.Above, limits, math.Inf(1), breached},
		{sensors.Above, limits, math.NaN(), between},
		{sensors.Above, sensors.Limits{Limit: 30, Clear: 30}, 30, clear},
		{sensors.Below, under, 5, between},
		{sensors.Below, under, 4.99, breached},
		{sensors.Below, under, 5.99, between},
		{sensors.Below, under, 6, clear},
		{sensors.Below, under, math.NaN(), between},
		{sensors.Outside, band, 9.99, breached},
		{sensors.Outside, band, 10, between},
		{sensors.Outside, band, 12, clear},
		{sensors.Outside, band, 18, clear},
		{sensors.Outside, band, 18.01, between},
		{sensors.Outside, band, 20, between},
		{sensors.Outside, band, 20.01, breached},
		{sensors.Outside, band, math.NaN(), between},
		{sensors.Rate, sensors.Limits{Limit: 3, Clear: 1}, -3.1, breached},
		{sensors.Rate, sensors.Limits{Limit: 3, Clear: 1}, 3.1, breached},
		{sensors.Rate, sensors.Limits{Limit: 3, Clear: 1}, -2, between},
		{sensors.Rate, sensors.Limits{Limit: 3, Clear: 1}, 1, clear},
		{sensors.Difference, sensors.Limits{Limit: 3, Clear: 1}, 4, breached},
		{sensors.Silent, sensors.Limits{}, 4, between},
	} {
		if got := judge(c.condition, &c.limits, c.value); got != c.want {
			t.Errorf("%s %+v: %v is %v, want %v", c.condition, c.limits, c.value, got, c.want)
		}
	}
}

func TestWorseValues(t *testing.T) {
	limits := sensors.Limits{Limit: 5, Low: 10, High: 20}
	for _, c := range []struct {
		condition   sensors.Condition
		bad, better float64
	}{
		{sensors.Above, 31, 30}, {sensors.Below, -3, -2}, {sensors.Outside, 3, 25}, {sensors.Outside, 28, 4}, {sensors.Rate, -6, 5.5}, {sensors.Difference, 7, 6},
	} {
		if excess(c.condition, &limits, c.bad) <= excess(c.condition, &limits, c.better) {
			t.Errorf("%s: %v is not worse than %v", c.condition, c.bad, c.better)
		}
	}
}
