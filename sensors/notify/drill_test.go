package notify

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

func TestWordsOfADrill(t *testing.T) {
	for _, tc := range []struct {
		name        string
		alert       sensors.Alert
		title, text string
	}{
		{"begins", sensors.Alert{Drill: true, State: sensors.AlertFiring}, "DRILL: Please answer this message", "nothing is wrong. Please answer it"},
		{"answered", sensors.Alert{Drill: true, State: sensors.AlertResolved, AckBy: "Ann", Note: "was awake"},
			"DRILL: Ann has answered, so messages get through", "The drill is over; nothing was wrong.\nAnn noted: was awake"},
		{"not answered", sensors.Alert{Drill: true, State: sensors.AlertResolved}, "DRILL: Nobody has answered in time", "The drill is over"},
		{"missed", sensors.Alert{State: sensors.AlertFiring, RuleName: "Missed drill: nobody answered"}, "Missed drill: nobody answered", "Since 02:14. See that messages reach you"},
		{"missed and seen", sensors.Alert{State: sensors.AlertResolved, AckBy: "Ann", RuleName: "Missed drill: nobody answered"},
			"Ann is on it: Missed drill: nobody answered", ""},
		{"the next one was answered", sensors.Alert{State: sensors.AlertResolved, RuleName: "Missed drill: nobody answered"},
			"All clear: Missed drill: nobody answered", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := oneLineFacts()
			tc.alert.ID, tc.alert.Severity, tc.alert.Value, tc.alert.Peak, tc.alert.Since = 7, sensors.Warning, nan, nan, f.Lines[0].Alert.Since
			f.Lines, f.Drill = []Line{{Alert: tc.alert, Rule: sensors.Rule{Severity: sensors.Warning}}}, tc.alert.Drill
			if f.Firing, f.Resolved = 1, 0; tc.alert.State == sensors.AlertResolved {
				f.Firing, f.Resolved = 0, 1
			}
			if m := Compose(f); m.Title != tc.title || !strings.Contains(m.Text, tc.text) {
				t.Errorf("got %q with %q, want %q with %q", m.Title, m.Text, tc.title, tc.text)
			}
		})
	}
}

func TestADrillTurnsASirenOffAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		to := m.recipient("Siren", sensors.Channel{Kind: "mqtt", Target: "siren"})
		w := newWorker(m, c)
		defer run(t, w)()
		id := m.fire(sensors.Critical)
		m.mu.Lock()
		a := m.alerts[id]
		a.Drill, a.Rule = true, 0
		m.alerts[id] = a
		m.mu.Unlock()
		m.owe(to, sensors.EventDrill, 0, id)
		w.Wake()
		synctest.Wait()
		m.becomes(id, sensors.AlertResolved)
		m.owe(to, sensors.EventAcknowledged, 0, id)
		m.owe(to, sensors.EventResolved, 0, id)
		w.Wake()
		synctest.Wait()
		got := c.all()
		if len(got) != 2 || got[0].Event != sensors.EventDrill || got[0].StillFiring != 1 || got[1].Event != sensors.EventResolved || got[1].StillFiring != 0 {
			t.Errorf("got %+v, want a drill and its end", got)
		}
	})
}

func TestDrillsAsCSV(t *testing.T) {
	start := sensors.MilliOf(time.Date(2026, 7, 6, 8, 0, 0, 0, time.UTC))
	var b strings.Builder
	err := WriteDrills(&b, sensors.Farm{TimeZone: "Europe/Amsterdam"}, []sensors.Drill{{ID: 3, By: "=Ann", StartedAt: start, EndedAt: start + 9000, Passed: true,
		Hops: []sensors.DrillHop{{Name: "Test reading sent", At: start, Detail: "=Ann"}, {Name: "Message to Ben", Detail: "it is down", Failed: true},
			{Name: "Answered", At: start + 8_250, Detail: "Ann"}}}})
	want := "drill,begun_by,passed,step,time,seconds,ok,detail\n" +
		"3,'=Ann,true,Test reading sent,2026-07-06T10:00:00.000+02:00,0.000,true,'=Ann\n" +
		"3,'=Ann,true,Message to Ben,,,false,it is down\n" +
		"3,'=Ann,true,Answered,2026-07-06T10:00:08.250+02:00,8.250,true,Ann\n"
	if err != nil || b.String() != want {
		t.Errorf("got %v and\n%s\nwant\n%s", err, b.String(), want)
	}
}

func TestDrillIsDueOnceAWeekByTheFarmsClocks(t *testing.T) {
	zone := sensors.Farm{TimeZone: "Europe/Amsterdam"}.Location()
	set := DrillSetting{Weekly: true, Weekday: time.Monday, Minute: 10 * 60}
	count := func(from, to time.Time) (n int) {
		for at := from; at.Before(to); at = at.Add(time.Minute) {
			if set.Due(at, at.Add(time.Minute), zone) {
				n++
			}
		}
		return n
	}
	from := time.Date(2026, 3, 23, 0, 0, 0, 0, zone) // the week in which clocks go forward, and the one after
	if got := count(from, from.AddDate(0, 0, 14)); got != 2 {
		t.Errorf("in two weeks: got %d drills, want 2", got)
	}
	at := time.Date(2026, 3, 30, 10, 0, 0, 0, zone)
	if !set.Due(at.Add(-time.Second), at, zone) || set.Due(at, at.Add(time.Second), zone) {
		t.Error("it is not due at ten, or is due again after")
	}
	set.Weekly = false
	if got := count(from, from.AddDate(0, 0, 7)); got != 0 {
		t.Errorf("switched off: got %d drills", got)
	}
}

func TestSettingsAreJudged(t *testing.T) {
	for name, tc := range map[string]struct {
		set   interface{ Validate() error }
		field string
	}{
		"no heartbeat":       {HeartbeatSetting{}, ""},
		"a heartbeat":        {HeartbeatSetting{URL: "https://hc.example/uuid", Every: 60}, ""},
		"a bad address":      {HeartbeatSetting{URL: "hc.example"}, "url"},
		"too often":          {HeartbeatSetting{URL: "https://hc.example/uuid", Every: 1}, "every_s"},
		"no drill":           {DrillSetting{}, ""},
		"no such day":        {DrillSetting{Weekday: 7}, "weekday"},
		"no such time":       {DrillSetting{Minute: 1440}, "minute"},
		"no time to answer":  {DrillSetting{Answer: 1}, "answer_s"},
		"a week's first day": {DrillSetting{Weekly: true, Weekday: time.Sunday, Minute: 600, Answer: 600}, ""},
	} {
		err := tc.set.Validate()
		if bad, _ := err.(sensors.Invalid); (err != nil) != (tc.field != "") || tc.field != "" && bad[tc.field] == "" {
			t.Errorf("%s: got %v, want something about %q", name, err, tc.field)
		}
	}
}

func TestPingOfAnotherFurrowIsAReading(t *testing.T) {
	server, got := catcher(t, 200, "{}")
	s := NewSender(Options{AllowPrivate: true})
	trust(s, server)
	to := strings.Replace(server.URL, "https://", "https://TOKEN12345@", 1) + "/api/v1/readings?device=hill%20farm"
	for trouble, want := range map[string]string{"": "1", "the disk is full": "0"} {
		err := s.Ping(t.Context(), to, trouble)
		if body := `[{"device":"hill farm","metric":"all_well","value":` + want + `}]`; err != nil || got.body != body || got.path != "/api/v1/readings" ||
			got.header.Get("Authorization") != "Bearer TOKEN12345" {
			t.Errorf("%q: %v, %+v; want %s", trouble, err, got, body)
		}
	}
}
