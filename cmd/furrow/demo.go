package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"furrow/sensors"
	"furrow/web/auth"
)

type demoCommand struct {
	serving `embed:""`
	Speed   float64 `help:"How many times faster than real time the farm lives: 60 runs an hour a minute (${default})." default:"1" placeholder:"N"`
}

// demoOwner is the person that visitors of a demo on this computer are signed in as, nobody before there is
// one.
type demoOwner struct{ person atomic.Pointer[auth.Person] }

func (o *demoOwner) visitor() auth.Person {
	if person := o.person.Load(); person != nil {
		return *person
	}
	return auth.Person{}
}

// Run serves a simulated farm until ctx ends and then throws it away.
func (c *demoCommand) Run(ctx context.Context, g *Globals) error {
	if !(c.Speed > 0 && c.Speed <= 10_000) {
		return usageError{errors.New("--speed must be a number above 0 and up to 10000")}
	}
	if err := c.check(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "furrow-demo-")
	if err != nil {
		return fmt.Errorf("no room for the demo's data: %w", err)
	}
	defer os.RemoveAll(dir)

	now := time.Now()
	a := newApp(g.logger(os.Stderr), dir, c.serving, fastClock(now, now, c.Speed))
	a.demo = &demoOwner{}
	return a.serve(ctx, func(ctx context.Context) error {
		if err := a.settle(ctx); err != nil {
			return err
		}
		if err := a.sim.Start(ctx); err != nil {
			return err
		}
		fmt.Println(a.readyLine())
		fmt.Println("This is a demo: whoever opens it on this computer is its owner, and all of it is deleted when it ends.")
		return nil
	})
}

// settle makes the demo's farm and owner, whose password nobody knows.
func (a *app) settle(ctx context.Context) error {
	farm := sensors.Farm{Name: "Hillside Farm", TimeZone: "Europe/Amsterdam", Latitude: 52.1, Longitude: 5.2,
		Units: sensors.MetricUnits, CreatedAt: a.now()}
	if err := a.ingest.SetFarm(ctx, farm); err != nil {
		return err
	}
	secret, err := auth.NewSecret()
	if err != nil {
		return err
	}
	hash, err := auth.HashPassword(secret)
	if err != nil {
		return err
	}
	owner, err := a.db.CreatePerson(ctx, auth.Person{Email: "owner@demo.invalid", Name: "Demo owner", Role: auth.RoleOwner, CreatedAt: time.Now()}, hash)
	if err != nil {
		return err
	}
	a.demo.person.Store(&owner)
	return nil
}

// fastClock returns a clock that showed start when the wall's showed begun, and runs speed times as fast.
func fastClock(start, begun time.Time, speed float64) func() time.Time {
	if speed == 1 {
		return time.Now
	}
	return func() time.Time {
		return start.Add(time.Duration(float64(time.Since(begun)) * speed))
	}
}
