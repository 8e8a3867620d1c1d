package db

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// draftPattern names what is not whole yet.
const draftPattern = ".furrow-*.part"

// newDraft makes an empty file that only its owner can read.
func newDraft(dir string) (string, error) {
	draft, err := os.CreateTemp(dir, draftPattern)
	if err != nil {
		return "", fmt.Errorf("the folder %s cannot be written: %w; give this user the right to, or choose another", dir, cause(err))
	}
	return draft.Name(), draft.Close()
}

// discardDraft removes a draft, if it is still one, with what SQLite may have put beside it.
func discardDraft(draft string) {
	for _, beside := range []string{"", "-journal", "-wal", "-shm"} {
		_ = os.Remove(draft + beside) // most are not there
	}
}

// discardDrafts removes what backups left behind that were cut short. Nobody may be writing one.
func discardDrafts(dir string) {
	files, _ := os.ReadDir(dir) // a folder that cannot be read is told by who writes in it
	for _, file := range files {
		if draft, _ := filepath.Match(draftPattern, file.Name()); draft {
			discardDraft(filepath.Join(dir, file.Name()))
		}
	}
}

// syncFile waits until a file is on the disk. No database may be open on it: closing it drops SQLite's locks.
func syncFile(name string) error {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// syncFolder waits until the names in a folder are on the disk, where the system can do that.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrInvalid) { // some file systems cannot
		err = nil
	}
	return errors.Join(err, folder.Close())
}
