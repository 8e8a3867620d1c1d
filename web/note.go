package web

import (
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/views"
)

// notes carry a sentence, or a secret that is shown once, over the redirect that follows a change. They live
// in memory only, each for the session that made it, until it is shown.
type notes struct {
	mu   sync.Mutex
	kept map[string]note
}

type note struct {
	views.Note
	until time.Time
}

const (
	noteLife = 2 * time.Minute
	maxNotes = 1000
)

// leave keeps a note for the next page of the session.
func (n *notes) leave(c echo.Context, what views.Note) {
	now := time.Now()
	n.mu.Lock()
	defer n.mu.Unlock()
	for key, old := range n.kept {
		if now.After(old.until) || len(n.kept) >= maxNotes {
			delete(n.kept, key)
		}
	}
	if n.kept == nil {
		n.kept = map[string]note{}
	}
	n.kept[noteKey(c)] = note{what, now.Add(noteLife)}
}

// take returns the note for this session and forgets it. The page that shows a secret is not to be stored.
func (n *notes) take(c echo.Context) views.Note {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := noteKey(c)
	found, ok := n.kept[key]
	delete(n.kept, key)
	if !ok || time.Now().After(found.until) {
		return views.Note{}
	}
	if found.Secret != nil {
		c.Response().Header().Set("Cache-Control", "no-store")
	}
	return found.Note
}

// noteKey is the session, or for the visitor of a demo, who has none, the address.
func noteKey(c echo.Context) string {
	if hash := session(c).Hash; len(hash) > 0 {
		return string(hash)
	}
	return clientAddress(c.Request()).String()
}

// say leaves a sentence for the next page.
func (s *Server) say(c echo.Context, sentence string) {
	s.notes.leave(c, views.Note{Sentence: sentence})
}
