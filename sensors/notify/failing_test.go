package notify

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

func TestMailServerDownForTwoDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", mailbox)
		c.refuseWith(func(sensors.Channel, Message) error { return errDown })
		w := newWorker(m, c)
		stop := run(t, w)
		began := time.Now()
		still := m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Critical))
		over := m.fire(sensors.Warning)
		missed := m.owe(ann, sensors.EventFiring, 0, over)
		w.Wake()
		after(time.Minute)
		m.becomes(over, sensors.AlertResolved)
		after(46 * time.Hour)
		if got := w.Health(); len(got) != 1 || !got[0].FailingSince.Equal(began) || got[0].LastError != "it is down" {
			t.Fatalf("health is %+v, want failing since %v", got, began)
		}
		if got := c.attempts(); got < 90 || got > 110 {
			t.Errorf("%d attempts in 46 hours, want about one in half an hour", got)
		}
		stop() // and a restart on the way
		c.refuseWith(nil)
		w = newWorker(m, c)
		defer run(t, w)()
		got := c.all()
		if len(got) != 1 || got[0].Total != 2 {
			t.Fatalf("got %+v, want one message about both alerts at the start", got)
		}
		for _, id := range []int64{still, missed} {
			if m.outcome(id) != "sent" {
				t.Errorf("notice %d is %q, want sent", id, m.outcome(id))
			}
		}
		if !strings.Contains(got[0].Text, "All clear") {
			t.Errorf("the text does not tell of what is over: %q", got[0].Text)
		}
	})
}

func TestGivesUpAfterTwoDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		c.refuseWith(func(sensors.Channel, Message) error { return errDown })
		ann := m.recipient("Ann", mailbox)
		id := m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		w := newWorker(m, c)
		defer run(t, w)()
		after(47 * time.Hour)
		if got := m.outcome(id); got != "waits as firing" {
			t.Fatalf("after 47 hours it is %q", got)
		}
		after(2 * time.Hour)
		if got := m.outcome(id); got != "given up" {
			t.Errorf("after 49 hours it is %q, want given up", got)
		}
		if got := w.Health()[0].GaveUp; got != 1 {
			t.Errorf("health counts %d messages given up, want 1", got)
		}
	})
}

func TestClockJumpGivesNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		c.refuseWith(func(sensors.Channel, Message) error { return errDown })
		ann := m.recipient("Ann", mailbox)
		w := newWorker(m, c)
		id := m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		m.notices[id].CreatedAt -= sensors.Milli((365 * 24 * time.Hour).Milliseconds()) // written before the clock was set
		defer run(t, w)()
		after(time.Minute)
		if got := m.outcome(id); got != "waits as firing" {
			t.Errorf("it is %q, want that it waits", got)
		}
	})
}

func TestFailsOverToTheNextChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", phone1, mailbox)
		c.refuseWith(func(to sensors.Channel, _ Message) error {
			if to.Kind == "ntfy" {
				return errDown
			}
			return nil
		})
		w := newWorker(m, c)
		defer run(t, w)()
		began := time.Now()
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Critical))
		w.Wake()
		after(time.Minute)
		got := c.all()
		if len(got) != 1 || got[0].channel.Kind != "email" || got[0].at.Sub(began) != firstWait {
			t.Fatalf("got %+v, want one e-mail after %v", got, firstWait)
		}
		health := w.Health()
		if len(health) != 2 || health[0].Failures < failuresToSwitch || health[1].LastSuccess.IsZero() {
			t.Errorf("health is %+v, want that ntfy fails and e-mail works", health)
		}
		c.refuseWith(nil)
		after(time.Hour)
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Critical))
		w.Wake()
		synctest.Wait()
		if got := c.all(); len(got) != 2 || got[1].channel.Kind != "ntfy" {
			t.Errorf("the first channel is not used again: %+v", got)
		}
	})
}

func TestNewAlertTriesAFailingChannelSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", mailbox)
		c.refuseWith(func(sensors.Channel, Message) error { return errDown })
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		w := newWorker(m, c)
		defer run(t, w)()
		after(12 * time.Hour)
		c.refuseWith(nil)
		after(2 * time.Minute) // well inside the pause
		if len(c.all()) != 0 {
			t.Fatal("the pause ended by itself: the test shows nothing")
		}
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Critical))
		w.Wake()
		synctest.Wait()
		if got := c.all(); len(got) != 1 || got[0].Total != 2 {
			t.Errorf("got %+v, want one message about both at once", got)
		}
	})
}

func TestCrashBetweenYesAndMarkRepeatsUnderTheSameKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", phone1)
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		m.settleErr = errFull
		stop := run(t, newWorker(m, c))
		stop() // what the first worker knew is gone
		m.settleErr = nil
		defer run(t, newWorker(m, c))()
		got := c.all()
		if len(got) != 2 || got[0].Key != got[1].Key {
			t.Errorf("got %+v, want the same message twice under one key", got)
		}
	})
}

func TestFullDiskDoesNotRepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", phone1)
		id := m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		m.settleErr = errFull
		w := newWorker(m, c)
		defer run(t, w)()
		after(10 * time.Minute)
		m.mu.Lock()
		m.settleErr = nil
		m.mu.Unlock()
		after(time.Minute)
		if n := len(c.all()); n != 1 || m.outcome(id) != "sent" {
			t.Errorf("%d messages and the notice is %q, want one that is marked sent", n, m.outcome(id))
		}
	})
}

// hanging is a courier whose channel of one kind never answers.
type hanging struct {
	courier
	kind string
}

func (h *hanging) Send(ctx context.Context, to sensors.Channel, m Message) error {
	if to.Kind == h.kind {
		ctx, cancel := context.WithTimeout(ctx, timeLimit)
		defer cancel()
		<-ctx.Done()
		return &Failure{Sentence: "it gave no answer in time"}
	}
	return h.courier.Send(ctx, to, m)
}

func TestSlowChannelBlocksNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &hanging{kind: "webhook"}
		id := m.fire(sensors.Critical)
		for range 8 {
			m.owe(m.recipient("Program", hook), sensors.EventFiring, 0, id)
		}
		m.owe(m.recipient("Ann", phone1), sensors.EventFiring, 0, id)
		began := time.Now()
		w := newWorker(m, c)
		stop := run(t, w)
		if got := c.all(); len(got) != 1 || !got[0].at.Equal(began) {
			t.Errorf("got %+v, want one message at once", got)
		}
		stopping := time.Now()
		stop()
		if took := time.Since(stopping); took > stopWait {
			t.Errorf("stopping took %v, want at most %v", took, stopWait)
		}
		for _, h := range w.Health() {
			if h.Kind == "webhook" && h.Failures > 0 {
				t.Errorf("stopping counts as a failure of the channel: %+v", h)
			}
		}
	})
}

func TestOutboxThatCannotBeReadIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		ann := m.recipient("Ann", phone1)
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		flaky := &flakyOutbox{memory: m, err: errFull}
		w := newWorker(m, c)
		w.Outbox = flaky
		defer run(t, w)()
		after(time.Minute)
		if n := len(c.all()); n != 0 {
			t.Fatalf("%d messages from an outbox that cannot be read", n)
		}
		flaky.set(nil)
		after(2 * storeWait)
		if n := len(c.all()); n != 1 {
			t.Errorf("%d messages, want 1", n)
		}
	})
}

// flakyOutbox fails to be read while it has an error.
type flakyOutbox struct {
	*memory
	err error
}

func (f *flakyOutbox) set(err error) { f.mu.Lock(); defer f.mu.Unlock(); f.err = err }

func (f *flakyOutbox) DueNotices(ctx context.Context, to sensors.RecipientID, now sensors.Milli, limit int) ([]sensors.Notice, error) {
	f.mu.Lock()
	err := f.err
	f.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return f.memory.DueNotices(ctx, to, now, limit)
}

func TestServerThatAsksToWaitIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		c.refuseWith(func(sensors.Channel, Message) error { return &Failure{Sentence: "too many", Wait: 20 * time.Minute} })
		m.owe(m.recipient("Ann", phone1), sensors.EventFiring, 0, m.fire(sensors.Warning))
		defer run(t, newWorker(m, c))()
		after(19 * time.Minute)
		if n := c.attempts(); n != 1 {
			t.Errorf("%d attempts in 19 minutes, want 1", n)
		}
		after(2 * time.Minute)
		if n := c.attempts(); n != 2 {
			t.Errorf("%d attempts in 21 minutes, want 2", n)
		}
	})
}

func TestNewAlertRightAfterAFailureWaitsAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newMemory(), &courier{}
		c.refuseWith(func(sensors.Channel, Message) error { return errDown })
		ann := m.recipient("Ann", phone1)
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Warning))
		w := newWorker(m, c)
		defer run(t, w)()
		after(5 * time.Minute) // the fifth attempt was at 2½ minutes, the sixth is at 5 minutes and 10 seconds
		after(11 * time.Second)
		before := c.attempts()
		m.owe(ann, sensors.EventFiring, 0, m.fire(sensors.Critical))
		w.Wake()
		after(58 * time.Second)
		if n := c.attempts(); n != before {
			t.Errorf("%d attempts within the minute, want none", n-before)
		}
		after(2 * time.Second)
		if n := c.attempts(); n != before+1 {
			t.Errorf("%d attempts after the minute, want 1", n-before)
		}
	})
}
