package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"furrow/sensors"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
	"furrow/sensors/payload"
	"furrow/sensors/simulate"
)

// backfill is how much history a simulated farm begins with, so that each chart is alive at once.
const (
	backfill      = 21 * 24 * time.Hour
	backfillEvery = 5 * time.Minute
)

// simulation is the simulated farm inside a running Furrow. Its messages take the way of all others, from
// the payload decoder on, and what they create is marked so that Remove finds it again.
type simulation struct {
	in      *ingest.Ingest
	decoder *payload.Decoder
	board   *live.Board
	log     *slog.Logger
	now     func() time.Time
	start   chan chan error
	turn    chan struct{} // held by who starts or removes the farm

	mu   sync.Mutex
	stop context.CancelFunc // of the running farm, nil when none runs
	done chan struct{}      // closed when it has stopped
}

func newSimulation(in *ingest.Ingest, decoder *payload.Decoder, board *live.Board, log *slog.Logger, now func() time.Time) *simulation {
	return &simulation{in: in, decoder: decoder, board: board, log: log, now: now, start: make(chan chan error),
		turn: make(chan struct{}, 1)}
}

// Run publishes whenever the simulated farm is wanted; one that ran before a restart goes on.
func (s *simulation) Run(ctx context.Context) error {
	if s.exists() {
		s.play(ctx, false, nil)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case answer := <-s.start:
			s.play(ctx, true, answer)
		}
	}
}

// Start begins the simulated farm and returns when its past is on the charts.
func (s *simulation) Start(ctx context.Context) error {
	if err := s.wait(ctx); err != nil {
		return err
	}
	defer func() { <-s.turn }()
	if s.Running() {
		return nil
	}
	answer := make(chan error, 1)
	select {
	case s.start <- answer:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait takes the turn.
func (s *simulation) wait(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Remove stops the simulated farm and deletes its zones, devices and readings.
func (s *simulation) Remove(ctx context.Context) error {
	if err := s.wait(ctx); err != nil {
		return err
	}
	defer func() { <-s.turn }()
	s.mu.Lock()
	stop, done := s.stop, s.done
	s.mu.Unlock()
	if stop != nil {
		stop()
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	// What it sent before is stored when an empty message behind it is; removed earlier, it would come back.
	if err := s.submit(ctx, &sensors.Delivery{Source: sensors.Source{Simulated: true}}); err != nil {
		return err
	}
	return s.in.RemoveSimulated(ctx)
}

// Running reports whether the simulated farm publishes.
func (s *simulation) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stop != nil
}

// exists reports whether a simulated farm was left behind by an earlier run.
func (s *simulation) exists() bool {
	for _, d := range s.board.Devices() {
		if d.Simulated {
			return true
		}
	}
	return false
}

// play runs the farm until it is removed or ctx ends. answer, if not nil, is told when its past is stored.
func (s *simulation) play(ctx context.Context, past bool, answer chan<- error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	s.mu.Lock()
	s.stop, s.done = stop, done
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.stop, s.done = nil, nil
		s.mu.Unlock()
		close(done)
	}()
	farm := s.farm()
	var err error
	if past {
		err = s.settle(ctx, farm)
	}
	if answer != nil {
		answer <- err
	}
	if err == nil {
		err = s.follow(ctx, farm)
	}
	if err != nil && ctx.Err() == nil {
		s.log.Error("simulated farm stopped", "error", err)
	}
}

// settle makes the farm's zones, with what they are watched for, and stores its past.
func (s *simulation) settle(ctx context.Context, farm *simulate.Farm) error {
	for _, z := range farm.Zones() {
		made, err := s.in.CreateZone(ctx, z)
		if errors.Is(err, sensors.ErrConflict) {
			continue // one of that name is there already; the simulated devices then stand in it too
		}
		if rule, watched := simulatedRules[z.Name]; err == nil && watched {
			rule.Enabled, rule.Scope, rule.CreatedAt = true, sensors.Scope{Zone: made.ID}, s.now().Add(-backfill) // it goes with its zone
			_, err = s.in.SaveRule(ctx, rule)
		}
		if err != nil {
			return fmt.Errorf("zone %q of the simulated farm: %w", z.Name, err)
		}
	}
	now := s.now()
	return farm.Backfill(now.Add(-backfill), now, backfillEvery, func(chunk []sensors.Posted) error {
		return s.submit(ctx, backfilled(chunk))
	})
}
