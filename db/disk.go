package db

import "fmt"

// Disk is the room on the disk that the data folder lies on, in bytes.
type Disk struct {
	Free     int64 // what this user may still write
	Total    int64
	Database int64 // the database with what was not yet moved into it
}

// lowDisk is when a disk is nearly full, in bytes; on a small one it is a twentieth of it.
const lowDisk = 512 << 20

// Low reports whether somebody should make room before readings are refused.
func (v Disk) Low() bool { return v.Free < min(lowDisk, v.Total/20) }

// holdsCopy reports whether a copy can be made without leaving the farm short of room.
func (v Disk) holdsCopy() bool { return v.Free >= 2*v.Database }

// Disk returns how much room there is now. It asks the system, which takes microseconds.
func (d *DB) Disk() (Disk, error) {
	room, err := diskOf(d.dir)
	if err != nil {
		return room, fmt.Errorf("asking for the free space of %s: %w", d.dir, cause(err))
	}
	room.Database = d.size()
	return room, nil
}

// watchDisk logs when the disk gets low, and when it no longer is.
func (d *DB) watchDisk() {
	room, err := d.Disk()
	if err != nil || room.Low() == d.watch.low {
		return
	}
	d.watch.low = room.Low()
	if d.watch.low {
		d.log.Warn("the disk is nearly full; once it is, readings are refused", "free_bytes", room.Free)
	} else {
		d.log.Info("the disk has room again", "free_bytes", room.Free)
	}
}

// Megabytes writes a size for people.
func Megabytes(bytes int64) string {
	switch {
	case bytes >= 10e9:
		return fmt.Sprintf("%.0f GB", float64(bytes)/1e9)
	case bytes >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
	case bytes >= 10e6:
		return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
