package db

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"furrow/sensors"
)

// Register stores devices and sensors that were met for the first time and fills in their ids. What exists
// already under the same key or identity is taken over as it is stored.
func (d *DB) Register(ctx context.Context, r *sensors.Registration) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		for _, device := range r.Devices {
			if err := registerDevice(tx, device); err != nil {
				return fmt.Errorf("device %q: %w", device.Key, err)
			}
		}
		for _, n := range r.Sensors {
			n.Sensor.Device = n.Device.ID
			if err := registerSensor(tx, n.Sensor); err != nil {
				return fmt.Errorf("sensor %s of %q: %w", n.Sensor.Metric, n.Device.Key, err)
			}
		}
		return nil
	})
}

func registerDevice(tx *sql.Tx, v *sensors.Device) error {
	have, err := scanDevice(tx.QueryRow("SELECT "+deviceColumns+" FROM device WHERE key = $1", v.Key))
	if err == nil {
		*v = have
		return nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return insertDevice(tx, v)
}

func registerSensor(tx *sql.Tx, s *sensors.Sensor) error {
	have, err := scanSensor(tx.QueryRow("SELECT "+sensorColumns+" FROM sensor WHERE device_id = $1 AND metric = $2 AND channel = $3",
		int64(s.Device), string(s.Metric), s.Channel))
	if err == nil {
		*s = have
		return nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return tx.QueryRow("INSERT INTO sensor (device_id, metric, channel, name, position, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
		int64(s.Device), string(s.Metric), s.Channel, s.Name, s.Position, millis(s.CreatedAt)).Scan(&s.ID)
}

// Commit makes a batch durable: when it returns nil, all of it is on the disk. It sets b.Duplicate, and moves
// stamped readings.
func (d *DB) Commit(ctx context.Context, b *sensors.Batch) error {
	var applied func()
	err := d.update(ctx, func(tx *sql.Tx) (err error) {
		d.scratch = appendReceipts(d.scratch[:0], b.Receipts)
		if applied, err = d.history.Append(context.WithoutCancel(ctx), tx, b.Readings, b.Stamped, d.scratch, b.Duplicate); err != nil {
			return err
		}
		for _, seen := range b.Seen {
			if _, err := tx.Exec("UPDATE device SET last_seen = max(last_seen, $1), online = $2 WHERE id = $3",
				int64(seen.At), seen.Online, int64(seen.Device)); err != nil {
				return err
			}
		}
		return commitAlerts(tx, b)
	})
	if err == nil {
		applied()
	}
	return err
}

// receiptSize is client hash, packet id and content hash.
const receiptSize = 8 + 2 + 8

func appendReceipts(b []byte, keys []sensors.ReceiptKey) []byte {
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint64(b, k.Client)
		b = binary.LittleEndian.AppendUint16(b, k.PacketID)
		b = binary.LittleEndian.AppendUint64(b, k.Content)
	}
	return b
}

func decodeReceipts(blobs [][]byte) []sensors.ReceiptKey {
	var keys []sensors.ReceiptKey
	for _, b := range blobs {
		for ; len(b) >= receiptSize; b = b[receiptSize:] {
			keys = append(keys, sensors.ReceiptKey{Client: binary.LittleEndian.Uint64(b),
				PacketID: binary.LittleEndian.Uint16(b[8:]), Content: binary.LittleEndian.Uint64(b[10:])})
		}
	}
	return keys
}
