package broker

import (
	"context"
	"log/slog"
	"sync/atomic"
)

// Stats are counts since the start.
type Stats struct {
	Connections int64  // open now
	Refused     uint64 // connections
	Dropped     uint64 // publishes that were not allowed
	Unreadable  uint64 // publishes in which nothing was understood
	Published   uint64 // publishes that ingest settled well
	Failed      uint64 // publishes that could not be stored
	Panics      uint64 // each contained to its connection or message
}

type stats struct {
	connections                                             atomic.Int64
	refused, dropped, unreadable, published, failed, panics atomic.Uint64
}

// Stats returns what was counted.
func (b *Broker) Stats() Stats {
	return Stats{Connections: b.stats.connections.Load(), Refused: b.stats.refused.Load(), Dropped: b.stats.dropped.Load(),
		Unreadable: b.stats.unreadable.Load(), Published: b.stats.published.Load(), Failed: b.stats.failed.Load(), Panics: b.stats.panics.Load()}
}

// quietHandler takes mochi's log lines down to debug and drops the attributes in which it prints whole
// packets, passwords included.
type quietHandler struct{ to slog.Handler }

func (h quietHandler) Enabled(ctx context.Context, _ slog.Level) bool {
	return h.to.Enabled(ctx, slog.LevelDebug)
}

func (h quietHandler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, slog.LevelDebug, "mqtt: "+r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "pk", "packet", "will", "hook":
		default:
			clean.AddAttrs(a)
		}
		return true
	})
	return h.to.Handle(ctx, clean)
}

func (h quietHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quietHandler{h.to.WithAttrs(attrs)}
}
func (h quietHandler) WithGroup(name string) slog.Handler { return quietHandler{h.to.WithGroup(name)} }
