package web

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"furrow/sensors"
)

// hub holds the pages that somebody watches. The render loop puts in what changes; sockets take out what
// they lack.
type hub struct {
	mu    sync.Mutex
	pages map[string]*watched
}

// watched is a page that is open somewhere. A socket is a cursor into it: nothing is queued for any.
type watched struct {
	key string

	// Guarded by the hub's lock.
	viewers  int
	since    uint64 // elements holds all that changed after this version of the board
	drawn    uint64 // and up to this one
	seq      uint64 // grows with every change of the elements, also those that no version tells
	elements map[string]element
	frames   map[cursor]frame // made since the last change
	changed  chan struct{}    // closed at the next change

	// The render loop's own.
	dirty  bool          // something it shows changed
	rest   time.Time     // it is not drawn before
	newest sensors.Milli // a sensor's page: the last point it was given
	points []string      // and the ids of those still kept, oldest first
}

// element is the newest form of an element, and when it took it.
type element struct {
	version, seq uint64
	html         []byte
}

// cursor is how far a socket has come: to a version of the board when it opens, and from then on to a seq of
// the page.
type cursor struct {
	version, seq uint64
	begun        bool
}

// lacks reports whether the socket has not sent the element. What took its form at the very version that
// the page was drawn at is sent once too often, because not everything that pages show has a version.
func (c cursor) lacks(e element) bool {
	if c.begun {
		return e.seq > c.seq
	}
	return e.version >= c.version
}

// frame is a message, shared by all who have seen the same.
type frame struct {
	html []byte
	made time.Time
}

// enter adds a viewer to a page that is watched already; nil if it is not, or not since that
// version.
func (h *hub) enter(key string, version uint64) *watched {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.pages[key]
	if p == nil || version < p.since {
		return nil
	}
	p.viewers++
	return p
}

// leave takes a viewer away. Nobody draws a page that has none.
func (h *hub) leave(p *watched) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p.viewers--; p.viewers == 0 && h.pages[p.key] == p {
		delete(h.pages, p.key)
	}
}

// open returns a page, watched from the version on if it was not before.
func (h *hub) open(key string, version uint64) *watched {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.pages[key]
	if p == nil {
		p = &watched{key: key, since: version, drawn: version, elements: map[string]element{}, changed: make(chan struct{})}
		if h.pages == nil {
			h.pages = map[string]*watched{}
		}
		h.pages[key] = p
	}
	p.viewers++
	return p
}

// all returns the watched pages.
func (h *hub) all() []*watched {
	h.mu.Lock()
	defer h.mu.Unlock()
	pages := make([]*watched, 0, len(h.pages))
	for _, p := range h.pages {
		pages = append(pages, p)
	}
	return pages
}

// rendered is a fragment as pages take it.
type rendered struct {
	fragment
	bytes []byte
}

// drawing is what was drawn of a page.
type drawing struct {
	version uint64
	fresh   []rendered
	whole   bool // it is all that can change on the page
}

// put takes over what a page shows now, and reports whether that is anything new.
func (h *hub) put(p *watched, d drawing) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	news := false
	for _, f := range d.fresh {
		if bytes.Equal(p.elements[f.id].html, f.bytes) {
			continue
		}
		p.forget(f.holds)
		p.elements[f.id] = element{d.version, p.seq + 1, f.bytes}
		news = true
	}
	p.drawn = max(p.drawn, d.version)
	if d.whole {
		p.since = 0
	}
	if news {
		p.seq++
		p.frames = nil
		close(p.changed)
		p.changed = make(chan struct{})
	}
	return news
}

// advance notes that a page shows nothing that changed up to a version.
func (h *hub) advance(p *watched, version uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p.drawn = max(p.drawn, version)
}

// forget drops the elements whose ids begin so.
func (p *watched) forget(beginnings []string) {
	for _, beginning := range beginnings {
		for id := range p.elements {
			if strings.HasPrefix(id, beginning) {
				delete(p.elements, id)
			}
		}
	}
}

// reach adds what changed between an earlier version and the one that the page was watched from. Those who
// watch it already know all of it.
func (h *hub) reach(p *watched, earlier uint64, d drawing) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d.whole {
		earlier = 0
	}
	for _, f := range d.fresh {
		if _, known := p.elements[f.id]; !known {
			p.elements[f.id] = element{version: p.since - 1, html: f.bytes}
		}
	}
	p.since = min(p.since, earlier)
	p.frames = nil
}

// next returns a message with what a socket lacks, nil for nothing, its cursor after that, and a channel that
// is closed when there is more. finish adds what every message ends with.
func (h *hub) next(p *watched, at cursor, now time.Time, finish func(b *bytes.Buffer, version uint64)) (html []byte, after cursor, more <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	after = cursor{p.drawn, p.seq, true}
	if made, ok := p.frames[at]; ok && now.Sub(made.made) < time.Second {
		return made.html, after, p.changed
	}
	var fresh []element
	for _, e := range p.elements {
		if at.lacks(e) {
			fresh = append(fresh, e)
		}
	}
	if len(fresh) == 0 {
		return nil, after, p.changed
	}
	slices.SortFunc(fresh, func(a, b element) int { return cmp.Or(cmp.Compare(a.seq, b.seq), bytes.Compare(a.html, b.html)) })
	var b bytes.Buffer
	for _, e := range fresh {
		b.Write(e.html)
	}
	finish(&b, p.drawn)
	if p.frames == nil {
		p.frames = map[cursor]frame{}
	}
	p.frames[at] = frame{b.Bytes(), now}
	return b.Bytes(), after, p.changed
}
