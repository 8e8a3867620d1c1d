package api

import (
	"context"
	"sync"

	"furrow/sensors"
	"furrow/sensors/notify"
)

// trial is what became of a test message.
type trial struct {
	Body struct {
		OK       bool           `json:"ok" doc:"Every channel took the message."`
		Channels []channelTrial `json:"channels"`
	}
}

type channelTrial struct {
	Kind   string `json:"kind"`
	Target string `json:"target" doc:"Shortened."`
	OK     bool   `json:"ok"`
	Steps  []hop  `json:"steps" doc:"What happened on the way, in order; the last one says whether the message was taken."`
}

type hop struct {
	Name   string  `json:"name"`
	Detail string  `json:"detail"`
	Took   float64 `json:"took_ms" doc:"Since the test began."`
	OK     bool    `json:"ok"`
}

// testRecipient tries all channels at once, as far as the client waits.
func (a *api) testRecipient(ctx context.Context, in *RecipientID) (*trial, error) {
	r, err := a.recipientByID(in.ID)
	if err != nil {
		return nil, err
	}
	farm, _ := a.Board.Farm()
	out := &trial{}
	out.Body.Channels = make([]channelTrial, len(r.Channels))
	var tests sync.WaitGroup
	for i, c := range r.Channels {
		tests.Go(func() { out.Body.Channels[i] = channelTrialOf(c, a.Channels.Test(ctx, c, farm, a.Now())) })
	}
	tests.Wait()
	out.Body.OK = len(r.Channels) > 0
	for _, c := range out.Body.Channels {
		out.Body.OK = out.Body.OK && c.OK
	}
	return out, nil
}

func channelTrialOf(c sensors.Channel, steps []notify.Step) channelTrial {
	t := channelTrial{Kind: c.Kind, Target: notify.Redact(c.Kind, c.Target), Steps: make([]hop, 0, len(steps))}
	for _, s := range steps {
		t.OK = s.OK
		t.Steps = append(t.Steps, hop{s.Name, s.Detail, float64(s.Took.Microseconds()) / 1000, s.OK})
	}
	return t
}
