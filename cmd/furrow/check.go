package main

import (
	"context"
	"fmt"

	"furrow/db"
)

type checkCommand struct{}

// Run reads the whole data folder, beside the Furrow that runs on it if one does, and changes nothing.
func (c *checkCommand) Run(ctx context.Context, g *Globals) error {
	report, err := db.Check(ctx, g.Data)
	if err != nil {
		return err
	}
	for _, sentence := range append(report.Wrong, report.Saved...) {
		fmt.Println(sentence)
	}
	switch n := len(report.Wrong); n {
	case 0:
		fmt.Printf("everything in %s is in order: %s, %s, nightly copies: %d\n", g.Data, report.Summary(), db.Megabytes(report.Bytes), report.Backups)
		return nil
	case 1:
		return fmt.Errorf("one thing is wrong in %s", g.Data)
	default:
		return fmt.Errorf("%d things are wrong in %s", n, g.Data)
	}
}
