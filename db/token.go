package db

import (
	"context"
	"database/sql"
	"time"

	"furrow/web/auth"
)

func scanToken(row scanner) (t auth.Token, err error) {
	var created, used int64
	err = row.Scan(&t.ID, &t.Name, &t.Scope, &created, &used)
	t.CreatedAt, t.UsedAt = fromMillis(created), fromMillis(used)
	return t, err
}

// CreateToken stores an API token by the hash of its secret.
func (d *DB) CreateToken(ctx context.Context, name string, scope auth.Scope, hash []byte) (auth.Token, error) {
	t := auth.Token{Name: name, Scope: scope, CreatedAt: time.Now()}
	err := d.update(ctx, func(tx *sql.Tx) error {
		return tx.QueryRow("INSERT INTO token (name, scope, hash, created_at, used_at) VALUES ($1, $2, $3, $4, 0) RETURNING id",
			name, string(scope), hash, millis(t.CreatedAt)).Scan(&t.ID)
	})
	return t, err
}

// TokenByHash returns the token with this secret's hash.
func (d *DB) TokenByHash(ctx context.Context, hash []byte) (auth.Token, error) {
	t, err := scanToken(d.read.QueryRowContext(ctx, "SELECT id, name, scope, created_at, used_at FROM token WHERE hash = $1", hash))
	return t, translate(err)
}

// Tokens returns all tokens in the order in which they were made.
func (d *DB) Tokens(ctx context.Context) ([]auth.Token, error) {
	return collect(ctx, d.read, scanToken, "SELECT id, name, scope, created_at, used_at FROM token ORDER BY id")
}

// TouchToken notes that a token was used.
func (d *DB) TouchToken(ctx context.Context, id int64, used time.Time) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		return changed(tx.Exec("UPDATE token SET used_at = $1 WHERE id = $2", millis(used), id))
	})
}

// DeleteToken ends a token.
func (d *DB) DeleteToken(ctx context.Context, id int64) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		return changed(tx.Exec("DELETE FROM token WHERE id = $1", id))
	})
}
