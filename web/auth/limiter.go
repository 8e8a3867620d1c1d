package auth

import (
	"sync"
	"time"
)

// Limiter makes guessing passwords slow: after a few wrong ones from an address or for an account, each
// further one must wait twice as long, up to a limit, so that nobody is locked out for good. The zero value
// is ready; its memory is bounded.
type Limiter struct {
	mu    sync.Mutex
	seen  map[string]*misses
	swept time.Time
}

type misses struct {
	count int
	until time.Time // no try before
	last  time.Time
}

const (
	freeMisses  = 5
	firstWait   = 2 * time.Second
	longestWait = 5 * time.Minute
	forgetAfter = time.Hour
	maxTracked  = 10_000
)

// Wait returns how long the next try under any of the keys has to wait; zero means that it may go ahead.
func (l *Limiter) Wait(now time.Time, keys ...string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var wait time.Duration
	for _, key := range keys {
		if m := l.seen[key]; m != nil {
			wait = max(wait, m.until.Sub(now))
		}
	}
	return wait
}

// Missed notes a wrong password.
func (l *Limiter) Missed(now time.Time, keys ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(now)
	for _, key := range keys {
		m := l.seen[key]
		if m == nil {
			m = &misses{}
			l.seen[key] = m
		}
		m.count++
		m.last = now
		if over := m.count - freeMisses; over >= 0 {
			m.until = now.Add(min(longestWait, firstWait<<min(over, 16)))
		}
	}
}

// Passed forgets the misses of an account that signed in.
func (l *Limiter) Passed(keys ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		delete(l.seen, key)
	}
}

// forget drops what is old, once in a while; when a flood of keys would fill memory, it drops everything.
func (l *Limiter) forget(now time.Time) {
	if l.seen == nil || len(l.seen) >= maxTracked {
		l.seen, l.swept = map[string]*misses{}, now
	}
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for key, m := range l.seen {
		if now.Sub(m.last) > forgetAfter {
			delete(l.seen, key)
		}
	}
}
