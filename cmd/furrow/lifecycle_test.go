package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestCleanupsRunBackwardsAndOutliveFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ran []string
		c := &cleanups{log: slog.New(slog.NewTextHandler(io.Discard, nil))}
		step := func(name string, err error) {
			c.add(name, time.Second, func(context.Context) error { ran = append(ran, name); return err })
		}
		broken := errors.New("broken")
		step("database", nil)
		step("web", broken)
		release := make(chan struct{})
		defer close(release)
		c.add("hangs", time.Second, func(context.Context) error { <-release; return nil })
		step("broker", nil)

		err := c.run()
		if want := []string{"broker", "web", "database"}; !slices.Equal(ran, want) {
			t.Errorf("ran %v, want %v", ran, want)
		}
		if !errors.Is(err, broken) {
			t.Errorf("error: got %v, want the broken step's", err)
		}
	})
}
