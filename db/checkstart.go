package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// runningMark is the file that stands in the data folder from the start of a run until its orderly end.
const runningMark = "furrow.running"

// lookOverLimit is how long the look after an unclean stop may take; furrow check has no limit.
const lookOverLimit = 10 * time.Minute

// Damage says what is wrong with the database, a sentence, "" as far as is known.
func (d *DB) Damage() string {
	d.watch.mu.Lock()
	defer d.watch.mu.Unlock()
	return d.watch.damage
}

// lookOver looks the file over if the last run did not end in order, and marks that this one has begun.
// Readers and the writer go on meanwhile: what is damaged refuses readings by itself.
func (d *DB) lookOver(ctx context.Context) {
	mark := filepath.Join(d.dir, runningMark)
	if _, err := os.Stat(mark); err == nil && !d.wholeAfterUncleanStop(ctx) {
		return // the mark stays, so that the next run looks again
	}
	if err := errors.Join(os.WriteFile(mark, nil, 0o600), syncFolder(d.dir)); err != nil {
		d.log.Warn("marking the run", "error", err) // a full disk does not keep a farm from running
		return
	}
	d.watch.marked.Store(true)
}

// wholeAfterUncleanStop reports whether the file is whole, as far as could be seen in time.
func (d *DB) wholeAfterUncleanStop(ctx context.Context) bool {
	begun := time.Now()
	damage, err := d.quickCheck(ctx)
	switch {
	case ctx.Err() != nil:
		return false
	case errors.Is(err, context.DeadlineExceeded):
		d.log.Warn("the last run did not end in order; the look at the database took too long and was given up")
		return true
	case err == nil && damage == "":
		d.log.Info("the last run did not end in order; the database is whole", "took", time.Since(begun).Round(time.Millisecond))
		return true
	}
	d.log.Error("the last run did not end in order, and the database is damaged", "damage", damage, "error", err)
	d.watch.mu.Lock()
	defer d.watch.mu.Unlock()
	d.watch.damage = "The database was damaged when the computer stopped. `furrow check` says what can be saved; a backup can be restored."
	return false
}

// quickCheck reads every page on a connection of its own and returns what is wrong.
func (d *DB) quickCheck(ctx context.Context) (damage string, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookOverLimit)
	defer cancel()
	pool, err := sql.Open("sqlite", readName(filepath.Join(d.dir, fileName), attended))
	if err != nil {
		return "", err
	}
	defer pool.Close() //nolint:errcheck // nothing was written
	found, err := collect(ctx, pool, func(row scanner) (s string, err error) { return s, row.Scan(&s) }, "PRAGMA quick_check(5)")
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if len(found) == 1 && found[0] == "ok" {
		found = nil
	}
	return strings.Join(found, "; "), err
}

// endInOrder takes the mark of this run away.
func (d *DB) endInOrder() error {
	if !d.watch.marked.Swap(false) {
		return nil
	}
	if err := os.Remove(filepath.Join(d.dir, runningMark)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("unmarking the run: %w", err)
	}
	return nil
}
