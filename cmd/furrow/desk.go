package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"furrow/db"
	"furrow/sensors"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
	"furrow/web/auth"
)

// desk is what the small commands ask of a data folder.
type desk interface {
	AddPerson(ctx context.Context, p auth.Person, passwordHash string) error
	AddToken(ctx context.Context, name string, scope auth.Scope, hash []byte) error
	AddDevice(ctx context.Context, name, zone string) (sensors.Credentials, error)
	Import(ctx context.Context, readings []sensors.Posted, adopt bool) (sensors.PostOutcome, error)
	Backup(ctx context.Context, file string) (db.Copy, error)
}

// ownDesk works on a data folder that this process has. It writes through ingest, so that what a command
// does is known at once to the broker and the pages of a running Furrow.
type ownDesk struct {
	db *db.DB
	in *ingest.Ingest
}

func (d ownDesk) AddPerson(ctx context.Context, p auth.Person, passwordHash string) error {
	_, err := d.db.CreatePerson(ctx, p, passwordHash)
	if errors.Is(err, sensors.ErrConflict) {
		return fmt.Errorf("somebody with the address %s exists already", p.Email)
	}
	return err
}

func (d ownDesk) AddToken(ctx context.Context, name string, scope auth.Scope, hash []byte) error {
	_, err := d.db.CreateToken(ctx, name, scope, hash)
	return err
}

func (d ownDesk) AddDevice(ctx context.Context, name, zone string) (sensors.Credentials, error) {
	_, credentials, err := d.in.CreateDevice(ctx, name, zone)
	return credentials, err
}

func (d ownDesk) Import(ctx context.Context, readings []sensors.Posted, adopt bool) (sensors.PostOutcome, error) {
	return d.in.Import(ctx, readings, adopt)
}

func (d ownDesk) Backup(ctx context.Context, file string) (db.Copy, error) {
	return d.db.Backup(ctx, file)
}

// patience is how long a command waits for a data folder that another process has and does not answer for:
// it may be starting, or be a command itself.
const patience = 5 * time.Second

// withDesk runs work on the data folder: directly when no other process has it, else through the Furrow that
// runs on it.
func withDesk(ctx context.Context, g *Globals, work func(context.Context, desk) error) error {
	return withFolder(ctx, g, func() error { return withOwnDesk(ctx, g, work) }, func(running desk) error { return work(ctx, running) })
}

// withFolder calls own when no other process has the data folder, else asked with the Furrow that runs on it.
func withFolder(ctx context.Context, g *Globals, own func() error, asked func(desk) error) error {
	for begun := time.Now(); ; {
		release, err := db.Lock(g.Data)
		var taken db.InUse
		switch {
		case err == nil:
			return errors.Join(own(), release())
		case !errors.As(err, &taken):
			return err
		}
		if running, err := findControl(ctx, g.Data); err == nil {
			return asked(running)
		}
		if time.Since(begun) > patience {
			return taken
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// withOwnDesk opens the data folder for one piece of work.
func withOwnDesk(ctx context.Context, g *Globals, work func(context.Context, desk) error) error {
	log := g.quiet().logger(os.Stderr)
	d, err := db.Open(ctx, g.Data, log)
	if err != nil {
		return err
	}
	return errors.Join(workOn(ctx, d, log, work), d.Close())
}

func workOn(ctx context.Context, d *db.DB, log *slog.Logger, work func(context.Context, desk) error) error {
	start, err := d.Start(ctx)
	if err != nil {
		return err
	}
	in := ingest.New(ingest.Options{Store: d, Edits: d, Board: live.New(1), Log: log, Adopt: "ask", Secret: newDeviceSecret, Now: time.Now}, start)
	running, stop := context.WithCancel(context.Background()) // ingest ends after the work, also after an interrupted one
	ended := make(chan error, 1)
	go func() { ended <- in.Run(running) }()
	err = work(ctx, ownDesk{d, in})
	stop()
	return errors.Join(err, <-ended)
}

// newDeviceSecret makes a password for a device, and what is stored of it.
func newDeviceSecret() (secret string, hash []byte, err error) {
	secret, err = auth.NewSecret()
	return secret, auth.SecretHash(secret), err
}
