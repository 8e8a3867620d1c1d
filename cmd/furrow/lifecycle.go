package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// cleanups is what has to be undone, in the order in which it was done. Shutdown and the rollback of a
// failed start are the same list, run backwards.
type cleanups struct {
	log  *slog.Logger
	list []cleanup
}

type cleanup struct {
	name  string
	limit time.Duration
	do    func(context.Context) error
}

const (
	shutdownLimit = 4500 * time.Millisecond // for all steps together: in five seconds the process is gone
	leastLimit    = 50 * time.Millisecond   // for a step when the others took all that time
)

// add notes a step to undo. It gets at most limit to finish.
func (c *cleanups) add(name string, limit time.Duration, do func(context.Context) error) {
	c.list = append(c.list, cleanup{name, limit, do})
}

// run undoes everything, last step first, each within its limit. A step that fails or takes too long does
// not keep the others from running.
func (c *cleanups) run() error {
	var failed []error
	end := time.Now().Add(shutdownLimit)
	for _, step := range slices.Backward(c.list) {
		begun := time.Now()
		if err := step.run(max(leastLimit, min(step.limit, end.Sub(begun)))); err != nil {
			failed = append(failed, err)
			c.log.Warn("shutdown step", "step", step.name, "error", err)
			continue
		}
		c.log.Debug("shutdown step", "step", step.name, "took", time.Since(begun))
	}
	c.list = nil
	return errors.Join(failed...)
}

func (s cleanup) run(limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.do(ctx) }()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: not done within %s", s.name, limit.Round(time.Millisecond))
	}
}
