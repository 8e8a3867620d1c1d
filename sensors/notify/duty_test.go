package notify

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"furrow/sensors"
)

// alertIn makes an alert and whether the recipient knows it.
func alertIn(state sensors.AlertState, told bool, change func(*sensors.Alert)) sensors.AlertTold {
	a := sensors.Alert{ID: 1, Severity: sensors.Warning, State: state, AckBy: "Bea"}
	if change != nil {
		change(&a)
	}
	return sensors.AlertTold{Alert: a, Told: told}
}

func TestVerdicts(t *testing.T) {
	now := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	drill := func(a *sensors.Alert) { a.Drill = true }
	snoozed := func(a *sensors.Alert) { a.SnoozedUntil = sensors.MilliOf(now.Add(time.Hour)) }
	own := func(a *sensors.Alert) { a.AckBy = "Ann" }
	const firing, acked, over, pending = sensors.AlertFiring, sensors.AlertAcknowledged, sensors.AlertResolved, sensors.AlertPending
	for _, tc := range []struct {
		kind     sensors.AlertEventKind
		attempts int
		machine  bool
		alert    sensors.AlertTold
		want     sensors.AlertEventKind
	}{
		{sensors.EventFiring, 0, false, alertIn(firing, false, nil), sensors.EventFiring},
		{sensors.EventFiring, 0, false, alertIn(firing, true, nil), sensors.EventFiring},
		{sensors.EventFiring, 0, false, alertIn(firing, false, snoozed), ""},
		{sensors.EventFiring, 0, false, alertIn(firing, false, drill), sensors.EventDrill},
		{sensors.EventDrill, 0, false, alertIn(firing, false, drill), sensors.EventDrill},
		{sensors.EventFiring, 0, false, alertIn(acked, false, nil), ""},
		{sensors.EventFiring, 9, false, alertIn(acked, false, nil), ""},
		{sensors.EventFiring, 0, false, alertIn(over, false, nil), ""},
		{sensors.EventFiring, 1, false, alertIn(over, false, nil), sensors.EventResolved},
		{sensors.EventFiring, 1, false, alertIn(over, true, nil), ""},
		{sensors.EventFiring, 1, false, alertIn(over, false, drill), ""},
		{sensors.EventFiring, 0, false, alertIn(pending, false, nil), ""},
		{sensors.EventAcknowledged, 0, false, alertIn(acked, true, nil), sensors.EventAcknowledged},
		{sensors.EventAcknowledged, 0, false, alertIn(acked, false, nil), ""},
		{sensors.EventAcknowledged, 0, false, alertIn(acked, true, own), ""},
		{sensors.EventAcknowledged, 0, true, alertIn(acked, true, own), sensors.EventAcknowledged},
		{sensors.EventAcknowledged, 0, false, alertIn(over, true, nil), ""},
		{sensors.EventResolved, 0, false, alertIn(over, true, nil), sensors.EventResolved},
		{sensors.EventResolved, 0, false, alertIn(over, false, nil), ""},
		{sensors.EventDigest, 0, false, alertIn(over, false, nil), sensors.EventDigest},
		{sensors.EventPast, 0, false, alertIn(over, false, nil), ""},
	} {
		t.Run(fmt.Sprintf("%s %s told %v tried %d", tc.kind, tc.alert.Alert.State, tc.alert.Told, tc.attempts), func(t *testing.T) {
			s := situation{recipient: sensors.Recipient{Name: "Ann"}, machine: tc.machine, now: now}
			got, why := s.verdict(sensors.Notice{Kind: tc.kind, Attempts: tc.attempts}, tc.alert)
			if got != tc.want || (got == "") != (why != "") {
				t.Errorf("got %q (%s), want %q", got, why, tc.want)
			}
		})
	}
}

func TestSplitNoticeLosesNothing(t *testing.T) {
	now := time.Date(2026, 1, 10, 2, 0, 0, 0, time.UTC)
	s := situation{farm: sensors.Farm{TimeZone: "UTC"}, recipient: sensors.Recipient{Name: "Ann", QuietFrom: 22 * 60, QuietTo: 6 * 60}, machine: true, now: now,
		known: map[sensors.AlertID]sensors.AlertTold{}}
	for i, change := range []func(*sensors.Alert){
		func(a *sensors.Alert) { a.Severity = sensors.Critical },
		func(a *sensors.Alert) { a.Drill = true },
		func(a *sensors.Alert) {},
		func(a *sensors.Alert) { a.Severity, a.State = sensors.Critical, sensors.AlertResolved },
		func(a *sensors.Alert) { a.State = sensors.AlertAcknowledged },
	} {
		told := alertIn(sensors.AlertFiring, false, change)
		told.Alert.ID = sensors.AlertID(i + 1)
		s.known[told.Alert.ID] = told
	}
	n := sensors.Notice{ID: 9, Kind: sensors.EventFiring, Attempts: 3, AlertIDs: []sensors.AlertID{1, 2, 3, 4, 5, 6}}
	duties, set := s.sort([]sensors.Notice{n})
	if len(duties) != 1 || !slices.Equal(duties[0].ids(), []sensors.AlertID{1}) || len(set.Later) != 1 || !slices.Equal(set.Later[0].AlertIDs, []sensors.AlertID{1}) {
		t.Fatalf("duties %+v, settlement %+v; want the first alert now", duties, set)
	}
	var rest []string
	for _, n := range set.New {
		rest = append(rest, fmt.Sprintf("%d %s %d %d", n.ID, n.Kind, n.AlertIDs, n.Attempts))
	}
	if want := []string{"0 firing [2] 3", "0 firing [4] 3", "0 digest [3] 0"}; !slices.Equal(rest, want) {
		t.Errorf("the rest is %q, want %q", rest, want)
	}
}

func TestKeysStandForExactlyTheirNotices(t *testing.T) {
	key := func(event sensors.AlertEventKind, ids ...int64) string {
		d := &duty{event: event}
		for _, id := range ids {
			d.notices = append(d.notices, sensors.Notice{ID: id})
		}
		return d.key()
	}
	if got := key(sensors.EventFiring, 7); got != "7-firing" {
		t.Errorf("one notice has the key %q", got)
	}
	if key(sensors.EventFiring, 7, 9) != key(sensors.EventFiring, 9, 7) {
		t.Error("the order changes the key")
	}
	if key(sensors.EventFiring, 7, 9) == key(sensors.EventFiring, 7, 8) || key(sensors.EventFiring, 7) == key(sensors.EventResolved, 7) {
		t.Error("different messages have one key")
	}
}

func TestQuietHours(t *testing.T) {
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Skip("this machine has no time zones:", err)
	}
	night := sensors.Recipient{QuietFrom: 22 * 60, QuietTo: 6*60 + 30}
	noon := sensors.Recipient{QuietFrom: 12 * 60, QuietTo: 13 * 60}
	for _, tc := range []struct {
		name      string
		who       sensors.Recipient
		at, until string // on the farm's clocks; "" is not quiet
	}{
		{"evening", night, "2026-01-10T22:00", "2026-01-11T06:30"},
		{"morning", night, "2026-01-10T06:29", "2026-01-10T06:30"},
		{"day", night, "2026-01-10T06:30", ""},
		{"noon", noon, "2026-01-10T12:30", "2026-01-10T13:00"},
		{"afternoon", noon, "2026-01-10T13:00", ""},
		{"none", sensors.Recipient{}, "2026-01-10T00:00", ""},
		{"spring forward", night, "2026-03-28T23:00", "2026-03-29T06:30"},
		{"fall back", night, "2026-10-24T23:00", "2026-10-25T06:30"},
		{"an end that the clocks skip", sensors.Recipient{QuietFrom: 60, QuietTo: 150}, "2026-03-29T01:30", "2026-03-29T03:30"},
		{"the end of the year", night, "2026-12-31T23:59", "2027-01-01T06:30"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			at, err := time.ParseInLocation("2006-01-02T15:04", tc.at, amsterdam)
			if err != nil {
				t.Fatal(err)
			}
			got := quietUntil(sensors.Farm{TimeZone: "Europe/Amsterdam"}, tc.who, at)
			text := ""
			if !got.IsZero() {
				text = got.In(amsterdam).Format("2006-01-02T15:04")
			}
			if text != tc.until {
				t.Errorf("quiet until %q, want %q", text, tc.until)
			}
		})
	}
}

func TestBackoffGrowsAndEnds(t *testing.T) {
	var last time.Duration
	for n := 1; n < 20; n++ {
		got := backoff(n, .5)
		if got < last || got > longestPause {
			t.Errorf("after %d failures %v, after one less %v", n, got, last)
		}
		last = got
	}
	if backoff(1, .5) != firstWait || last != longestPause || backoff(1, 0) >= backoff(1, .9) || backoff(1e9, .5) != longestPause {
		t.Errorf("from %v to %v", backoff(1, .5), last)
	}
}
