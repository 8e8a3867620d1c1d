package history

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"furrow/sensors"
)

// A journal row holds the readings of one commit in the order in which they came: version byte, CRC-32C of
// the rest, count, and for each reading its sensor, its time as the difference from the one before, and a
// byte that says how its value is written.
const (
	journalVersion = 1
	journalHeader  = 5
	suspectBit     = 1 << 3
)

// appendJournal writes the row of a commit to b.
func appendJournal(b []byte, rs []sensors.Reading) []byte {
	start := len(b)
	b = append(b, journalVersion, 0, 0, 0, 0)
	b = binary.AppendUvarint(b, uint64(len(rs)))
	var last sensors.Milli
	for i := range rs {
		r := &rs[i]
		b = binary.AppendUvarint(b, uint64(r.Sensor))
		b = binary.AppendVarint(b, int64(r.At-last))
		last = r.At
		b = appendJournalValue(b, r)
	}
	binary.LittleEndian.PutUint32(b[start+1:], crc32.Checksum(b[start+journalHeader:], castagnoli))
	return b
}

func appendJournalValue(b []byte, r *sensors.Reading) []byte {
	exponent := exponentOf(r.Value, 0)
	how := byte(exponent)
	if r.Quality == sensors.Suspect {
		how |= suspectBit
	}
	b = append(b, how)
	if exponent == asFloat {
		return appendFloat(b, r.Value)
	}
	scaled, _ := decimal(r.Value, exponent)
	return binary.AppendVarint(b, scaled)
}

// decodeJournal calls f with each reading of a row. Nothing is called for a row that is damaged; the error
// wraps errRotten.
func decodeJournal(row []byte, f func(sensors.Reading)) error {
	if len(row) < journalHeader || row[0] != journalVersion ||
		binary.LittleEndian.Uint32(row[1:]) != crc32.Checksum(row[journalHeader:], castagnoli) {
		return fmt.Errorf("journal checksum: %w", errRotten)
	}
	r := &reader{b: row[journalHeader:]}
	n := r.uvarint()
	if n > uint64(len(r.b)) { // a reading takes more than a byte
		return fmt.Errorf("journal count: %w", errRotten)
	}
	rs := make([]sensors.Reading, 0, n)
	var at int64
	for range n {
		reading := sensors.Reading{Sensor: sensors.SensorID(r.uvarint())}
		at += r.varint()
		reading.At = sensors.Milli(at)
		how := r.byte()
		if how&suspectBit != 0 {
			reading.Quality = sensors.Suspect
		}
		if exponent := int(how & 7); exponent == asFloat {
			reading.Value = r.float()
		} else {
			reading.Value = float64(r.varint()) / pow10[exponent]
		}
		r.bad = r.bad || how > asFloat|suspectBit || !storable(reading)
		rs = append(rs, reading)
	}
	if r.bad || len(r.b) > 0 {
		return fmt.Errorf("journal content: %w", errRotten)
	}
	for i := range rs {
		f(rs[i])
	}
	return nil
}

// storable reports whether a reading can stand in the history: a sensor, a finite value, and a time from
// 1970 on whose day number fits into a row's id.
func storable(r sensors.Reading) bool {
	return r.Sensor > 0 && r.Sensor < 1<<(62-dayBits) && r.At >= 0 && dayOf(r.At) < 1<<dayBits && finite(r.Value)
}
