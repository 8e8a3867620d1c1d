package db

import (
	"context"
	"database/sql"

	"furrow/sensors"
)

const sensorColumns = "id, device_id, metric, channel, name, position, created_at"

func scanSensor(row scanner) (s sensors.Sensor, err error) {
	var created int64
	err = row.Scan(&s.ID, &s.Device, &s.Metric, &s.Channel, &s.Name, &s.Position, &created)
	s.CreatedAt = fromMillis(created)
	return s, err
}

// Sensors returns all sensors in the order in which they came.
func (d *DB) Sensors(ctx context.Context) ([]sensors.Sensor, error) {
	return collect(ctx, d.read, scanSensor, "SELECT "+sensorColumns+" FROM sensor ORDER BY id")
}

// UpdateSensor stores a sensor's name and position.
func (d *DB) UpdateSensor(ctx context.Context, s sensors.Sensor) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		return changed(tx.Exec("UPDATE sensor SET name = $1, position = $2 WHERE id = $3", s.Name, s.Position, int64(s.ID)))
	})
}

func sensorsOf(tx *sql.Tx, id sensors.DeviceID) ([]sensors.SensorID, error) {
	rows, err := tx.Query("SELECT id FROM sensor WHERE device_id = $1", int64(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []sensors.SensorID
	for rows.Next() {
		var id sensors.SensorID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
