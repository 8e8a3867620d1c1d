package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/web/auth"
)

func TestWhoIsTold(t *testing.T) {
	s := newStage(t).settled()
	manager := s.as(auth.RoleManager)
	contains(t, "nobody", manager.get("/settings/recipients"), "Nobody yet.")
	status(t, "nameless", manager.post("/settings/recipients", "name", "  "), http.StatusUnprocessableEntity)
	got := manager.post("/settings/recipients", "name", "Ann <b>")
	if target := got.Header().Get("Location"); target != "/settings/recipients/1" {
		t.Fatalf("adding somebody: got %d %q", got.Code, target)
	}
	page := manager.get("/settings/recipients/1?add=telegram")
	contains(t, "her page", page, "Ann &lt;b&gt;", "Make a bot with @BotFather", "Such as 123456:AA")
	lacks(t, "her page", page.Body.String(), "Ann <b>")

	path := "/settings/recipients/1/channels"
	wrong := manager.post(path, "kind", "telegram", "target", "my bot")
	status(t, "a wrong target", wrong, http.StatusUnprocessableEntity)
	contains(t, "a wrong target", wrong, "an @ and the chat&#39;s number.", `value="my bot"`)
	status(t, "no such kind", manager.post(path, "kind", "pigeon", "target", "x"), http.StatusUnprocessableEntity)
	const secret = "123456:AAExampleExampleExampleExampleExam@987654321"
	status(t, "telegram", manager.post(path, "kind", "telegram", "target", secret), http.StatusSeeOther)
	contains(t, "twice", manager.post(path, "kind", "telegram", "target", secret), "This way is there already.")
	status(t, "mail", manager.post(path, "kind", "email", "target", "ann@example.com"), http.StatusSeeOther)
	page = manager.get("/settings/recipients/1")
	contains(t, "both ways", page, "Telegram", "E-mail", "a…@example.com", "Send a test")
	lacks(t, "both ways", page.Body.String(), "AAExample")

	status(t, "mail first", manager.post(path+"/1", "do", "up"), http.StatusSeeOther)
	if got := s.board.Recipients()[0].Channels; got[0].Kind != "email" || got[1].Target != secret {
		t.Errorf("after trying mail first: got %v", got)
	}
	status(t, "hours", manager.post("/settings/recipients/1", "name", "Ann", "quiet_from", "22:00", "quiet_to", "06:00", "escalate_after", "15m"), http.StatusSeeOther)
	r := s.board.Recipients()[0]
	if r.QuietFrom != 22*60 || r.QuietTo != 6*60 || r.EscalateAfter != 15*time.Minute || len(r.Channels) != 2 {
		t.Errorf("got %+v", r)
	}
	bad := manager.post("/settings/recipients/1", "name", "", "quiet_from", "25:00", "escalate_after", "15m")
	status(t, "wrong hours", bad, http.StatusUnprocessableEntity)
	contains(t, "wrong hours", bad, "Type times such as 22:00.", "Say who is to be told.", "E-mail")
	s.health.set(notify.ChannelHealth{Recipient: 1, Name: "Ann", Channel: 0, Kind: "email", FailingSince: time.Now(), LastError: "no mail server is set up yet"})
	contains(t, "the list", manager.get("/settings/recipients"), "if that fails: Telegram", "Told if nobody answers for 15 min; quiet from 22:00 to 06:00", "E-mail fails since ")
	contains(t, "overview", manager.get("/"), "Messages to Ann by E-mail fail", "no mail server is set up yet")
	contains(t, "settings", manager.get("/settings"), "Messages to Ann by E-mail fail since ")

	status(t, "one way less", manager.post(path+"/0", "do", "remove"), http.StatusSeeOther)
	status(t, "no such way", manager.post(path+"/7", "do", "test"), http.StatusNotFound)
	status(t, "nonsense", manager.post(path+"/0", "do", "dance"), http.StatusUnprocessableEntity)
	status(t, "removed", manager.post("/settings/recipients/1/remove"), http.StatusSeeOther)
	status(t, "gone", manager.get("/settings/recipients/1"), http.StatusNotFound)
}

func TestATestShowsEachHop(t *testing.T) {
	s := newStage(t).settled()
	var heard string
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 1000)
		n, _ := r.Body.Read(body)
		heard = string(body[:n])
		if r.URL.Path == "/broken" {
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	t.Cleanup(hook.Close)
	manager := s.as(auth.RoleManager)
	manager.post("/settings/recipients", "name", "Ann")
	manager.post("/settings/recipients/1/channels", "kind", "webhook", "target", hook.URL+"/hook")
	manager.post("/settings/recipients/1/channels", "kind", "webhook", "target", hook.URL+"/broken")
	contains(t, "one that works", manager.post("/settings/recipients/1/channels/0", "do", "test"), "The test by Webhook was taken", "Connected", "Handed over", "Accepted", " ms</span>")
	if !strings.Contains(heard, "Test from Furrow at Hillside") {
		t.Errorf("the webhook got %q", heard)
	}
	contains(t, "one that does not", manager.post("/settings/recipients/1/channels/1", "do", "test"), "did not get through", "Not accepted")
}

func TestTheMailServer(t *testing.T) {
	s := newStage(t).settled()
	manager := s.as(auth.RoleManager)
	bad := manager.post("/settings/mail", "host", "smtp example", "port", "many", "security", "starttls", "from", "me")
	status(t, "wrong", bad, http.StatusUnprocessableEntity)
	contains(t, "wrong", bad, "mail server&#39;s name", "The port is a number", "Give the address that mail comes from")
	set := func(pairs ...string) notify.MailServer {
		t.Helper()
		status(t, "saving", manager.post("/settings/mail", pairs...), http.StatusSeeOther)
		got, err := setting[notify.MailServer](t.Context(), s.server, notify.SettingMail)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := set("host", "smtp.example.com", "security", "tls", "username", "furrow", "password", "hush hush", "from", "furrow@example.com")
	if want := (notify.MailServer{Host: "smtp.example.com", Security: notify.TLS, Username: "furrow", Password: "hush hush", From: "furrow@example.com"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	page := manager.get("/settings/mail")
	contains(t, "its page", page, "smtp.example.com", "One is kept.", `value="tls" checked`)
	lacks(t, "its page", page.Body.String(), "hush")
	if got := set("host", "smtp.example.com", "port", "2525", "security", "starttls", "username", "furrow", "from", "furrow@example.com"); got.Password != "hush hush" || got.Port != 2525 || got.Security != notify.StartTLS {
		t.Errorf("without typing the password again: got %+v", got)
	}
	if got := set("host", "mail.evil.example", "security", "starttls", "username", "furrow", "from", "furrow@example.com"); got.Password != "" {
		t.Errorf("the password went to another server: %+v", got)
	}
	status(t, "removing", manager.post("/settings/mail/remove"), http.StatusSeeOther)
	contains(t, "removed", manager.get("/settings/recipients"), "None is set up")
}

func TestDrillsAndTheHeartbeat(t *testing.T) {
	s := newStage(t).settled()
	begun := sensors.MilliOf(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	s.drills.runs = []sensors.Drill{{ID: 2, By: "=cmd", StartedAt: begun, EndedAt: begun + 61_000, Passed: true,
		Hops: []sensors.DrillHop{{Name: "Test reading sent", At: begun}, {Name: "Message to Ann", At: begun + 420, Detail: "email"}, {Name: "Answered", At: begun + 61_000, Detail: "Ann"}}},
		{ID: 1, StartedAt: begun - 1, EndedAt: begun, Why: "nobody answered in time", Hops: []sensors.DrillHop{{Name: "Answered", Failed: true}}}}
	manager := s.as(auth.RoleManager)
	contains(t, "the log", manager.get("/settings/drill"), "answered after 1 min", "420 ms", "E-mail", "missed: nobody answered in time", "never</span>", `value="10:00"`)
	file := manager.get("/settings/drill/log.csv")
	contains(t, "the file", file, "2,2026-03-02T10:00:00.000+01:00,'=cmd,true,,Message to Ann,2026-03-02T10:00:00.420+01:00,420,email\n", ",nobody answered in time,Answered,,,\n")
	status(t, "starting", manager.post("/settings/drill/start"), http.StatusSeeOther)
	if len(s.drills.begun) != 1 || s.drills.begun[0] != "Some manager" {
		t.Errorf("drills begun by %q", s.drills.begun)
	}
	s.drills.fail = sensors.Invalid{"drill": "A drill is running already."}
	got := manager.post("/settings/drill/start")
	status(t, "a second one", got, http.StatusConflict)
	contains(t, "a second one", got, "A drill is running already.")

	status(t, "schedule", manager.post("/settings/drill", "weekly", "on", "weekday", "3", "minute", "09:30"), http.StatusSeeOther)
	set, err := setting[notify.DrillSetting](t.Context(), s.server, notify.SettingDrill)
	if err != nil || !set.Weekly || set.Weekday != time.Wednesday || set.Minute != 9*60+30 {
		t.Errorf("the schedule: got %+v, %v", set, err)
	}
	bad := manager.post("/settings/drill", "weekly", "on", "weekday", "9", "minute", "9")
	status(t, "a wrong schedule", bad, http.StatusUnprocessableEntity)
	contains(t, "a wrong schedule", bad, "Choose a day", "Choose a time")
	contains(t, "a wrong heartbeat", manager.post("/settings/heartbeat", "url", "javascript:alert(1)"), "Give an address that begins with https://")
	status(t, "heartbeat", manager.post("/settings/heartbeat", "url", "https://hc-ping.com/abc"), http.StatusSeeOther)
	contains(t, "heartbeat", manager.get("/settings/drill"), "https://hc-ping.com/abc", "It is called every 1 min.")
}
