package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"furrow/sensors"
)

const ruleColumns = `id, name, enabled, severity, coalesce(sensor_id, 0), coalesce(zone_id, 0), zone_kind, metric, condition,
	coalesce(other_id, 0), limits, hold, active, repeat_after, source, watch, created_at, changed_at`

// storedLimits is the form in which a rule's numbers are kept.
type storedLimits struct {
	Day       sensors.Limits
	Night     sensors.Limits
	NightWhen sensors.DayPart
	NightFrom sensors.ClockMinute
	NightTo   sensors.ClockMinute
}

func scanRule(row scanner) (r sensors.Rule, err error) {
	var limits, active string
	var hold, repeat, created, changed int64
	err = row.Scan(&r.ID, &r.Name, &r.Enabled, &r.Severity, &r.Scope.Sensor, &r.Scope.Zone, &r.Scope.ZoneKind, &r.Metric, &r.Condition,
		&r.Other, &limits, &hold, &active, &repeat, &r.Source, &r.Watch, &created, &changed)
	if err != nil {
		return r, err
	}
	var l storedLimits
	if err := json.Unmarshal([]byte(limits), &l); err != nil {
		return r, fmt.Errorf("limits of rule %s: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(active), &r.Active); err != nil {
		return r, fmt.Errorf("active hours of rule %s: %w", r.ID, err)
	}
	r.Limits, r.Night, r.NightWhen, r.NightFrom, r.NightTo = l.Day, l.Night, l.NightWhen, l.NightFrom, l.NightTo
	r.Hold, r.Repeat = time.Duration(hold)*time.Millisecond, time.Duration(repeat)*time.Millisecond
	r.CreatedAt, r.ChangedAt = fromMillis(created), fromMillis(changed)
	return r, nil
}

// Rules returns all rules in the order in which they were made.
func (d *DB) Rules(ctx context.Context) ([]sensors.Rule, error) {
	rules, err := collect(ctx, d.read, scanRule, "SELECT "+ruleColumns+" FROM rule ORDER BY id")
	if err != nil {
		return nil, err
	}
	type pair struct {
		rule      sensors.RuleID
		recipient sensors.RecipientID
	}
	pairs, err := collect(ctx, d.read, func(row scanner) (p pair, err error) { return p, row.Scan(&p.rule, &p.recipient) },
		"SELECT rule_id, recipient_id FROM rule_recipient ORDER BY rule_id, recipient_id")
	if err != nil {
		return nil, err
	}
	at := make(map[sensors.RuleID]int, len(rules))
	for i := range rules {
		at[rules[i].ID] = i
	}
	for _, p := range pairs {
		r := &rules[at[p.rule]]
		r.Recipients = append(r.Recipients, p.recipient)
	}
	return rules, nil
}

// ruleValues are the columns after the id, in their order.
func ruleValues(r sensors.Rule) ([]any, error) {
	limits, err := json.Marshal(storedLimits{r.Limits, r.Night, r.NightWhen, r.NightFrom, r.NightTo})
	if err != nil {
		return nil, err
	}
	active, err := json.Marshal(r.Active)
	if err != nil {
		return nil, err
	}
	return []any{r.Name, r.Enabled, string(r.Severity), null(r.Scope.Sensor), null(r.Scope.Zone), string(r.Scope.ZoneKind), string(r.Metric),
		string(r.Condition), null(r.Other), string(limits), r.Hold.Milliseconds(), string(active), r.Repeat.Milliseconds(), r.Source,
		millis(r.ChangedAt)}, nil
}

// saveRule stores a rule, a new one when its id is zero.
func saveRule(tx *sql.Tx, r *sensors.Rule) error {
	values, err := ruleValues(*r)
	if err != nil {
		return err
	}
	if r.ID == 0 {
		err = tx.QueryRow(`INSERT INTO rule (name, enabled, severity, sensor_id, zone_id, zone_kind, metric, condition, other_id, limits,
			hold, active, repeat_after, source, changed_at, watch, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16) RETURNING id`,
			append(values, millis(r.CreatedAt))...).Scan(&r.ID)
	} else {
		err = changed(tx.Exec(`UPDATE rule SET name = $1, enabled = $2, severity = $3, sensor_id = $4, zone_id = $5, zone_kind = $6,
			metric = $7, condition = $8, other_id = $9, limits = $10, hold = $11, active = $12, repeat_after = $13, source = $14, changed_at = $15
			WHERE id = $16`, append(values, int64(r.ID))...))
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM rule_recipient WHERE rule_id = $1", int64(r.ID)); err != nil {
		return err
	}
	for _, id := range r.Recipients {
		if _, err := tx.Exec("INSERT INTO rule_recipient (rule_id, recipient_id) VALUES ($1, $2)", int64(r.ID), int64(id)); err != nil {
			return err
		}
	}
	return nil
}

// SaveRule stores a rule, a new one when its id is zero, together with what that did to open alerts.
func (d *DB) SaveRule(ctx context.Context, r sensors.Rule, effects *sensors.Batch) (sensors.Rule, error) {
	err := d.update(ctx, func(tx *sql.Tx) error {
		if err := saveRule(tx, &r); err != nil {
			return err
		}
		return commitAlerts(tx, effects)
	})
	return r, err
}

// DeleteRule removes a rule; its alerts stay in the history. The silence watch cannot be removed.
func (d *DB) DeleteRule(ctx context.Context, id sensors.RuleID, effects *sensors.Batch) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		if err := commitAlerts(tx, effects); err != nil {
			return err
		}
		return changed(tx.Exec("DELETE FROM rule WHERE id = $1 AND watch = 0", int64(id)))
	})
}
