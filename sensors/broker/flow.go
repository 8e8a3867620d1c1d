package broker

import "sync"

// flow is a QoS 2 publish from its arrival until its PUBREL.
type flow struct {
	conn      *guardConn // where its PUBREC goes: the connection on which it came last
	committed bool       // and PUBREC sent
}

// flows is the QoS 2 half of a session, by packet id. Mochi keeps one table for both directions, and answers
// a redelivery with an error.
type flows struct {
	mu sync.Mutex
	m  map[uint16]*flow
}

// begin notes a publish. fresh says that it is not a redelivery, and full that there are too many. A
// redelivery of what is committed is to be answered at once; any other is when the first one is.
func (f *flows) begin(id uint16, c *guardConn) (current *flow, fresh, committed, full bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known := f.m[id]; known != nil {
		known.conn = c
		return known, false, known.committed, false
	}
	if len(f.m) >= maxFlows {
		return nil, false, false, true
	}
	if f.m == nil {
		f.m = map[uint16]*flow{}
	}
	current = &flow{conn: c}
	f.m[id] = current
	return current, true, false, false
}

// commit marks a flow's readings as stored and returns the connection to tell.
func (f *flows) commit(current *flow) *guardConn {
	f.mu.Lock()
	defer f.mu.Unlock()
	current.committed = true
	return current.conn
}

// fail forgets a flow whose readings could not be stored and returns the connection to cut.
func (f *flows) fail(id uint16, current *flow) *guardConn {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.m[id] == current {
		delete(f.m, id)
	}
	return current.conn
}

// release ends a flow; it reports whether it was known.
func (f *flows) release(id uint16) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, known := f.m[id]
	delete(f.m, id)
	return known
}

func (f *flows) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.m = nil
}
