package db

import (
	"context"
	"database/sql"

	"furrow/sensors"
)

const zoneColumns = "id, name, kind, crop, position, simulated, created_at"

func scanZone(row scanner) (z sensors.Zone, err error) {
	var created int64
	err = row.Scan(&z.ID, &z.Name, &z.Kind, &z.Crop, &z.Position, &z.Simulated, &created)
	z.CreatedAt = fromMillis(created)
	return z, err
}

// Zones returns all zones in the manager's order.
func (d *DB) Zones(ctx context.Context) ([]sensors.Zone, error) {
	return collect(ctx, d.read, scanZone, "SELECT "+zoneColumns+" FROM zone ORDER BY position, id")
}

// CreateZone stores a new zone, last in the order, and returns it with its id and position.
func (d *DB) CreateZone(ctx context.Context, z sensors.Zone) (sensors.Zone, error) {
	err := d.update(ctx, func(tx *sql.Tx) error {
		return tx.QueryRow(`INSERT INTO zone (name, kind, crop, position, simulated, created_at)
			VALUES ($1, $2, $3, (SELECT coalesce(max(position), 0) + 1 FROM zone), $4, $5) RETURNING id, position`,
			z.Name, string(z.Kind), z.Crop, z.Simulated, millis(z.CreatedAt)).Scan(&z.ID, &z.Position)
	})
	return z, err
}

// UpdateZone stores a changed zone.
func (d *DB) UpdateZone(ctx context.Context, z sensors.Zone) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		return changed(tx.Exec("UPDATE zone SET name = $1, kind = $2, crop = $3, position = $4 WHERE id = $5",
			z.Name, string(z.Kind), z.Crop, z.Position, int64(z.ID)))
	})
}

// DeleteZone removes a zone; its devices stay, in no zone.
func (d *DB) DeleteZone(ctx context.Context, id sensors.ZoneID) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		return changed(tx.Exec("DELETE FROM zone WHERE id = $1", int64(id)))
	})
}

// OrderZones puts the zones into the given order; the ones not named keep their places after them.
func (d *DB) OrderZones(ctx context.Context, ids []sensors.ZoneID) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec("UPDATE zone SET position = position + $1", len(ids)); err != nil {
			return err
		}
		for i, id := range ids {
			if err := changed(tx.Exec("UPDATE zone SET position = $1 WHERE id = $2", i+1, int64(id))); err != nil {
				return err
			}
		}
		return nil
	})
}
