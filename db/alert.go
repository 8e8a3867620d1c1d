package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"furrow/sensors"
)

const alertColumns = `id, coalesce(rule_id, 0), rule_name, coalesce(sensor_id, 0), coalesce(device_id, 0), severity, state, since,
	started_at, acknowledged_at, resolved_at, snoozed_until, value, peak, ack_by, note, behind, past, drill, why`

func scanAlert(row scanner) (a sensors.Alert, err error) {
	var value, peak sql.NullFloat64
	err = row.Scan(&a.ID, &a.Rule, &a.RuleName, &a.Sensor, &a.Device, &a.Severity, &a.State, &a.Since, &a.StartedAt, &a.AcknowledgedAt,
		&a.ResolvedAt, &a.SnoozedUntil, &value, &peak, &a.AckBy, &a.Note, &a.Behind, &a.Past, &a.Drill, &a.Why)
	a.Value, a.Peak = orNaN(value), orNaN(peak)
	return a, err
}

func orNaN(v sql.NullFloat64) float64 {
	if !v.Valid {
		return math.NaN()
	}
	return v.Float64
}

func nullNaN(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

// OpenAlerts returns the alerts that are not resolved, oldest first, pending ones too.
func (d *DB) OpenAlerts(ctx context.Context) ([]sensors.Alert, error) {
	return collect(ctx, d.read, scanAlert, "SELECT "+alertColumns+" FROM alert WHERE state <> 'resolved' ORDER BY id")
}

// Alert returns one alert.
func (d *DB) Alert(ctx context.Context, id sensors.AlertID) (sensors.Alert, error) {
	a, err := scanAlert(d.read.QueryRowContext(ctx, "SELECT "+alertColumns+" FROM alert WHERE id = $1", int64(id)))
	return a, translate(err)
}

// Alerts returns at most f.Limit alerts that were told or found in the past, the newest first.
func (d *DB) Alerts(ctx context.Context, f sensors.AlertFilter) ([]sensors.Alert, error) {
	before := int64(f.Before)
	if before == 0 {
		before = math.MaxInt64
	}
	to := int64(f.To)
	if to == 0 {
		to = math.MaxInt64
	}
	return collect(ctx, d.read, scanAlert, "SELECT "+alertColumns+` FROM alert
		WHERE id < $1 AND state <> 'pending' AND drill = $2 AND ($3 = '' OR state = $3) AND ($4 = 0 OR sensor_id = $4) AND ($5 = 0 OR rule_id = $5)
		AND since < $6 AND (resolved_at = 0 OR resolved_at >= $7)
		ORDER BY id DESC LIMIT $8`, before, f.Drill, string(f.State), int64(f.Sensor), int64(f.Rule), to, int64(f.From), f.Limit)
}

// AlertEvents returns what happened to an alert, oldest first.
func (d *DB) AlertEvents(ctx context.Context, id sensors.AlertID) ([]sensors.AlertEvent, error) {
	return collect(ctx, d.read, func(row scanner) (e sensors.AlertEvent, err error) { return e, row.Scan(&e.Kind, &e.At, &e.By) },
		"SELECT kind, at, actor FROM alert_event WHERE alert_id = $1 ORDER BY id", int64(id))
}

// CommitAlerts stores what happened to alerts without any reading, and what is owed for it.
func (d *DB) CommitAlerts(ctx context.Context, effects *sensors.Batch) error {
	return d.update(ctx, func(tx *sql.Tx) error { return commitAlerts(tx, effects) })
}

// commitAlerts stores a batch's alerts and notices and fills in the ids of new ones.
func commitAlerts(tx *sql.Tx, b *sensors.Batch) error {
	if b == nil {
		return nil
	}
	for _, e := range b.Alerts {
		if err := commitEvent(tx, e); err != nil {
			return fmt.Errorf("alert of rule %s: %w", e.Alert.Rule, err)
		}
	}
	for i := range b.Notices {
		if err := insertNotice(tx, &b.Notices[i]); err != nil {
			return fmt.Errorf("message for recipient %s: %w", b.Notices[i].Recipient, err)
		}
	}
	return nil
}

func commitEvent(tx *sql.Tx, e sensors.AlertEvent) error {
	a := e.Alert
	switch {
	case e.Kind == sensors.EventDropped:
		if a.ID == 0 {
			return nil
		}
		_, err := tx.Exec("DELETE FROM alert WHERE id = $1", int64(a.ID))
		return err
	case a.ID == 0:
		if err := insertAlert(tx, a); err != nil {
			return err
		}
	default:
		if err := updateAlert(tx, a); err != nil {
			return err
		}
	}
	if e.Kind == sensors.EventPending || e.Kind == sensors.EventWorse {
		return nil // of no interest later
	}
	_, err := tx.Exec("INSERT INTO alert_event (alert_id, kind, at, actor) SELECT id, $2, $3, $4 FROM alert WHERE id = $1",
		int64(a.ID), string(e.Kind), int64(e.At), e.By)
	return err
}

func insertAlert(tx *sql.Tx, a *sensors.Alert) error {
	return tx.QueryRow(`INSERT INTO alert (rule_id, rule_name, sensor_id, device_id, severity, state, since, started_at, acknowledged_at,
		resolved_at, snoozed_until, value, peak, ack_by, note, behind, past, drill, why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id`,
		null(a.Rule), a.RuleName, null(a.Sensor), null(a.Device), string(a.Severity), string(a.State), int64(a.Since), int64(a.StartedAt),
		int64(a.AcknowledgedAt), int64(a.ResolvedAt), int64(a.SnoozedUntil), nullNaN(a.Value), nullNaN(a.Peak), a.AckBy, a.Note, a.Behind,
		a.Past, a.Drill, a.Why).Scan(&a.ID)
}

// updateAlert stores an alert as it is now. One that is gone went with the simulated farm, which is no error.
func updateAlert(tx *sql.Tx, a *sensors.Alert) error {
	err := changed(tx.Exec(`UPDATE alert SET severity = $1, state = $2, since = $3, started_at = $4, acknowledged_at = $5, resolved_at = $6,
		snoozed_until = $7, value = $8, peak = $9, ack_by = $10, note = $11, behind = $12, why = $13 WHERE id = $14`,
		string(a.Severity), string(a.State), int64(a.Since), int64(a.StartedAt), int64(a.AcknowledgedAt), int64(a.ResolvedAt),
		int64(a.SnoozedUntil), nullNaN(a.Value), nullNaN(a.Peak), a.AckBy, a.Note, a.Behind, a.Why, int64(a.ID)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}
