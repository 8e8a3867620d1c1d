package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

type serveCommand struct {
	serving `embed:""`
}

// Run serves until ctx ends, then shuts down in order.
func (c *serveCommand) Run(ctx context.Context, g *Globals) error {
	if err := c.check(); err != nil {
		return err
	}
	a := newApp(g.logger(os.Stderr), g.Data, c.serving, time.Now)
	return a.serve(ctx, func(context.Context) error {
		fmt.Println(a.readyLine())
		if sentence := a.setupHint(); sentence != "" {
			fmt.Println(sentence)
		}
		return nil
	})
}
