package notify

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

func TestTestShowsEachHop(t *testing.T) {
	n := &names{answers: map[string][]string{"hook.example.com": {"127.0.0.1"}}}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	mailAt := (&smtpServer{}).listen(t, plainly)
	s := NewSender(Options{AllowPrivate: true, Mail: func() MailServer { return mailAt }})
	s.guard.resolver = n.resolver(t)
	for _, tc := range []struct {
		channel sensors.Channel
		want    []string
	}{
		{sensors.Channel{Kind: "webhook", Target: "http://hook.example.com:" + port + "/s3cr3t"}, []string{"Message written", "Name looked up", "Connected", "Handed over", "Accepted"}},
		{sensors.Channel{Kind: "webhook", Target: "http://nowhere.example.com/s3cr3t"}, []string{"Message written", "Name not found", "Not accepted"}},
		{mailbox, []string{"Message written", "Connected", "Accepted"}},
	} {
		var got []string
		var last time.Duration
		steps := s.Test(t.Context(), tc.channel, sensors.Farm{Name: "Hill Farm"}, time.Now())
		for _, step := range steps {
			got = append(got, step.Name)
			if step.Took < last || strings.Contains(step.Detail, "s3cr3t") {
				t.Errorf("step %+v", step)
			}
			last = step.Took
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: steps %q, want %q", tc.channel.Kind, got, tc.want)
		}
		if ok := steps[len(steps)-1].OK; ok != (tc.want[len(tc.want)-1] == "Accepted") {
			t.Errorf("%s: the last step's OK is %v", tc.channel.Kind, ok)
		}
	}
}

func TestTestOfASirenEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		s := NewSender(Options{Publish: func(_ context.Context, topic string, payload []byte) error {
			got = append(got, topic+" "+string(payload))
			return nil
		}})
		s.Test(t.Context(), sensors.Channel{Kind: "mqtt", Target: "siren"}, sensors.Farm{}, time.Now())
		if want := []string{"siren ON", "siren OFF"}; !slices.Equal(got, want) {
			t.Errorf("published %q, want %q", got, want)
		}
	})
}

// watched is a program that a heartbeat speaks for, and the watcher outside.
type watched struct {
	mu    sync.Mutex
	url   string
	ill   error
	since []time.Duration
	pings []string
}

func (w *watched) set(url string, ill error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.url, w.ill = url, ill
}

func (w *watched) setting() HeartbeatSetting {
	w.mu.Lock()
	defer w.mu.Unlock()
	return HeartbeatSetting{URL: w.url}
}

func (w *watched) healthy(since time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = append(w.since, time.Since(since))
	return w.ill
}

func (w *watched) Ping(_ context.Context, url, trouble string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pings = append(w.pings, url+" "+trouble)
	return nil
}

func TestHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watched{}
		h := &Heartbeat{Setting: w.setting, Pinger: w, Now: time.Now, Pinged: func(time.Time, error) {}, Healthy: w.healthy}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- h.Run(ctx) }()
		after(145 * time.Second) // no address: nothing
		w.set("https://hc.example/uuid", nil)
		after(time.Minute)
		w.set("https://hc.example/uuid", errFull)
		after(time.Minute)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if want := []string{"https://hc.example/uuid ", "https://hc.example/uuid the disk is full"}; !slices.Equal(w.pings, want) {
			t.Errorf("pings %q, want %q", w.pings, want)
		}
		if want := []time.Duration{time.Minute, time.Minute}; !slices.Equal(w.since, want) {
			t.Errorf("health was asked for the last %v, want %v", w.since, want)
		}
	})
}

func TestPingSpeaksHealthchecks(t *testing.T) {
	server, got := catcher(t, 200, "OK")
	s := NewSender(Options{AllowPrivate: true})
	trust(s, server)
	for trouble, want := range map[string]string{"": "/ping/uuid", "the disk is full": "/ping/uuid/fail"} {
		if err := s.Ping(t.Context(), server.URL+"/ping/uuid", trouble); err != nil || got.path != want || got.body != trouble {
			t.Errorf("%q pings %s with %q: %v; want %s", trouble, got.path, got.body, err, want)
		}
	}
	if err := NewSender(Options{}).Ping(t.Context(), server.URL, ""); err == nil || !strings.Contains(err.Error(), errPrivate.Error()) {
		t.Errorf("a ping inside: %v, want that it is refused", err)
	}
}
