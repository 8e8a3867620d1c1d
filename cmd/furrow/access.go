package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"sync/atomic"

	"furrow/db"
	"furrow/sensors"
	"furrow/sensors/broker"
	"furrow/web/auth"
)

// access answers the broker's question who may do what, out of the database.
type access struct {
	db      *db.DB
	drill   string // what Furrow's own client signs in with in a drill, of this run alone
	claimed atomic.Bool
}

// Claimed reports whether an owner exists. Once one does, the database is not asked again: the last owner
// cannot be removed.
func (a *access) Claimed() bool {
	if a.claimed.Load() {
		return true
	}
	exists, err := a.db.OwnerExists(context.Background())
	if err == nil && exists {
		a.claimed.Store(true)
	}
	return err == nil && exists
}

// Authenticate knows three kinds of MQTT clients: a device with its own user name and password, a program
// that gives an API token as its password, and Furrow's own client in a drill. Anything else is
// sensors.ErrForbidden.
func (a *access) Authenticate(ctx context.Context, username, password string) (broker.Grant, error) {
	if username == drillUser && a.drill != "" && subtle.ConstantTimeCompare([]byte(password), []byte(a.drill)) == 1 {
		return broker.Grant{Drill: true}, nil
	}
	hash := auth.SecretHash(password)
	device, secret, err := a.db.DeviceByUsername(ctx, username)
	switch {
	case err == nil:
		if len(secret) == 0 || subtle.ConstantTimeCompare(hash, secret) != 1 {
			return broker.Grant{}, sensors.ErrForbidden
		}
		return broker.Grant{Device: device.ID, Key: device.Key}, nil
	case !errors.Is(err, sensors.ErrNotFound):
		return broker.Grant{}, err
	}
	token, err := a.db.TokenByHash(ctx, hash)
	if errors.Is(err, sensors.ErrNotFound) {
		return broker.Grant{}, sensors.ErrForbidden
	}
	if err != nil {
		return broker.Grant{}, err
	}
	return broker.Grant{Subscribe: token.Scope.Allows(auth.ScopeRead), Command: token.Scope.Allows(auth.ScopeControl)}, nil
}
