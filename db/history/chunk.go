package history

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
)

// A chunk holds the readings of one sensor and day: version byte, exponent byte, CRC-32C of the rest, and a
// deflated body of varints. The body is: count; time unit in ms; times as first value, first delta and
// deltas of deltas; values as first value and deltas; then which readings are suspect, as gaps.
const (
	chunkVersion = 1
	chunkHeader  = 6
	maxChunk     = 4 << 20 // readings; more cannot be decoded, and 86.4 M ms in a day cannot fill it honestly
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errRotten is a row whose content is not what was written.
var errRotten = errors.New("the row is damaged")

// timeUnits are the units of the times in a chunk, coarsest first.
var timeUnits = []int64{1000, 100, 10, 1}

// packer compresses chunks, reusing its buffers; for one goroutine at a time.
type packer struct {
	body []byte
	out  bytes.Buffer
	zip  *flate.Writer
}

// chunk returns the row of the sorted, not empty entries of one day. The result is the caller's.
func (p *packer) chunk(entries []entry) ([]byte, error) {
	exponent := chunkExponent(entries)
	p.body = appendTimes(p.body[:0], entries)
	p.body = appendValues(p.body, entries, exponent)
	p.body = appendSuspects(p.body, entries)
	p.out.Reset()
	p.out.Write([]byte{chunkVersion, byte(exponent), 0, 0, 0, 0})
	if p.zip == nil {
		zip, err := flate.NewWriter(&p.out, 6)
		if err != nil {
			return nil, err
		}
		p.zip = zip
	} else {
		p.zip.Reset(&p.out)
	}
	if _, err := p.zip.Write(p.body); err != nil {
		return nil, err
	}
	if err := p.zip.Close(); err != nil {
		return nil, err
	}
	row := bytes.Clone(p.out.Bytes())
	binary.LittleEndian.PutUint32(row[2:], crc32.Checksum(row[chunkHeader:], castagnoli)+uint32(exponent))
	return row, nil
}

// chunkExponent returns the smallest exponent that holds all values, or asFloat.
func chunkExponent(entries []entry) int {
	exponent := 0
	for _, e := range entries {
		if exponent = exponentOf(e.value, exponent); exponent == asFloat {
			return asFloat
		}
	}
	for _, e := range entries { // a larger exponent may not hold the larger numbers before it
		if _, ok := decimal(e.value, exponent); !ok {
			return asFloat
		}
	}
	return exponent
}

func timeUnit(entries []entry) int64 {
	unit := 0
	for _, e := range entries {
		for int64(e.at())%timeUnits[unit] != 0 {
			unit++
		}
	}
	return timeUnits[unit]
}

func appendTimes(b []byte, entries []entry) []byte {
	unit := timeUnit(entries)
	b = binary.AppendUvarint(b, uint64(len(entries)))
	b = binary.AppendUvarint(b, uint64(unit))
	var last, delta int64
	for i, e := range entries {
		at := int64(e.at()) / unit
		if i == 0 {
			b = binary.AppendVarint(b, at)
		} else {
			b = binary.AppendVarint(b, at-last-delta)
			delta = at - last
		}
		last = at
	}
	return b
}

// appendValues writes decimals as deltas, floats byte by byte of equal weight, which deflate likes better.
func appendValues(b []byte, entries []entry, exponent int) []byte {
	if exponent == asFloat {
		for shift := 0; shift < 64; shift += 8 {
			for _, e := range entries {
				b = append(b, byte(math.Float64bits(e.value)>>shift))
			}
		}
		return b
	}
	var last int64
	for _, e := range entries {
		v, _ := decimal(e.value, exponent)
		b = binary.AppendVarint(b, v-last)
		last = v
	}
	return b
}

func appendSuspects(b []byte, entries []entry) []byte {
	n, last := 0, 0
	for _, e := range entries {
		if e.suspect() {
			n++
		}
	}
	b = binary.AppendUvarint(b, uint64(n))
	for i, e := range entries {
		if e.suspect() {
			b = binary.AppendUvarint(b, uint64(i-last))
			last = i
		}
	}
	return b
}

// unpacker decodes chunks, reusing its buffers; for one goroutine at a time.
type unpacker struct {
	in      bytes.Reader
	zip     io.ReadCloser // flate's, of in
	body    bytes.Buffer
	entries []entry
}

// decodeChunk returns the readings of a row, sorted by time. An error wraps errRotten.
func decodeChunk(row []byte) ([]entry, error) { return new(unpacker).chunk(row) }

// chunk is decodeChunk, and its result is good until the next call.
func (u *unpacker) chunk(row []byte) ([]entry, error) {
	if len(row) < chunkHeader || row[0] != chunkVersion || row[1] > asFloat {
		return nil, fmt.Errorf("chunk header: %w", errRotten)
	}
	exponent := int(row[1])
	if binary.LittleEndian.Uint32(row[2:]) != crc32.Checksum(row[chunkHeader:], castagnoli)+uint32(exponent) {
		return nil, fmt.Errorf("chunk checksum: %w", errRotten)
	}
	if err := u.inflate(row[chunkHeader:]); err != nil {
		return nil, fmt.Errorf("chunk body: %w", errRotten)
	}
	r := &reader{b: u.body.Bytes()}
	entries := readTimes(r, u.entries)
	u.entries = entries
	readValues(r, entries, exponent)
	readSuspects(r, entries)
	if r.bad || len(r.b) > 0 || !ascending(entries) {
		return nil, fmt.Errorf("chunk content: %w", errRotten)
	}
	return entries, nil
}

// inflate puts what is packed into u.body.
func (u *unpacker) inflate(packed []byte) error {
	u.in.Reset(packed)
	if u.zip == nil {
		u.zip = flate.NewReader(&u.in)
	} else if err := u.zip.(flate.Resetter).Reset(&u.in, nil); err != nil {
		return err
	}
	u.body.Reset()
	_, err := u.body.ReadFrom(io.LimitReader(u.zip, 64<<20))
	return err
}

// readTimes returns entries with nothing but their times, in room if that is large enough.
func readTimes(r *reader, room []entry) []entry {
	n, unit := r.uvarint(), int64(r.uvarint())
	if n > maxChunk || n > uint64(len(r.b)) || !slices.Contains(timeUnits, unit) { // a time takes a byte at least
		r.bad = true
		return nil
	}
	entries := slices.Grow(room[:0], int(n))[:n]
	var last, delta int64
	for i := range entries {
		if i == 0 {
			last = r.varint()
		} else {
			delta += r.varint()
			last += delta
		}
		entries[i] = entry{key: last * unit << 1}
	}
	return entries
}

func readValues(r *reader, entries []entry, exponent int) {
	if exponent == asFloat {
		if len(r.b) < 8*len(entries) {
			r.bad = true
			return
		}
		for i := range entries {
			var bits uint64
			for k := range 8 {
				bits |= uint64(r.b[k*len(entries)+i]) << (8 * k)
			}
			entries[i].value = math.Float64frombits(bits)
			r.bad = r.bad || !finite(entries[i].value)
		}
		r.b = r.b[8*len(entries):]
		return
	}
	var last int64
	for i := range entries {
		last += r.varint()
		entries[i].value = float64(last) / pow10[exponent]
	}
}

func readSuspects(r *reader, entries []entry) {
	n := r.uvarint()
	if n > uint64(len(entries)) {
		r.bad = true
		return
	}
	at := uint64(0)
	for range n {
		at += r.uvarint()
		if at >= uint64(len(entries)) {
			r.bad = true
			return
		}
		entries[at].key |= 1
	}
}

// ascending reports whether the times are in order, each once and from 1970 on.
func ascending(entries []entry) bool {
	for i, e := range entries {
		if e.key < 0 || i > 0 && e.at() <= entries[i-1].at() {
			return false
		}
	}
	return true
}
