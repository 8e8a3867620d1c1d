package payload

import (
	"strings"

	"github.com/tidwall/gjson"
)

// forgive reads JSON as many programs write it, with NaN and Infinity where a number is missing: they become
// null. It reports whether that makes the payload valid.
func (m *message) forgive() bool {
	var b strings.Builder
	inString, done := false, 0
	for i := 0; i < len(m.text); i++ {
		switch c := m.text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case !inString && (c == '-' || c == '+' || isLetter(c)):
			word := m.text[i:]
			if end := strings.IndexFunc(word[1:], func(r rune) bool { return r >= 0x80 || !isLetter(byte(r)) }); end >= 0 {
				word = word[:end+1]
			}
			if word != "null" && nothing(word) {
				b.WriteString(m.text[done:i])
				b.WriteString("null")
				done = i + len(word)
			}
			i += len(word) - 1
		}
	}
	if done == 0 {
		return false
	}
	b.WriteString(m.text[done:])
	m.text = b.String()
	return gjson.Valid(m.text)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
