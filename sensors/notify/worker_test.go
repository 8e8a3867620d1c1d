package notify

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

func TestSendsAtOnceAndGroupsWhatFollows(t *testing.T) {
	for _, tc := range []struct {
		name     string
		severity sensors.Severity
		want     time.Duration
	}{{"warnings", sensors.Warning, groupFor}, {"critical", sensors.Critical, groupForCritical}} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, c := newMemory(), &courier{}
				ann := m.recipient("Ann", phone1)
				w := newWorker(m, c)
				defer run(t, w)()
				began := time.Now()
				m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
				w.Wake()
				synctest.Wait()
				for range 5 {
					after(time.Second)
					m.owe(ann, sensors.EventFiring, 0, m.fire(tc.severity))
					w.Wake()
				}
				after(time.Minute)
				got := c.all()
				if len(got) != 2 {
					t.Fatalf("got %d messages, want 2", len(got))
				}
				if took := got[0].at.Sub(began); took != 0 {
					t.Errorf("the first message took %v, want none", took)
				}
				if took := got[1].at.Sub(began); took != tc.want {
					t.Errorf("the second message came after %v, want %v", took, tc.want)
				}
				if got[1].Total != 5 {
					t.Errorf("the second message is about %d alerts, want 5", got[1].Total)
				}
			})
		})
	}
}

func TestMachinesGetEachEventAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		to := m.recipient("Program", hook)
		w := newWorker(m, c)
		defer run(t, w)()
		id := m.fire(sensors.Warning)
		for _, step := range []struct {
			kind  sensors.AlertEventKind
			state sensors.AlertState
		}{{sensors.EventFiring, sensors.AlertFiring}, {sensors.EventAcknowledged, sensors.AlertAcknowledged}, {sensors.EventResolved, sensors.AlertResolved}} {
			m.becomes(id, step.state)
			m.owe(to, step.kind, 0, id)
			w.Wake()
			synctest.Wait()
		}
		var got []string
		for _, d := range c.all() {
			got = append(got, string(d.Event)+" "+d.Key)
		}
		if want := []string{"firing 1-firing", "acknowledged 2-acknowledged", "resolved 3-resolved"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestWhatIsOverOrTakenIsNotTold(t *testing.T) {
	for _, tc := range []struct {
		name  string
		state sensors.AlertState
	}{{"acknowledged before the escalation", sensors.AlertAcknowledged}, {"resolved before the escalation", sensors.AlertResolved}} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, c := newMemory(), &courier{}
				boss := m.recipient("Boss", phone1)
				id := m.fire(sensors.Warning)
				notice := m.owe(boss, sensors.EventFiring, 15*time.Minute, id)
				w := newWorker(m, c)
				defer run(t, w)()
				after(5 * time.Minute)
				m.becomes(id, tc.state)
				ended := m.owe(boss, sensors.EventResolved, 0, id)
				w.Wake()
				after(20 * time.Minute)
				if got := c.all(); len(got) != 0 {
					t.Errorf("got %+v, want nothing", got)
				}
				if m.outcome(notice) != "closed" || m.outcome(ended) != "closed" {
					t.Errorf("the notices are %q and %q, want both closed", m.outcome(notice), m.outcome(ended))
				}
			})
		})
	}
}

func TestEscalatesWhenNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		boss := m.recipient("Boss", phone1)
		r := m.recipients[boss]
		r.EscalateAfter = 15 * time.Minute
		m.recipients[boss] = r
		m.owe(boss, sensors.EventFiring, r.EscalateAfter, m.fire(sensors.Warning))
		w := newWorker(m, c)
		defer run(t, w)()
		after(14 * time.Minute)
		if n := len(c.all()); n != 0 {
			t.Fatalf("%d messages before the time", n)
		}
		after(time.Minute)
		if got := c.all(); len(got) != 1 || !strings.Contains(got[0].Text, "Nobody has answered for 15 min.") {
			t.Errorf("got %+v, want one message that says for how long nobody answered", got)
		}
	})
}

func TestRepeatsUntilAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		rule := heatRule
		rule.Repeat = time.Hour
		m.rules[1] = rule
		ann := m.recipient("Ann", phone1)
		id := m.fire(sensors.Warning)
		m.owe(ann, sensors.EventFiring, 0, id)
		w := newWorker(m, c)
		defer run(t, w)()
		after(2*time.Hour + 30*time.Minute)
		got := c.all()
		if len(got) != 3 {
			t.Fatalf("got %d messages in 2½ hours, want 3", len(got))
		}
		if !strings.HasPrefix(got[2].Title, "Still: ") {
			t.Errorf("the reminder's title is %q", got[2].Title)
		}
		m.becomes(id, sensors.AlertAcknowledged)
		after(3 * time.Hour)
		if got := len(c.all()); got != 3 || m.waiting() != 0 {
			t.Errorf("after the answer there are %d messages and %d notices, want 3 and 0", got, m.waiting())
		}
	})
}

func TestQuietHoursHoldBackAllButCritical(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // begins at midnight UTC, 01:00 in Amsterdam
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", phone1)
		r := m.recipients[ann]
		r.QuietFrom, r.QuietTo = 22*60, 6*60+30
		m.recipients[ann] = r
		w := newWorker(m, c)
		defer run(t, w)()
		over := m.fire(sensors.Warning)
		mixed := m.owe(ann, sensors.EventFiring, 0, over, m.fire(sensors.Critical))
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Info))
		w.Wake()
		after(time.Hour)
		if got := c.all(); len(got) != 1 || got[0].Severity != sensors.Critical || got[0].Total != 1 || m.outcome(mixed) != "sent" {
			t.Fatalf("at night came %+v, want the critical alert alone", got)
		}
		m.becomes(over, sensors.AlertResolved)
		after(6 * time.Hour)
		got := c.all()
		if len(got) != 2 || got[1].Event != sensors.EventDigest || got[1].Total != 2 {
			t.Fatalf("in the morning came %+v, want one digest of two alerts", got[1:])
		}
		if at := got[1].at.In(m.farm.Location()).Format("15:04"); at != "06:30" {
			t.Errorf("the digest came at %s, want 06:30", at)
		}
		if want := "During the quiet hours: 2 alerts, 1 still open"; !strings.HasPrefix(got[1].Title, want) {
			t.Errorf("its title is %q, want %q", got[1].Title, want)
		}
	})
}

func TestStormIsOneMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", phone1)
		var ids []sensors.AlertID
		for range 10_000 {
			ids = append(ids, m.fire(sensors.Warning))
		}
		m.owe(ann, sensors.EventFiring, 0, ids...)
		w := newWorker(m, c)
		defer run(t, w)()
		after(time.Hour)
		got := c.all()
		if len(got) != 1 || got[0].Title != "10,000 alerts in Greenhouse 2" {
			t.Fatalf("got %d messages, %q", len(got), got[0].Title)
		}
		if !strings.HasSuffix(got[0].Text, "…and 9,990 more") || len(got[0].Full(4000)) > 5000 || len(got[0].Lines) > maxListed {
			t.Errorf("the message is not bounded: %d lines, %q", len(got[0].Lines), got[0].Text)
		}
	})
}

func TestCriticalAlertWhileAMessageIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", phone1)
		w := newWorker(m, c)
		defer run(t, w)()
		c.refuseWith(func(sensors.Channel, Message) error { time.Sleep(5 * time.Second); return nil })
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		w.Wake()
		after(time.Second)
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Critical))
		w.Wake() // while the first is under way
		after(time.Minute)
		got := c.all()
		if len(got) != 2 || got[1].at.Sub(got[0].at) != groupForCritical+5*time.Second {
			t.Errorf("got %+v, want the second begun %v after the first was taken", got, groupForCritical)
		}
	})
}

func TestRemovedRecipientAndOneWithoutChannels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		id := m.fire(sensors.Warning)
		gone := m.owe(99, sensors.EventFiring, 0, id)
		bare := m.owe(m.recipient("Bare"), sensors.EventFiring, 0, id)
		lost := m.owe(m.recipient("Ann", phone1), sensors.EventFiring, 0, 12345) // the alert was deleted
		defer run(t, newWorker(m, c))()
		if m.outcome(gone) != "closed" || m.outcome(bare) != "closed" || m.outcome(lost) != "closed" || len(c.all()) != 0 {
			t.Errorf("outcomes %q, %q, %q, messages %d; want all closed and none sent", m.outcome(gone), m.outcome(bare), m.outcome(lost), len(c.all()))
		}
	})
}

func TestSirenStaysOnWhileAnythingFires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		siren := m.recipient("Siren", sensors.Channel{Kind: "mqtt", Target: "siren"})
		w := newWorker(m, c)
		defer run(t, w)()
		one, two := m.fire(sensors.Critical), m.fire(sensors.Critical)
		m.owe(siren, sensors.EventFiring, 0, one, two)
		w.Wake()
		synctest.Wait()
		for _, id := range []sensors.AlertID{one, two} {
			m.becomes(id, sensors.AlertResolved)
			m.owe(siren, sensors.EventResolved, 0, id)
			w.Wake()
			synctest.Wait()
		}
		var got []int
		for _, d := range c.all() {
			got = append(got, d.StillFiring)
		}
		if want := []int{2, 1, 0}; !slices.Equal(got, want) {
			t.Errorf("still firing after each message: %v, want %v", got, want)
		}
	})
}

func TestLastNoteAndLinksAreInTheMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		m.note = sensors.EarlierNote{Note: "opened the vents", By: "Ann", At: sensors.MilliOf(time.Now().Add(-48 * time.Hour))}
		ann := m.recipient("Ann", phone1)
		id := m.fire(sensors.Warning)
		m.owe(ann, sensors.EventFiring, 0, id)
		w := newWorker(m, c)
		signer := NewSigner([]byte("0123456789abcdef0123456789abcdef"))
		w.Links = func() Links { return Links{"https://farm.example", signer} }
		defer run(t, w)()
		got := c.all()
		if len(got) != 1 || !strings.Contains(got[0].Text, "Ann noted: opened the vents") || got[0].Open != "https://farm.example/alerts/1" {
			t.Fatalf("got %+v", got)
		}
		g, err := signer.Check(strings.TrimPrefix(got[0].Acknowledge, "https://farm.example/got-it/"), time.Now())
		if err != nil || g.Recipient != ann || !slices.Equal(g.Alerts, []sensors.AlertID{id}) {
			t.Errorf("the link grants %+v, %v", g, err)
		}
	})
}

func TestWakingJudgesTheWaitAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", phone1)
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		w := newWorker(m, c)
		defer run(t, w)()
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		for range 100 { // readings go on
			w.Wake()
			after(200 * time.Millisecond)
		}
		if n := len(c.all()); n != 1 || m.loads > 3 {
			t.Fatalf("%d messages and %d loads in 20 seconds, want 1 and at most 3", n, m.loads)
		}
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Critical))
		w.Wake()
		synctest.Wait()
		if got := c.all(); len(got) != 2 || got[1].Total != 2 {
			t.Errorf("got %+v, want both at once, since the critical one has waited long enough", got)
		}
	})
}

func TestMachineIsNotHeldForAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", phone1)
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		w := newWorker(m, c)
		defer run(t, w)()
		m.mu.Lock()
		m.recipients[ann] = sensors.Recipient{ID: ann, Name: "Ann", Channels: []sensors.Channel{hook}}
		m.mu.Unlock()
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		w.Wake()
		synctest.Wait()
		if n := len(c.all()); n != 2 {
			t.Errorf("%d messages, want both at once", n)
		}
	})
}

func TestOnlyWhatStillFiresIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", phone1)
		one, two := m.fire(sensors.Warning), m.fire(sensors.Warning)
		m.becomes(one, sensors.AlertAcknowledged)
		m.owe(ann, sensors.EventFiring, 0, one, two)
		defer run(t, newWorker(m, c))()
		got := c.all()
		if len(got) != 1 || got[0].Total != 1 || got[0].Lines[0].Alert.ID != two {
			t.Errorf("got %+v, want a message about the second alert alone", got)
		}
		if m.told[ann][one] || !m.told[ann][two] {
			t.Errorf("told of %v, want the second alone", m.told[ann])
		}
	})
}
