package web

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"furrow/sensors"
	"furrow/views"
)

// messages prepares raw messages for people: what came, and what Furrow made of it.
func (s *Server) messages(raw []sensors.RawMessage) []views.Message {
	units := s.units()
	out := make([]views.Message, 0, len(raw))
	for _, m := range raw {
		v := views.Message{At: s.momentExact(m.At.Time()), Topic: visible([]byte(m.Topic)), Payload: visible(m.Payload), Size: bytesInWords(m.Size),
			Cut: len(m.Payload) < m.Size, Dialect: dialectLabel(m.Dialect), Problem: m.Problem}
		const most = 24
		for i, o := range m.Read {
			if i == most {
				v.More = len(m.Read) - most
				break
			}
			info := o.Metric.Info()
			label := info.Name
			if o.Channel != "" {
				label += " " + o.Channel
			}
			v.Read = append(v.Read, views.MessageValue{Label: label, Value: info.Format(units, o.Value), Unit: unitLabel(info.UnitIn(units)),
				Suspect: o.Quality == sensors.Suspect})
		}
		out = append(out, v)
	}
	return out
}

// visible turns bytes of any kind into text that shows what they are: what cannot be printed, or would hide
// or turn around other text, is written as an escape.
func visible(raw []byte) string {
	var b strings.Builder
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, raw[0])
		case r == '\n':
			b.WriteRune(r)
		case r == '\t':
			b.WriteString("    ")
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		raw = raw[n:]
	}
	return b.String()
}

func bytesInWords(n int) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 1024:
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1024)
}

// plainName is a name without case, spaces, dashes and underscores, as topics write it.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '_' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}
