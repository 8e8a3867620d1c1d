package db

import (
	"context"
	"database/sql"

	"furrow/sensors"
)

const deviceColumns = "id, key, name, model, status, dialect, coalesce(zone_id, 0), zone_hint, gateway, coalesce(username, ''), simulated, first_seen, last_seen, online"

func scanDevice(row scanner) (v sensors.Device, err error) {
	err = row.Scan(&v.ID, &v.Key, &v.Name, &v.Model, &v.Status, &v.Dialect, &v.Zone, &v.ZoneHint, &v.Gateway,
		&v.Username, &v.Simulated, &v.FirstSeen, &v.LastSeen, &v.Online)
	return v, err
}

// Devices returns all devices in the order in which they came.
func (d *DB) Devices(ctx context.Context) ([]sensors.Device, error) {
	return collect(ctx, d.read, scanDevice, "SELECT "+deviceColumns+" FROM device ORDER BY id")
}

// CreateDevice stores a device with credentials; secret is what auth.SecretHash gives. sensors.ErrConflict
// says that its key or user name is taken.
func (d *DB) CreateDevice(ctx context.Context, v sensors.Device, secret []byte) (sensors.Device, error) {
	err := d.update(ctx, func(tx *sql.Tx) error {
		if err := insertDevice(tx, &v); err != nil {
			return err
		}
		return changed(tx.Exec("UPDATE device SET username = $1, secret = $2 WHERE id = $3", v.Username, secret, int64(v.ID)))
	})
	return v, err
}

func insertDevice(tx *sql.Tx, v *sensors.Device) error {
	return tx.QueryRow(`INSERT INTO device (key, name, model, status, dialect, zone_id, zone_hint, gateway, simulated, first_seen, last_seen, online)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		v.Key, v.Name, v.Model, string(v.Status), v.Dialect, null(v.Zone), v.ZoneHint, v.Gateway, v.Simulated,
		int64(v.FirstSeen), int64(v.LastSeen), v.Online).Scan(&v.ID)
}

// UpdateDevice stores what the manager and the device's own descriptions may change; its signs of life are
// Commit's business.
func (d *DB) UpdateDevice(ctx context.Context, v sensors.Device) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		return changed(tx.Exec(`UPDATE device SET name = $1, model = $2, status = $3, dialect = $4, zone_id = $5, zone_hint = $6, gateway = $7
			WHERE id = $8`, v.Name, v.Model, string(v.Status), v.Dialect, null(v.Zone), v.ZoneHint, v.Gateway, int64(v.ID)))
	})
}

// SetCredentials gives a device a user name and the hash of a new password; the old ones end.
func (d *DB) SetCredentials(ctx context.Context, id sensors.DeviceID, username string, secret []byte) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		return changed(tx.Exec("UPDATE device SET username = $1, secret = $2 WHERE id = $3", username, secret, int64(id)))
	})
}

// DeviceByUsername returns the device that signs in under this name, and the hash of its password.
func (d *DB) DeviceByUsername(ctx context.Context, username string) (v sensors.Device, secret []byte, err error) {
	row := d.read.QueryRowContext(ctx, "SELECT "+deviceColumns+", secret FROM device WHERE username = $1 AND status = 'adopted'", username)
	v, err = scanDevice(scanFunc(func(dest ...any) error { return row.Scan(append(dest, &secret)...) }))
	return v, secret, translate(err)
}

type scanFunc func(dest ...any) error

func (f scanFunc) Scan(dest ...any) error { return f(dest...) }

// DeleteDevice removes a device with its sensors and all their readings.
func (d *DB) DeleteDevice(ctx context.Context, id sensors.DeviceID) error {
	return d.deleteDevices(ctx, []sensors.DeviceID{id}, nil)
}

// DeleteSimulated removes the simulated zones and devices with all their readings and alerts.
func (d *DB) DeleteSimulated(ctx context.Context) error {
	ids, err := collect(ctx, d.read, func(row scanner) (id sensors.DeviceID, err error) { return id, row.Scan(&id) },
		"SELECT id FROM device WHERE simulated = 1")
	if err != nil {
		return err
	}
	return d.deleteDevices(ctx, ids, func(tx *sql.Tx) error {
		if _, err := tx.Exec("DELETE FROM alert WHERE device_id IN (SELECT id FROM device WHERE simulated = 1)"); err != nil {
			return err
		}
		_, err := tx.Exec("DELETE FROM zone WHERE simulated = 1")
		return err
	})
}

// deleteDevices removes devices, sensors and readings in one transaction, after what first removes.
func (d *DB) deleteDevices(ctx context.Context, ids []sensors.DeviceID, first func(*sql.Tx) error) error {
	var applied func()
	err := d.update(ctx, func(tx *sql.Tx) error {
		if first != nil {
			if err := first(tx); err != nil {
				return err
			}
		}
		var gone []sensors.SensorID
		for _, id := range ids {
			found, err := sensorsOf(tx, id)
			if err != nil {
				return err
			}
			gone = append(gone, found...)
			if err := changed(tx.Exec("DELETE FROM device WHERE id = $1", int64(id))); err != nil {
				return err
			}
		}
		var err error
		applied, err = d.history.Delete(context.WithoutCancel(ctx), tx, gone)
		return err
	})
	if err == nil {
		applied()
	}
	return err
}
