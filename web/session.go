package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/web/auth"
)

const (
	sessionCookie = "furrow_session"
	sessionIdle   = 30 * 24 * time.Hour  // a session that is not used for so long ends
	sessionLife   = 180 * 24 * time.Hour // and every one ends after so long
	touchEvery    = 10 * time.Minute     // how exactly it is kept when a session was last used
)

// contextSession is where a request's session is kept.
const contextSession = "furrow.session"

// viewer returns who asks; the zero Person for a stranger.
func viewer(c echo.Context) auth.Person { return session(c).Person }

// session returns the session of a request that passed require.
func session(c echo.Context) auth.Session {
	s, _ := c.Get(contextSession).(auth.Session)
	return s
}

// require lets those pass who may do it. Strangers are asked to sign in, and come back to where they were.
func (s *Server) require(n need) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			current, err := s.identify(c)
			if err != nil {
				return err
			}
			c.Set(contextSession, current)
			c.Response().Header().Set("Cache-Control", "private, no-cache")
			switch role := current.Person.Role; {
			case n == open:
				return next(c)
			case current.Person.ID == 0:
				return s.askToSignIn(c)
			case !role.Can(auth.Permission(n)):
				return refusal{http.StatusForbidden, "Your role on this farm does not allow this. Ask the owner if you need it."}
			case role.Can(auth.ManagePeople) && s.lacksFarm(c):
				return done(c, "/settings/farm")
			}
			return next(c)
		}
	}
}

// lacksFarm reports whether a page is asked for before anybody has described the farm: its owner was made by
// `furrow user add`.
func (s *Server) lacksFarm(c echo.Context) bool {
	r := c.Request()
	_, described := s.o.Board.Farm()
	return !described && r.Method == http.MethodGet && wantsPage(r) && r.URL.Path != "/settings/farm"
}

// askToSignIn sends a browser to the sign-in page and refuses everything else.
func (s *Server) askToSignIn(c echo.Context) error {
	r := c.Request()
	target := "/sign-in"
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		target = signInAddress(r.URL.RequestURI())
	}
	switch {
	case r.Header.Get("HX-Request") != "":
		c.Response().Header().Set("HX-Redirect", target)
		return c.NoContent(http.StatusUnauthorized)
	case wantsPage(r):
		return c.Redirect(http.StatusSeeOther, target)
	}
	return refusal{http.StatusUnauthorized, "Sign in first."}
}

// identify returns the session that the request's cookie belongs to, or the zero one.
func (s *Server) identify(c echo.Context) (auth.Session, error) {
	cookie, err := c.Cookie(sessionCookie)
	if err != nil || cookie.Value == "" {
		return s.visitor(c), nil
	}
	now := time.Now()
	found, err := s.o.People.SessionByHash(c.Request().Context(), auth.SecretHash(cookie.Value))
	switch {
	case errors.Is(err, sensors.ErrNotFound), err == nil && !now.Before(found.ExpiresAt):
		return s.visitor(c), nil
	case err != nil:
		return auth.Session{}, err
	}
	if now.Sub(found.SeenAt) > touchEvery {
		found.SeenAt, found.ExpiresAt = now, sessionEnd(found.CreatedAt, now)
		if err := s.o.People.TouchSession(c.Request().Context(), found.Hash, now, found.ExpiresAt); err != nil {
			// A disk that cannot be written must not keep people from seeing why.
			s.o.Log.Warn("noting a session's use", "error", err)
		} else {
			s.setCookie(c, cookie.Value, found.ExpiresAt)
		}
	}
	return found, nil
}

// visitor is whom somebody without a session counts as: nobody, or in a demo its owner.
func (s *Server) visitor(c echo.Context) auth.Session {
	if s.o.Visitor == nil || !fromHere(c.Request()) {
		return auth.Session{}
	}
	return auth.Session{Person: s.o.Visitor()}
}

func sessionEnd(begun, used time.Time) time.Time {
	end, limit := used.Add(sessionIdle), begun.Add(sessionLife)
	if end.After(limit) {
		return limit
	}
	return end
}

// begin signs a person in with a new secret, whatever the browser sent before.
func (s *Server) begin(c echo.Context, person auth.Person) error {
	ctx := c.Request().Context()
	if old, err := c.Cookie(sessionCookie); err == nil && old.Value != "" {
		if err := s.end(ctx, auth.SecretHash(old.Value)); err != nil {
			return err
		}
	}
	secret, err := auth.NewSecret()
	if err != nil {
		return err
	}
	now := time.Now()
	begun := auth.Session{Person: person, Hash: auth.SecretHash(secret), CreatedAt: now, SeenAt: now, ExpiresAt: sessionEnd(now, now),
		Agent: cut(strings.ToValidUTF8(c.Request().UserAgent(), ""), 300), Address: clientAddress(c.Request()).String()}
	if err := s.o.People.CreateSession(ctx, begun); err != nil {
		return err
	}
	s.setCookie(c, secret, begun.ExpiresAt)
	c.Set(contextSession, begun)
	return nil
}

// end deletes a session and closes the pages it has open.
func (s *Server) end(ctx context.Context, hash []byte) error {
	if err := s.o.People.DeleteSession(ctx, hash); err != nil {
		return err
	}
	s.viewings.end(func(v auth.Session) bool { return string(v.Hash) == string(hash) })
	return nil
}

func (s *Server) setCookie(c echo.Context, secret string, expires time.Time) {
	c.SetCookie(&http.Cookie{Name: sessionCookie, Value: secret, Path: "/", Expires: expires, MaxAge: int(time.Until(expires).Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.encrypted(c.Request())})
}

func (s *Server) dropCookie(c echo.Context) {
	c.SetCookie(&http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: s.encrypted(c.Request())})
}

// cut shortens text to at most n bytes, at a character's end.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "")
}
