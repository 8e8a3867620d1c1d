package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net"
	"net/url"
	"slices"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"furrow/sensors"
	"furrow/sensors/ingest"
)

// The hops of a drill, as its log names them.
const (
	hopSent     = "Test reading sent"
	hopReceived = "Taken by the broker"
	hopRule     = "Rule broken"
	hopStored   = "On the disk"
	hopTold     = "Message to "
	hopAnswered = "Answered"
)

// Drills returns at most limit drills, the newest first; one that runs has its hops so far.
func (d *drills) Drills(ctx context.Context, limit int) ([]sensors.Drill, error) {
	list, err := d.db.Drills(ctx, min(limit, drillsKept))
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].EndedAt != 0 {
			continue
		}
		if list[i].Hops, err = d.hops(ctx, list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// hops completes a drill's log with what became of its messages, and the answer.
func (d *drills) hops(ctx context.Context, drill sensors.Drill) ([]sensors.DrillHop, error) {
	if drill.Alert == 0 {
		return drill.Hops, nil
	}
	alert, err := d.db.Alert(ctx, drill.Alert)
	if err != nil {
		return nil, err
	}
	notices, err := d.db.AlertNotices(ctx, drill.Alert)
	if err != nil {
		return nil, err
	}
	hops := slices.Clone(drill.Hops)
	for _, n := range slices.Backward(notices) {
		if n.Kind != sensors.EventDrill {
			continue
		}
		hop := sensors.DrillHop{Name: hopTold + n.Name, At: n.SentAt, Detail: n.Via}
		if n.SentAt == 0 {
			hop.Detail, hop.Failed = n.Error, n.Attempts > 0
		}
		hops = append(hops, hop)
	}
	answer := sensors.DrillHop{Name: hopAnswered, At: alert.AcknowledgedAt, Detail: alert.AckBy}
	if answer.At == 0 {
		answer.Failed = alert.State == sensors.AlertResolved
	}
	hops = append(hops, answer)
	slices.SortStableFunc(hops, func(x, y sensors.DrillHop) int { return cmp.Compare(whenReached(x), whenReached(y)) })
	return hops, nil
}

// whenReached puts hops in order: what is handed over at once may be there before the broker's own acknowledgement,
// and what was not reached comes last.
func whenReached(h sensors.DrillHop) sensors.Milli {
	if h.At == 0 {
		return math.MaxInt64
	}
	return h.At
}

// publishDrill sends a test reading through the broker as a client of its own and returns when the broker has
// acknowledged it, which is when it is on the disk.
func publishDrill(ctx context.Context, serve func(net.Conn), secret string) error {
	ours, theirs := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		serve(theirs)
	}()
	defer func() {
		_ = ours.Close()
		<-served
	}()
	open := func(*url.URL, mqtt.ClientOptions) (net.Conn, error) { return ours, nil }
	options := mqtt.NewClientOptions().AddBroker("tcp://furrow").SetCustomOpenConnectionFn(open).SetClientID(drillUser).
		SetUsername(drillUser).SetPassword(secret).SetProtocolVersion(4).SetAutoReconnect(false).SetConnectTimeout(drillWait)
	client := mqtt.NewClient(options)
	defer client.Disconnect(100)
	if err := wait(ctx, client.Connect()); err != nil {
		return fmt.Errorf("the broker does not let it in: %w", err)
	}
	if err := wait(ctx, client.Publish(ingest.DrillTopic, 1, false, ingest.DrillPayload)); err != nil {
		return fmt.Errorf("the broker does not acknowledge it: %w", err)
	}
	return nil
}

// wait returns how an exchange with the broker ended.
func wait(ctx context.Context, token mqtt.Token) error {
	late := time.NewTimer(drillWait)
	defer late.Stop()
	select {
	case <-token.Done():
		return token.Error()
	case <-late.C:
		return fmt.Errorf("no answer within %s", drillWait)
	case <-ctx.Done():
		return ctx.Err()
	}
}
