package notify

import (
	"context"
	"net/url"
	"strings"
	"time"
)

// Heartbeat tells a watcher outside, again and again, that this Furrow lives, so that somebody notices when the
// farm's computer does not. All fields are needed.
type Heartbeat struct {
	// Setting returns where to ping and how often; it may change.
	Setting func() HeartbeatSetting
	// Healthy returns what is wrong, such as that nothing was committed since the moment given; nil for nothing.
	Healthy func(since time.Time) error
	Pinger  Pinger
	Now     func() time.Time
	// Pinged is called after each ping with its error, for the page and the log.
	Pinged func(at time.Time, err error)
}

// Pinger is a *Sender.
type Pinger interface {
	Ping(ctx context.Context, url, trouble string) error
}

// heartbeatLook is how often the setting is looked at.
const heartbeatLook = 10 * time.Second

// Run pings until ctx ends: the address itself while all is well, its /fail with a sentence when it is not.
func (h *Heartbeat) Run(ctx context.Context) error {
	tick := time.NewTicker(heartbeatLook)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if set := h.Setting(); set.URL != "" && time.Since(last) >= set.Interval()-heartbeatLook/2 {
			last = time.Now()
			h.beat(ctx, set)
		}
	}
}

func (h *Heartbeat) beat(ctx context.Context, set HeartbeatSetting) {
	trouble := ""
	if err := h.Healthy(h.Now().Add(-set.Interval())); err != nil {
		trouble = err.Error()
	}
	err := h.Pinger.Ping(ctx, set.URL, trouble)
	if ctx.Err() == nil {
		h.Pinged(h.Now(), err)
	}
}

// readingsPath is where another Furrow takes readings.
const readingsPath = "/api/v1/readings"

// Ping tells a watcher outside that all is well, or what is not. It speaks the language of healthchecks: the
// address itself for well, with /fail at the end of its path for trouble. The address of another Furrow's
// readings, with a token before an @, gets a reading all_well of 1 or 0: its silence watch does the rest.
func (s *Sender) Ping(ctx context.Context, to, trouble string) error {
	a, ok := readHTTP(to)
	u, err := url.Parse(a.url)
	if !ok || err != nil {
		return &Failure{Sentence: "Give an address that begins with https:// or http://."}
	}
	if strings.HasSuffix(u.Path, readingsPath) {
		return s.post(ctx, address{url: a.url, secret: first(a.secret, a.user)}, neighbour(u, a, trouble))
	}
	if trouble != "" {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/fail"
	}
	p := post{url: u.String(), body: []byte(clip(trouble, 500)), header: map[string]string{"Content-Type": "text/plain; charset=utf-8"}, basic: true}
	return s.post(ctx, a, p)
}

// neighbour is a reading for another Furrow; the address may name the device that it knows this farm as.
func neighbour(u *url.URL, a address, trouble string) post {
	device, well := first(u.Query().Get("device"), "furrow"), 1
	if trouble != "" {
		well = 0
	}
	bare := *u
	bare.RawQuery = ""
	return jsonPost(bare.String(), map[string]string{"Authorization": "Bearer " + first(a.secret, a.user)},
		[]object{{"device": device, "metric": "all_well", "value": well}})
}
