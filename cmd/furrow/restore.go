package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"furrow/db"
)

type restoreCommand struct {
	File  string `arg:"" help:"Copy that furrow backup made, or one of the nightly copies in the data folder's folder backups."`
	Force bool   `help:"Restore although there is a database; it is moved aside into a folder of its own." env:"-"`
}

// Run puts a copy back, into a folder on which no Furrow runs.
func (c *restoreCommand) Run(ctx context.Context, g *Globals) error {
	if _, err := os.Stat(c.File); err != nil {
		return err
	}
	release, err := db.Lock(g.Data)
	if err != nil {
		return err
	}
	restored, err := db.Restore(ctx, g.Data, c.File, c.Force, time.Now())
	if err = errors.Join(err, release()); err != nil {
		return err
	}
	for _, sentence := range restored.Damaged {
		fmt.Fprintln(os.Stderr, "damaged in the copy:", sentence)
	}
	fmt.Printf("restored into %s: %s\n", g.Data, restored.Summary())
	if restored.Aside != "" {
		fmt.Printf("the database that was there before is now in %s\n", restored.Aside)
	}
	return nil
}
