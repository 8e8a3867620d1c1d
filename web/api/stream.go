package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"furrow/web/auth"
)

// Limits of a stream. Who does not read for writeLimit is cut off, who does not answer a ping too.
const (
	writeLimit = 10 * time.Second
	pingEvery  = 20 * time.Second
	// All streams together get about a message in messageCost; when there is more, each waits longer and gets
	// only the newest of each sensor, but nobody waits longer than longestRest.
	messageCost = 20 * time.Microsecond
	longestRest = 250 * time.Millisecond
)

// stream adds the WebSocket of changes.
func (a *api) stream() {
	register(a, auth.ScopeRead, huma.Operation{OperationID: "stream", Method: http.MethodGet, Path: "/stream",
		Summary: "Follow all changes over a WebSocket", Tags: []string{"Stream"}, Errors: []int{426},
		Responses: map[string]*huma.Response{"101": {Description: "A WebSocket, whose text messages are JSON objects with type and seq.", Content: map[string]*huma.MediaType{
			"application/json": {Schema: a.messageSchema()}}}},
		Description: "The first message is a snapshot: zones, devices, sensors with their newest values, open alerts. Then come changes, of type reading, device, alert or command. " +
			"An alert comes when it fires, is answered, gets worse, or is over. " +
			"seq grows with every message. A new snapshot replaces all that was told before; it comes when zones change, or something is removed. " +
			"Nothing is queued for who reads slowly: it gets the newest reading of each sensor and not those in between, which the history has.",
	}, func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(ctx huma.Context) { a.accept(humaecho.Unwrap(ctx)) }}, nil
	})
}

// messageSchema describes the messages of the stream.
func (a *api) messageSchema() *huma.Schema {
	types := &huma.Schema{Type: huma.TypeString, Enum: []any{"snapshot", "reading", "alert", "device", "command"}}
	return &huma.Schema{Type: huma.TypeObject, Required: []string{"type", "seq"}, AdditionalProperties: true,
		Properties: map[string]*huma.Schema{"type": types, "seq": {Type: huma.TypeInteger}}}
}

// accept turns the request into a stream and serves it until it ends.
func (a *api) accept(c echo.Context) {
	r := c.Request()
	if !strings.EqualFold(r.Header.Get(echo.HeaderUpgrade), "websocket") {
		c.Response().Header().Set(echo.HeaderUpgrade, "websocket")
		_ = a.refuse(c, huma.NewError(http.StatusUpgradeRequired, "this address is a WebSocket")) // nobody is left to be told
		return
	}
	conn, err := websocket.Accept(c.Response(), r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow() //nolint:errcheck // after a proper close it has nothing to do
	conn.SetReadLimit(4 << 10)
	a.streams.Add(1)
	defer a.streams.Add(-1)
	s := &stream{api: a, conn: conn, gone: conn.CloseRead(context.Background()), authorization: r.Header.Get(echo.HeaderAuthorization)}
	switch err := s.run(); {
	case errors.Is(err, errStopping):
		_ = conn.Close(websocket.StatusServiceRestart, "Furrow is shutting down")
	case errors.Is(err, errTokenEnded):
		_ = conn.Close(websocket.StatusPolicyViolation, "the API token was removed")
	}
}

var (
	errStopping   = errors.New("shutting down")
	errTokenEnded = errors.New("the token has ended")
)

// stream is one client on its way along the board's changes.
type stream struct {
	api           *api
	conn          *websocket.Conn
	gone          context.Context // ends with the connection
	authorization string
	seq           uint64 // of the last message
}

// run sends a snapshot and then what changes, until the connection ends, its token does, or Furrow.
func (s *stream) run() error {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	all, cursor := s.api.snapshotFrame()
	messages := []frame{all}
	for {
		for _, m := range messages {
			if err := s.send(m, cursor); err != nil {
				return err
			}
		}
		rest := min(longestRest, time.Duration(int64(len(messages))*s.api.streams.Load())*messageCost)
		if err := s.wait(time.After(rest), nil, ping.C); err != nil {
			return err
		}
		changed := s.api.Board.Changed()
		if s.api.Board.Version() <= cursor {
			if err := s.wait(nil, changed, ping.C); err != nil {
				return err
			}
		}
		messages, cursor = s.api.changeFrames(cursor)
	}
}

// send writes a message. Its seq is the board's version where that has grown enough.
func (s *stream) send(m frame, version uint64) error {
	s.seq = max(s.seq+1, version)
	limit, cancel := context.WithTimeout(s.gone, writeLimit)
	defer cancel()
	return s.conn.Write(limit, websocket.MessageText, m.numbered(s.seq))
}

// wait returns nil when the time is over or something changed. Meanwhile it looks whether the other side and
// its token are still there.
func (s *stream) wait(over <-chan time.Time, changed <-chan struct{}, ping <-chan time.Time) error {
	for {
		select {
		case <-over:
			return nil
		case <-changed:
			return nil
		case <-s.gone.Done():
			return s.gone.Err()
		case <-s.api.Stop.Done():
			return errStopping
		case <-ping:
			if err := s.alive(); err != nil {
				return err
			}
		}
	}
}

// alive asks the other side for a sign of life, and whether its token still holds.
func (s *stream) alive() error {
	limit, cancel := context.WithTimeout(s.gone, writeLimit)
	defer cancel()
	if err := s.api.check(limit, s.authorization, auth.ScopeRead); err != nil {
		var refused huma.StatusError
		if errors.As(err, &refused) {
			return errTokenEnded
		}
	}
	return s.conn.Ping(limit)
}
