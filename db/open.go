package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"furrow/db/history"
	"furrow/migrations"
)

// fileName is the database within the data folder.
const fileName = "furrow.db"

// DB is an open data folder.
type DB struct {
	dir     string
	log     *slog.Logger
	read    *sql.DB
	write   *sql.DB
	history *history.Engine
	scratch []byte // of Commit's receipts; guarded by the writing transaction
	watch   watch
}

// Open opens the data folder, making it if need be, and brings its schema up to date. Its errors are
// sentences that say what to do.
func Open(ctx context.Context, dir string, log *slog.Logger) (*DB, error) {
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	file, err := filepath.Abs(filepath.Join(dir, fileName))
	if err != nil {
		return nil, err
	}
	d := &DB{dir: dir, log: log}
	if d.write, err = sql.Open("sqlite", dsn(file, false)); err == nil {
		d.write.SetMaxOpenConns(1)
		d.read, err = sql.Open("sqlite", dsn(file, true))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", file, err), d.Close())
	}
	readers := min(4, max(2, runtime.NumCPU()))
	d.read.SetMaxOpenConns(readers)
	d.read.SetMaxIdleConns(readers)
	if err := d.prepare(ctx, file); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// prepare checks and migrates the file, and opens the history in it.
func (d *DB) prepare(ctx context.Context, file string) error {
	var check string
	if err := d.write.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&check); err != nil {
		return openError(file, err)
	}
	if err := d.migrate(ctx, file); err != nil {
		return openError(file, err)
	}
	if err := d.write.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&check); err != nil {
		return openError(file, err)
	}
	engine, err := history.Open(ctx, d.read, d.write, d.log)
	if err != nil {
		return openError(file, err)
	}
	d.history = engine
	return keepPrivate(file)
}

// keepPrivate lets nobody but the owner of the files read them: they hold hashes of passwords and tokens, and
// addresses that reach people. The file itself must not be opened for that: closing it would drop SQLite's locks.
func keepPrivate(file string) error {
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		if err := os.Chmod(name, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the file %s belongs to another user: %w; change its owner or choose another folder with --data", name, cause(err))
		}
	}
	return nil
}

// dsn returns the driver's name for the file. Every setting stands here and not in statements, so that each
// connection of the pool has it.
func dsn(file string, readOnly bool) string {
	v := url.Values{}
	pragma := func(name, value string) { v.Add("_pragma", name+"("+value+")") }
	pragma("busy_timeout", "5000")
	pragma("foreign_keys", "1")
	pragma("cache_size", "-8000")
	if readOnly {
		pragma("query_only", "1")
	} else {
		pragma("auto_vacuum", "incremental")
		pragma("journal_mode", "WAL")
		pragma("synchronous", "FULL")
		pragma("wal_autocheckpoint", "1000")
		pragma("journal_size_limit", "16777216")
		v.Set("_txlock", "immediate")
	}
	return fileURL(file, v)
}

// makeFolder makes the data folder for its owner alone and tries to write in it.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the data folder %s cannot be made: %w; choose another with --data", dir, cause(err))
	}
	probe, err := os.CreateTemp(dir, ".write-test-*")
	if err != nil {
		return fmt.Errorf("the data folder %s cannot be written: %w; give this user the right to, or choose another with --data", dir, cause(err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// cause drops the path that the file system's error repeats.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// migrate applies the steps that the file has not seen, each in a transaction of its own, after a copy.
func (d *DB) migrate(ctx context.Context, file string) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, d.write, migrations.Files)
	if err != nil {
		return err
	}
	have, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	switch {
	case have > newest:
		return newerError{have, newest}
	case have == newest:
		return nil
	case have > 0:
		if err := d.copyBefore(ctx, have); err != nil {
			return err
		}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("changing the schema from version %d to %d: %w", have, newest, err)
	}
	d.log.Info("schema is up to date", "from", have, "to", newest)
	return nil
}

// copyBefore keeps the file as it is before a migration, in the data folder.
func (d *DB) copyBefore(ctx context.Context, version int64) error {
	target := filepath.Join(d.dir, fmt.Sprintf("furrow-schema-%d-%s.db", version, time.Now().UTC().Format("20060102-150405")))
	if _, err := d.write.ExecContext(ctx, "VACUUM INTO $1", target); err != nil {
		return fmt.Errorf("copying the database before its schema changes: %w", err)
	}
	d.log.Info("copied the database before its schema changes", "copy", target)
	return nil
}

// Close checkpoints and closes the file.
func (d *DB) Close() error {
	var failed []error
	if d.read != nil {
		failed = append(failed, d.read.Close())
	}
	if d.write != nil {
		if d.history != nil {
			if _, err := d.write.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
				failed = append(failed, fmt.Errorf("checkpoint: %w", err))
			}
		}
		failed = append(failed, d.write.Close())
	}
	failed = append(failed, d.endInOrder())
	return errors.Join(failed...)
}
