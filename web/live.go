package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

const (
	clockEvery = 15 * time.Second // a page that hears nothing for 40 s says that it is not live
	pingEvery  = 20 * time.Second
	writeLimit = 10 * time.Second // who does not read for so long is cut off, and comes back with a cursor
	// packedSockets is how many sockets are packed at once: each takes more than a megabyte for that.
	packedSockets = 40
)

// live is the socket of an open page. It sends what the page lacks since the version it was drawn at, and
// then every change.
func (s *Server) live(c echo.Context) error {
	key, err := pageKey(c)
	if err != nil {
		return err
	}
	version, err := strconv.ParseUint(c.QueryParam("v"), 10, 64)
	if err != nil || version > s.o.Board.Version() {
		version = 0 // from another life of this Furrow: the page takes everything
	}
	ctx, done := s.viewing(c)
	defer done()
	// A session that ended between the check and here would leave its page open.
	if again, err := s.identify(c); err != nil || again.Person.ID != viewer(c).ID || again.Person.Role != viewer(c).Role {
		return refusal{http.StatusUnauthorized, "Sign in first."}
	}
	conn, err := websocket.Accept(c.Response(), c.Request(), s.socketOptions())
	if err != nil {
		return nil // Accept has answered
	}
	defer conn.CloseNow() //nolint:errcheck // after a proper close it has nothing to do
	conn.SetReadLimit(4 << 10)
	gone := conn.CloseRead(context.Background()) // pages only listen; this answers pings and closes
	switch err := s.follow(ctx, gone, conn, key, version); {
	case errors.Is(err, errSessionEnded):
		_ = conn.Close(websocket.StatusPolicyViolation, "signed out")
	case errors.Is(err, errStopping):
		_ = conn.Close(websocket.StatusServiceRestart, "Furrow is shutting down")
	case errors.Is(err, errNotDrawn):
		_ = conn.Close(websocket.StatusTryAgainLater, "the page cannot be drawn")
	}
	return nil
}

// pageKey returns the page that a socket is for. Nobody gets what only others may see.
func pageKey(c echo.Context) (string, error) {
	key, operate := strings.CutSuffix(c.QueryParam("page"), operating)
	ending := ""
	if operate {
		if !viewer(c).Role.Can(auth.Operate) {
			return "", sensors.ErrForbidden
		}
		ending = operating
	}
	switch key {
	case overviewKey, devicesLookKey, alertsKey, plainKey:
		return key + ending, nil
	case devicesKey:
		if !viewer(c).Role.Can(auth.Configure) {
			return "", sensors.ErrForbidden
		}
		return key + ending, nil
	}
	for _, kind := range []string{zoneKey, sensorKey, deviceKey, alertKey} {
		if id, ok := keyID[int64](key, kind); ok {
			return kind + strconv.FormatInt(id, 10) + ending, nil
		}
	}
	return "", sensors.ErrNotFound
}

// socketOptions also admit the pages of the public address, whose proxy may change the host's name.
func (s *Server) socketOptions() *websocket.AcceptOptions {
	o := &websocket.AcceptOptions{CompressionMode: websocket.CompressionContextTakeover}
	if s.viewings.count() > packedSockets {
		o.CompressionMode = websocket.CompressionDisabled
	}
	if u, err := url.Parse(s.o.PublicURL); err == nil && u.Host != "" {
		o.OriginPatterns = []string{u.Scheme + "://" + strings.ReplaceAll(u.Host, "[", `\[`)}
	}
	return o
}

// socket is the sending half of a WebSocket.
type socket interface {
	Write(ctx context.Context, kind websocket.MessageType, message []byte) error
	Ping(ctx context.Context) error
}

// errNotDrawn says that a page's changes could not be drawn; the log has the reason.
var errNotDrawn = errors.New("the page cannot be drawn")

// follower is one socket on its way along the changes of its page.
type follower struct {
	ctx, gone context.Context // the viewing, and the connection
	to        socket
	ping      *time.Ticker
	timer     *time.Timer
}

// follow sends a page's changes until ctx ends, whose cause it returns, the other side is gone, or it does
// not read. The first message comes at once, so that the page knows that it is live.
func (s *Server) follow(ctx, gone context.Context, to socket, key string, version uint64) error {
	page, err := s.watch(ctx, key, version)
	if err != nil {
		return err
	}
	defer s.hub.leave(page)
	f := follower{ctx, gone, to, time.NewTicker(pingEvery), time.NewTimer(clockEvery)}
	defer f.ping.Stop()
	defer f.timer.Stop()
	at, sent := cursor{version: version}, time.Now().Add(-clockEvery)
	for {
		html, after, more := s.hub.next(page, at, time.Now(), s.clock)
		if at = after; html == nil && time.Since(sent) >= clockEvery {
			var b bytes.Buffer
			s.clock(&b, at.version)
			html = b.Bytes()
		}
		rest := clockEvery
		if html != nil {
			sent, rest, more = time.Now(), pushEvery, nil
			if err := f.send(html); err != nil {
				return err
			}
		}
		if err := f.wait(more, rest-time.Since(sent)); err != nil {
			return err
		}
	}
}

// watch returns a page with all that it lacks; the caller leaves it. The render loop is asked only for what
// is not there yet.
func (s *Server) watch(ctx context.Context, key string, version uint64) (*watched, error) {
	if page := s.hub.enter(key, version); page != nil {
		return page, nil
	}
	v := visit{key, version, make(chan visited, 1)}
	select {
	case s.visits <- v:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	got := <-v.answer
	if got.err != nil {
		s.o.Log.Error("opening a live page", "page", key, "error", got.err)
		return nil, errNotDrawn
	}
	return got.page, nil
}

// clock ends every message: the time it is from, and the version to ask from after a lost connection.
func (s *Server) clock(b *bytes.Buffer, version uint64) {
	html, err := fragment{id: "clock", html: views.Clock(s.momentExact(s.o.Now()), version)}.render(context.Background())
	if err != nil {
		s.o.Log.Error("rendering the clock", "error", err)
	}
	b.Write(html)
}

// send does not end with the viewing, because a write that is broken off breaks the connection, and the
// other side would not learn why.
func (f *follower) send(html []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	return f.to.Write(ctx, websocket.MessageText, html)
}

// wait returns nil when there is more to send or the limit is over, and pings meanwhile.
func (f *follower) wait(more <-chan struct{}, limit time.Duration) error {
	f.timer.Reset(limit)
	for {
		select {
		case <-f.ctx.Done():
			return context.Cause(f.ctx)
		case <-f.gone.Done():
			return f.gone.Err()
		case <-more:
			return nil
		case <-f.timer.C:
			return nil
		case <-f.ping.C:
			ctx, cancel := context.WithTimeout(f.ctx, writeLimit)
			err := f.to.Ping(ctx)
			cancel()
			if err != nil {
				return cmp.Or(context.Cause(f.ctx), err)
			}
		}
	}
}
