package notify

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"furrow/sensors"
)

// ChannelHealth is how a recipient's channel does, since the program started.
type ChannelHealth struct {
	Recipient    sensors.RecipientID
	Name         string // the recipient's
	Channel      int    // index in the recipient's channels
	Kind         string
	Target       string // redacted
	LastSuccess  time.Time
	FailingSince time.Time // zero while it works
	Failures     int       // in a row
	LastError    string
	GaveUp       int // messages that nobody was told of in two days
}

// channelKey tells channels apart; a changed target is another channel and starts afresh.
type channelKey struct {
	recipient sensors.RecipientID
	channel   sensors.Channel
}

// state is what is known about a channel.
type state struct {
	lastSuccess, failingSince time.Time
	lastTry, next             time.Time // next: not before, while it fails
	failures, gaveUp          int
	lastError                 string
}

// book keeps the states. It is written by the worker's rounds and read by pages.
type book struct {
	mu     sync.Mutex
	states map[channelKey]state
}

func (b *book) get(k channelKey) state {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.states[k]
}

func (b *book) change(k channelKey, how func(*state)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.states[k]
	how(&s)
	b.states[k] = s
}

// failed notes a failure; the channel is left alone for wait.
func (b *book) failed(k channelKey, sentence string, now time.Time, wait time.Duration) {
	b.change(k, func(s *state) {
		if s.failures == 0 {
			s.failingSince = now
		}
		s.failures++
		s.lastError, s.lastTry, s.next = sentence, now, now.Add(wait)
	})
}

func (b *book) succeeded(k channelKey, now time.Time) {
	b.change(k, func(s *state) { *s = state{lastSuccess: now, lastTry: now, gaveUp: s.gaveUp} })
}

// pick returns the index of the channel to try now, or, with ok false, when one may be tried again. Channels
// are tried in order; one that failed twice is passed over until its time has come, but for something fresh,
// when all of them fail, it is tried once more after a minute.
func (b *book) pick(r sensors.Recipient, fresh bool, now time.Time) (index int, until time.Time, ok bool) {
	for i, c := range r.Channels {
		s := b.get(channelKey{r.ID, c})
		next := s.next
		if s.failures < failuresToSwitch || !next.After(now) {
			if next.After(now) {
				return 0, next, false
			}
			return i, time.Time{}, true
		}
	}
	for i, c := range r.Channels {
		s := b.get(channelKey{r.ID, c})
		next := s.next
		if soon := s.lastTry.Add(freshWait); fresh && soon.Before(next) {
			next = soon
		}
		if !next.After(now) {
			return i, time.Time{}, true
		}
		if until.IsZero() || next.Before(until) {
			until = next
		}
	}
	return 0, until, false
}

// list returns the health of the channels that there are now; what is kept of others is dropped.
func (b *book) list(recipient func(sensors.RecipientID) (sensors.Recipient, bool)) (all []ChannelHealth) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for k, s := range b.states {
		r, exists := recipient(k.recipient)
		i := slices.Index(r.Channels, k.channel)
		if !exists || i < 0 {
			delete(b.states, k)
			continue
		}
		all = append(all, ChannelHealth{r.ID, r.Name, i, k.channel.Kind, Redact(k.channel.Kind, k.channel.Target),
			s.lastSuccess, s.failingSince, s.failures, s.lastError, s.gaveUp})
	}
	slices.SortFunc(all, func(x, y ChannelHealth) int {
		return cmp.Or(cmp.Compare(x.Recipient, y.Recipient), cmp.Compare(x.Channel, y.Channel))
	})
	return all
}
