package db

import (
	"context"
	"time"

	"furrow/sensors"
)

// Range calls f with each reading of the sensor with from <= At < to, oldest first, until f returns false.
func (d *DB) Range(ctx context.Context, id sensors.SensorID, from, to sensors.Milli, f func(sensors.Reading) bool) error {
	return translate(d.history.Range(ctx, id, from, to, f))
}

// Buckets sums up the good readings of each sensor with from <= At < to in steps of width counted from
// from, without the empty ones.
func (d *DB) Buckets(ctx context.Context, ids []sensors.SensorID, from, to sensors.Milli, width time.Duration) ([][]sensors.Bucket, error) {
	buckets, err := d.history.Buckets(ctx, ids, from, to, width)
	return buckets, translate(err)
}

// Last returns the newest reading of each sensor that has one.
func (d *DB) Last(ctx context.Context, ids []sensors.SensorID) ([]sensors.Reading, error) {
	last, err := d.history.Last(ctx, ids)
	return last, translate(err)
}

// First returns the time of the sensor's oldest reading, zero when it has none.
func (d *DB) First(ctx context.Context, id sensors.SensorID) (sensors.Milli, error) {
	first, err := d.history.First(ctx, id)
	return first, translate(err)
}

// Unsealed readings above this number are sealed without waiting for the night; each takes 16 bytes of memory.
const maxUnsealed = 4_000_000

// noticesKept is how long it can be seen who was told of an alert.
const noticesKept = 90 * 24 * time.Hour

// Run looks the file over if the last run did not end in order. Then, until ctx ends, it seals the days that
// are over, drops what has had its time, copies the database every night and watches the disk.
func (d *DB) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	d.lookOver(ctx)
	var sealed time.Time // the day up to which all is sealed
	for {
		now := time.Now().UTC()
		if err := d.care(ctx, now, &sealed); err != nil && ctx.Err() == nil {
			d.log.Error("care of the database", "error", err)
		}
		d.watchDisk()
		d.nightly(ctx, now)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// care does what is due.
func (d *DB) care(ctx context.Context, now time.Time, sealed *time.Time) error {
	if today := lastDayBefore(now); today.After(*sealed) {
		if err := d.Maintain(ctx, now); err != nil {
			return err
		}
		*sealed = today
	}
	if d.history.Unsealed() > maxUnsealed {
		return translate(d.history.Seal(ctx, now.Add(48*time.Hour)))
	}
	return nil
}

// Maintain seals the days that are over and drops sessions that have ended and messages that were settled long ago.
func (d *DB) Maintain(ctx context.Context, now time.Time) error {
	if err := d.history.Seal(ctx, lastDayBefore(now)); err != nil {
		return translate(err)
	}
	if err := d.ForgetNotices(ctx, sensors.MilliOf(now.Add(-noticesKept))); err != nil {
		return err
	}
	return d.DeleteEndedSessions(ctx, now)
}

// lastDayBefore returns the end of the last day that is to be sealed: an hour after it ended, when most late
// readings are in.
func lastDayBefore(now time.Time) time.Time {
	return now.UTC().Add(-time.Hour).Truncate(24 * time.Hour)
}
