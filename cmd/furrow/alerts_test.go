package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestFromReadingToWebhookAndBack follows an alert through its life, as the program sees it that is told.
func TestFromReadingToWebhookAndBack(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), "--allow-private-targets", "--adopt", "auto", "--public-url", "http://farm.example")
	s.browser().setUp()
	p, h := s.program("admin"), newHooks(t)
	p.told("The siren's program", h.url)
	probe := dial(t, s, "probe", "", "")
	probe.publish("farm/House 1/probe/temperature", "20", 1)
	rule := tooHot()
	rule["scope"] = map[string]string{"sensor_id": listOf[apiSensor](p, "/api/v1/sensors")[0].ID}
	id := p.watch(rule)

	probe.publish("farm/House 1/probe/temperature", "35.5", 1)
	firing := h.next("firing")
	checkHook(t, firing, id, "firing", `null,"resolved_at":null,"snoozed_until":null,"value":35.5,"peak":35.5`,
		`House 1: Air temperature too high, 35.5 °C \(limit 30.0 °C\)\\nAt probe.\\nSince \d\d:\d\d \(0 s\).\\nRule: Too hot`)
	note := map[string]string{"note": "opened the vents"}
	if status := p.call(http.MethodPost, "/api/v1/alerts/"+firing.body.Alert.ID+"/acknowledge", note, nil); status != http.StatusOK {
		t.Fatalf("acknowledging: got %d", status)
	}
	checkHook(t, h.next("acknowledged"), id, "acknowledged",
		`"T","resolved_at":null,"snoozed_until":null,"value":35.5,"peak":35.5,"acknowledged_by":"test","note":"opened the vents"`,
		`test is on it: House 1: Air temperature too high.*test noted: opened the vents\\nRule: Too hot`)
	probe.publish("farm/House 1/probe/temperature", "25", 1)
	checkHook(t, h.next("resolved"), id, "resolved",
		`"T","resolved_at":"T","snoozed_until":null,"value":25,"peak":35.5,"acknowledged_by":"test","note":"opened the vents"`,
		`All clear: House 1: Air temperature 25.0 °C\\nAt probe.\\nIt was so from .*\\nAt worst 35.5 °C.*`)
}

// checkHook holds a request against the whole of what it must be.
func checkHook(t *testing.T, got hook, rule, state, life, text string) {
	t.Helper()
	want := `{"event":"` + state + `","id":"` + got.key + `","alert":{"id":"1","name":"Too hot","rule_id":"` + rule + `","sensor_id":"1","device_id":"1",` +
		`"severity":"warning","state":"` + state + `","since":"T","started_at":"T","acknowledged_at":` + life + `},` +
		`"rule":{"id":"` + rule + `","name":"Too hot","enabled":true,"severity":"warning","scope":{"sensor_id":"1"},"metric":"temperature","condition":"above",` +
		`"limit":30,"low":null,"high":null,"clear":28,"other_sensor_id":null,"night":null,"hold":"0s","active":null,"repeat":null,"recipients":[]}`
	tail := regexp.MustCompile(`^,"text":"` + text + `","url":"http://farm.example/alerts/1","at":"T","count":1}$`)
	rest, found := strings.CutPrefix(timeless(got.text), want)
	if !found || !tail.MatchString(rest) || got.key == "" {
		t.Errorf("the webhook got\n%s\nwant\n%s, then %s", timeless(got.text), want, tail)
	}
}

// TestOneTapOnThePhone presses the button that a message has on a phone, which posts to its link and knows nothing
// else. The real address of the farm is in the link.
func TestOneTapOnThePhone(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), "--allow-private-targets", "--adopt", "auto", "--public-url", "http://farm.example")
	s.browser().setUp()
	p, h := s.program("admin"), newHooks(t)
	in := map[string]any{"name": "Ann", "channels": []any{map[string]string{"kind": "ntfy", "target": strings.TrimSuffix(h.url, "alarm") + "our-topic"}}}
	if status := p.call(http.MethodPost, "/api/v1/recipients", in, nil); status != http.StatusCreated {
		t.Fatalf("adding Ann: got %d", status)
	}
	p.watch(tooHot())
	dial(t, s, "probe", "", "").publish("farm/House 1/probe/temperature", "35", 1)
	link := regexp.MustCompile(`"url":"http://farm.example(/got-it/[^"]+)"`).FindStringSubmatch(h.next("").text)
	if link == nil {
		t.Fatal("the message has no button")
	}
	for _, try := range []struct {
		path   string
		status int
	}{{link[1][:len(link[1])-2], http.StatusNotFound}, {link[1], http.StatusOK}} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.http+try.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = "farm.example"
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != try.status {
			t.Errorf("POST %.20s…: got %d, want %d", try.path, answer.StatusCode, try.status)
		}
	}
	var alert struct {
		State string
		By    string `json:"acknowledged_by"`
	}
	if p.get("/api/v1/alerts/1", &alert); alert.State != "acknowledged" || alert.By != "Ann" {
		t.Errorf("the alert is %+v, want it acknowledged by Ann", alert)
	}
}

func TestPrivateTargetsAreRefusedUnlessAllowed(t *testing.T) {
	t.Parallel()
	h := newHooks(t)
	s := serve(t, t.TempDir(), "--adopt", "auto")
	p := s.program("admin")
	in := map[string]any{"name": "Me", "channels": []any{map[string]string{"kind": "webhook", "target": h.url}}}
	var problem struct{ Detail string }
	if status := p.call(http.MethodPost, "/api/v1/recipients", in, &problem); status != http.StatusUnprocessableEntity {
		t.Errorf("a target on this machine: got %d %+v, want 422", status, problem)
	}
	s.stop()

	// What was allowed once is refused when it is no more, at the moment of connecting.
	s = serve(t, s.dir, "--allow-private-targets")
	p.at = s
	p.told("Me", h.url)
	p.watch(tooHot())
	s.stop()
	s = serve(t, s.dir, "--adopt", "auto")
	p.at = s
	dial(t, s, "probe", "", "").publish("farm/House 1/probe/temperature", "35", 1)
	if why := p.whyNotTold("1"); !strings.Contains(why, "--allow-private-targets") {
		t.Errorf("the message failed with %q, want what to do about it", why)
	}
	if len(h.got) != 0 {
		t.Error("the webhook on this machine was called")
	}
}

// whyNotTold waits until a message about an alert was tried and returns why that failed.
func (p *program) whyNotTold(alert string) string {
	p.t.Helper()
	for deadline := time.Now().Add(hang); time.Now().Before(deadline); {
		var story struct {
			Told []struct {
				Attempts int
				Error    string
			}
		}
		p.get("/api/v1/alerts/"+alert, &story)
		if len(story.Told) == 1 && story.Told[0].Attempts > 0 {
			return story.Told[0].Error
		}
	}
	p.t.Fatal("nothing was tried")
	return ""
}

// TestEndedBetweenFiringAndSending ends furrow while the other side holds the message and has not said yes.
func TestEndedBetweenFiringAndSending(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*testing.T, *server){
		"killed": func(_ *testing.T, s *server) { s.kill() },
		"stopped": func(t *testing.T, s *server) {
			if status := s.stop(); status != 0 {
				t.Errorf("exit status: got %d, want 0: %s", status, s.stderr)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHooks(t)
			s := serve(t, t.TempDir(), "--allow-private-targets", "--adopt", "auto")
			p := s.program("admin")
			p.told("Me", h.url)
			p.watch(tooHot())
			h.silence(true)
			dial(t, s, "probe", "", "").publish("farm/House 1/probe/temperature", "35", 1)
			before := h.next("firing")
			end(t, s)

			h.silence(false)
			s = serve(t, s.dir, "--allow-private-targets")
			p.at = s
			after := h.next("firing")
			if after.key != before.key || after.key == "" {
				t.Errorf("keys: got %q and then %q, want the same", before.key, after.key)
			}
			// It is told once: what comes next is the next event, and after another restart the one after that.
			p.acknowledge(after)
			h.next("acknowledged")
			s.stop()
			s = serve(t, s.dir, "--allow-private-targets")
			dial(t, s, "probe", "", "").publish("farm/House 1/probe/temperature", "20", 1)
			h.next("resolved")
		})
	}
}

func (p *program) acknowledge(h hook) {
	p.t.Helper()
	if status := p.call(http.MethodPost, "/api/v1/alerts/"+h.body.Alert.ID+"/acknowledge", map[string]string{}, nil); status != http.StatusOK {
		p.t.Fatalf("acknowledging: got %d", status)
	}
}

func TestAStormIsOneMessage(t *testing.T) {
	t.Parallel()
	const many = 2000
	h := newHooks(t)
	s := serve(t, t.TempDir(), "--allow-private-targets", "--adopt", "auto")
	p := s.program("admin")
	p.told("Me", h.url)
	p.watch(tooHot())
	post := func(value float64) {
		readings := make([]map[string]any, many)
		for i := range readings {
			readings[i] = map[string]any{"zone": "House 1", "device": fmt.Sprint("d", i), "metric": "temperature", "value": value}
		}
		var out struct{ Stored int }
		if status := p.call(http.MethodPost, "/api/v1/readings", readings, &out); status != http.StatusOK || out.Stored != many {
			t.Fatalf("posting: got %d, %+v", status, out)
		}
	}
	post(35)
	if got := h.next("firing"); got.body.Count != many || len(got.body.Alerts) != 100 || !strings.HasPrefix(got.body.Text, "2,000 alerts in House 1") {
		t.Errorf("the message is about %d alerts and lists %d: %.200s", got.body.Count, len(got.body.Alerts), got.body.Text)
	}
	post(20)
	if got := h.next("resolved"); got.body.Count != many {
		t.Errorf("the end is about %d alerts, want %d", got.body.Count, many)
	}
}

func TestASilentDeviceIsOneAlertAndComesBackOnce(t *testing.T) {
	t.Parallel()
	h := newHooks(t)
	s := serve(t, t.TempDir(), "--allow-private-targets", "--adopt", "auto")
	p := s.program("admin")
	p.told("Me", h.url)
	p.watch(map[string]any{"name": "Nothing heard", "condition": "silent", "hold": "1s"})
	station := dial(t, s, "station", "", "")
	station.publish("farm/Field/station", `{"temperature":12,"humidity":80,"battery":90}`, 1)
	silent := h.next("firing")
	if a := silent.body.Alert; a.Behind != 3 || !strings.HasPrefix(silent.body.Text, "station has been silent since") {
		t.Errorf("the alert is about %d sensors: %s", a.Behind, silent.body.Text)
	}
	station.publish("farm/Field/station", `{"temperature":12,"humidity":80,"battery":90}`, 1)
	if back := h.next("resolved"); back.body.Alert.ID != silent.body.Alert.ID || !strings.HasPrefix(back.body.Text, "Back again: station") {
		t.Errorf("it came back with %s", back.text)
	}
}

func TestHoldTimesCountWhileFurrowIsDown(t *testing.T) {
	t.Parallel()
	const hold = 2 * time.Second
	h := newHooks(t)
	s := serve(t, t.TempDir(), "--allow-private-targets", "--adopt", "auto")
	p := s.program("admin")
	p.told("Me", h.url)
	rule := tooHot()
	rule["hold"] = hold.String()
	p.watch(rule)
	dial(t, s, "probe", "", "").publish("farm/House 1/probe/temperature", "35", 1)
	s.kill()
	serve(t, s.dir, "--allow-private-targets")
	if a := h.next("firing").body.Alert; a.Start.Sub(a.Since) != hold {
		t.Errorf("it fired %v after it began, want %v, through the restart", a.Start.Sub(a.Since), hold)
	}
}
