package db

import (
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"furrow/sensors"
)

// translate turns the driver's errors into the domain's; what it does not know it passes on.
func translate(err error) error {
	var lite *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return sensors.ErrNotFound
	case !errors.As(err, &lite):
		return err
	}
	switch code := lite.Code(); code & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", sensors.ErrDiskFull, err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT,
		sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM:
		return fmt.Errorf("%w: %w", sensors.ErrStorage, err)
	case sqlite3.SQLITE_CONSTRAINT:
		if code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY {
			return fmt.Errorf("%w: %w", sensors.ErrConflict, err)
		}
	}
	return err
}

// newerError is a file that a later Furrow wrote.
type newerError struct{ have, newest int64 }

func (e newerError) Error() string {
	return fmt.Sprintf("it was made by a newer Furrow (schema %d, this one knows %d); install that version again, nothing was changed", e.have, e.newest)
}

// openError says what is wrong with a file that cannot be used.
func openError(file string, err error) error {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & 0xff
		if lite.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // the file beside the database cannot grow
			code = sqlite3.SQLITE_FULL
		}
		switch code {
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return fmt.Errorf("%s is damaged or not a Furrow database; it was left as it is: move it away and restore a backup (%w)", file, err)
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("the disk is full, so %s cannot be opened; free some space and start again", file)
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
			return fmt.Errorf("%s cannot be written by this user; change its owner or choose another folder with --data", file)
		}
	}
	return fmt.Errorf("opening %s: %w", file, err)
}
