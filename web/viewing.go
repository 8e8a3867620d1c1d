package web

import (
	"context"
	"errors"
	"sync"

	"github.com/labstack/echo/v4"

	"furrow/web/auth"
)

// Why a page's socket is closed: its person may not look any more, or Furrow stops.
var (
	errSessionEnded = errors.New("the session has ended")
	errStopping     = errors.New("furrow is shutting down")
)

// viewings are the sockets that pages hold open. A session that ends takes its own down.
type viewings struct {
	mu   sync.Mutex
	open map[*viewing]struct{}
	shut bool
	wait sync.WaitGroup
}

type viewing struct {
	session auth.Session
	cancel  context.CancelCauseFunc
}

// viewing returns a context for the socket of a page. It ends with errSessionEnded, also when the session's
// time is over, or errStopping as its cause; it does not end with the request, which is over once the socket
// is open. done must be called when the socket is closed.
func (s *Server) viewing(c echo.Context) (ctx context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(c.Request().Context()))
	v := &viewing{session: session(c), cancel: cancel}
	if ends := v.session.ExpiresAt; !ends.IsZero() {
		var stop context.CancelFunc
		ctx, stop = context.WithDeadlineCause(ctx, ends, errSessionEnded)
		context.AfterFunc(ctx, stop)
	}
	w := &s.viewings
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shut {
		cancel(errStopping)
		return ctx, func() {}
	}
	if w.open == nil {
		w.open = map[*viewing]struct{}{}
	}
	w.open[v] = struct{}{}
	w.wait.Add(1)
	return ctx, sync.OnceFunc(func() {
		w.mu.Lock()
		delete(w.open, v)
		w.mu.Unlock()
		cancel(nil)
		w.wait.Done()
	})
}

// count returns how many are open.
func (w *viewings) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.open)
}

// end closes the viewings whose session ended.
func (w *viewings) end(ended func(auth.Session) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for v := range w.open {
		if ended(v.session) {
			v.cancel(errSessionEnded)
		}
	}
}

// close ends all viewings, refuses new ones, and waits until they have said good-bye or ctx ends.
func (w *viewings) close(ctx context.Context) {
	w.mu.Lock()
	w.shut = true
	for v := range w.open {
		v.cancel(errStopping)
	}
	w.mu.Unlock()
	gone := make(chan struct{})
	go func() { w.wait.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-ctx.Done():
	}
}
