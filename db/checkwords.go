package db

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"furrow/db/history"
	"furrow/sensors"
)

// sentences says what is wrong with the rows. Days of one sensor that suffer from the same are told together.
func (x *examination) sentences() []string {
	all := slices.Clone(x.links)
	commits := 0
	type group struct {
		sensor sensors.SensorID
		kind   history.FaultKind
	}
	var order []group
	days := map[group][]sensors.Milli{}
	for _, f := range x.faults {
		switch f.Kind {
		case history.JournalDamaged:
			commits++
			continue
		case history.JournalCutOff:
			all = append(all, "The newest readings, which are not filed yet, cannot all be read; the ones that came last are lost.")
			continue
		case history.SensorGone:
			all = append(all, fmt.Sprintf("There are readings of sensor %d, which does not exist; they take room and are shown nowhere.", f.Sensor))
			continue
		}
		g := group{f.Sensor, f.Kind}
		if days[g] == nil {
			order = append(order, g)
		}
		days[g] = append(days[g], f.Day)
	}
	if commits > 0 {
		all = append(all, fmt.Sprintf("%s of the newest readings, which are not filed yet, cannot be read; what came with them is lost.", counted(commits, "group", "groups")))
	}
	for _, g := range order {
		when := span(days[g])
		if g.kind == history.DaysCutOff {
			when = after(days[g][0])
		}
		all = append(all, fmt.Sprintf(faultWords[g.kind], x.called(g.sensor), when))
	}
	return all
}

// faultWords say what a fault means: of which sensor, on which days.
var faultWords = map[history.FaultKind]string{
	history.DayDamaged:   "%s, %s: the readings are damaged and cannot be read; the sums of the day are kept.",
	history.DaySetAside:  "%s, %s: older readings are damaged and were set aside; newer ones took their place.",
	history.DayMisplaced: "%s, %s: readings of other days stand in their place and cannot be used.",
	history.DaysCutOff:   "%s: the filed readings %s cannot be reached.",
	history.SumsDamaged:  "%s, %s: the sums for charts are missing or damaged; the readings themselves are whole.",
	history.SumsWrong:    "%s, %s: the sums for charts do not agree with the readings; the readings themselves are whole.",
}

// called names a sensor, or numbers one whose name cannot be read.
func (x *examination) called(id sensors.SensorID) string {
	if name := x.names[id]; name != "" {
		return name
	}
	return fmt.Sprintf("sensor %d", id)
}

// lost returns the rows of the days whose readings are damaged.
func (x *examination) lost() (rows []int64) {
	for _, f := range x.faults {
		switch f.Kind {
		case history.DayDamaged, history.DaySetAside, history.DayMisplaced:
			rows = append(rows, f.Row)
		}
	}
	return rows
}

// span writes days as "2026-03-01" or "5 days from 2026-03-01 to 2026-03-09".
func span(days []sensors.Milli) string {
	first, last := slices.Min(days).Time().Format(time.DateOnly), slices.Max(days).Time().Format(time.DateOnly)
	if len(days) == 1 {
		return first
	}
	return fmt.Sprintf("%d days from %s to %s", len(days), first, last)
}

// after writes what is cut off after a day, zero when it is all.
func after(day sensors.Milli) string {
	if day == 0 {
		return "of all days"
	}
	return "after " + day.Time().Format(time.DateOnly)
}

// clock writes a moment for people.
func clock(at sensors.Milli) string { return at.Time().Format("2006-01-02 15:04 UTC") }

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func sorted(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }

// tableNames are the parts of a database in people's words; the rest keep their own.
var tableNames = map[string]string{
	"raw": "the readings", "roll": "the sums for charts", "journal": "the newest readings", "person": "the people", "zone": "the zones",
	"device": "the devices", "sensor": "the sensors", "goose_db_version": "the number of its version", "sqlite_schema": "its list of parts", "rule": "the rules", "alert": "the alerts",
	"setting": "the settings", "recipient": "the recipients", "token": "the API tokens", "session": "the sign-ins",
}

func tableName(table string) string {
	if name := tableNames[table]; name != "" {
		return name
	}
	return strings.ReplaceAll(table, "_", " ")
}

// tables says which parts of a damaged file can still be read whole.
func (x *examination) tables(ctx context.Context, file string) []string {
	pool, err := sql.Open("sqlite", readName(file, attended))
	if err != nil {
		return nil
	}
	defer pool.Close() //nolint:errcheck // nothing was written
	var whole []string
	for _, table := range [...]string{"zone", "device", "sensor", "rule", "recipient", "alert", "person", "token", "setting"} {
		if readAll(ctx, pool, table) == nil {
			whole = append(whole, tableNames[table])
		}
	}
	if len(whole) == 0 {
		return nil
	}
	return []string{"These can still be read whole: " + strings.Join(whole, ", ") + "."}
}

// readAll reads every row of a table with all that is in it.
func readAll(ctx context.Context, pool *sql.DB, table string) error {
	rows, err := pool.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for i := range cells {
		cells[i] = new(sql.RawBytes)
	}
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Summary says in half a sentence what a database holds.
func (c Contents) Summary() string {
	farm := "a farm that was not set up yet"
	if c.Farm != "" {
		farm = c.Farm
	}
	if c.Readings == 0 {
		return fmt.Sprintf("%s, %s, no readings", farm, counted(c.Devices, "device", "devices"))
	}
	return fmt.Sprintf("%s, %d readings of %s on %s, the newest of %s", farm, c.Readings,
		counted(c.Sensors, "sensor", "sensors"), counted(c.Devices, "device", "devices"), clock(c.Newest))
}
