package payload

import "strings"

// parser reads an expression by descent: each method reads one level of binding.
type parser struct {
	list  []token
	depth int
	err   error
}

func parseExpression(source string) (*node, error) {
	list, err := tokens(source)
	if err != nil {
		return nil, err
	}
	p := &parser{list: list}
	n := p.expression()
	if p.err == nil && len(p.list) > 0 {
		p.err = errTemplate
	}
	return n, p.err
}

func (p *parser) peek() token {
	if len(p.list) == 0 || p.err != nil {
		return token{}
	}
	return p.list[0]
}

func (p *parser) next() token {
	t := p.peek()
	if len(p.list) > 0 {
		p.list = p.list[1:]
	}
	return t
}

// sign takes one of the signs or words off if it comes next.
func (p *parser) sign(any ...string) (string, bool) {
	t := p.peek()
	for _, want := range any {
		if t.text == want && (t.kind == 's' || t.kind == 'w') {
			p.next()
			return want, true
		}
	}
	return "", false
}

func (p *parser) want(sign string) {
	if _, ok := p.sign(sign); !ok {
		p.err = errTemplate
	}
}

// expression reads "a if c else b".
func (p *parser) expression() *node {
	if p.depth++; p.depth > maxNesting {
		p.err = errTemplate
		return &node{}
	}
	defer func() { p.depth-- }()
	n := p.binary(0)
	if _, ok := p.sign("if"); ok {
		condition, other := p.binary(0), &node{op: "text"}
		if _, ok := p.sign("else"); ok {
			other = p.expression()
		}
		n = &node{op: "if", args: []*node{condition, n, other}}
	}
	return n
}

// levels are the binary operators, those that bind least first.
var levels = [][]string{{"or"}, {"and"}, {"not"}, {"==", "!=", "<=", ">=", "<", ">", "in", "is"}, {"+", "-", "~"}, {"*", "//", "/", "%"}}

func (p *parser) binary(level int) *node {
	switch {
	case level == len(levels):
		return p.unary()
	case levels[level][0] == "not":
		if _, ok := p.sign("not"); ok {
			if p.depth++; p.depth > maxNesting {
				p.err = errTemplate
				return &node{}
			}
			defer func() { p.depth-- }()
			return &node{op: "not", args: []*node{p.binary(level)}}
		}
		return p.binary(level + 1)
	}
	n := p.binary(level + 1)
	for p.err == nil {
		op, ok := p.sign(levels[level]...)
		if !ok {
			break
		}
		if op == "is" {
			n = p.test(n)
			continue
		}
		n = &node{op: op, args: []*node{n, p.binary(level + 1)}}
	}
	return n
}

// test reads "is [not] defined".
func (p *parser) test(n *node) *node {
	_, negated := p.sign("not")
	name := p.next()
	if !strings.Contains(" defined none number string true false ", " "+strings.ToLower(name.text)+" ") || name.kind != 'w' {
		p.err = errTemplate
	}
	n = &node{op: "test", text: strings.ToLower(name.text), args: []*node{n}}
	if negated {
		n = &node{op: "not", args: []*node{n}}
	}
	return n
}

func (p *parser) unary() *node {
	if _, ok := p.sign("-"); ok {
		if p.depth++; p.depth > maxNesting {
			p.err = errTemplate
			return &node{}
		}
		defer func() { p.depth-- }()
		return &node{op: "negate", args: []*node{p.unary()}}
	}
	n := p.primary()
	for p.err == nil {
		sign, ok := p.sign(".", "[", "|")
		if !ok {
			break
		}
		switch sign {
		case "[":
			n = &node{op: "index", args: []*node{n, p.expression()}}
			p.want("]")
		case ".":
			n = p.named("attribute", "method", n, p.next())
		case "|":
			n = p.named("filter", "filter", n, p.next())
			if !filters[n.text] {
				p.err = errTemplate
			}
		}
	}
	return n
}

// named makes the node of an attribute or filter, which may have arguments.
func (p *parser) named(op, called string, n *node, name token) *node {
	if name.kind != 'w' && name.kind != 'n' {
		p.err = errTemplate
	}
	made := &node{op: op, text: name.text, args: []*node{n}}
	if _, ok := p.sign("("); ok {
		made.op = called
		if made.args = append(made.args, p.arguments(")")...); called == "method" && !methods[name.text] {
			p.err = errTemplate
		}
	}
	return made
}

// arguments reads a list up to the closing sign.
func (p *parser) arguments(closing string) (list []*node) {
	for p.err == nil {
		if _, ok := p.sign(closing); ok {
			return list
		}
		if len(list) > 0 {
			p.want(",")
		}
		list = append(list, p.expression())
	}
	return list
}

func (p *parser) primary() *node {
	switch t := p.next(); {
	case t.kind == 'n':
		return &node{op: "number", num: t.num}
	case t.kind == 't':
		return &node{op: "text", text: t.text}
	case t.kind == 's' && t.text == "(":
		n := p.expression()
		p.want(")")
		return n
	case t.kind == 's' && t.text == "[":
		return &node{op: "list", args: p.arguments("]")}
	case t.kind == 'w' && (t.text == "float" || t.text == "int"):
		p.want("(")
		if args := p.arguments(")"); len(args) > 0 {
			return &node{op: "filter", text: t.text, args: args}
		}
	case t.kind == 'w':
		switch name := strings.ToLower(t.text); name {
		case "value", "value_json", "true", "false", "none":
			return &node{op: "name", text: name}
		}
	}
	p.err = errTemplate
	return &node{}
}
