package history

import (
	"encoding/binary"
	"fmt"
	"math"

	"furrow/sensors"
)

// hourMillis is the step of the sums within a day.
const hourMillis = 3_600_000

// hourlyFrom is the number of readings a day from which sums by the hour pay: for fewer, the readings
// themselves are read as fast.
const hourlyFrom = 200

// sum adds up good readings.
type sum struct {
	n               int64
	min, max, total float64
	last            float64
}

func (s *sum) add(v float64) {
	if s.n == 0 {
		s.min, s.max = v, v
	} else {
		s.min, s.max = math.Min(s.min, v), math.Max(s.max, v)
	}
	s.n++
	s.total += v
	s.last = v
}

func (s *sum) join(o sum) {
	switch {
	case o.n == 0:
		return
	case s.n == 0:
		*s = o
		return
	}
	s.min, s.max = math.Min(s.min, o.min), math.Max(s.max, o.max)
	s.n += o.n
	s.total += o.total
	s.last = o.last
}

// bucket returns the sum as a chart's point. The mean is held within min and max, which rounding may leave.
func (s *sum) bucket(from sensors.Milli) sensors.Bucket {
	mean := math.Min(math.Max(s.total/float64(s.n), s.min), s.max)
	return sensors.Bucket{From: from, Count: int(s.n), Min: s.min, Mean: mean, Max: s.max}
}

// roll is what a day's good readings come to.
type roll struct {
	day    sum
	hourly [24]sum
}

// rollOf sums up the readings of one day.
func rollOf(entries []entry) *roll {
	r := &roll{}
	for _, e := range entries {
		if !e.suspect() {
			r.hourly[int64(e.at())%dayMillis/hourMillis].add(e.value)
		}
	}
	for i := range r.hourly {
		r.day.join(r.hourly[i])
	}
	return r
}

// The hourly sums of a day as a blob: version byte, exponent byte, a bit for each hour that has readings,
// and for each of those its count, min, max-min and total-n·min, as varints of the exponent or as floats.
const hourlyVersion = 1

// appendHourly writes the sums by the hour, nothing for a day of few readings.
func (r *roll) appendHourly(b []byte, exponent int) []byte {
	if r.day.n < hourlyFrom {
		return nil
	}
	bits := uint32(0)
	for i, h := range r.hourly {
		if h.n > 0 {
			bits |= 1 << i
		}
	}
	for _, h := range r.hourly {
		if exponent != asFloat && !h.fits(exponent) {
			exponent = asFloat
		}
	}
	b = append(b, hourlyVersion, byte(exponent))
	b = binary.LittleEndian.AppendUint32(b, bits)
	for i := range r.hourly {
		h := &r.hourly[i]
		if h.n == 0 {
			continue
		}
		b = binary.AppendUvarint(b, uint64(h.n))
		if exponent == asFloat {
			b = appendFloat(appendFloat(appendFloat(b, h.min), h.max), h.total)
			continue
		}
		low, high, total := h.scaled(exponent)
		b = binary.AppendVarint(b, low)
		b = binary.AppendUvarint(b, uint64(high-low))
		b = binary.AppendUvarint(b, uint64(total-h.n*low))
	}
	return b
}

// scaled returns min, max and total as whole numbers of 10^-exponent.
func (s *sum) scaled(exponent int) (low, high, total int64) {
	p := pow10[exponent]
	return int64(math.Round(s.min * p)), int64(math.Round(s.max * p)), int64(math.Round(s.total * p))
}

// fits reports whether the sum is safe as whole numbers.
func (s *sum) fits(exponent int) bool {
	p := pow10[exponent]
	return s.n == 0 || math.Abs(s.total)*p < 1<<52 && float64(s.n)*math.Abs(s.min)*p < 1<<52 &&
		math.Round(s.total*p) >= float64(s.n)*math.Round(s.min*p)
}

// decodeHourly reads what appendHourly wrote. An error wraps errRotten.
func decodeHourly(blob []byte) (hourly [24]sum, err error) {
	if len(blob) < 6 || blob[0] != hourlyVersion || blob[1] > asFloat {
		return hourly, fmt.Errorf("hourly header: %w", errRotten)
	}
	exponent, bits := int(blob[1]), binary.LittleEndian.Uint32(blob[2:])
	r := &reader{b: blob[6:]}
	for i := range hourly {
		if bits&(1<<i) == 0 {
			continue
		}
		h := &hourly[i]
		h.n = int64(r.uvarint())
		if exponent == asFloat {
			h.min, h.max, h.total = r.float(), r.float(), r.float()
		} else {
			low := r.varint()
			high, over := low+int64(r.uvarint()), int64(r.uvarint())
			p := pow10[exponent]
			h.min, h.max, h.total = float64(low)/p, float64(high)/p, float64(over+h.n*low)/p
		}
		r.bad = r.bad || h.n <= 0 || !(h.min <= h.max) || !finite(h.min+h.max) || !finite(h.total)
	}
	if r.bad || len(r.b) > 0 || bits>>24 != 0 {
		return [24]sum{}, fmt.Errorf("hourly content: %w", errRotten)
	}
	return hourly, nil
}
