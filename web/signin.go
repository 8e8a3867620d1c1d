package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

// unknownPerson is a hash to check passwords of unknown people against, so that trying takes as long as for
// known ones.
const unknownPerson = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func signInAddress(next string) string {
	return "/sign-in?" + url.Values{"next": {next}}.Encode()
}

func (s *Server) signInPage(c echo.Context) error {
	next := localTarget(c.QueryParam("next"))
	if viewer(c).ID != 0 {
		return done(c, next)
	}
	return s.show(c, http.StatusOK, views.SignInPage(s.page(c, "Sign in", ""), fieldsOf(map[string]string{"next": next})))
}

// signIn checks an e-mail address and a password. The answer does not tell which of them was wrong.
func (s *Server) signIn(c echo.Context) error {
	f := readForm(c)
	person, err := s.knock(c, f.text("email"), f.secret("password"))
	var r refusal
	if errors.As(err, &r) {
		f.bad.Add("password", r.sentence)
		return s.show(c, r.status, views.SignInPage(s.page(c, "Sign in", ""), f.fields()))
	}
	if err != nil {
		return err
	}
	if err := s.begin(c, person); err != nil {
		return err
	}
	return done(c, localTarget(f.text("next")))
}

// knock returns who it is, or a refusal.
func (s *Server) knock(c echo.Context, email, password string) (auth.Person, error) {
	release, err := s.holdHashing(c.Request().Context())
	if err != nil {
		return auth.Person{}, err
	}
	defer release()
	now, keys := time.Now(), guessKeys(clientAddress(c.Request()), email)
	if wait := s.guesses.Wait(now, keys...); wait > 0 {
		c.Response().Header().Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
		return auth.Person{}, refusal{http.StatusTooManyRequests,
			fmt.Sprintf("Too many wrong passwords. Wait %s, then try again.", inWords(wait))}
	}
	person, hash, err := s.o.People.PersonByEmail(c.Request().Context(), email)
	if err != nil && !errors.Is(err, sensors.ErrNotFound) {
		return auth.Person{}, err
	}
	known := err == nil
	if !known {
		hash = unknownPerson
	}
	if right := len(password) <= 1024 && auth.CheckPassword(hash, password); !right || !known {
		s.guesses.Missed(now, keys...)
		return auth.Person{}, refusal{http.StatusUnprocessableEntity, "The e-mail address or the password is not right."}
	}
	s.guesses.Passed(keys...)
	return person, nil
}

// guessKeys are what wrong passwords are counted by: the network the guess comes from and, for guesses from
// outside the farm's own network, also the account. So nobody outside can keep the people on the farm out.
func guessKeys(from netip.Addr, email string) []string {
	bits := 32
	if from.Is6() {
		bits = 64
	}
	network := from.String()
	if prefix, err := from.Prefix(bits); err == nil {
		network = prefix.String()
	}
	keys := []string{"from " + network}
	if !from.IsPrivate() && !from.IsLoopback() && !from.IsLinkLocalUnicast() {
		keys = append(keys, "account "+strings.ToLower(email))
	}
	return keys
}

// signOut ends the session and forgets the cookie.
func (s *Server) signOut(c echo.Context) error {
	if hash := session(c).Hash; len(hash) > 0 {
		if err := s.end(c.Request().Context(), hash); err != nil {
			return err
		}
	}
	s.dropCookie(c)
	return done(c, "/sign-in")
}

// holdHashing waits for a place to hash a password in; the caller gives it back with release.
func (s *Server) holdHashing(ctx context.Context) (release func(), err error) {
	select {
	case s.hashing <- struct{}{}:
		return func() { <-s.hashing }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting to check a password: %w", ctx.Err())
	}
}

// hash hashes a new password.
func (s *Server) hash(ctx context.Context, password string) (string, error) {
	release, err := s.holdHashing(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return auth.HashPassword(password)
}
