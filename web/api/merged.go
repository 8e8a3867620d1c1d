package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"furrow/sensors"
)

const day = 24 * time.Hour

// How many readings a preview holds at once, and how many it goes through.
const (
	maxHeld     = 1 << 18 // 8 MB
	maxReplayed = 20_000_000
)

// merged walks through the readings of several sensors by time. It reads them stretch by stretch, each as long
// as its readings can be held.
type merged struct {
	ctx     context.Context
	history History
	sensors []sensors.SensorID
	at, to  sensors.Milli
	width   time.Duration // of the next stretch
	held    []sensors.Reading
	passed  int
}

// each hands out the readings, and at last what went wrong.
func (m *merged) each(yield func(sensors.Reading, error) bool) {
	for m.at < m.to {
		if err := m.next(); err != nil {
			yield(sensors.Reading{}, err)
			return
		}
		for _, r := range m.held {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var errTooLong = sensors.Invalid{"scope": "These are too many readings to look through; choose fewer sensors or a shorter time."}

// next reads the next stretch.
func (m *merged) next() error {
	for {
		until := min(sensors.BucketStart(m.at, m.width)+sensors.Milli(m.width.Milliseconds()), m.to)
		whole, err := m.read(until)
		if err != nil {
			return err
		}
		if !whole {
			m.width = max(m.width/2, time.Millisecond).Truncate(time.Millisecond)
			continue
		}
		if m.at = until; len(m.held) < maxHeld/4 {
			m.width = min(2*m.width, 64*day)
		}
		if m.passed += len(m.held); m.passed > maxReplayed {
			return errTooLong
		}
		slices.SortStableFunc(m.held, func(a, b sensors.Reading) int { return cmp.Compare(a.At, b.At) })
		return nil
	}
}

// read fills held with what lies before until. It is false when there is more than can be held, and the
// stretch could be shorter.
func (m *merged) read(until sensors.Milli) (bool, error) {
	m.held = m.held[:0]
	for _, id := range m.sensors {
		if err := m.ctx.Err(); err != nil {
			return false, err
		}
		full := false
		err := m.history.Range(m.ctx, id, m.at, until, func(r sensors.Reading) bool {
			m.held = append(m.held, r)
			full = len(m.held) > maxHeld && m.width > time.Millisecond
			return !full
		})
		if err != nil || full {
			return false, err
		}
	}
	return true, nil
}
