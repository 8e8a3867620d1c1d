package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Copy is a verified copy of a database.
type Copy struct {
	File string
	Contents
	// Damaged says what the copy took over damaged from the original, in sentences.
	Damaged []string
}

// Backup writes a verified copy of the database to file, which must not exist yet. Readings may be stored
// meanwhile; the copy holds all that were committed before it began. Its errors are sentences.
func (d *DB) Backup(ctx context.Context, file string) (Copy, error) {
	return backup(ctx, filepath.Join(d.dir, fileName), file)
}

// BackupFolder is Backup for a data folder that this process has and has not opened.
func BackupFolder(ctx context.Context, dir, file string) (Copy, error) {
	source, err := existing(dir)
	if err != nil {
		return Copy{}, err
	}
	return backup(ctx, source, file)
}

// Exists returns an error, a sentence, when there is no database in a folder.
func Exists(dir string) error {
	_, err := existing(dir)
	return err
}

// backup makes the copy under another name and gives it its own once it is whole and on the disk.
func backup(ctx context.Context, source, file string) (Copy, error) {
	if err := refuseTaken(file); err != nil {
		return Copy{}, err
	}
	draft, err := newDraft(filepath.Dir(file))
	if err != nil {
		return Copy{}, err
	}
	defer discardDraft(draft)
	if err := vacuumInto(ctx, source, draft); err != nil {
		return Copy{}, fmt.Errorf("copying the database to %s: %w", file, copyError(err))
	}
	if err := syncFile(draft); err != nil {
		return Copy{}, fmt.Errorf("writing %s to the disk: %w", file, cause(err))
	}
	x, err := examine(ctx, draft, standing)
	if err != nil {
		return Copy{}, fmt.Errorf("reading the copy again: %w", err)
	}
	if len(x.broken) > 0 {
		return Copy{}, fmt.Errorf("the copy is not whole, so it was not kept: %s", strings.Join(about("it", x.broken), " "))
	}
	if err := refuseTaken(file); err != nil {
		return Copy{}, err
	}
	if err := os.Rename(draft, file); err != nil {
		return Copy{}, fmt.Errorf("naming the copy %s: %w", file, cause(err))
	}
	return Copy{File: file, Contents: x.Contents, Damaged: x.sentences()}, syncFolder(filepath.Dir(file))
}

// refuseTaken keeps a file that is there already.
func refuseTaken(file string) error {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s exists already and was left as it is; choose another name", file)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s cannot be written: %w", file, cause(err))
	}
	return nil
}

// vacuumInto copies the database on a connection of its own, so that neither readers nor the writer wait.
func vacuumInto(ctx context.Context, source, target string) error {
	from, err := sql.Open("sqlite", readName(source, attended))
	if err != nil {
		return err
	}
	_, err = from.ExecContext(ctx, "VACUUM INTO $1", target)
	return errors.Join(err, from.Close())
}

// access is how a file is read that this handle will not write.
type access bool

const (
	attended access = true  // another process, or another handle in this one, may be writing it
	standing access = false // nobody writes it: nothing is put beside it, no lock is taken
)

// readName returns the driver's name for a database that is only read. The file must exist.
func readName(file string, how access) string {
	v := url.Values{"mode": {"ro"}}
	v.Add("_pragma", "busy_timeout(5000)")
	v.Add("_pragma", "cache_size(-8000)")
	if how == standing {
		v.Set("immutable", "1")
	}
	return fileURL(file, v)
}

// fileURL returns the driver's name for a file.
func fileURL(file string, query url.Values) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath(), RawQuery: query.Encode()}
	return u.String()
}

// copyError says what to do about a copy that could not be made.
func copyError(err error) error {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return err
	}
	switch lite.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return errors.New("the disk is full; free some space, or choose another disk")
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("the database is damaged; furrow check says what can be saved (%w)", err)
	case sqlite3.SQLITE_INTERRUPT:
		return context.Canceled
	}
	return err
}

// size returns the bytes of the database and of what was not yet moved into it.
func (d *DB) size() int64 {
	return sizeOf(filepath.Join(d.dir, fileName))
}

func sizeOf(file string) (bytes int64) {
	for _, name := range []string{file, file + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}
