package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// firstBackup is how long after the start a copy that is due waits, so that a start is quick.
	firstBackup = 10 * time.Minute
	backupRetry = time.Hour
)

// BackupState is what there is to know about the nightly copies.
type BackupState struct {
	Newest   string    // file of the newest copy, "" when there is none
	At       time.Time // when it was made
	Bytes    int64
	Kept     int       // copies in the folder
	Failed   string    // why the last one could not be made, a sentence; "" when it could
	FailedAt time.Time // when that was tried
}

// watch is what the care of the database remembers. mu guards what the pages ask for, the rest is Run's.
type watch struct {
	mu       sync.Mutex
	failed   string
	failedAt time.Time
	damage   string

	marked atomic.Bool // the mark of a run stands in the folder
	due    time.Time   // when to look whether a copy is to be made
	low    bool        // the disk is nearly full
}

// BackupState returns how the nightly copies are.
func (d *DB) BackupState() BackupState {
	d.watch.mu.Lock()
	state := BackupState{Failed: d.watch.failed, FailedAt: d.watch.failedAt}
	d.watch.mu.Unlock()
	nights := backupNights(d.dir)
	if state.Kept = len(nights); state.Kept > 0 {
		state.Newest = backupFile(d.dir, nights[0])
		if info, err := os.Stat(state.Newest); err == nil {
			state.At, state.Bytes = info.ModTime(), info.Size()
		}
	}
	return state
}

// nightly makes the copy of this night when it is due and has none, and lets old ones go.
func (d *DB) nightly(ctx context.Context, now time.Time) {
	if d.watch.due.IsZero() {
		d.watch.due = now.Add(firstBackup)
	}
	if now.Before(d.watch.due) {
		return
	}
	err := d.backupTonight(ctx, now)
	if ctx.Err() != nil {
		return
	}
	d.watch.due = nextNight(now, d.zone(ctx))
	failed := ""
	if err != nil {
		failed = err.Error()
		d.watch.due = now.Add(backupRetry)
		d.log.Error("nightly backup", "error", err)
	}
	d.watch.mu.Lock()
	d.watch.failed, d.watch.failedAt = failed, time.Time{}
	if err != nil {
		d.watch.failedAt = now
	}
	d.watch.mu.Unlock()
}

// backupTonight makes the copy of now's night unless it is there.
func (d *DB) backupTonight(ctx context.Context, now time.Time) error {
	night := nightOf(now, d.zone(ctx))
	file := backupFile(d.dir, night)
	if _, err := os.Lstat(file); err == nil {
		return nil
	}
	folder := filepath.Dir(file)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("the folder %s cannot be made: %w", folder, cause(err))
	}
	discardDrafts(folder)
	room, err := d.Disk()
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if err == nil && !room.holdsCopy() {
		return fmt.Errorf("there are %s free on the disk, and a copy wants twice the database, %s; make room and it is tried again",
			Megabytes(room.Free), Megabytes(2*room.Database))
	}
	made, err := d.Backup(ctx, file)
	if err != nil {
		return err
	}
	d.log.Info("nightly backup", "file", file, "bytes", made.Bytes, "readings", made.Readings, "damaged", len(made.Damaged))
	return d.rotateBackups(night)
}

func (d *DB) rotateBackups(tonight string) error {
	var failed []error
	for _, night := range expiredBackups(backupNights(d.dir), tonight) {
		failed = append(failed, os.Remove(backupFile(d.dir, night)))
	}
	return errors.Join(failed...)
}

// zone returns the farm's time zone, UTC before the farm was set up.
func (d *DB) zone(ctx context.Context) *time.Location {
	farm, err := d.Farm(ctx)
	if err != nil {
		return time.UTC
	}
	return farm.Location()
}
