package payload

import (
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// datum is a value while a template is evaluated: nil for an undefined one, none, float64, bool, string,
// []datum, or gjson.Result for an object or array.
type datum any

type none struct{}

// scope is what a template sees: the payload, and the same as JSON.
type scope struct {
	text string
	json gjson.Result
}

// evaluate returns the template's text; ok is false when it has none, as for a missing key.
func (t *template) evaluate(s scope) (text string, ok bool) {
	var b strings.Builder
	if !s.parts(&b, t.parts) {
		return "", false
	}
	return strings.TrimSpace(b.String()), true
}

func (s scope) parts(b *strings.Builder, parts []part) bool {
	for _, p := range parts {
		switch {
		case p.output != nil:
			v, ok := s.eval(p.output)
			if !ok {
				return false
			}
			if _, list := v.([]datum); list || v == nil || b.Len() > maxWritten {
				return false
			}
			b.WriteString(written(v))
		case p.branches != nil:
			for _, branch := range p.branches {
				yes := true
				if branch.condition != nil {
					v, ok := s.eval(branch.condition)
					if !ok {
						return false
					}
					yes = truth(v)
				}
				if yes {
					if !s.parts(b, branch.parts) {
						return false
					}
					break
				}
			}
		default:
			b.WriteString(p.text)
		}
	}
	return true
}

// eval returns the value of an expression; ok is false when it cannot have one.
func (s scope) eval(n *node) (v datum, ok bool) {
	switch n.op {
	case "number":
		return n.num, true
	case "text":
		return n.text, true
	case "name":
		return s.name(n.text), true
	case "if":
		c, ok := s.eval(n.args[0])
		if !ok {
			return nil, false
		}
		return s.eval(n.args[map[bool]int{true: 1, false: 2}[truth(c)]])
	case "and", "or":
		a, ok := s.eval(n.args[0])
		if !ok || truth(a) == (n.op == "or") {
			return a, ok
		}
		return s.eval(n.args[1])
	}
	var args [4]datum
	if len(n.args) > len(args) && n.op != "list" {
		return nil, false
	}
	list := args[:0]
	for _, a := range n.args {
		v, ok := s.eval(a)
		if !ok {
			return nil, false
		}
		list = append(list, v)
	}
	return apply(n, list)
}

func (s scope) name(name string) datum {
	switch name {
	case "value":
		return s.text
	case "value_json":
		if s.json.Exists() {
			return ofJSON(s.json)
		}
	case "true":
		return true
	case "false":
		return false
	case "none":
		return none{}
	}
	return nil
}

// apply works out an operation on values.
func apply(n *node, args []datum) (datum, bool) {
	switch n.op {
	case "list":
		return append([]datum(nil), args...), true
	case "attribute":
		return member(args[0], n.text), true
	case "index":
		return member(args[0], args[1]), true
	case "method":
		return method(n.text, args)
	case "filter":
		return filter(n.text, args)
	case "test":
		return test(n.text, args[0]), true
	case "not":
		return !truth(args[0]), true
	case "negate":
		v, ok := numeric(args[0])
		return -v, ok
	case "==", "!=":
		return same(args[0], args[1]) == (n.op == "=="), true
	case "~":
		return joined(written(args[0]), written(args[1]))
	case "in":
		return within(args[0], args[1]), true
	}
	if a, ok := args[0].(string); ok && n.op == "+" {
		if b, ok := args[1].(string); ok {
			return joined(a, b)
		}
		return nil, false
	}
	a, okA := numeric(args[0])
	b, okB := numeric(args[1])
	if !okA || !okB {
		return nil, false
	}
	return arithmetic(n.op, a, b)
}

// maxWritten bounds texts that a template makes, in bytes.
const maxWritten = 4 << 10

func joined(a, b string) (datum, bool) { return a + b, len(a)+len(b) <= maxWritten }

func arithmetic(op string, a, b float64) (datum, bool) {
	v := 0.
	switch op {
	case "<":
		return a < b, true
	case ">":
		return a > b, true
	case "<=":
		return a <= b, true
	case ">=":
		return a >= b, true
	case "+":
		v = a + b
	case "-":
		v = a - b
	case "*":
		v = a * b
	case "/":
		v = a / b
	case "//":
		v = math.Floor(a / b)
	case "%":
		v = a - b*math.Floor(a/b)
	}
	return v, finite(v)
}

// member returns what an object or list holds under a key, nil when nothing.
func member(of, key datum) datum {
	switch of := of.(type) {
	case gjson.Result:
		if name, ok := key.(string); ok {
			return ofJSON(jsonMember(of, name))
		}
		if i, ok := key.(float64); ok && of.IsArray() && i >= 0 && i < 10_000 {
			return ofJSON(of.Get(strconv.Itoa(int(i))))
		}
	case []datum:
		if i, ok := key.(float64); ok && i >= 0 && int(i) < len(of) {
			return of[int(i)]
		}
	}
	return nil
}

// jsonMember returns the member of that very name, which may hold signs that paths give a meaning.
func jsonMember(object gjson.Result, name string) (found gjson.Result) {
	if !object.IsObject() {
		return found
	}
	object.ForEach(func(key, value gjson.Result) bool {
		if key.Str == name {
			found = value
			return false
		}
		return true
	})
	return found
}

func ofJSON(r gjson.Result) datum {
	switch {
	case !r.Exists():
		return nil
	case r.Type == gjson.Null:
		return none{}
	case r.Type == gjson.Number:
		return r.Num
	case r.Type == gjson.String:
		return r.Str
	case r.IsBool():
		return r.Bool()
	}
	return r
}

func test(name string, v datum) bool {
	switch name {
	case "defined":
		return v != nil
	case "none":
		return v == none{}
	case "number":
		_, ok := v.(float64)
		return ok
	case "string":
		_, ok := v.(string)
		return ok
	case "true", "false":
		return v == (name == "true")
	}
	return false
}
