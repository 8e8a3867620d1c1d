package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"furrow/db/history"
)

// Report is what reading a whole data folder found. The lists are sentences.
type Report struct {
	Contents
	Backups int      // nightly copies that can be restored
	Wrong   []string // empty when everything is in order
	Saved   []string // what can be saved, when something is wrong
}

// Check reads everything in a data folder: the database, of which another process may be the owner, and the
// nightly copies. Damage is not an error; a folder that cannot be read is.
func Check(ctx context.Context, dir string) (Report, error) {
	file, err := existing(dir)
	if err != nil {
		return Report{}, err
	}
	x, err := examine(ctx, file, attended)
	if err != nil {
		return Report{}, err
	}
	r := Report{Contents: x.Contents, Wrong: append(about(fileName, x.broken), x.sentences()...)}
	if len(r.Wrong) > 0 && x.Readings > 0 {
		r.Saved = append(r.Saved, fmt.Sprintf("%d readings can be read, the newest of %s.", x.Readings, clock(x.Newest)))
	}
	if len(x.broken) > 0 {
		r.Saved = append(r.Saved, x.tables(ctx, file)...)
	}
	return r, r.backups(ctx, dir, x)
}

// about makes sentences of what is wrong with a file.
func about(name string, broken []string) (all []string) {
	for _, what := range broken {
		all = append(all, name+" "+what)
	}
	return all
}

// existing returns the path of the database in a data folder.
func existing(dir string) (string, error) {
	file, err := filepath.Abs(filepath.Join(dir, fileName))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("there is no Furrow database in the folder %s; name the data folder with --data", dir)
	} else if err != nil {
		return "", fmt.Errorf("%s cannot be read: %w", file, cause(err))
	}
	return file, nil
}

// backups reads the nightly copies, and finds out which of them has what x has lost.
func (r *Report) backups(ctx context.Context, dir string, x *examination) error {
	lost, newest := x.lost(), ""
	for _, night := range backupNights(dir) {
		file := backupFile(dir, night)
		name := "The copy " + filepath.Join(backupFolder, filepath.Base(file))
		y, err := examine(ctx, file, standing)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			r.Wrong = append(r.Wrong, fmt.Sprintf("%s cannot be read: %v.", name, err))
			continue
		case len(y.broken) > 0:
			r.Wrong = append(r.Wrong, about(name, y.broken)...)
			continue
		}
		r.Backups++
		if n := len(y.sentences()); n > 0 {
			r.Wrong = append(r.Wrong, fmt.Sprintf("%s has %s; the rest of it can be restored.", name, counted(n, "fault", "faults")))
		}
		if newest == "" {
			newest = fmt.Sprintf("The newest copy that can be restored is %s: %d readings, the newest of %s. Stop Furrow and run furrow restore %s --force to go back to it.",
				filepath.Join(backupFolder, filepath.Base(file)), y.Readings, clock(y.Newest), file)
		}
		found := readableDays(ctx, file, lost)
		if len(found) > 0 {
			r.Saved = append(r.Saved, fmt.Sprintf("%s still has %d of the damaged days.", name, len(found)))
			lost = slices.DeleteFunc(lost, func(id int64) bool { return slices.Contains(found, id) })
		}
	}
	if len(r.Wrong) > 0 && newest != "" {
		r.Saved = append(r.Saved, newest)
	}
	return ctx.Err()
}

// readableDays returns which of the days' rows a copy holds undamaged.
func readableDays(ctx context.Context, file string, days []int64) (found []int64) {
	if len(days) == 0 {
		return nil
	}
	from, err := sql.Open("sqlite", readName(file, standing))
	if err != nil {
		return nil
	}
	defer from.Close() //nolint:errcheck // nothing was written
	for _, id := range days {
		var data []byte
		if from.QueryRowContext(ctx, "SELECT data FROM raw WHERE id = $1", id).Scan(&data) == nil && history.Readable(data) {
			found = append(found, id)
		}
	}
	return found
}
