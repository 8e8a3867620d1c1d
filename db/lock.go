package db

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// Lock takes the data folder for this process, until release is called or the process ends. If another
// process has it, the error names that.
func Lock(dir string) (release func() error, err error) {
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, "furrow.lock"))
	holder := filepath.Join(dir, "furrow.pid") // beside the lock, which some systems let nobody read
	taken, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("the data folder %s cannot be locked: %w", dir, err)
	}
	if !taken {
		who := ""
		if pid, err := os.ReadFile(holder); err == nil {
			who = " (process " + strings.TrimSpace(string(pid)) + ")"
		}
		return nil, fmt.Errorf("another Furrow%s is using the data folder %s; stop it first, or choose another folder with --data", who, dir)
	}
	if err := os.WriteFile(holder, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		_ = lock.Unlock()
		return nil, fmt.Errorf("the data folder %s cannot be written: %w", dir, cause(err))
	}
	return func() error {
		_ = os.Remove(holder) // only a hint
		return lock.Unlock()
	}, nil
}
