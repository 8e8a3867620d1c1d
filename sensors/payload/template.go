package payload

import (
	"errors"
	"strconv"
	"strings"
)

// The part of Jinja that announcements of devices use: output of expressions, if, filters, arithmetic. What
// is outside of it does not compile. A template holds no loops, so that its length bounds its time.

// template is a compiled template.
type template struct{ parts []part }

// part is plain text, an expression, or an if with its branches.
type part struct {
	text     string
	output   *node
	branches []branch
}

type branch struct {
	condition *node // nil for else
	parts     []part
}

// node is an expression: an operation on others.
type node struct {
	op   string // "number", "text", "name", "list", "attribute", "index", "call", "filter", "test", an operator
	text string // name, text, or that of the attribute, filter or test
	num  float64
	args []*node
}

const (
	maxTemplate = 1 << 10 // bytes
	maxNesting  = 30
)

var errTemplate = errors.New("the template is outside of what is understood")

// compile reads a template.
func compile(source string) (*template, error) {
	if len(source) > maxTemplate {
		return nil, errTemplate
	}
	s := &scanner{rest: source}
	parts, end, err := s.parts(0)
	if err != nil || end != "" {
		return nil, errTemplate
	}
	return &template{parts}, nil
}

// scanner cuts a template into text and tags.
type scanner struct{ rest string }

// parts reads up to a tag that ends or continues an if, which it returns.
func (s *scanner) parts(depth int) (parts []part, end string, err error) {
	if depth > maxNesting {
		return nil, "", errTemplate
	}
	for s.rest != "" {
		i := strings.IndexByte(s.rest, '{')
		for i >= 0 && (i+1 == len(s.rest) || s.rest[i+1] != '{' && s.rest[i+1] != '%') {
			next := strings.IndexByte(s.rest[i+1:], '{')
			if next < 0 {
				i = -1
				break
			}
			i += 1 + next
		}
		if i < 0 {
			return append(parts, part{text: s.rest}), "", nil
		}
		if i > 0 {
			parts = append(parts, part{text: s.rest[:i]})
		}
		tag, expression := s.tag(i)
		switch {
		case tag == "":
			return nil, "", errTemplate
		case expression:
			n, err := parseExpression(tag)
			if err != nil {
				return nil, "", err
			}
			parts = append(parts, part{output: n})
		case strings.HasPrefix(tag, "if "):
			p, err := s.branches(tag[len("if "):], depth+1)
			if err != nil {
				return nil, "", err
			}
			parts = append(parts, p)
		default:
			return parts, tag, nil
		}
	}
	return parts, "", nil
}

// tag takes the tag that begins at i off the rest; expression tells {{ from {%.
func (s *scanner) tag(i int) (inner string, expression bool) {
	expression = s.rest[i+1] == '{'
	closing := map[bool]string{true: "}}", false: "%}"}[expression]
	end := strings.Index(s.rest[i+2:], closing)
	if end < 0 {
		return "", false
	}
	inner = s.rest[i+2 : i+2+end]
	s.rest = s.rest[i+2+end+2:]
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(inner, "-"), "-")), expression
}

// branches reads the branches of an if up to its end.
func (s *scanner) branches(condition string, depth int) (part, error) {
	var p part
	for {
		var n *node
		if condition != "" {
			var err error
			if n, err = parseExpression(condition); err != nil {
				return part{}, err
			}
		}
		inner, end, err := s.parts(depth)
		if err != nil {
			return part{}, err
		}
		p.branches = append(p.branches, branch{n, inner})
		switch after, more := strings.CutPrefix(end, "elif "); {
		case end == "endif":
			return p, nil
		case more && condition != "":
			condition = after
		case end == "else" && condition != "":
			condition = ""
		default:
			return part{}, errTemplate
		}
	}
}

// token is a word, a text, a number or a sign.
type token struct {
	kind byte // 'n' number, 't' text, 'w' word, 's' sign, 0 the end
	text string
	num  float64
}

// tokens cuts an expression into tokens.
func tokens(source string) (list []token, err error) {
	for i := 0; i < len(source); {
		c := source[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c >= '0' && c <= '9':
			end := i
			for end < len(source) && (source[end] >= '0' && source[end] <= '9' || source[end] == '.') {
				end++
			}
			v, err := strconv.ParseFloat(source[i:end], 64)
			if err != nil || !finite(v) {
				return nil, errTemplate
			}
			list = append(list, token{'n', source[i:end], v})
			i = end
		case c == '\'' || c == '"':
			end := strings.IndexByte(source[i+1:], c)
			if end < 0 || strings.IndexByte(source[i+1:i+1+end], '\\') >= 0 {
				return nil, errTemplate
			}
			list = append(list, token{kind: 't', text: source[i+1 : i+1+end]})
			i += end + 2
		case isLetter(c) || c == '_':
			end := i
			for end < len(source) && (isLetter(source[end]) || source[end] == '_' || source[end] >= '0' && source[end] <= '9') {
				end++
			}
			list = append(list, token{kind: 'w', text: source[i:end]})
			i = end
		default:
			width := 1
			if i+1 < len(source) && strings.Contains(" == != <= >= // ** ", " "+source[i:i+2]+" ") {
				width = 2
			}
			list = append(list, token{kind: 's', text: source[i : i+width]})
			i += width
		}
	}
	return list, nil
}
