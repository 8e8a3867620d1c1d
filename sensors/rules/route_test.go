package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
)

func event(kind sensors.AlertEventKind, id sensors.AlertID, change ...func(*sensors.Alert)) sensors.AlertEvent {
	a := &sensors.Alert{ID: id, Rule: 1, Sensor: 1, Severity: sensors.Warning, State: sensors.AlertFiring, StartedAt: base}
	for _, f := range change {
		f(a)
	}
	return sensors.AlertEvent{Kind: kind, At: base, Alert: a}
}

func grave(a *sensors.Alert) { a.Severity = sensors.Critical }

// routed writes notices as "recipient kind +due alerts".
func routed(notices []sensors.Notice) string {
	var lines []string
	for _, n := range notices {
		text := fmt.Sprintf("%d %s +%v", n.Recipient, n.Kind, time.Duration(n.DueAt-n.CreatedAt)*time.Millisecond)
		for _, a := range n.Alerts {
			text += " " + a.ID.String()
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

func TestRoute(t *testing.T) {
	channels := []sensors.Channel{{Kind: "email", Target: "ann@example.org"}}
	ann := sensors.Recipient{ID: 1, Channels: channels}
	bob := sensors.Recipient{ID: 2, Channels: channels, EscalateAfter: 15 * mins}
	cat := sensors.Recipient{ID: 3, Channels: channels, QuietFrom: 9 * 60, QuietTo: 12 * 60} // it is 10:00
	dumb := sensors.Recipient{ID: 4}
	started := func(ago time.Duration) func(*sensors.Alert) {
		return func(a *sensors.Alert) { a.StartedAt = at(-ago) }
	}
	seen := func(ago time.Duration) func(*sensors.Alert) {
		return func(a *sensors.Alert) { a.AcknowledgedAt = at(-ago) }
	}
	for _, c := range []struct {
		name       string
		events     []sensors.AlertEvent
		recipients []sensors.Recipient
		only       []sensors.RecipientID
		want       []string
	}{
		{"nobody", []sensors.AlertEvent{event("firing", 1)}, nil, nil, nil},
		{"nowhere to send it", []sensors.AlertEvent{event("firing", 1)}, []sensors.Recipient{dumb}, nil, nil},
		{"all, and later", []sensors.AlertEvent{event("firing", 1)}, []sensors.Recipient{ann, bob}, nil, []string{"1 firing +0s 1", "2 firing +15m0s 1"}},
		{"only those that the rule names", []sensors.AlertEvent{event("firing", 1)}, []sensors.Recipient{ann, bob}, []sensors.RecipientID{2}, []string{"2 firing +15m0s 1"}},
		{"one message for many", []sensors.AlertEvent{event("firing", 1), event("firing", 2), event("firing", 3)}, []sensors.Recipient{ann}, nil, []string{"1 firing +0s 1 2 3"}},
		{"what nobody is told", []sensors.AlertEvent{event("pending", 1), event("dropped", 1), event("worse", 1), event("past", 1)}, []sensors.Recipient{ann}, nil, nil},
		{"quiet hours", []sensors.AlertEvent{event("firing", 1), event("firing", 2, grave)}, []sensors.Recipient{cat}, nil, []string{"3 digest +2h0m0s 1", "3 firing +0s 2"}},
		{"quiet hours at the time of the escalation", []sensors.AlertEvent{event("firing", 1)}, []sensors.Recipient{{ID: 5, Channels: channels, EscalateAfter: 15 * mins, QuietFrom: 10*60 + 10, QuietTo: 11 * 60}}, nil,
			[]string{"5 digest +1h0m0s 1"}},
		{"resolved, to those who were told", []sensors.AlertEvent{event("resolved", 1, started(5*mins))}, []sensors.Recipient{ann, bob}, nil, []string{"1 resolved +0s 1"}},
		{"resolved after the escalation", []sensors.AlertEvent{event("resolved", 1, started(20*mins))}, []sensors.Recipient{ann, bob}, nil, []string{"1 resolved +0s 1", "2 resolved +0s 1"}},
		{"resolved, acknowledged before the escalation", []sensors.AlertEvent{event("resolved", 1, started(60*mins), seen(50*mins))}, []sensors.Recipient{bob}, nil, nil},
		{"acknowledged and snoozed", []sensors.AlertEvent{event("acknowledged", 1), event("snoozed", 2)}, []sensors.Recipient{ann, bob}, nil, []string{"1 acknowledged +0s 1 2"}},
		{"a drill is for everybody awake or not", []sensors.AlertEvent{event("drill", 1)}, []sensors.Recipient{cat}, nil, []string{"3 drill +0s 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rule := hot(func(r *sensors.Rule) { r.Recipients = c.only })
			notices := Route(c.events, c.recipients, func(sensors.RuleID) (sensors.Rule, bool) { return rule, true }, farm, at(0))
			if got, want := routed(notices), strings.Join(c.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestWhatHappensTwiceInADigestIsInItOnce(t *testing.T) {
	fired := event("firing", 1)
	over := sensors.AlertEvent{Kind: sensors.EventResolved, At: base, Alert: fired.Alert}
	cat := sensors.Recipient{ID: 3, Channels: []sensors.Channel{{}}, QuietFrom: 9 * 60, QuietTo: 12 * 60}
	got := routed(Route([]sensors.AlertEvent{fired, over}, []sensors.Recipient{cat}, func(sensors.RuleID) (sensors.Rule, bool) { return sensors.Rule{}, false }, farm, at(0)))
	if want := "3 digest +2h0m0s 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestQuietHoursEndByTheClockOnTheWall(t *testing.T) {
	berlin := location(t, "Europe/Berlin")
	c := calendar{loc: berlin}
	r := sensors.Recipient{QuietFrom: 22 * 60, QuietTo: 6 * 60}
	odd := sensors.Recipient{QuietFrom: 1 * 60, QuietTo: 2*60 + 30} // 02:30 does not exist on 30 March
	for _, k := range []struct {
		r        sensors.Recipient
		at, want time.Time
	}{
		{r, time.Date(2025, 6, 1, 23, 0, 0, 0, berlin), time.Date(2025, 6, 2, 6, 0, 0, 0, berlin)},
		{r, time.Date(2025, 3, 29, 23, 0, 0, 0, berlin), time.Date(2025, 3, 30, 6, 0, 0, 0, berlin)},   // 6 hours later
		{r, time.Date(2025, 10, 25, 23, 0, 0, 0, berlin), time.Date(2025, 10, 26, 6, 0, 0, 0, berlin)}, // 8 hours later
		{r, time.Date(2025, 6, 1, 12, 0, 0, 0, berlin), time.Date(2025, 6, 1, 12, 0, 0, 0, berlin)},
		{r, time.Date(2025, 6, 1, 6, 0, 0, 0, berlin), time.Date(2025, 6, 1, 6, 0, 0, 0, berlin)},
		{odd, time.Date(2025, 3, 30, 1, 30, 0, 0, berlin), time.Date(2025, 3, 30, 3, 0, 0, 0, berlin)},
	} {
		if got := c.quietUntil(&k.r, sensors.MilliOf(k.at)); got != sensors.MilliOf(k.want) {
			t.Errorf("quiet at %v until %v, want %v", k.at, got.Time().In(berlin), k.want)
		}
	}
}
