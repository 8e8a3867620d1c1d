package history

import (
	"encoding/binary"
	"math"
)

// Sensors report decimals of few digits, so values are kept as whole numbers of 10^-exponent where that gives
// the same float64 back, and as the float64 itself where it does not.
const (
	maxExponent = 6
	asFloat     = 7 // in place of an exponent: values are float64 bits
)

var pow10 = [maxExponent + 1]float64{1, 10, 100, 1e3, 1e4, 1e5, 1e6}

// decimal returns v as a whole number of 10^-exponent, or false when that loses anything.
func decimal(v float64, exponent int) (int64, bool) {
	scaled := math.Round(v * pow10[exponent])
	if math.Abs(scaled) >= 1<<53 || scaled/pow10[exponent] != v || (v == 0 && math.Signbit(v)) {
		return 0, false
	}
	return int64(scaled), true
}

// exponentOf returns the smallest exponent, from least on, that holds v exactly, or asFloat.
func exponentOf(v float64, least int) int {
	for e := least; e <= maxExponent; e++ {
		if _, ok := decimal(v, e); ok {
			return e
		}
	}
	return asFloat
}

// finite reports whether v is a number that can be stored.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// reader takes varints off a blob. After the first thing that is not there, bad is set and zeros come.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *reader) float() float64 {
	if len(r.b) < 8 {
		r.bad, r.b = true, nil
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(r.b))
	r.b = r.b[8:]
	return v
}

func appendFloat(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}
