package main

import (
	"context"
	"fmt"
	"time"

	"furrow/sensors"
	"furrow/sensors/payload"
	"furrow/sensors/simulate"
)

// farm makes a simulated farm where the real one is, or in the Netherlands.
func (s *simulation) farm() *simulate.Farm {
	o := simulate.Options{Start: s.now(), Latitude: 52.1, Longitude: 5.2, Location: time.UTC, Seed: 1}
	if home, ok := s.board.Farm(); ok {
		o.Location = home.Location()
		if home.Placed() {
			o.Latitude, o.Longitude = home.Latitude, home.Longitude
		}
	}
	return simulate.New(o)
}

// follow publishes what the farm's devices send, when they send it.
func (s *simulation) follow(ctx context.Context, farm *simulate.Farm) error {
	for {
		at, batch := farm.Next()
		if err := s.waitUntil(ctx, at); err != nil {
			return err
		}
		for _, m := range batch {
			if err := s.publish(ctx, m); err != nil {
				return err
			}
		}
	}
}

// waitUntil sleeps until the program's clock, which may run faster than the wall's, shows at.
func (s *simulation) waitUntil(ctx context.Context, at time.Time) error {
	for {
		before := s.now()
		wait := at.Sub(before)
		if wait <= 0 {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(wait, 50*time.Millisecond)):
		}
	}
}

func (s *simulation) publish(ctx context.Context, m simulate.Message) error {
	source := sensors.Source{ClientID: "simulated-farm", Simulated: true}
	return s.in.Submit(ctx, &sensors.Delivery{Source: source, Topic: m.Topic, Payload: m.Payload, ReceivedAt: sensors.MilliOf(m.At),
		Decoded: s.decoder.Decode(payload.Message{Topic: m.Topic, Payload: m.Payload, Source: source, At: m.At})})
}

// submit hands a delivery over and waits until it is on the disk.
func (s *simulation) submit(ctx context.Context, d *sensors.Delivery) error {
	settled := make(receiptChan, 1)
	d.Receipt = settled
	if err := s.in.Submit(ctx, d); err != nil {
		return err
	}
	select {
	case err := <-settled:
		if err != nil {
			return fmt.Errorf("storing what the simulated farm says: %w", err)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// receiptChan is a Receipt that somebody waits for; it needs room for one.
type receiptChan chan error

func (c receiptChan) Settle(err error) { c <- err }

// backfilled turns readings of the farm's past into one delivery of the simulated farm.
func backfilled(chunk []sensors.Posted) *sensors.Delivery {
	d := &sensors.Delivery{Source: sensors.Source{ClientID: "simulated-farm", Simulated: true}, Topic: "past", ReceivedAt: chunk[0].At}
	d.Decoded.Dialect = "simulated"
	told := map[string]bool{}
	for _, p := range chunk {
		if !told[p.Device] {
			told[p.Device] = true
			d.Decoded.Descriptions = append(d.Decoded.Descriptions, sensors.Description{Device: p.Device, Zone: p.Zone})
		}
		d.Decoded.Observations = append(d.Decoded.Observations,
			sensors.Observation{Device: p.Device, Metric: p.Metric, Channel: p.Channel, Value: p.Value, At: p.At})
	}
	return d
}
