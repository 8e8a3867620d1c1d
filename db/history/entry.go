package history

import (
	"slices"

	"furrow/sensors"
)

// dayMillis is the length of a UTC day, to which chunks belong.
const dayMillis = 86_400_000

// dayBits is the room for the day number in a row's id: enough until the year 4840.
const dayBits = 20

// entry is a reading in memory: 16 bytes. The time carries the quality in its lowest bit.
type entry struct {
	key   int64 // At << 1 | suspect
	value float64
}

func entryOf(r sensors.Reading) entry {
	return entry{int64(r.At)<<1 | int64(r.Quality&1), r.Value}
}

func (e entry) at() sensors.Milli        { return sensors.Milli(e.key >> 1) }
func (e entry) suspect() bool            { return e.key&1 != 0 }
func (e entry) quality() sensors.Quality { return sensors.Quality(e.key & 1) }

func (e entry) reading(id sensors.SensorID) sensors.Reading {
	return sensors.Reading{Sensor: id, At: e.at(), Value: e.value, Quality: e.quality()}
}

// search returns where in the sorted entries the first one not before at stands.
func search(entries []entry, at sensors.Milli) int {
	i, _ := slices.BinarySearchFunc(entries, at, func(e entry, at sensors.Milli) int {
		if e.at() < at {
			return -1
		}
		return 1
	})
	return i
}

// between returns the part of the sorted entries with from <= at < to.
func between(entries []entry, from, to sensors.Milli) []entry {
	if from >= to {
		return nil
	}
	return entries[search(entries, from):search(entries, to)]
}

// merge joins two sorted runs; where both have a reading of one moment, newer wins.
func merge(older, newer []entry) []entry {
	if len(older) == 0 {
		return newer
	}
	if len(newer) == 0 {
		return older
	}
	out := make([]entry, 0, len(older)+len(newer))
	i, j := 0, 0
	for i < len(older) && j < len(newer) {
		switch a, b := older[i].at(), newer[j].at(); {
		case a < b:
			out = append(out, older[i])
			i++
		case a > b:
			out = append(out, newer[j])
			j++
		default:
			out = append(out, newer[j])
			i, j = i+1, j+1
		}
	}
	return append(append(out, older[i:]...), newer[j:]...)
}

func dayOf(at sensors.Milli) int64               { return int64(at) / dayMillis }
func dayStart(day int64) sensors.Milli           { return sensors.Milli(day * dayMillis) }
func rowID(id sensors.SensorID, day int64) int64 { return int64(id)<<dayBits | day }
func dayOfRow(row int64) int64                   { return row & (1<<dayBits - 1) }
