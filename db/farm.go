package db

import (
	"context"
	"database/sql"
	"errors"

	"furrow/sensors"
)

// SaveFarm stores the farm, the first time or anew.
func (d *DB) SaveFarm(ctx context.Context, f sensors.Farm) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO farm (id, name, time_zone, latitude, longitude, units, clock12, created_at)
			VALUES (1, $1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone, latitude = excluded.latitude,
			longitude = excluded.longitude, units = excluded.units, clock12 = excluded.clock12`,
			f.Name, f.TimeZone, f.Latitude, f.Longitude, string(f.Units), f.Clock12, millis(f.CreatedAt))
		return err
	})
}

// Farm returns the farm, or sensors.ErrNotFound before it was set up.
func (d *DB) Farm(ctx context.Context) (f sensors.Farm, err error) {
	var created int64
	err = d.read.QueryRowContext(ctx, "SELECT name, time_zone, latitude, longitude, units, clock12, created_at FROM farm").
		Scan(&f.Name, &f.TimeZone, &f.Latitude, &f.Longitude, &f.Units, &f.Clock12, &created)
	f.CreatedAt = fromMillis(created)
	return f, translate(err)
}

// Start returns what the program begins with.
func (d *DB) Start(ctx context.Context) (s sensors.Start, err error) {
	s.Farm, err = d.Farm(ctx)
	s.HasFarm = err == nil
	if err != nil && !errors.Is(err, sensors.ErrNotFound) {
		return s, err
	}
	if s.Zones, err = d.Zones(ctx); err != nil {
		return s, err
	}
	if s.Devices, err = d.Devices(ctx); err != nil {
		return s, err
	}
	if s.Sensors, err = d.Sensors(ctx); err != nil {
		return s, err
	}
	if s.Rules, err = d.Rules(ctx); err != nil {
		return s, err
	}
	if s.Recipients, err = d.Recipients(ctx); err != nil {
		return s, err
	}
	if s.Alerts, err = d.OpenAlerts(ctx); err != nil {
		return s, err
	}
	ids := make([]sensors.SensorID, len(s.Sensors))
	for i := range s.Sensors {
		ids[i] = s.Sensors[i].ID
	}
	if s.Recent, err = d.history.Recent(ctx, ids, 17); err != nil {
		return s, translate(err)
	}
	s.Receipts = decodeReceipts(d.history.Receipts())
	return s, nil
}
