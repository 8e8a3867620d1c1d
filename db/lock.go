package db

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// InUse is the error of a data folder that another process has.
type InUse struct {
	Dir     string
	Process string // its id, "" when it is not known
}

// Error names the process and what to do.
func (e InUse) Error() string {
	who := ""
	if e.Process != "" {
		who = " (process " + e.Process + ")"
	}
	return fmt.Sprintf("another Furrow%s is using the data folder %s; stop it first, or choose another folder with --data", who, e.Dir)
}

// Lock takes the data folder for this process, until release is called or the process ends. If another
// process has it, the error is an InUse.
func Lock(dir string) (release func() error, err error) {
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, "furrow.lock"), flock.SetPermissions(0o600))
	holder := filepath.Join(dir, "furrow.pid") // beside the lock, which some systems let nobody read
	taken, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("the data folder %s cannot be locked: %w", dir, cause(err))
	}
	if !taken {
		pid, _ := os.ReadFile(holder) // only a hint
		return nil, InUse{Dir: dir, Process: strings.TrimSpace(string(pid))}
	}
	if err := os.WriteFile(holder, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		_ = lock.Unlock()
		return nil, fmt.Errorf("the data folder %s cannot be written: %w", dir, cause(err))
	}
	return func() error {
		_ = os.Remove(holder)
		return lock.Unlock()
	}, nil
}
