package notify

import (
	"context"
	"errors"
	"slices"
	"time"

	"furrow/sensors"
)

// round sends what one recipient is owed now: usually one message. It sets when the line may go on.
func (w *Worker) round(ctx context.Context, l *line) {
	l.hold = time.Time{}
	if !l.unsettled.Empty() && !w.settle(ctx, l, l.unsettled) {
		return // sending again what is only not stored as sent would be twice
	}
	now := w.Now()
	notices, err := w.Outbox.DueNotices(ctx, l.recipient, sensors.MilliOf(now), noticesAtOnce)
	if err != nil {
		w.pause(ctx, l, err)
		return
	}
	if len(notices) == 0 {
		return
	}
	l.again = len(notices) == noticesAtOnce
	r, exists := w.Directory.Recipient(l.recipient)
	if !exists || len(r.Channels) == 0 {
		w.settle(ctx, l, closeAll(notices, now, "They have no channel to be reached by."))
		return
	}
	index, until, ok := w.book.pick(r, slices.ContainsFunc(notices, fresh), now)
	if !ok {
		l.hold = until
		return
	}
	kind, _ := KindOf(r.Channels[index].Kind)
	s := situation{farm: w.Directory.Farm(), recipient: r, machine: kind.Machine, now: now}
	if l.tooSoon(s, notices, false) {
		return
	}
	if s.known, err = w.known(ctx, l.recipient, notices); err != nil {
		w.pause(ctx, l, err)
		return
	}
	if l.tooSoon(s, notices, true) {
		return
	}
	duties, set := s.sort(notices)
	if !set.Empty() && !w.settle(ctx, l, set) {
		return
	}
	w.deliver(ctx, l, s, index, duties)
}

func fresh(n sensors.Notice) bool { return n.Attempts == 0 }

func closeAll(notices []sensors.Notice, now time.Time, why string) sensors.Settlement {
	set := sensors.Settlement{At: sensors.MilliOf(now)}
	for _, n := range notices {
		set.Closed = append(set.Closed, sensors.ClosedNotice{ID: n.ID, Why: why})
	}
	return set
}

// tooSoon holds the line while the last message to a person is younger than the time that is sent as one. It is
// asked before the alerts are known, which may be many, and again after.
func (l *line) tooSoon(s situation, notices []sensors.Notice, known bool) bool {
	newest := notices[len(notices)-1].ID
	wait := groupForCritical
	switch {
	case s.machine:
		return false
	case known && !s.critical(notices):
		l.seen = newest
		wait = groupFor
	case !known && newest <= l.seen:
		wait = groupFor
	}
	if end := l.sentAt.Add(wait); end.After(s.now) {
		l.hold = end
		return true
	}
	return false
}

// critical reports whether something critical, or a drill of it, is among what is to be told.
func (s situation) critical(notices []sensors.Notice) bool {
	return slices.ContainsFunc(notices, func(n sensors.Notice) bool {
		return slices.ContainsFunc(n.AlertIDs, func(id sensors.AlertID) bool {
			event, _ := s.verdict(n, s.known[id])
			return event == sensors.EventDrill || event == sensors.EventFiring && s.known[id].Alert.Severity == sensors.Critical
		})
	})
}

func (w *Worker) known(ctx context.Context, to sensors.RecipientID, notices []sensors.Notice) (map[sensors.AlertID]sensors.AlertTold, error) {
	var ids []sensors.AlertID
	for _, n := range notices {
		ids = append(ids, n.AlertIDs...)
	}
	slices.Sort(ids)
	told, err := w.History.AlertsTold(ctx, to, slices.Compact(ids))
	known := make(map[sensors.AlertID]sensors.AlertTold, len(told))
	for _, t := range told {
		known[t.Alert.ID] = t
	}
	return known, err
}

// deliver sends duties through a channel, one after the other, and stores each yes at once.
func (w *Worker) deliver(ctx context.Context, l *line, s situation, index int, duties []*duty) {
	channel := s.recipient.Channels[index]
	key := channelKey{s.recipient.ID, channel}
	for i, d := range duties {
		err := w.Courier.Send(ctx, channel, w.message(ctx, s, channel, d))
		now := w.Now()
		if ours(ctx, err) {
			return
		}
		if err != nil {
			w.refused(ctx, l, s, index, duties[i:], err)
			return
		}
		if was := w.book.get(key); was.failures > 0 {
			w.Log.Info("a channel works again", "recipient", s.recipient.ID, "kind", channel.Kind, "failing_since", was.failingSince)
		}
		w.book.succeeded(key, now)
		if !s.machine {
			l.sentAt = now
		}
		set := d.sent(index, sensors.MilliOf(now))
		set.New = repeats(s.recipient.ID, d, w.Directory.Rule, set.At)
		if !w.settle(ctx, l, set) {
			l.unsettled = set
			return
		}
	}
}

// sent is what is stored when a channel has taken the duty.
func (d *duty) sent(channel int, at sensors.Milli) sensors.Settlement {
	set := sensors.Settlement{At: at}
	for _, n := range d.notices {
		set.Sent = append(set.Sent, sensors.SentNotice{ID: n.ID, Channel: channel, Kind: d.event, Alerts: n.AlertIDs})
	}
	return set
}

// repeats are the reminders that follow a message about alerts that fire on, one notice for each interval.
func repeats(to sensors.RecipientID, d *duty, rule func(sensors.RuleID) (sensors.Rule, bool), at sensors.Milli) (notices []sensors.Notice) {
	if d.drill {
		return nil
	}
	after := map[time.Duration]int{}
	for _, t := range d.alerts {
		r, _ := rule(t.Alert.Rule)
		if t.Alert.State != sensors.AlertFiring || r.Repeat <= 0 {
			continue
		}
		i, exists := after[r.Repeat]
		if !exists {
			i = len(notices)
			after[r.Repeat] = i
			notices = append(notices, sensors.Notice{Recipient: to, Kind: sensors.EventFiring, CreatedAt: at,
				DueAt: at + sensors.Milli(r.Repeat.Milliseconds())})
		}
		notices[i].AlertIDs = append(notices[i].AlertIDs, t.Alert.ID)
	}
	return notices
}

// refused notes that a channel did not take a duty, and with it what stands behind it.
func (w *Worker) refused(ctx context.Context, l *line, s situation, index int, left []*duty, err error) {
	channel := s.recipient.Channels[index]
	key := channelKey{s.recipient.ID, channel}
	now := w.Now()
	was := w.book.get(key)
	wait := backoff(was.failures+1, w.Luck())
	var f *Failure
	if errors.As(err, &f) {
		wait = max(wait, f.Wait)
	}
	w.book.failed(key, err.Error(), now, wait)
	if was.failures == 0 {
		w.Log.Warn("a channel does not take messages", "recipient", s.recipient.ID, "kind", channel.Kind,
			"target", Redact(channel.Kind, channel.Target), "error", err.Error())
	}
	_, next, usable := w.book.pick(s.recipient, false, now)
	if usable {
		next = now
	}
	set := sensors.Settlement{At: sensors.MilliOf(now)}
	for _, d := range left {
		for _, n := range d.notices {
			n.Attempts++
			n.Channel, n.LastError, n.DueAt = index, clip(err.Error(), 300), sensors.MilliOf(next)
			if now.Sub(n.CreatedAt.Time()) < giveUpAfter || n.Attempts < giveUpTries {
				set.Later = append(set.Later, n)
				continue
			}
			set.Closed = append(set.Closed, sensors.ClosedNotice{ID: n.ID, Why: "Given up after two days. The last time: " + n.LastError, GaveUp: true})
			w.book.change(key, func(s *state) { s.gaveUp++ })
			w.Log.Error("a message was given up", "notice", n.ID, "recipient", s.recipient.ID, "attempts", n.Attempts)
		}
	}
	w.settle(ctx, l, set)
}

// settle stores what became of notices, also when the program is ending: the channel's answer is known.
func (w *Worker) settle(ctx context.Context, l *line, set sensors.Settlement) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWait)
	defer cancel()
	if err := w.Outbox.SettleNotices(ctx, set); err != nil {
		w.pause(ctx, l, err)
		return false
	}
	l.unsettled = sensors.Settlement{}
	return true
}

// pause leaves a line alone for a while because the store does not work.
func (w *Worker) pause(ctx context.Context, l *line, err error) {
	if ctx.Err() == nil {
		w.Log.Error("the outbox does not work", "recipient", l.recipient, "error", err)
	}
	l.hold = w.Now().Add(storeWait)
}
