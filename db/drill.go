package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"furrow/sensors"
)

func scanDrill(row scanner) (v sensors.Drill, err error) {
	var hops string
	if err := row.Scan(&v.ID, &v.By, &v.Alert, &v.StartedAt, &v.DueAt, &v.EndedAt, &v.Passed, &v.Why, &hops); err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(hops), &v.Hops); err != nil {
		return v, fmt.Errorf("hops of drill %d: %w", v.ID, err)
	}
	return v, nil
}

// Drills returns at most limit drills, the newest first.
func (d *DB) Drills(ctx context.Context, limit int) ([]sensors.Drill, error) {
	return collect(ctx, d.read, scanDrill, `SELECT id, begun_by, coalesce(alert_id, 0), started_at, due_at, ended_at, passed, why, hops
		FROM drill ORDER BY id DESC LIMIT $1`, limit)
}

// SaveDrill stores a drill, a new one when its id is zero.
func (d *DB) SaveDrill(ctx context.Context, v sensors.Drill) (sensors.Drill, error) {
	hops, err := json.Marshal(v.Hops)
	if err != nil {
		return v, err
	}
	return v, d.update(ctx, func(tx *sql.Tx) error {
		if v.ID == 0 {
			return tx.QueryRow(`INSERT INTO drill (alert_id, begun_by, started_at, due_at, ended_at, passed, why, hops)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`, null(v.Alert), v.By, int64(v.StartedAt), int64(v.DueAt),
				int64(v.EndedAt), v.Passed, v.Why, string(hops)).Scan(&v.ID)
		}
		return changed(tx.Exec("UPDATE drill SET alert_id = $1, ended_at = $2, passed = $3, why = $4, hops = $5 WHERE id = $6",
			null(v.Alert), int64(v.EndedAt), v.Passed, v.Why, string(hops), v.ID))
	})
}
