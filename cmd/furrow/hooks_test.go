package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"testing"
	"time"
)

// hooks is a program on this machine that is told about alerts.
type hooks struct {
	t   testing.TB
	url string
	got chan hook

	mu   sync.Mutex
	mute bool // requests are taken and never answered
}

// hook is one request that it got.
type hook struct {
	key  string // Idempotency-Key
	text string
	body struct {
		Event  string
		Text   string
		Count  int
		Alerts []struct{ ID string }
		Alert  struct {
			ID     string
			Name   string
			Drill  bool
			Behind int
			Since  time.Time
			Start  time.Time `json:"started_at"`
		}
	}
}

func newHooks(t testing.TB) *hooks {
	h := &hooks{t: t, got: make(chan hook, 1000)}
	gone := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		got := hook{key: r.Header.Get("Idempotency-Key"), text: string(text)}
		if err == nil {
			err = json.Unmarshal(text, &got.body)
		}
		if err != nil {
			t.Errorf("webhook: %v in %.300s", err, text)
		}
		h.got <- got
		h.mu.Lock()
		mute := h.mute
		h.mu.Unlock()
		if mute {
			<-gone
		}
	}))
	t.Cleanup(func() {
		close(gone)
		server.Close()
	})
	h.url = server.URL + "/alarm"
	return h
}

func (h *hooks) silence(mute bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mute = mute
}

// next returns the next request, which must tell of that event.
func (h *hooks) next(event string) hook {
	h.t.Helper()
	select {
	case got := <-h.got:
		if got.body.Event != event {
			h.t.Fatalf("the webhook got %s, want %s", got.text, event)
		}
		return got
	case <-time.After(hang):
		h.t.Fatalf("the webhook got nothing, want %s", event)
		return hook{}
	}
}

// told adds somebody who is told through a webhook, and returns the id.
func (p *program) told(name, address string) string {
	p.t.Helper()
	var made struct{ ID string }
	in := map[string]any{"name": name, "channels": []any{map[string]string{"kind": "webhook", "target": address}}}
	if status := p.call(http.MethodPost, "/api/v1/recipients", in, &made); status != http.StatusCreated {
		p.t.Fatalf("adding %s: got %d", name, status)
	}
	return made.ID
}

// watch makes a rule of its fields and returns its id.
func (p *program) watch(fields map[string]any) string {
	p.t.Helper()
	var made struct{ ID string }
	if status := p.call(http.MethodPost, "/api/v1/rules", fields, &made); status != http.StatusCreated {
		p.t.Fatalf("making the rule %v: got %d", fields, status)
	}
	return made.ID
}

// tooHot is a rule that fires at once above 30.
func tooHot() map[string]any {
	return map[string]any{"name": "Too hot", "severity": "warning", "metric": "temperature", "condition": "above", "limit": 30, "clear": 28, "hold": "0s"}
}

var moments = regexp.MustCompile(`"20\d\d-\d\d-\d\dT[0-9:.]+Z"`)

// timeless is a text with all its moments as "T".
func timeless(text string) string { return moments.ReplaceAllString(text, `"T"`) }
