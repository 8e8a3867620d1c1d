package db

import (
	"context"
	"database/sql"
	"time"

	"furrow/web/auth"
)

const sessionColumns = "token_hash, session.created_at, seen_at, expires_at, agent, address, " + personColumns + " FROM session JOIN person ON person.id = person_id"

func scanSession(row scanner) (s auth.Session, err error) {
	var created, seen, expires, joined int64
	err = row.Scan(append([]any{&s.Hash, &created, &seen, &expires, &s.Agent, &s.Address}, personFields(&s.Person, &joined)...)...)
	s.CreatedAt, s.SeenAt, s.ExpiresAt, s.Person.CreatedAt = fromMillis(created), fromMillis(seen), fromMillis(expires), fromMillis(joined)
	return s, err
}

// CreateSession stores a session of s.Person.
func (d *DB) CreateSession(ctx context.Context, s auth.Session) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT INTO session (token_hash, person_id, created_at, seen_at, expires_at, agent, address) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			s.Hash, s.Person.ID, millis(s.CreatedAt), millis(s.SeenAt), millis(s.ExpiresAt), s.Agent, s.Address)
		return err
	})
}

// SessionByHash returns a session, expired or not, with its person.
func (d *DB) SessionByHash(ctx context.Context, hash []byte) (auth.Session, error) {
	s, err := scanSession(d.read.QueryRowContext(ctx, "SELECT "+sessionColumns+" WHERE token_hash = $1", hash))
	return s, translate(err)
}

// TouchSession notes that a session was used, and until when it lasts now.
func (d *DB) TouchSession(ctx context.Context, hash []byte, seen, expires time.Time) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		return changed(tx.Exec("UPDATE session SET seen_at = $1, expires_at = $2 WHERE token_hash = $3", millis(seen), millis(expires), hash))
	})
}

// Sessions returns a person's sessions, the one used last first.
func (d *DB) Sessions(ctx context.Context, person int64) ([]auth.Session, error) {
	return collect(ctx, d.read, scanSession, "SELECT "+sessionColumns+" WHERE person_id = $1 ORDER BY seen_at DESC", person)
}

// DeleteSession ends a session; one that is not there is no error.
func (d *DB) DeleteSession(ctx context.Context, hash []byte) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec("DELETE FROM session WHERE token_hash = $1", hash)
		return err
	})
}

// DeleteEndedSessions drops the sessions that have expired.
func (d *DB) DeleteEndedSessions(ctx context.Context, now time.Time) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec("DELETE FROM session WHERE expires_at < $1", millis(now))
		return err
	})
}
