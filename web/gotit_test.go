package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/sensors/notify"
)

func TestALinkInAMessageAnswersForItsRecipient(t *testing.T) {
	s := newStage(t).settled()
	alert := s.alarmed()
	ann, err := s.in.SaveRecipient(t.Context(), sensors.Recipient{Name: "Ann <i>"})
	if err != nil {
		t.Fatal(err)
	}
	link := func(until time.Duration, to sensors.RecipientID, ids ...sensors.AlertID) string {
		return "/got-it/" + s.signer.Sign(notify.Grant{Action: notify.Acknowledge, Alerts: ids, Recipient: to, Until: time.Now().Add(until)})
	}
	state := func() sensors.AlertState {
		t.Helper()
		a, _ := s.board.Alert(alert.ID)
		return a.State
	}
	stranger := s.browser(away)
	good := link(time.Hour, ann.ID, alert.ID, 999)
	page := stranger.get(good)
	status(t, "opening it", page, http.StatusOK)
	contains(t, "opening it", page, "Ann &lt;i&gt;, can you look?", "Greenhouse 2 is too hot", "31.1 °C, limit 30", `action="`+good+`"`)
	lacks(t, "opening it", page.Body.String(), "Ann <i>", `class="tabs"`, "/live")
	if state() != sensors.AlertFiring {
		t.Error("opening the link answered the alert, as a mail scanner would have")
	}
	for name, c := range map[string]struct {
		path, want string
		status     int
	}{
		"expired":           {link(-time.Second, ann.ID, alert.ID), "This link has expired", http.StatusGone},
		"changed":           {good[:len(good)-4] + "AAAA", "Not a link of this farm", http.StatusNotFound},
		"nonsense":          {"/got-it/x", "Not a link of this farm", http.StatusNotFound},
		"of somebody gone":  {link(time.Hour, 77, alert.ID), "no longer good", http.StatusGone},
		"with another sign": {"/got-it/" + notify.NewSigner([]byte(strings.Repeat("x", 32))).Sign(notify.Grant{Action: notify.Acknowledge, Alerts: []sensors.AlertID{alert.ID}, Recipient: ann.ID, Until: time.Now().Add(time.Hour)}), "Not a link", http.StatusNotFound},
	} {
		got := stranger.get(c.path)
		status(t, name, got, c.status)
		contains(t, name, got, c.want, "See the alerts")
		status(t, name+", posted", stranger.post(c.path), c.status)
		lacks(t, name, got.Body.String(), "too hot", "Ann")
	}
	if state() != sensors.AlertFiring {
		t.Fatal("a link that is not good answered the alert")
	}
	got := stranger.post(good)
	status(t, "the button", got, http.StatusOK)
	contains(t, "the button", got, "Thank you, Ann &lt;i&gt;", "Seen by Ann &lt;i&gt;")
	if a, _ := s.board.Alert(alert.ID); a.State != sensors.AlertAcknowledged || a.AckBy != "Ann <i>" {
		t.Errorf("got %+v", a)
	}
	if _, signedIn := stranger.cookies[sessionCookie]; signedIn {
		t.Error("the link signed somebody in")
	}
	contains(t, "opening it again", stranger.get(good), "Thank you, Ann")
}

func TestAProgramPostsALink(t *testing.T) {
	s := newStage(t).settled()
	alert := s.alarmed()
	ann, err := s.in.SaveRecipient(t.Context(), sensors.Recipient{Name: "Ann"})
	if err != nil {
		t.Fatal(err)
	}
	app := s.browser(away)
	app.header["Accept"] = "*/*"
	got := app.post("/got-it/" + s.signer.Sign(notify.Grant{Action: notify.Acknowledge, Alerts: []sensors.AlertID{alert.ID}, Recipient: ann.ID, Until: time.Now().Add(time.Hour)}))
	status(t, "a program", got, http.StatusOK)
	if body := got.Body.String(); strings.Contains(body, "<") || len(s.board.Alerts()) != 1 || s.board.Alerts()[0].AckBy != "Ann" {
		t.Errorf("got %q and %+v", body, s.board.Alerts())
	}
	status(t, "a link that is not good", app.post("/got-it/x"), http.StatusNotFound)
}
