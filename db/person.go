package db

import (
	"context"
	"database/sql"
	"fmt"

	"furrow/sensors"
	"furrow/web/auth"
)

const personColumns = "person.id, email, person.name, role, person.created_at"

func personFields(p *auth.Person, created *int64) []any {
	return []any{&p.ID, &p.Email, &p.Name, &p.Role, created}
}

func scanPerson(row scanner) (p auth.Person, err error) {
	var created int64
	err = row.Scan(personFields(&p, &created)...)
	p.CreatedAt = fromMillis(created)
	return p, err
}

// CreatePerson stores a new person and returns it with its id; sensors.ErrConflict says that the e-mail
// address is taken.
func (d *DB) CreatePerson(ctx context.Context, p auth.Person, passwordHash string) (auth.Person, error) {
	err := d.update(ctx, func(tx *sql.Tx) error {
		return tx.QueryRow("INSERT INTO person (email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
			p.Email, p.Name, string(p.Role), passwordHash, millis(p.CreatedAt)).Scan(&p.ID)
	})
	return p, err
}

// PersonByEmail returns a person and the hash of their password.
func (d *DB) PersonByEmail(ctx context.Context, email string) (p auth.Person, hash string, err error) {
	var created int64
	err = d.read.QueryRowContext(ctx, "SELECT "+personColumns+", password_hash FROM person WHERE email = $1", email).
		Scan(append(personFields(&p, &created), &hash)...)
	p.CreatedAt = fromMillis(created)
	return p, hash, translate(err)
}

// People returns everybody in the order in which they came.
func (d *DB) People(ctx context.Context) ([]auth.Person, error) {
	return collect(ctx, d.read, scanPerson, "SELECT "+personColumns+" FROM person ORDER BY id")
}

// OwnerExists reports whether somebody owns this farm.
func (d *DB) OwnerExists(ctx context.Context) (exists bool, err error) {
	err = d.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM person WHERE role = 'owner')").Scan(&exists)
	return exists, translate(err)
}

// UpdatePerson stores name, e-mail and role. The last owner stays one: sensors.ErrForbidden.
func (d *DB) UpdatePerson(ctx context.Context, p auth.Person) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		if err := changed(tx.Exec("UPDATE person SET email = $1, name = $2, role = $3 WHERE id = $4", p.Email, p.Name, string(p.Role), p.ID)); err != nil {
			return err
		}
		return keepAnOwner(tx)
	})
}

// SetPassword stores a new password's hash and ends all the person's sessions but the one kept, which may
// be nil.
func (d *DB) SetPassword(ctx context.Context, id int64, hash string, keep []byte) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		if err := changed(tx.Exec("UPDATE person SET password_hash = $1 WHERE id = $2", hash, id)); err != nil {
			return err
		}
		_, err := tx.Exec("DELETE FROM session WHERE person_id = $1 AND token_hash IS NOT $2", id, keep)
		return err
	})
}

// DeletePerson removes a person and their sessions. The last owner stays: sensors.ErrForbidden.
func (d *DB) DeletePerson(ctx context.Context, id int64) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		if err := changed(tx.Exec("DELETE FROM person WHERE id = $1", id)); err != nil {
			return err
		}
		return keepAnOwner(tx)
	})
}

func keepAnOwner(tx *sql.Tx) error {
	var exists bool
	if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM person WHERE role = 'owner')").Scan(&exists); err != nil {
		return err
	}
	if !exists {
		return fmt.Errorf("the farm would have no owner: %w", sensors.ErrForbidden)
	}
	return nil
}
