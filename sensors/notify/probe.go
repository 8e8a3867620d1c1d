package notify

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"time"

	"furrow/sensors"
)

// Step is one hop of a test message.
type Step struct {
	Name   string        // "Name looked up"
	Detail string        // "hooks.example.com is 198.51.100.7"
	Took   time.Duration // since the test began
	OK     bool
}

// Test sends a message that says it is a test and returns each hop; the last one says whether it was taken.
func (s *Sender) Test(ctx context.Context, c sensors.Channel, farm sensors.Farm, now time.Time) []Step {
	r := &recorder{began: time.Now()}
	ctx = httptrace.WithClientTrace(ctx, r.trace())
	r.note("Message written", "for "+Redact(c.Kind, c.Target), true)
	m := testMessage(farm, now)
	r.sent(s.Send(ctx, c, m), acceptedBy(c.Kind))
	if c.Kind == "mqtt" { // a siren is not left howling
		select {
		case <-ctx.Done():
		case <-time.After(sirenTest):
		}
		m.StillFiring = 0
		r.sent(s.Send(context.WithoutCancel(ctx), c, m), "The word for off was sent too.")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.steps)
}

// sirenTest is how long a test lets a siren howl.
const sirenTest = 2 * time.Second

func (r *recorder) sent(err error, detail string) {
	if err != nil {
		r.note("Not accepted", err.Error(), false)
		return
	}
	r.note("Accepted", detail, true)
}

// acceptedBy says what a yes is worth.
func acceptedBy(kind string) string {
	switch kind {
	case "email":
		return "The mail server has the message; see that it is not in the spam folder."
	case "mqtt":
		return "The broker has the word for on; whatever listens to the topic should have heard it."
	}
	return "The other side has the message."
}

func testMessage(farm sensors.Farm, now time.Time) Message {
	return Message{Key: "test-" + now.UTC().Format("20060102T150405"), Event: sensors.EventDrill, Drill: true, Severity: sensors.Info,
		Title: "Test from Furrow at " + clip(oneLine(farm.Name), sensors.MaxName), Text: "This is only a test: messages about alerts will reach you here.",
		Footer: "From Furrow", At: now, StillFiring: 1}
}

// recorder gathers steps; what it hooks into may call from several goroutines.
type recorder struct {
	began time.Time
	mu    sync.Mutex
	steps []Step
}

func (r *recorder) note(name, detail string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps = append(r.steps, Step{name, detail, time.Since(r.began), ok})
}

// trace notes the hops of the network. net heeds it for every connection, not only for HTTP.
func (r *recorder) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSDone: func(info httptrace.DNSDoneInfo) {
			if info.Err != nil {
				r.note("Name not found", failure(info.Err, address{}).Error(), false)
				return
			}
			var ips []string
			for _, ip := range info.Addrs {
				ips = append(ips, ip.String())
			}
			r.note("Name looked up", strings.Join(ips[:min(len(ips), 4)], ", "), true)
		},
		ConnectDone: func(_, addr string, err error) {
			if err != nil {
				r.note("Not connected", failure(err, address{}).Error(), false)
				return
			}
			r.note("Connected", addr, true)
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			if err != nil {
				r.note("Not encrypted", failure(err, address{}).Error(), false)
				return
			}
			r.note("Encrypted", tls.VersionName(state.Version), true)
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				r.note("Handed over", "waiting for the answer", true)
			}
		},
	}
}
