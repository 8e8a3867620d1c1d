package payload

import (
	"math"
	"strconv"
	"strings"

	"furrow/sensors"
)

// nothing reports whether a text says that there is no value.
func nothing(text string) bool {
	if text == "" || len(text) > len("unavailable") {
		return text == ""
	}
	if c := text[0]; c >= '0' && c <= '9' { // the usual case
		return false
	}
	switch strings.ToLower(text) {
	case "nan", "-nan", "none", "null", "nil", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity", "undefined", "unknown", "unavailable",
		"n/a", "na", "-", "--", "---":
		return true
	}
	return false
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// number reads a number as people and devices write it: "21.4", "21,4", "55 %", "12.6 V", "\"24.1\"". The
// rest is the unit, if any. Hexadecimal, NaN and infinity are no numbers.
func number(text string) (value float64, unit string, ok bool) {
	text = strings.TrimSpace(strings.Trim(text, `"`))
	if after, minus := strings.CutPrefix(text, "−"); minus { // as typesetting has it
		text = "-" + after
	}
	end, digits, commas := 0, 0, 0
	for end < len(text) {
		c := text[end]
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == ',':
			commas++
		case c == '.', (c == '-' || c == '+') && (end == 0 || text[end-1] == 'e' || text[end-1] == 'E'):
		case (c == 'e' || c == 'E') && digits > 0 && end+1 < len(text) && strings.IndexByte("+-0123456789", text[end+1]) >= 0:
		default:
			goto done
		}
		end++
	}
done:
	if digits == 0 || end > 40 || commas > 1 {
		return 0, "", false
	}
	figure := text[:end]
	if commas == 1 {
		if strings.Contains(figure, ".") {
			return 0, "", false
		}
		figure = strings.Replace(figure, ",", ".", 1)
	}
	value, err := strconv.ParseFloat(figure, 64)
	if err != nil || !finite(value) {
		return 0, "", false
	}
	unit = strings.TrimSpace(text[end:])
	if len(unit) > 16 || strings.HasPrefix(unit, "x") || strings.HasPrefix(unit, "X") {
		return 0, "", false
	}
	return value, unit, true
}

// word reads the words that switches, doors and the like use.
func word(text string) (value float64, ok bool) {
	switch strings.ToLower(strings.Trim(text, `"`)) {
	case "on", "true", "open", "opened", "yes", "wet", "detected", "active", "leak", "occupied", "trigger", "1":
		return 1, true
	case "off", "false", "closed", "close", "no", "dry", "clear", "inactive", "normal", "vacant", "idle", "0":
		return 0, true
	}
	return 0, false
}

// sentinel reports whether a value is how a sensor says that it has none.
func sentinel(metric sensors.MetricID, v float64) bool {
	switch v {
	case -127, 327.67, 327.68, -327.68, 999, 9999, -999, -9999, 6553.5, 65535, 127.99:
	default:
		return metric == "humidity" && v == 127.5 || metric == "temperature" && v == -163.84
	}
	return !metric.Info().Plausible(v)
}
