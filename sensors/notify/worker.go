package notify

import (
	"context"
	"log/slog"
	"time"

	"furrow/sensors"
)

// WorkerOptions are what a worker stands on. All but AtOnce are needed.
type WorkerOptions struct {
	Outbox    Outbox
	History   History
	Directory Directory
	Courier   Courier
	// Links returns how links are made now; the farm's address may change.
	Links func() Links
	Log   *slog.Logger
	Now   func() time.Time
	// Luck returns numbers from 0 to below 1 that spread tries in time, such as rand.Float64.
	Luck   func() float64
	AtOnce int // messages that may be under way at once; 0 is 16
}

const (
	// What follows a message to a person within these times is sent as one.
	groupFor         = 30 * time.Second
	groupForCritical = 10 * time.Second
	noticesAtOnce    = 1000 // that go into one round
	storeWait        = 10 * time.Second
	longestSleep     = time.Minute // the wall clock may be set while the worker sleeps
	stopWait         = 3 * time.Second
)

// Worker sends what is in the outbox. Make it with NewWorker and let Run have its own goroutine.
type Worker struct {
	WorkerOptions
	wake chan struct{}
	done chan *line
	book book

	// What follows belongs to Run's goroutine.
	lines   map[sensors.RecipientID]*line
	running int
	broken  bool // the outbox could not be read
}

// line is one recipient's queue. While it is busy it belongs to its round, but for busy and woken.
type line struct {
	recipient sensors.RecipientID
	busy      bool               // with its round, and all but woken with it
	woken     bool               // there may be something new: hold is to be judged again
	hold      time.Time          // not before
	again     bool               // there is more, whatever it is due
	sentAt    time.Time          // the last message to a person
	seen      int64              // the notices up to this id hold nothing critical that waits
	unsettled sensors.Settlement // a channel's yes that could not be stored yet
}

// NewWorker returns a worker that does nothing until Run.
func NewWorker(o WorkerOptions) *Worker {
	if o.AtOnce == 0 {
		o.AtOnce = 16
	}
	return &Worker{WorkerOptions: o, wake: make(chan struct{}, 1), done: make(chan *line),
		lines: map[sensors.RecipientID]*line{}, book: book{states: map[channelKey]state{}}}
}

// Wake tells the worker that notices were committed, or that recipients or channels changed. It never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Health returns how the channels do that were used since the program started.
func (w *Worker) Health() []ChannelHealth { return w.book.list(w.Directory.Recipient) }

// Run sends until ctx ends. Messages that are under way then get three seconds to be answered; what they
// leave is sent after the next start.
func (w *Worker) Run(ctx context.Context) error {
	rounds, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	for ctx.Err() == nil {
		sleep := time.NewTimer(w.dispatch(ctx, rounds))
		select {
		case <-ctx.Done():
		case <-w.wake:
			for _, l := range w.lines {
				l.woken = true
			}
		case l := <-w.done:
			w.finish(l)
		case <-sleep.C:
		}
		sleep.Stop()
	}
	late := time.AfterFunc(stopWait, cancel)
	defer late.Stop()
	for w.running > 0 {
		w.finish(<-w.done)
	}
	return nil
}

// dispatch starts the rounds whose time has come and returns how long there is nothing to do but wait.
func (w *Worker) dispatch(ctx, rounds context.Context) time.Duration {
	waiting, err := w.Outbox.WaitingNotices(ctx)
	if err != nil {
		if !w.broken && ctx.Err() == nil {
			w.Log.Error("the outbox cannot be read", "error", err)
		}
		w.broken = true
		return storeWait
	}
	w.broken = false
	now := w.Now()
	sleep := longestSleep
	for _, owed := range waiting {
		l := w.lines[owed.Recipient]
		if l == nil {
			l = &line{recipient: owed.Recipient, again: owed.Retrying} // a start is a reason to try again
			w.lines[owed.Recipient] = l
		}
		if l.busy {
			continue
		}
		wait := l.hold.Sub(now)
		if l.woken {
			wait = 0
		}
		if !l.again {
			wait = max(wait, owed.DueAt.Time().Sub(now))
		}
		switch {
		case wait > 0:
			sleep = min(sleep, wait)
		case w.running < w.AtOnce:
			l.busy, l.again, l.woken = true, false, false
			w.running++
			go func() {
				w.round(rounds, l)
				w.done <- l
			}()
		}
	}
	w.forget(waiting)
	return sleep
}

// finish takes a line back from its round.
func (w *Worker) finish(l *line) {
	l.busy = false
	w.running--
}

// forget drops the lines of those who are owed nothing and were not just written to.
func (w *Worker) forget(waiting []sensors.Waiting) {
	if len(w.lines) <= 2*len(waiting)+100 {
		return
	}
	owed := make(map[sensors.RecipientID]bool, len(waiting))
	for _, o := range waiting {
		owed[o.Recipient] = true
	}
	for id, l := range w.lines {
		if !l.busy && !owed[id] && w.Now().Sub(l.sentAt) > groupFor && l.unsettled.Empty() {
			delete(w.lines, id)
		}
	}
}
