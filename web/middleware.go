package web

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"furrow/web/auth"
)

// maxForm is the most that a form may send, in bytes.
const maxForm = "256K"

// policy is the Content-Security-Policy of every answer: all comes from here, nothing is inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// protect puts around every address what holds for all of them. The first named is the outermost.
func (s *Server) protect(e *echo.Echo) error {
	origins := http.NewCrossOriginProtection()
	if u, err := url.Parse(s.o.PublicURL); err == nil && u.Host != "" {
		if err := origins.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return fmt.Errorf("public URL: %w", err)
		}
	}
	e.Use(
		middleware.RequestIDWithConfig(middleware.RequestIDConfig{Generator: requestID, RequestIDHandler: func(echo.Context, string) {}}),
		s.recover,
		headers,
		s.checkHost,
		checkOrigin(origins),
		s.checkClaimed,
	)
	return nil
}

// requestID tells log lines of different requests apart; it is not a secret.
func requestID() string {
	secret, err := auth.NewSecret()
	if err != nil {
		return ""
	}
	return secret[:10]
}

// recover turns a panic into an error, so that one broken page does not take the farm's monitor down.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				if r == http.ErrAbortHandler {
					panic(r)
				}
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// headers sets what browsers must keep to on every answer, errors included.
func headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
		return next(c)
	}
}

// checkOrigin refuses changes that another site's page asks for.
func checkOrigin(origins *http.CrossOriginProtection) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if origins.Check(c.Request()) != nil {
				return refusal{http.StatusForbidden, "This came from a page of another site, so it was not done. Open Furrow itself and try again. " +
					"If you reach Furrow through a proxy, start it with --public-url."}
			}
			return next(c)
		}
	}
}

// compress is for pages and never for the socket. Level 5 takes a fifth of a millisecond a page.
var compress = middleware.GzipWithConfig(middleware.GzipConfig{Level: gzip.BestSpeed + 4, MinLength: 512})

// fromHere reports whether a request comes from this machine itself and not through a proxy on it.
func fromHere(r *http.Request) bool {
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback()
}

// clientAddress is where a request comes from. What a proxy on this machine says is believed; what others
// say is not.
func clientAddress(r *http.Request) netip.Addr {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := from.Addr().Unmap()
	if forwarded := r.Header.Values("X-Forwarded-For"); addr.IsLoopback() && len(forwarded) > 0 {
		last := forwarded[len(forwarded)-1]
		last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
		if told, err := netip.ParseAddr(last); err == nil {
			return told.Unmap()
		}
	}
	return addr
}
