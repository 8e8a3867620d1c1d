package broker

import (
	"container/list"
	"sync"
	"sync/atomic"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// session is what outlives a client's connections. Its fields but flows are guarded by the table's lock.
type session struct {
	id     string
	conn   *guardConn    // the newest one, nil when it has ended
	parked *list.Element // its place among the sessions without a connection
	reads  bool          // it has subscriptions
	flows  flows
}

// sessions is the table of all sessions, beside mochi's own.
type sessions struct {
	b       *Broker
	readers atomic.Int64 // sessions with subscriptions; mochi's count errs when one unsubscribes from another's filter

	mu     sync.Mutex
	byID   map[string]*session
	parked list.List // of *session, longest without a connection first
}

func newSessions(b *Broker) *sessions { return &sessions{b: b, byID: map[string]*session{}} }

// take makes c the session's connection and returns the one that was it, if that has not ended.
func (t *sessions) take(c *guardConn, id string) (s *session, older *guardConn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s = t.byID[id]
	if s == nil {
		s = &session{id: id}
		t.byID[id] = s
	}
	if s.parked != nil {
		t.parked.Remove(s.parked)
		s.parked = nil
	}
	older, s.conn = s.conn, c
	return s, older
}

// newest reports whether no other connection has taken c's session over.
func (t *sessions) newest(c *guardConn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return c.session != nil && c.session.conn == c
}

// leave notes that a session has no connection any more, and is over or kept. When too many are kept, those
// go that have waited longest; their mochi clients are returned for the caller to discard.
func (t *sessions) leave(c *guardConn, over bool) (discard []*mqtt.Client) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := c.session
	if s == nil || s.conn != c {
		return nil
	}
	s.conn = nil
	if over {
		t.drop(s)
		return nil
	}
	s.parked = t.parked.PushBack(s)
	for t.parked.Len() > t.b.limits.sessions {
		oldest := t.parked.Front().Value.(*session)
		t.drop(oldest)
		if cl, ok := t.b.server.Clients.Get(oldest.id); ok {
			discard = append(discard, cl)
		}
	}
	return discard
}

// expire forgets a session that nobody has come back to.
func (t *sessions) expire(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.byID[id]; s != nil && s.conn == nil {
		t.drop(s)
	}
}

// drop forgets a session. t.mu is held.
func (t *sessions) drop(s *session) {
	t.setReads(s, false)
	if s.parked != nil {
		t.parked.Remove(s.parked)
		s.parked = nil
	}
	delete(t.byID, s.id)
}

// note keeps count of the sessions that subscribe to something.
func (t *sessions) note(id string, reads bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.byID[id]; s != nil {
		t.setReads(s, reads)
	}
}

func (t *sessions) setReads(s *session, reads bool) {
	switch {
	case reads && !s.reads:
		t.readers.Add(1)
	case !reads && s.reads:
		t.readers.Add(-1)
	}
	s.reads = reads
}

// finish settles a connection that is over. Mochi leaves one half-way when a packet made it panic, and when
// it could not be answered.
func (b *Broker) finish(c *guardConn, panicked bool) {
	cl := c.client.Load()
	if cl == nil {
		return
	}
	c.establish() // nobody needs to wait for it any more
	over := c.expired || panicked
	if !c.farewell {
		over = over || ends(cl)
		cl.Stop(packets.ErrUnspecifiedError)
		if over && b.sessions.newest(c) {
			b.discard(cl)
		}
	}
	if c.announced && b.sessions.newest(c) {
		b.Ingest.Connection(c.source, false)
	}
	for _, old := range b.sessions.leave(c, over) {
		b.discard(old)
	}
}

// ends reports whether a client's session ends with its connection.
func ends(cl *mqtt.Client) bool {
	if cl.Properties.ProtocolVersion == 5 {
		return cl.Properties.Props.SessionExpiryInterval == 0
	}
	return cl.Properties.Clean
}

// discard takes a session out of mochi.
func (b *Broker) discard(cl *mqtt.Client) {
	cl.ClearInflights()
	b.server.UnsubscribeClient(cl)
	if now, ok := b.server.Clients.Get(cl.ID); ok && now == cl {
		b.server.Clients.Delete(cl.ID)
	}
}
