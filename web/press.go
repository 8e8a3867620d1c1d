package web

import (
	"context"
	"fmt"
	"time"

	"furrow/sensors/live"
)

const (
	// pushEvery is how often an open page is brought up to date at most; a change after a quiet moment goes
	// at once.
	pushEvery = 250 * time.Millisecond
	// healthEvery is how often it is looked whether readings reach the disk, and messages people, which no version
	// tells.
	healthEvery = time.Second
)

// press is the render loop: it draws each element that changed once, for as many as watch it, with the
// components that drew the page. One goroutine uses it.
type press struct {
	s     *Server
	faces faces
	ill   bool // readings did not reach the disk when it was last looked
	mute  int  // and so many ways to reach people failed
}

// visit is a socket that asks for a page which is not watched yet, or not since the version it shows.
type visit struct {
	key     string
	version uint64
	answer  chan visited // has room for the answer
}

type visited struct {
	page *watched
	err  error
}

// Run keeps the pages current until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	p := &press{s: s}
	health := time.NewTicker(healthEvery)
	defer health.Stop()
	wake := time.NewTimer(time.Hour)
	defer wake.Stop()
	for {
		changed := s.o.Board.Changed()
		listen, next := p.round(ctx)
		if !listen {
			changed = nil
		}
		wake.Reset(next)
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-wake.C:
		case v := <-s.visits:
			page, err := p.open(ctx, v.key, v.version)
			v.answer <- visited{page, err}
		case <-health.C:
			p.look()
		}
	}
}

// round draws the pages that changed and are not at rest. It reports whether the next change matters at
// once, and when to come back at the latest.
func (p *press) round(ctx context.Context) (listen bool, next time.Duration) {
	pages, now := p.s.hub.all(), time.Now()
	next = time.Hour
	if len(pages) == 0 {
		return false, next
	}
	p.note(pages)
	for _, page := range pages {
		if page.dirty && !now.Before(page.rest) {
			if err := p.print(ctx, page); err != nil {
				p.s.o.Log.Error("drawing what changed", "page", page.key, "error", err)
				page.rest = now.Add(time.Second)
			}
		}
		listen = listen || !now.Before(page.rest)
	}
	for _, page := range pages {
		if rest := page.rest.Sub(now); rest > 0 && (page.dirty || !listen) {
			next = min(next, rest)
		}
	}
	return listen, next
}

// note looks at what changed on the board and marks the pages that show it.
func (p *press) note(pages []*watched) {
	delta := p.s.o.Board.Since(p.faces.seen)
	unread := p.s.o.Board.Counts().Unread
	if delta.Version == p.faces.seen && p.faces.devices != nil {
		return
	}
	all := p.faces.note(delta, unread)
	all = p.faces.noteAlerts(delta, p.s.o.Board) || all
	shown := pagesOf(delta)
	if p.faces.unread == delta.Version {
		shown[devicesKey], shown[devicesLookKey] = true, true
	}
	for _, page := range pages {
		page.dirty = page.dirty || all || shown[page.base()]
		if !page.dirty {
			p.s.hub.advance(page, delta.Version)
		}
	}
}

// pagesOf are the keys of the pages that show what changed.
func pagesOf(delta live.Delta) map[string]bool {
	keys := map[string]bool{}
	for _, d := range delta.Devices {
		keys[deviceKey+d.ID.String()], keys[zoneKey+d.Zone.String()] = true, true
	}
	for _, state := range delta.Sensors {
		keys[sensorKey+state.ID.String()], keys[deviceKey+state.Device.String()], keys[zoneKey+state.Zone.String()] = true, true, true
	}
	if len(keys) > 0 {
		keys[overviewKey], keys[devicesKey], keys[devicesLookKey] = true, true, true
	}
	return keys
}

// print draws what changed on a page since it was last drawn.
func (p *press) print(ctx context.Context, page *watched) error {
	begun := time.Now()
	page.dirty = false // what changes from here on makes it so again
	d, err := p.since(ctx, page, page.drawn)
	if err != nil {
		page.dirty = true
		return err
	}
	if p.s.hub.put(page, d) {
		// A page that takes long to draw must not hold up the others.
		page.rest = begun.Add(max(pushEvery, 4*time.Since(begun)))
	}
	return nil
}

// since draws what a page lacks that was drawn at a version.
func (p *press) since(ctx context.Context, page *watched, version uint64) (drawing, error) {
	delta := p.s.o.Board.Since(version)
	p.note(p.s.hub.all()) // so that the faces are no older than the change
	c := &change{Delta: delta, since: version, faces: &p.faces}
	if err := p.s.draw(ctx, page, c); err != nil {
		return drawing{}, err
	}
	d := drawing{version: delta.Version, whole: delta.Reset}
	for _, f := range c.out {
		html, err := f.render(ctx)
		if err != nil {
			return d, err
		}
		d.fresh = append(d.fresh, rendered{f, html})
	}
	return d, nil
}

// open returns a page with all that changed after the version, and counts its viewer.
func (p *press) open(ctx context.Context, key string, version uint64) (*watched, error) {
	page := p.s.hub.open(key, version)
	err := p.print(ctx, page)
	if err == nil && version < page.since {
		var d drawing
		if d, err = p.since(ctx, page, version); err == nil {
			p.s.hub.reach(page, version, d)
		}
	}
	if err != nil {
		p.s.hub.leave(page)
		return nil, fmt.Errorf("drawing %s: %w", key, err)
	}
	return page, nil
}

// look marks the overview when readings stop reaching the disk, or messages people, or reach them again.
func (p *press) look() {
	mute := 0
	for _, h := range p.s.o.Health.Health() {
		if !h.FailingSince.IsZero() {
			mute++
		}
	}
	if ill := p.s.o.Farm.Health().Err != nil; ill != p.ill || mute != p.mute {
		p.ill, p.mute = ill, mute
		for _, page := range p.s.hub.all() {
			page.dirty = page.dirty || page.base() == overviewKey
		}
	}
}
