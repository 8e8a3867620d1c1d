package notify

import (
	"context"
	"time"
)

// Heartbeat tells a watcher outside, again and again, that this Furrow lives, so that somebody notices when the
// farm's computer does not. All fields are needed.
type Heartbeat struct {
	// URL returns where to ping; "" pings nothing.
	URL   func() string
	Every time.Duration
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

// Run pings until ctx ends: the address itself while all is well, its /fail with a sentence when it is not.
func (h *Heartbeat) Run(ctx context.Context) error {
	tick := time.NewTicker(h.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		to := h.URL()
		if to == "" {
			continue
		}
		trouble := ""
		if err := h.Healthy(h.Now().Add(-h.Every)); err != nil {
			trouble = err.Error()
		}
		err := h.Pinger.Ping(ctx, to, trouble)
		if ctx.Err() != nil {
			return nil
		}
		h.Pinged(h.Now(), err)
	}
}
