package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Restored is what came back.
type Restored struct {
	Contents
	Damaged []string // what is damaged in it, in sentences
	Aside   string   // folder that the database before was moved to, "" when there was none
}

// Restore puts the copy in file back as the database of the folder, whose lock the caller holds. A database
// that is there already is refused, or moved aside into a folder of its own when force is set. Nothing is
// changed before the copy has been read whole. Its errors are sentences.
func Restore(ctx context.Context, dir, file string, force bool, now time.Time) (Restored, error) {
	target, err := filepath.Abs(filepath.Join(dir, fileName))
	if err != nil {
		return Restored{}, err
	}
	there, err := mayReplace(target, file, force)
	if err != nil {
		return Restored{}, err
	}
	discardDrafts(dir)
	draft, err := newDraft(dir)
	if err != nil {
		return Restored{}, err
	}
	defer discardDraft(draft)
	x, err := fetch(ctx, file, draft)
	if err != nil {
		return Restored{}, err
	}
	r := Restored{Contents: x.Contents, Damaged: x.sentences()}
	if there {
		if r.Aside, err = moveAside(ctx, dir, now); err != nil {
			return r, err
		}
	}
	if err := os.Rename(draft, target); err != nil {
		return r, fmt.Errorf("putting the copy into its place: %w", err)
	}
	return r, syncFolder(dir)
}

// fetch copies the file, and what a run that was cut short left beside it, to draft and reads that whole.
func fetch(ctx context.Context, file, draft string) (*examination, error) {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a file")
	}
	if err == nil {
		err = copyFile(file, draft)
	}
	if err != nil {
		return nil, fmt.Errorf("the copy %s cannot be read: %w", file, cause(err))
	}
	if wal, err := os.Stat(file + "-wal"); err == nil && wal.Size() > 0 {
		if err := copyFile(file+"-wal", draft+"-wal"); err != nil {
			return nil, fmt.Errorf("the file %s-wal cannot be read: %w", file, cause(err))
		}
		if err := takeIn(ctx, draft); err != nil {
			return nil, fmt.Errorf("%s cannot be restored: what lies beside it in %s-wal does not fit: %w", file, file, err)
		}
	}
	x, err := examine(ctx, draft, standing)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(x.broken) > 0 {
		return nil, fmt.Errorf("%s cannot be restored, nothing was changed: %s", file, strings.Join(about("it", x.broken), " "))
	}
	return x, syncFile(draft)
}

// mayReplace reports whether there is a database to be moved aside.
func mayReplace(target, file string, force bool) (there bool, err error) {
	have, err := os.Lstat(target)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s cannot be looked at: %w", target, cause(err))
	}
	if copied, err := os.Stat(file); err == nil && os.SameFile(have, copied) {
		return false, fmt.Errorf("%s is the database itself, not a copy of it", file)
	}
	if !force {
		return false, fmt.Errorf("there is a database in %s already and it was left as it is; --force moves it aside and restores the copy", filepath.Dir(target))
	}
	return true, nil
}

// copyFile writes what is in one file into another.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // nothing was written
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// takeIn moves what lies beside a database into it.
func takeIn(ctx context.Context, file string) error {
	pool, err := sql.Open("sqlite", dsn(file, false))
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, pool.Close())
}

// moveAside moves the database into a folder of its own, which is then a whole data folder. What lies beside
// it goes first: it must never meet another database.
func moveAside(ctx context.Context, dir string, now time.Time) (string, error) {
	file := filepath.Join(dir, fileName)
	_ = takeIn(ctx, file) // a damaged one cannot; it is kept as it is
	aside := filepath.Join(dir, "replaced-"+now.UTC().Format("20060102-150405"))
	if err := os.Mkdir(aside, 0o700); err != nil {
		return "", fmt.Errorf("moving the database aside: %w", err)
	}
	for _, part := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(file+part, filepath.Join(aside, fileName+part)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return aside, fmt.Errorf("moving the database aside: %w", err)
		}
	}
	return aside, nil
}
