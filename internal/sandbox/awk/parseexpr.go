package awk

import (
	"slices"
	"strings"
)

var assignments = []string{"=", "+=", "-=", "*=", "/=", "%=", "^=", "**="}

func (p *parser) expr() expr {
	x := p.ternary()
	if !slices.Contains(assignments, p.tok.kind) || !assignable(x) {
		return x
	}
	op := strings.TrimSuffix(p.tok.kind, "=")
	p.advance()
	p.newlines()
	return assign{to: x, op: power(op), from: p.expr()}
}

func power(op string) string {
	if op == "**" {
		return "^"
	}
	return op
}

func assignable(x expr) bool {
	switch x.(type) {
	case variable, local, field, subscript:
		return true
	}
	return false
}

func (p *parser) ternary() expr {
	x := p.or()
	if !p.accept("?") {
		return x
	}
	p.newlines()
	yes := p.expr()
	p.newlines()
	p.expect(":")
	p.newlines()
	return conditional{x, yes, p.expr()}
}

func (p *parser) or() expr {
	x := p.and()
	for p.accept("||") {
		p.newlines()
		x = binary{"||", x, p.and()}
	}
	return x
}

func (p *parser) and() expr {
	x := p.in()
	for p.accept("&&") {
		p.newlines()
		x = binary{"&&", x, p.in()}
	}
	return x
}

func (p *parser) in() expr {
	x := p.match()
	for !p.noIn && p.accept("in") {
		index := []expr{x}
		if g, ok := x.(group); ok {
			index = g.list
		}
		x = membership{index, p.name()}
	}
	return x
}

func (p *parser) match() expr {
	x := p.comparison()
	for p.is("~", "!~") {
		not := p.tok.kind == "!~"
		p.advance()
		x = match{x, p.comparison(), not}
	}
	return x
}

func (p *parser) comparison() expr {
	x := p.concat()
	for p.is("|") {
		lex, tok := p.lex, p.tok
		p.advance()
		if !p.accept("getline") {
			p.lex, p.tok = lex, tok
			break
		}
		x = getline{command: x, to: p.optionalTarget()}
	}
	if p.is("<", "<=", "==", "!=", ">=") || p.is(">") && !p.noGT {
		op := p.tok.kind
		p.advance()
		return binary{op, x, p.concat()}
	}
	return x
}

func (p *parser) optionalTarget() expr {
	if p.is("name", "$") {
		return p.primary()
	}
	return nil
}

func (p *parser) concat() expr {
	x := p.additive()
	for p.is("name", "call", "builtin", "number", "string", "regex", "$", "!", "(", "-", "+", "++", "--") && !(p.is("in")) {
		x = concat{x, p.additive()}
	}
	return x
}

func (p *parser) additive() expr {
	x := p.multiplicative()
	for p.is("+", "-") {
		op := p.tok.kind
		p.advance()
		x = binary{op, x, p.multiplicative()}
	}
	return x
}

func (p *parser) multiplicative() expr {
	x := p.unary()
	for p.is("*", "/", "%") {
		op := p.tok.kind
		p.advance()
		x = binary{op, x, p.unary()}
	}
	return x
}

func (p *parser) unary() expr {
	if p.is("!", "-", "+") {
		op := p.tok.kind
		p.advance()
		return unary{op, p.unary()}
	}
	return p.powers()
}

func (p *parser) powers() expr {
	x := p.postfix()
	if !p.is("^", "**") {
		return x
	}
	p.advance()
	if p.is("-", "+", "!") {
		op := p.tok.kind
		p.advance()
		return binary{"^", x, unary{op, p.powers()}}
	}
	return binary{"^", x, p.powers()}
}

func (p *parser) postfix() expr {
	if p.is("++", "--") {
		by := by(p.tok.kind)
		p.advance()
		x := p.primary()
		if !assignable(x) {
			p.unexpected()
		}
		return increment{of: x, by: by, prefix: true}
	}
	x := p.primary()
	if assignable(x) && p.is("++", "--") {
		by := by(p.tok.kind)
		p.advance()
		return increment{of: x, by: by}
	}
	return x
}

func by(op string) float64 {
	if op == "++" {
		return 1
	}
	return -1
}

func (p *parser) primary() expr {
	t := p.tok
	switch t.kind {
	case "number":
		p.advance()
		return numberLit{num(str(t.text).num())}
	case "string":
		p.advance()
		return stringLit{str(t.text)}
	case "regex":
		p.advance()
		return regexLit{compile(t.text)}
	case "$":
		p.advance()
		if p.is("++", "--", "-") {
			return field{p.unary()}
		}
		return field{p.primary()}
	case "(":
		return p.group()
	case "name":
		x := p.name()
		if !p.accept("[") {
			return x
		}
		index := p.inside("]")
		return subscript{x, index}
	case "call":
		p.advance()
		p.expect("(")
		c := call{fn: p.fn(t.text), args: p.inside(")")}
		if c.fn.known && len(c.args) > len(c.fn.params) {
			fail("line %d: function %s called with too many arguments", t.line, t.text)
		}
		return c
	case "builtin":
		return p.builtin()
	case "getline":
		p.advance()
		g := getline{to: p.optionalTarget()}
		if p.accept("<") {
			g.file = p.primary()
		}
		return g
	case "-", "+", "!":
		return p.unary()
	}
	p.unexpected()
	return nil
}

// inside is a list up to a closing bracket, in which ">" and "in" are operators
// again.
func (p *parser) inside(end string) []expr {
	noIn, noGT := p.noIn, p.noGT
	p.noIn, p.noGT = false, false
	p.newlines()
	list := p.list(end)
	p.newlines()
	p.noIn, p.noGT = noIn, noGT
	p.expect(end)
	return list
}

func (p *parser) group() expr {
	p.advance()
	list := p.inside(")")
	if len(list) == 0 {
		p.unexpected()
	}
	if len(list) > 1 && !p.is("in") && !p.is(";", "newline", "}", "eof", ">", ">>", "|") {
		p.unexpected()
	}
	return group{list}
}

func (p *parser) builtin() expr {
	name, line := p.tok.text, p.tok.line
	p.advance()
	c := builtinCall{builtin: builtins[name]}
	if p.accept("(") {
		c.args = p.inside(")")
	} else if name != "length" {
		p.unexpected()
	}
	if n := len(c.args); n < c.builtin.min || n > c.builtin.max {
		fail("line %d: wrong number of arguments to %s", line, name)
	}
	return c
}
