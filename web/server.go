package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"furrow/static"
	"furrow/web/api"
	"furrow/web/auth"
)

// Server is all pages and the API. Its handler serves from any goroutine.
type Server struct {
	o        Options
	echo     *echo.Echo
	stop     context.Context // ends when pages and streams must close
	cancel   context.CancelFunc
	claim    claim
	viewings viewings
	hub      hub
	visits   chan visit    // to the render loop
	guesses  auth.Limiter  // wrong passwords and set-up codes
	hashing  chan struct{} // holds a place for each password being hashed: it takes 19 MB
	notes    notes
	sparks   sparkCache
}

// New returns a server that has not started. Run must run while its handler serves.
func New(o Options) (*Server, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.Connect.Addresses == nil {
		o.Connect.Addresses = func() []string { return nil }
	}
	s := &Server{o: o, echo: echo.New(), hashing: make(chan struct{}, 2), visits: make(chan visit)}
	s.stop, s.cancel = context.WithCancel(context.Background())
	e := s.echo
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.handleError
	e.IPExtractor = func(r *http.Request) string { return clientAddress(r).String() }
	if err := s.protect(e); err != nil {
		return nil, err
	}
	files := echo.WrapHandler(static.Handler())
	e.GET("/static/*", files)
	e.HEAD("/static/*", files)
	e.GET("/sw.js", echo.WrapHandler(static.Worker()))
	api.Mount(e, api.Options{Board: o.Board, Zones: o.Farm, Devices: o.Farm, Poster: o.Farm, History: o.History, Rules: o.Farm,
		Alerts: o.Farm, AlertLog: o.Alerts, Recipients: o.Farm, Channels: o.Channels, Tokens: o.People, Health: o.Farm, Log: o.Log, Now: o.Now, Version: o.Version, Stop: s.stop})
	s.register(e)
	return s, nil
}

// register adds the pages of the route table.
func (s *Server) register(e *echo.Echo) {
	limit := middleware.BodyLimit(maxForm)
	for _, r := range s.routes() {
		around := []echo.MiddlewareFunc{s.require(r.needs), limit}
		if r.path != "/live" {
			around = append(around, compress)
		}
		e.Add(r.method, r.path, r.handle, around...)
		if r.method == http.MethodGet && r.path != "/live" {
			e.Add(http.MethodHead, r.path, r.handle, around...)
		}
	}
}

// Handler answers every request of the web port.
func (s *Server) Handler() http.Handler { return s.echo }

// CloseLive tells every open page and stream that Furrow goes away, and waits until they know or ctx ends.
func (s *Server) CloseLive(ctx context.Context) {
	s.cancel()
	s.viewings.close(ctx)
}

// show renders a page as a whole before its status is sent, so that a page that fails can still say so.
func (s *Server) show(c echo.Context, status int, page templ.Component) error {
	var b bytes.Buffer
	if err := page.Render(c.Request().Context(), &b); err != nil {
		return fmt.Errorf("rendering %s: %w", c.Path(), err)
	}
	return c.HTMLBlob(status, b.Bytes())
}
