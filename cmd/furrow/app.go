package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"furrow/db"
	"furrow/sensors"
	"furrow/sensors/broker"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
	"furrow/sensors/notify"
	"furrow/sensors/payload"
	"furrow/web"
	"furrow/web/auth"
)

// What the rooms ask of each other, checked here because only this package may know them all.
var (
	_ ingest.Store      = (*db.DB)(nil)
	_ ingest.Edits      = (*db.DB)(nil)
	_ broker.Ingest     = (*ingest.Ingest)(nil)
	_ broker.Access     = (*access)(nil)
	_ notify.Outbox     = (*db.DB)(nil)
	_ notify.History    = (*db.DB)(nil)
	_ notify.Directory  = directory{}
	_ notify.Courier    = (*notify.Sender)(nil)
	_ web.Farm          = (*ingest.Ingest)(nil)
	_ web.History       = (*db.DB)(nil)
	_ web.People        = (*db.DB)(nil)
	_ web.Simulator     = (*simulation)(nil)
	_ web.AlertLog      = (*db.DB)(nil)
	_ web.EarlierNotes  = (*db.DB)(nil)
	_ web.Settings      = (*db.DB)(nil)
	_ web.Channels      = (*notify.Sender)(nil)
	_ web.ChannelHealth = (*notify.Worker)(nil)
	_ web.Grants        = (*notify.Signer)(nil)
	_ web.Drills        = (*drills)(nil)
)

// app is one running Furrow: the rooms, wired together.
type app struct {
	log      *slog.Logger
	dir      string
	flags    serving
	now      func() time.Time
	demo     *demoOwner // nil unless this is a demo
	db       *db.DB
	access   *access
	board    *live.Board
	decoder  *payload.Decoder
	ingest   *ingest.Ingest
	messages messages
	broker   *broker.Broker // nil when MQTT is off
	drills   *drills
	web      *web.Server
	http     net.Listener
	sim      *simulation
	code     string // lets somebody set the farm up from another computer
	undo     cleanups
	fail     context.CancelCauseFunc
}

// newApp returns a Furrow that has not started. now is the clock that readings are stamped and pages are
// rendered by.
func newApp(log *slog.Logger, dir string, flags serving, now func() time.Time) *app {
	return &app{log: log, dir: dir, flags: flags, now: now, undo: cleanups{log: log}}
}

// serve starts everything, calls ready, and shuts everything down when ctx ends or a part fails.
func (a *app) serve(ctx context.Context, ready func(context.Context) error) error {
	ctx, a.fail = context.WithCancelCause(ctx)
	defer a.fail(nil)
	err := a.start(ctx)
	if err == nil {
		err = ready(ctx)
	}
	if err == nil {
		<-ctx.Done()
		a.log.Info("shutting down")
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if errors.Is(err, context.Canceled) {
		err = nil // somebody asked for it, perhaps before all had started
	}
	return errors.Join(err, a.undo.run())
}

// start brings the rooms up, each on top of the ones before. What it began, a.undo ends, also when start
// itself fails half-way: MQTT stops first, then ingest drains, pages are told, messages that are under way are
// waited for, and the database closes last.
func (a *app) start(ctx context.Context) error {
	if err := checkClock(time.Now()); err != nil {
		return err
	}
	if err := a.openData(ctx); err != nil {
		return err
	}
	start, err := a.db.Start(ctx)
	if err != nil {
		return err
	}
	if err := a.wire(ctx, start); err != nil {
		return err
	}
	if err := a.listen(); err != nil {
		return err
	}
	a.openDrills()
	if err := a.openWeb(); err != nil {
		return err
	}
	control, commands, err := a.openControl()
	if err != nil {
		return err
	}
	pages := &http.Server{Handler: a.web.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: time.Minute,
		IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug)}
	a.part("database care", 3*time.Second, a.db.Run)
	a.part("messages", 4*time.Second, a.messages.worker.Run)
	a.part("heartbeat", time.Second, a.heartbeat().Run)
	a.part("web server", 2*time.Second, func(ctx context.Context) error { return serveHTTP(ctx, pages, a.http) })
	a.part("live pages", time.Second, a.web.Run)
	a.undo.add("open pages", 2*time.Second, a.closePages)
	a.part("ingest", 3*time.Second, a.ingest.Run)
	a.part("commands", time.Second, func(ctx context.Context) error {
		control.BaseContext = func(net.Listener) context.Context { return ctx } // a copy that is being made ends with furrow
		return serveHTTP(ctx, control, commands)
	})
	a.part("simulated farm", time.Second, a.sim.Run)
	if a.broker != nil {
		a.part("MQTT broker", 3*time.Second, a.broker.Run)
	}
	a.part("drills", time.Second, a.drills.Run)
	return nil
}

// closePages tells open pages to come back later; it does not wait long for one that does not listen.
func (a *app) closePages(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	a.web.CloseLive(ctx)
	return nil
}

// part runs a long-lived part until its clean-up ends it. The first part that fails takes all down.
func (a *app) part(name string, limit time.Duration, run func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := run(ctx); err != nil && ctx.Err() == nil {
			a.fail(fmt.Errorf("%s: %w", name, err))
		}
	}()
	a.undo.add(name, limit, func(ctx context.Context) error {
		stop()
		select {
		case <-ended:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// openData takes the data folder for this process alone and opens what is in it.
func (a *app) openData(ctx context.Context) error {
	unlock, err := db.Lock(a.dir)
	if err != nil {
		return err
	}
	a.undo.add("folder lock", time.Second, func(context.Context) error { return unlock() })
	a.db, err = db.Open(ctx, a.dir, a.log)
	if err != nil {
		return err
	}
	a.undo.add("database", 3*time.Second, func(context.Context) error { return a.db.Close() })
	return nil
}

// wire makes the rooms that need no socket.
func (a *app) wire(ctx context.Context, start sensors.Start) error {
	secret, err := auth.NewSecret()
	if err != nil {
		return err
	}
	a.access = &access{db: a.db, drill: secret}
	a.board = live.New(uint64(time.Now().UnixMicro()))
	a.decoder = payload.New()
	commitEvery := time.Duration(0)
	switch {
	case a.flags.CommitEvery != nil:
		commitEvery = *a.flags.CommitEvery
	case onFlashCard(a.dir):
		commitEvery = time.Second
	}
	if err := a.openMessages(ctx); err != nil {
		return err
	}
	a.ingest = ingest.New(ingest.Options{
		Store: a.db, Edits: a.db, Board: a.board, Log: a.log, Adopt: a.flags.Adopt, CommitEvery: commitEvery,
		Secret: newDeviceSecret, Now: a.now, AfterBatch: a.flush, Owed: a.messages.worker.Wake, TellSimulated: a.demo != nil,
	}, start)
	a.sim = newSimulation(a.ingest, a.decoder, a.board, a.log, a.now)
	return nil
}

// openDrills makes the drills, which have a way through the broker if there is one.
func (a *app) openDrills() {
	a.drills = &drills{db: a.db, in: a.ingest, board: a.board, secret: a.access.drill, log: a.log, now: a.now}
	if a.broker != nil {
		a.drills.serve = a.broker.Handle
	}
}

// flush lets the acknowledgements of a committed batch out.
func (a *app) flush() {
	if a.broker != nil {
		a.broker.Flush()
	}
}
