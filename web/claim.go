package web

import (
	"context"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/labstack/echo/v4"
)

// claim is the question whether the farm has an owner. Until it has, this machine alone may look, and only
// who knows the code may become the owner from elsewhere.
type claim struct {
	done   atomic.Bool
	making sync.Mutex // held while an owner is made, so that there is one first
}

// claimed reports whether an owner exists. Once one does the database is not asked again: the last owner
// cannot be removed.
func (s *Server) claimed(ctx context.Context) (bool, error) {
	if s.claim.done.Load() {
		return true, nil
	}
	exists, err := s.o.People.OwnerExists(ctx)
	if err == nil && exists {
		s.claim.done.Store(true)
	}
	return exists, err
}

// checkClaimed answers for a farm without an owner: with the way to the set-up, and to other machines with
// nothing else.
func (s *Server) checkClaimed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		switch {
		case r.URL.Path == "/setup", r.URL.Path == "/healthz", r.URL.Path == "/readyz", isAsset(r.URL.Path):
			return next(c)
		}
		claimed, err := s.claimed(r.Context())
		switch {
		case err != nil:
			return err
		case claimed:
			return next(c)
		case r.Method == http.MethodGet && wantsPage(r):
			return c.Redirect(http.StatusSeeOther, "/setup")
		case !fromHere(r):
			return refusal{http.StatusForbidden, "This Furrow has no owner yet. Set it up at /setup, with the code that it printed when it started."}
		}
		return next(c)
	}
}

// isAsset tells files that every page needs and that say nothing about the farm.
func isAsset(path string) bool {
	switch path {
	case "/manifest.webmanifest", "/icon.svg", "/sw.js", "/favicon.ico":
		return true
	}
	return strings.HasPrefix(path, "/static/")
}

// rightCode reports whether code is the one that Furrow printed. Upper case, spaces and dashes do not count.
func (s *Server) rightCode(code string) bool {
	return s.o.SetupCode != "" && subtle.ConstantTimeCompare([]byte(plainCode(code)), []byte(plainCode(s.o.SetupCode))) == 1
}

func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(code))
}
