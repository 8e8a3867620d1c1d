package db_test

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"furrow/db"
	"furrow/db/dbtest"
	"furrow/sensors"
)

// storeRule stores a rule for one sensor and returns it with its id.
func storeRule(t *testing.T, d *db.DB, sensor sensors.SensorID) sensors.Rule {
	t.Helper()
	rule, err := d.SaveRule(t.Context(), sensors.Rule{Name: "Too hot", Enabled: true, Severity: sensors.Critical, Metric: "temperature",
		Condition: sensors.Above, Scope: sensors.Scope{Sensor: sensor}, Limits: sensors.Limits{Limit: 30, Clear: 29}, NightWhen: sensors.NightByClock,
		Night: sensors.Limits{Limit: 20, Clear: 19}, NightFrom: 1320, NightTo: 360, Hold: 10 * time.Minute, Repeat: time.Hour, Source: "a book",
		Active: sensors.Active{Days: []time.Weekday{time.Monday}, Months: []time.Month{time.May}}, CreatedAt: time.UnixMilli(1000).UTC()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

func TestARuleComesBackAsItWasStored(t *testing.T) {
	d := dbtest.Open(t)
	_, made := register(t, d, "gh1/t1", "temperature")
	who, err := d.SaveRecipient(t.Context(), sensors.Recipient{Name: "The manager", QuietFrom: 1320, QuietTo: 360, EscalateAfter: time.Minute,
		Channels: []sensors.Channel{{Kind: "ntfy", Target: "a"}, {Kind: "email", Target: "b"}}, CreatedAt: time.UnixMilli(5).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	rule := storeRule(t, d, made[0].ID)
	rule.Recipients, rule.Name = []sensors.RecipientID{who.ID}, "Far too hot"
	if _, err := d.SaveRule(t.Context(), rule, nil); err != nil {
		t.Fatal(err)
	}
	start, err := d.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(start.Rules) != 2 || !start.Rules[0].Watch {
		t.Fatalf("rules: got %v, want the silence watch and one more", start.Rules)
	}
	if got := start.Rules[1]; !reflect.DeepEqual(got, rule) {
		t.Errorf("rule: got %+v, want %+v", got, rule)
	}
	if len(start.Recipients) != 1 || !reflect.DeepEqual(start.Recipients[0], who) {
		t.Errorf("recipients: got %+v, want %+v", start.Recipients, who)
	}
}

func TestTheSilenceWatchStays(t *testing.T) {
	d := dbtest.Open(t)
	rules, err := d.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteRule(t.Context(), rules[0].ID, nil); !errors.Is(err, sensors.ErrNotFound) {
		t.Errorf("deleting the silence watch: got %v, want not found", err)
	}
}

func TestAnAlertIsCommittedWithItsReadingsAndMessages(t *testing.T) {
	d := dbtest.Open(t)
	device, made := register(t, d, "gh1/t1", "temperature")
	rule := storeRule(t, d, made[0].ID)
	who, err := d.SaveRecipient(t.Context(), sensors.Recipient{Name: "The manager", Channels: []sensors.Channel{{Kind: "ntfy", Target: "x"}}})
	if err != nil {
		t.Fatal(err)
	}
	a := &sensors.Alert{Rule: rule.ID, RuleName: rule.Name, Sensor: made[0].ID, Device: device.ID, Severity: rule.Severity,
		State: sensors.AlertFiring, Since: 1000, StartedAt: 2000, Value: 31, Peak: 32}
	at := sensors.Milli(2000)
	batch := &sensors.Batch{Readings: []sensors.Reading{{Sensor: made[0].ID, At: at, Value: 31}}, Duplicate: make([]bool, 1),
		Alerts:  []sensors.AlertEvent{{Kind: sensors.EventFiring, At: at, Alert: a}},
		Notices: []sensors.Notice{{Recipient: who.ID, Kind: sensors.EventFiring, Alerts: []*sensors.Alert{a}, CreatedAt: at, DueAt: at}}}
	if err := d.Commit(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if a.ID == 0 {
		t.Fatal("the alert got no id")
	}
	waiting, err := d.WaitingNotices(t.Context())
	if want := []sensors.Waiting{{Recipient: who.ID, DueAt: at}}; err != nil || !reflect.DeepEqual(waiting, want) {
		t.Errorf("waiting: got %+v, %v, want %+v", waiting, err, want)
	}
	due, err := d.DueNotices(t.Context(), who.ID, at, 10)
	if err != nil || len(due) != 1 || len(due[0].AlertIDs) != 1 || due[0].AlertIDs[0] != a.ID {
		t.Fatalf("due: got %+v, %v, want one message about alert %d", due, err, a.ID)
	}
	sent := sensors.Settlement{At: at + 1, Sent: []sensors.SentNotice{{ID: due[0].ID, Kind: sensors.EventFiring, Alerts: due[0].AlertIDs}}}
	for range 2 { // once more changes nothing
		if err := d.SettleNotices(t.Context(), sent); err != nil {
			t.Fatal(err)
		}
	}
	if waiting, err := d.WaitingNotices(t.Context()); err != nil || len(waiting) != 0 {
		t.Errorf("after it was sent: got %v, %v, want nobody waiting", waiting, err)
	}
	if told, err := d.AlertsTold(t.Context(), who.ID, []sensors.AlertID{a.ID, 999}); err != nil || len(told) != 1 || !told[0].Told {
		t.Errorf("told: got %+v, %v, want the one alert that exists, told", told, err)
	}
	if n, err := d.FiringTold(t.Context(), who.ID, nil); err != nil || n != 1 {
		t.Errorf("firing and told: got %d, %v, want 1", n, err)
	}
	if n, err := d.FiringTold(t.Context(), who.ID, []sensors.AlertID{a.ID}); err != nil || n != 0 {
		t.Errorf("firing and told, without it: got %d, %v, want 0", n, err)
	}
	about, err := d.AlertNotices(t.Context(), a.ID)
	if err != nil || len(about) != 1 || about[0].Via != "ntfy" || about[0].SentAt != at+1 || about[0].Name != "The manager" {
		t.Errorf("messages about it: got %+v, %v", about, err)
	}
}

// owe stores an alert and a message about it that is due at once.
func owe(t *testing.T, d *db.DB) (sensors.RecipientID, sensors.Notice) {
	t.Helper()
	device, made := register(t, d, "gh1/t1", "temperature")
	rule := storeRule(t, d, made[0].ID)
	who, err := d.SaveRecipient(t.Context(), sensors.Recipient{Name: "The manager"})
	if err != nil {
		t.Fatal(err)
	}
	a := &sensors.Alert{Rule: rule.ID, Sensor: made[0].ID, Device: device.ID, Severity: rule.Severity, State: sensors.AlertFiring, StartedAt: 5}
	batch := &sensors.Batch{Alerts: []sensors.AlertEvent{{Kind: sensors.EventFiring, At: 5, Alert: a}},
		Notices: []sensors.Notice{{Recipient: who.ID, Kind: sensors.EventFiring, Alerts: []*sensors.Alert{a}, CreatedAt: 5, DueAt: 5}}}
	if err := d.CommitAlerts(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	return who.ID, batch.Notices[0]
}

func TestAMessageThatFailsWaitsOn(t *testing.T) {
	d := dbtest.Open(t)
	who, n := owe(t, d)
	n.Channel, n.DueAt, n.Attempts, n.LastError = 1, 5000, 1, "no answer"
	if err := d.SettleNotices(t.Context(), sensors.Settlement{At: 10, Later: []sensors.Notice{n}}); err != nil {
		t.Fatal(err)
	}
	due, err := d.DueNotices(t.Context(), who, 10, 10)
	if err != nil || len(due) != 1 || !reflect.DeepEqual(due[0], n) {
		t.Errorf("due: got %+v, %v, want %+v although its time has not come, because it was refused before", due, err, n)
	}
	if err := d.SettleNotices(t.Context(), sensors.Settlement{At: 20, Closed: []sensors.ClosedNotice{{ID: n.ID, Why: "too old", GaveUp: true}}}); err != nil {
		t.Fatal(err)
	}
	about, err := d.AlertNotices(t.Context(), n.AlertIDs[0])
	if err != nil || len(about) != 1 || !about[0].GaveUp || about[0].Error != "too old" {
		t.Errorf("given up: got %+v, %v", about, err)
	}
}

func TestARecipientThatGoesIsOwedNothing(t *testing.T) {
	d := dbtest.Open(t)
	who, n := owe(t, d)
	if err := d.DeleteRecipient(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	n.ID = 0
	if err := d.CommitAlerts(t.Context(), &sensors.Batch{Notices: []sensors.Notice{n}}); err != nil {
		t.Errorf("a message for a recipient that went meanwhile: got %v, want it forgotten", err)
	}
	if waiting, err := d.WaitingNotices(t.Context()); err != nil || len(waiting) != 0 {
		t.Errorf("waiting: got %v, %v, want none", waiting, err)
	}
}

func TestAnAlertsLifeIsKept(t *testing.T) {
	d := dbtest.Open(t)
	device, made := register(t, d, "gh1/t1", "temperature")
	rule := storeRule(t, d, made[0].ID)
	a := &sensors.Alert{Rule: rule.ID, RuleName: rule.Name, Sensor: made[0].ID, Device: device.ID, Severity: rule.Severity,
		State: sensors.AlertPending, Since: 1000, Value: math.NaN(), Peak: math.NaN()}
	commit := func(kind sensors.AlertEventKind, at sensors.Milli) {
		t.Helper()
		if err := d.CommitAlerts(t.Context(), &sensors.Batch{Alerts: []sensors.AlertEvent{{Kind: kind, At: at, Alert: a}}}); err != nil {
			t.Fatal(err)
		}
	}
	commit(sensors.EventPending, 1000)
	open, err := d.OpenAlerts(t.Context())
	if err != nil || len(open) != 1 || !math.IsNaN(open[0].Value) {
		t.Fatalf("open: got %+v, %v, want the pending one without a value", open, err)
	}
	if shown, err := d.Alerts(t.Context(), sensors.AlertFilter{Limit: 10}); err != nil || len(shown) != 0 {
		t.Errorf("history: got %v, %v; a pending alert is nobody's business", shown, err)
	}
	a.State, a.StartedAt = sensors.AlertFiring, 2000
	commit(sensors.EventFiring, 2000)
	a.State, a.AcknowledgedAt, a.AckBy, a.Note = sensors.AlertAcknowledged, 3000, "a person", "opened the vents"
	commit(sensors.EventAcknowledged, 3000)
	a.State, a.ResolvedAt = sensors.AlertResolved, 4000
	commit(sensors.EventResolved, 4000)
	events, err := d.AlertEvents(t.Context(), a.ID)
	if err != nil || len(events) != 3 {
		t.Errorf("events: got %+v, %v, want firing, acknowledged and resolved", events, err)
	}
	next := *a
	next.ID++
	if last, err := d.LastNote(t.Context(), next); err != nil || last.Note != "opened the vents" || last.By != "a person" || last.At != 3000 {
		t.Errorf("last note: got %+v, %v", last, err)
	}
	if err := d.DeleteRule(t.Context(), rule.ID, nil); err != nil {
		t.Fatal(err)
	}
	kept, err := d.Alert(t.Context(), a.ID)
	if err != nil || kept.Rule != 0 || kept.RuleName != "Too hot" {
		t.Errorf("after its rule was deleted: got %+v, %v, want it without a rule but with its name", kept, err)
	}
}

func TestAPendingAlertThatEndsLeavesNoTrace(t *testing.T) {
	d := dbtest.Open(t)
	device, made := register(t, d, "gh1/t1", "temperature")
	rule := storeRule(t, d, made[0].ID)
	a := &sensors.Alert{Rule: rule.ID, Sensor: made[0].ID, Device: device.ID, Severity: rule.Severity, State: sensors.AlertPending, Since: 1000}
	for _, kind := range []sensors.AlertEventKind{sensors.EventPending, sensors.EventDropped} {
		if err := d.CommitAlerts(t.Context(), &sensors.Batch{Alerts: []sensors.AlertEvent{{Kind: kind, At: 1000, Alert: a}}}); err != nil {
			t.Fatal(err)
		}
	}
	if open, err := d.OpenAlerts(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("open: got %v, %v, want none", open, err)
	}
}

func TestMessagesAreForgottenOnceTheirAlertsAreOver(t *testing.T) {
	d := dbtest.Open(t)
	who, n := owe(t, d)
	id := n.AlertIDs[0]
	kept := func() int {
		about, err := d.AlertNotices(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return len(about)
	}
	forget := func() {
		if err := d.ForgetNotices(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
	}
	if forget(); kept() != 1 {
		t.Error("a message that waits was forgotten")
	}
	if err := d.SettleNotices(t.Context(), sensors.Settlement{At: 10, Sent: []sensors.SentNotice{{ID: n.ID, Kind: n.Kind, Alerts: n.AlertIDs}}}); err != nil {
		t.Fatal(err)
	}
	if forget(); kept() != 1 {
		t.Error("it was forgotten who was told of an alert that is open")
	}
	a, err := d.Alert(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	a.State, a.ResolvedAt = sensors.AlertResolved, 50
	late := sensors.Notice{Recipient: who, Kind: sensors.EventResolved, Alerts: []*sensors.Alert{&a}, CreatedAt: 200, DueAt: 200}
	err = d.CommitAlerts(t.Context(), &sensors.Batch{Alerts: []sensors.AlertEvent{{Kind: sensors.EventResolved, At: 50, Alert: &a}}, Notices: []sensors.Notice{late}})
	if err != nil {
		t.Fatal(err)
	}
	if forget(); kept() != 1 {
		t.Errorf("after all is over %d messages are left, want the young one", kept())
	}
}

func TestDrillsAreKept(t *testing.T) {
	d := dbtest.Open(t)
	if _, n := owe(t, d); n.AlertIDs[0] != 1 {
		t.Fatal("the alert has another id")
	}
	first, err := d.SaveDrill(t.Context(), sensors.Drill{By: "Ann", StartedAt: 10, DueAt: 20, Hops: []sensors.DrillHop{{Name: "Sent", At: 10}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.SaveDrill(t.Context(), sensors.Drill{StartedAt: 30, DueAt: 40}); err != nil {
		t.Fatal(err)
	}
	first.Alert, first.EndedAt, first.Passed, first.Why = 1, 15, true, "just so"
	first.Hops = append(first.Hops, sensors.DrillHop{Name: "Answered", At: 15, Detail: "Ann", Failed: true})
	if _, err := d.SaveDrill(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	list, err := d.Drills(t.Context(), 10)
	if err != nil || len(list) != 2 || list[0].StartedAt != 30 || !reflect.DeepEqual(list[1], first) {
		t.Errorf("got %+v, %v, want the newer one and %+v", list, err, first)
	}
	if newest, err := d.Drills(t.Context(), 1); err != nil || len(newest) != 1 {
		t.Errorf("got %+v, %v, want one", newest, err)
	}
}
