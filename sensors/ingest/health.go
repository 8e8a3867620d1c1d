package ingest

import "time"

// Health tells whether readings reach the disk.
type Health struct {
	Err        error     // why the last commit failed, nil when it did not
	Since      time.Time // since when commits have been failing
	LastCommit time.Time // zero before the first
}

// Health returns how ingest does.
func (in *Ingest) Health() Health {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.health
}

func (in *Ingest) committed(now time.Time, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case err == nil:
		if in.health.Err != nil {
			in.Log.Info("readings are stored again", "failed_for", now.Sub(in.health.Since))
		}
		in.health = Health{LastCommit: now}
	case in.health.Err == nil:
		in.health.Err, in.health.Since = err, now
		in.Log.Error("readings cannot be stored; nothing is acknowledged until they can", "error", err)
	default:
		in.health.Err = err
	}
}
