package payload

import (
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// sparkMetric is one metric of a Sparkplug payload, with the few fields that are read.
type sparkMetric struct {
	name     string
	alias    uint64
	hasAlias bool
	at       uint64 // milliseconds since 1970, zero for none
	unit     string
	value    float64
	numeric  bool // it has a value that is a number or a yes or no
	boolean  bool
	kind     uint64 // Sparkplug's data type
}

const maxSparkMetrics = maxObservations

// fields calls read for each field of a protobuf message; read takes the value's bytes and returns how many
// it used, negative for a broken one.
func fields(b []byte, read func(number protowire.Number, kind protowire.Type, b []byte) int) bool {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return false
		}
		b = b[n:]
		if n = read(number, kind, b); n < 0 || n > len(b) {
			return false
		}
		b = b[n:]
	}
	return true
}

// sparkPayload reads a payload: its metrics and its own time.
func sparkPayload(b []byte) (metrics []sparkMetric, at uint64, ok bool) {
	ok = fields(b, func(number protowire.Number, kind protowire.Type, b []byte) int {
		switch {
		case number == 1 && kind == protowire.VarintType:
			v, n := protowire.ConsumeVarint(b)
			at = v
			return n
		case number == 2 && kind == protowire.BytesType:
			part, n := protowire.ConsumeBytes(b)
			if n < 0 {
				return n
			}
			metric, ok := sparkOne(part)
			if !ok {
				return -1
			}
			if len(metrics) < maxSparkMetrics {
				metrics = append(metrics, metric)
			}
			return n
		}
		return protowire.ConsumeFieldValue(number, kind, b)
	})
	return metrics, at, ok
}

// sparkOne reads one metric.
func sparkOne(b []byte) (m sparkMetric, ok bool) {
	null, raw := false, uint64(0)
	ok = fields(b, func(number protowire.Number, kind protowire.Type, b []byte) int {
		switch kind {
		case protowire.VarintType:
			v, n := protowire.ConsumeVarint(b)
			switch number {
			case 2:
				m.alias, m.hasAlias = v, true
			case 3:
				m.at = v
			case 4:
				m.kind = v
			case 7:
				null = v != 0
			case 10, 11:
				raw, m.numeric = v, true
			case 14:
				m.value, m.numeric, m.boolean = float64(min(v, 1)), true, true
			}
			return n
		case protowire.Fixed32Type:
			v, n := protowire.ConsumeFixed32(b)
			if number == 12 {
				m.value, m.numeric = float64(math.Float32frombits(v)), true
			}
			return n
		case protowire.Fixed64Type:
			v, n := protowire.ConsumeFixed64(b)
			if number == 13 {
				m.value, m.numeric = math.Float64frombits(v), true
			}
			return n
		case protowire.BytesType:
			part, n := protowire.ConsumeBytes(b)
			switch {
			case number == 1 && utf8.Valid(part) && len(part) <= maxTopic:
				m.name = string(part)
			case number == 9:
				m.unit = sparkUnit(part)
			}
			return n
		}
		return protowire.ConsumeFieldValue(number, kind, b)
	})
	if raw != 0 {
		m.value = signed(m.kind, raw)
	}
	m.numeric = m.numeric && !null && finite(m.value)
	return m, ok
}

// signed reads an integer as its data type has it: negative ones of 8 to 32 bits are two's complement in an
// unsigned 32-bit value.
func signed(kind, raw uint64) float64 {
	switch kind {
	case 1, 2, 3: // Int8, Int16, Int32
		return float64(int32(uint32(raw)))
	case 4: // Int64
		return float64(int64(raw))
	}
	return float64(raw)
}

// sparkUnit returns the value of the property engUnit: keys and values stand in two lists of one order.
func sparkUnit(set []byte) (unit string) {
	var keys, values []string
	fields(set, func(number protowire.Number, kind protowire.Type, b []byte) int {
		if kind != protowire.BytesType {
			return protowire.ConsumeFieldValue(number, kind, b)
		}
		part, n := protowire.ConsumeBytes(b)
		switch {
		case number == 1 && len(keys) < 100:
			keys = append(keys, string(part))
		case number == 2 && len(values) < 100:
			values = append(values, sparkText(part))
		}
		return n
	})
	for i, key := range keys {
		if (key == "engUnit" || key == "Engineering Units") && i < len(values) && len(values[i]) <= 16 && utf8.ValidString(values[i]) {
			return values[i]
		}
	}
	return ""
}

// sparkText returns the text of a property's value.
func sparkText(value []byte) (text string) {
	fields(value, func(number protowire.Number, kind protowire.Type, b []byte) int {
		if number == 8 && kind == protowire.BytesType {
			part, n := protowire.ConsumeBytes(b)
			text = string(part)
			return n
		}
		return protowire.ConsumeFieldValue(number, kind, b)
	})
	return text
}
