package payload

import (
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// filters and methods are those that are understood; others do not compile.
var (
	filters = map[string]bool{"float": true, "int": true, "round": true, "default": true, "d": true, "lower": true, "upper": true, "trim": true, "string": true,
		"abs": true, "is_defined": true, "tojson": true, "to_json": true, "replace": true, "multiply": true, "add": true, "iif": true, "bool": true}
	methods = map[string]bool{"get": true, "lower": true, "upper": true, "strip": true, "split": true, "replace": true}
)

// filter applies a filter to its first argument.
func filter(name string, args []datum) (datum, bool) {
	v := args[0]
	switch name {
	case "float", "int":
		f, ok := numeric(v)
		if text, is := v.(string); is && !ok {
			f, ok = textNumber(text)
		}
		if !ok && len(args) > 1 {
			return args[1], true
		}
		if name == "int" {
			f = math.Trunc(f)
		}
		return f, ok
	case "round":
		f, ok := numeric(v)
		digits := 0.
		if len(args) > 1 {
			digits, _ = numeric(args[1])
		}
		scale := math.Pow10(int(min(max(digits, -10), 10)))
		f = math.Round(f*scale) / scale
		return f, ok && finite(f)
	case "default", "d":
		if len(args) > 1 && (v == nil || len(args) > 2 && truth(args[2]) && !truth(v)) {
			return args[1], true
		}
		return v, true
	case "is_defined":
		return v, v != nil
	case "iif":
		if len(args) < 2 {
			return truth(v), true
		}
		if truth(v) {
			return args[1], true
		}
		return args[len(args)-1], len(args) > 2
	case "bool":
		b, ok := word(written(v))
		return b == 1, ok
	case "abs", "multiply", "add":
		return arithmeticFilter(name, args)
	case "string", "tojson", "to_json":
		return written(v), true
	}
	return textFilter(name, args)
}

func arithmeticFilter(name string, args []datum) (datum, bool) {
	f, ok := numeric(args[0])
	if text, is := args[0].(string); is && !ok {
		f, ok = textNumber(text)
	}
	if name == "abs" || !ok || len(args) < 2 {
		return math.Abs(f), ok && name == "abs"
	}
	by, ok := numeric(args[1])
	if !ok {
		return nil, false
	}
	return arithmetic(map[string]string{"multiply": "*", "add": "+"}[name], f, by)
}

func textFilter(name string, args []datum) (datum, bool) {
	text := written(args[0])
	switch name {
	case "lower":
		return strings.ToLower(text), true
	case "upper":
		return strings.ToUpper(text), true
	case "trim", "strip":
		return strings.TrimSpace(text), true
	case "replace":
		if len(args) > 2 && len(text) <= maxWritten {
			text = strings.ReplaceAll(text, written(args[1]), written(args[2]))
			return text, len(text) <= maxWritten
		}
	}
	return nil, false
}

// method calls a method of its first argument.
func method(name string, args []datum) (datum, bool) {
	switch name {
	case "get":
		if len(args) < 2 {
			return nil, false
		}
		if v := member(args[0], args[1]); v != nil || len(args) < 3 {
			return v, true
		}
		return args[2], true
	case "split":
		separator := " "
		if len(args) > 1 {
			separator = written(args[1])
		}
		if separator == "" {
			return nil, false
		}
		var list []datum
		for _, field := range strings.SplitN(written(args[0]), separator, 1000) {
			list = append(list, field)
		}
		return list, true
	}
	return textFilter(name, args)
}

// textNumber reads a number as Python does: nothing stands behind it.
func textNumber(text string) (float64, bool) {
	v, unit, ok := number(text)
	return v, ok && unit == "" && !strings.Contains(text, ",")
}

func numeric(v datum) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case bool:
		return map[bool]float64{true: 1}[v], true
	}
	return 0, false
}

func truth(v datum) bool {
	switch v := v.(type) {
	case float64:
		return v != 0
	case bool:
		return v
	case string:
		return v != ""
	case []datum:
		return len(v) > 0
	case gjson.Result:
		return v.Raw != "{}" && v.Raw != "[]"
	}
	return false
}

func same(a, b datum) bool {
	x, okX := numeric(a)
	y, okY := numeric(b)
	if okX && okY {
		return x == y
	}
	s, okS := a.(string)
	t, okT := b.(string)
	return okS && okT && s == t || a == nil && b == nil || a == none{} && b == none{}
}

func within(v, in datum) bool {
	switch in := in.(type) {
	case string:
		return strings.Contains(in, written(v))
	case []datum:
		for _, item := range in {
			if same(v, item) {
				return true
			}
		}
	case gjson.Result:
		return member(in, v) != nil
	}
	return false
}

// written returns a value as a template writes it.
func written(v datum) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case string:
		return v
	case none:
		return "None"
	case gjson.Result:
		return v.Raw
	}
	return ""
}
