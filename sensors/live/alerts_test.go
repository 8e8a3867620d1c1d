package live_test

import (
	"testing"

	"furrow/sensors"
	"furrow/sensors/live"
)

func alert(id sensors.AlertID, severity sensors.Severity, state sensors.AlertState, started sensors.Milli) sensors.Alert {
	return sensors.Alert{ID: id, Rule: 1, Sensor: 7, Severity: severity, State: state, StartedAt: started}
}

func ids(all []sensors.Alert) (out []sensors.AlertID) {
	for _, a := range all {
		out = append(out, a.ID)
	}
	return out
}

func TestOpenAlertsStandTheGravestFirst(t *testing.T) {
	b := live.New(100)
	b.Apply(live.Change{Alerts: []sensors.Alert{
		alert(1, sensors.Warning, sensors.AlertFiring, 10), alert(2, sensors.Critical, sensors.AlertAcknowledged, 5),
		alert(3, sensors.Warning, sensors.AlertFiring, 20), alert(4, sensors.Critical, sensors.AlertPending, 0),
		alert(5, sensors.Critical, sensors.AlertResolved, 1),
	}})
	if got, want := ids(b.Alerts()), []sensors.AlertID{2, 3, 1}; !equal(got, want) {
		t.Errorf("open alerts: got %v, want %v", got, want)
	}
	if got, want := ids(b.Pending()), []sensors.AlertID{4}; !equal(got, want) {
		t.Errorf("pending alerts: got %v, want %v", got, want)
	}
}

func equal(a, b []sensors.AlertID) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestACursorSeesAlertsBeginAndEnd(t *testing.T) {
	b := live.New(100)
	b.Apply(live.Change{})
	before := b.Version()
	b.Apply(live.Change{Alerts: []sensors.Alert{alert(1, sensors.Warning, sensors.AlertFiring, 10)}})
	began := b.Since(before)
	if len(began.Alerts) != 1 || began.Alerts[0].State != sensors.AlertFiring {
		t.Fatalf("after the firing: got %+v", began.Alerts)
	}
	b.Apply(live.Change{Alerts: []sensors.Alert{alert(1, sensors.Warning, sensors.AlertResolved, 10)}})
	for name, version := range map[string]uint64{"a reader that saw it fire": began.Version, "one that did not": before} {
		if d := b.Since(version); len(d.Alerts) != 1 || d.Alerts[0].State != sensors.AlertResolved {
			t.Errorf("%s: got %+v, want it resolved", name, d.Alerts)
		}
	}
	if d := b.Since(b.Version()); len(d.Alerts) != 0 || d.AlertsGone {
		t.Errorf("who has seen all: got %+v", d)
	}
}

func TestAPendingAlertThatIsDroppedIsGone(t *testing.T) {
	b := live.New(100)
	b.Apply(live.Change{Alerts: []sensors.Alert{alert(1, sensors.Warning, sensors.AlertPending, 0)}})
	before := b.Version()
	b.Apply(live.Change{GoneAlerts: []sensors.AlertID{1}})
	if d := b.Since(before); !d.PendingChanged || d.AlertsGone || len(d.Alerts) != 0 || len(b.Pending()) != 0 {
		t.Errorf("got %+v and pending %v, want it gone without much ado", d, b.Pending())
	}
}

func TestAnAlertThatGoesWithoutAnEndIsGone(t *testing.T) {
	b := live.New(100)
	b.Apply(live.Change{Alerts: []sensors.Alert{alert(1, sensors.Warning, sensors.AlertFiring, 10)}})
	before := b.Version()
	b.Apply(live.Change{GoneAlerts: []sensors.AlertID{1}})
	if d := b.Since(before); !d.AlertsGone || len(d.Alerts) != 0 || len(b.Alerts()) != 0 {
		t.Errorf("got %+v and open %v, want it gone", d, b.Alerts())
	}
}

func TestResolvedAlertsAreForgottenInTime(t *testing.T) {
	b := live.New(100)
	for id := sensors.AlertID(1); id <= 3000; id++ {
		b.Apply(live.Change{Alerts: []sensors.Alert{alert(id, sensors.Warning, sensors.AlertResolved, 1)}})
	}
	if _, kept := b.Alert(1); kept {
		t.Error("the first of 3,000 resolved alerts is still kept")
	}
	if _, kept := b.Alert(3000); !kept {
		t.Error("the last of 3,000 resolved alerts is not kept")
	}
}

func TestRulesAndRecipientsReachReaders(t *testing.T) {
	b := live.New(100)
	b.Apply(live.Change{})
	before := b.Version()
	b.Apply(live.Change{RulesChanged: true, Rules: []sensors.Rule{{ID: 3, Name: "Frost"}}, RecipientsChanged: true, Recipients: []sensors.Recipient{{ID: 4}}})
	if !b.Since(before).RulesChanged || b.Since(b.Version()).RulesChanged {
		t.Error("a change of rules must be seen once")
	}
	if r, ok := b.Rule(3); !ok || r.Name != "Frost" || len(b.Rules()) != 1 || len(b.Recipients()) != 1 {
		t.Errorf("got rules %v and recipients %v", b.Rules(), b.Recipients())
	}
}
