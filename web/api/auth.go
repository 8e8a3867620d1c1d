package api

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/web/auth"
)

var (
	errNoToken  = huma.Error401Unauthorized("send an API token as `Authorization: Bearer …`; make one with `furrow token create`")
	errBadToken = huma.Error401Unauthorized("this API token is not known; it may have been removed")
)

// touchEvery is how often a token's use is written down, which costs a commit.
const touchEvery = time.Hour

// check returns nil if the request carries a token of at least the scope, and otherwise the problem.
func (a *api) check(ctx context.Context, authorization string, scope auth.Scope) error {
	_, err := a.tokenOf(ctx, authorization, scope)
	return err
}

// tokenOf returns the request's token if it has at least the scope, and otherwise the problem.
func (a *api) tokenOf(ctx context.Context, authorization string, scope auth.Scope) (auth.Token, error) {
	kind, secret, _ := strings.Cut(strings.TrimSpace(authorization), " ")
	if secret = strings.TrimSpace(secret); !strings.EqualFold(kind, "Bearer") || secret == "" {
		return auth.Token{}, errNoToken
	}
	token, err := a.Tokens.TokenByHash(ctx, auth.SecretHash(secret))
	switch {
	case errors.Is(err, sensors.ErrNotFound):
		return auth.Token{}, errBadToken
	case err != nil:
		return auth.Token{}, err
	case !token.Scope.Allows(scope):
		return auth.Token{}, huma.Error403Forbidden("this token has the scope " + string(token.Scope) + "; this needs " + string(scope))
	}
	if now := a.Now(); now.Sub(token.UsedAt) >= touchEvery || now.Before(token.UsedAt) {
		if err := a.Tokens.TouchToken(ctx, token.ID, now); err != nil && !errors.Is(err, sensors.ErrNotFound) {
			a.Log.Warn("noting that a token was used", "token", token.ID, "error", err)
		}
	}
	return token, nil
}

// askerKey is under which a request's context holds its token.
type askerKey struct{}

// asker returns the token of an operation's request.
func asker(ctx context.Context) auth.Token {
	token, _ := ctx.Value(askerKey{}).(auth.Token)
	return token
}

// require lets requests pass whose token has the scope.
func (a *api) require(scope auth.Scope) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		token, err := a.tokenOf(ctx.Context(), ctx.Header(echo.HeaderAuthorization), scope)
		if err != nil {
			_ = a.refuse(humaecho.Unwrap(ctx), err) // nobody is left to be told
			return
		}
		next(huma.WithValue(ctx, askerKey{}, token))
	}
}

// fromLoopback reports whether the request comes from this machine itself and not through a proxy on it.
func fromLoopback(c echo.Context) bool {
	r := c.Request()
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback()
}

// register adds an operation that needs a token of the scope and whose errors become problem details.
func register[I, O any](a *api, scope auth.Scope, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	op.Path = prefix + op.Path
	op.Security = []map[string][]string{{"token": {}}}
	op.Middlewares = append(op.Middlewares, a.require(scope))
	op.Description = strings.TrimSpace(op.Description + " Needs a token of the scope " + string(scope) + ".")
	op.Errors = append(op.Errors, 401, 403, 422)
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.problem(err)
		}
		return out, nil
	})
}
