package awk

import (
	"errors"
	"fmt"
	"slices"
)

// Parse parses the text of a program. The error names the line.
func Parse(src string) (prog *Program, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			prog, err = nil, r.error
		default:
			panic(r)
		}
	}()
	p := &parser{
		lex:  lexer{src: src, line: 1},
		prog: &Program{funcs: make(map[string]*function), globals: make(map[string]*cell)},
	}
	p.advance()
	p.program()
	for name, fn := range p.prog.funcs {
		if !fn.known {
			fail("function %s is not defined", name)
		}
	}
	return p.prog, nil
}

type parser struct {
	lex    lexer
	tok    token
	prog   *Program
	locals []string
	inFunc bool
	loops  int
	noIn   bool // "in" ends an expression: the first part of for (…)
	noGT   bool // ">" ends an expression: the arguments of print
}

func (p *parser) advance() {
	t, err := p.lex.next()
	if err != nil {
		panic(failure{err})
	}
	p.tok = t
}

func (p *parser) is(kinds ...string) bool { return slices.Contains(kinds, p.tok.kind) }

func (p *parser) accept(kind string) bool {
	if p.tok.kind != kind {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(kind string) {
	if !p.accept(kind) {
		p.unexpected()
	}
}

func (p *parser) unexpected() {
	near := p.tok.text
	if p.tok.kind == "eof" {
		near = "end of file"
	}
	panic(failure{fmt.Errorf("line %d: syntax error at or near %s", p.tok.line, near)})
}

func (p *parser) newlines() {
	for p.is("newline") {
		p.advance()
	}
}

func (p *parser) separators() {
	for p.is("newline", ";") {
		p.advance()
	}
}

func (p *parser) program() {
	for p.separators(); !p.is("eof"); p.separators() {
		switch {
		case p.accept("BEGIN"):
			p.prog.begin = append(p.prog.begin, p.body())
		case p.accept("END"):
			p.prog.end = append(p.prog.end, p.body())
		case p.is("function", "func"):
			p.function()
		default:
			var r rule
			if !p.is("{") {
				r.pattern = p.expr()
				if p.accept(",") {
					p.newlines()
					r.until = p.expr()
				}
			}
			if p.is("{") {
				r.body, r.hasBody = p.body(), true
			}
			p.prog.rules = append(p.prog.rules, r)
		}
	}
}

func (p *parser) function() {
	p.advance()
	if !p.is("name", "call") {
		p.unexpected()
	}
	fn := p.fn(p.tok.text)
	if fn.known {
		fail("function %s is defined twice", fn.name)
	}
	fn.known = true
	p.advance()
	p.expect("(")
	for !p.is(")") {
		if !p.is("name") {
			p.unexpected()
		}
		fn.params = append(fn.params, p.tok.text)
		p.advance()
		if !p.accept(",") {
			break
		}
		p.newlines()
	}
	p.expect(")")
	p.newlines()
	p.locals, p.inFunc = fn.params, true
	fn.body = p.body()
	p.locals, p.inFunc = nil, false
}

func (p *parser) fn(name string) *function {
	fn := p.prog.funcs[name]
	if fn == nil {
		fn = &function{name: name}
		p.prog.funcs[name] = fn
	}
	return fn
}

// body is a block in braces.
func (p *parser) body() []stmt {
	p.expect("{")
	var list []stmt
	for p.separators(); !p.is("}"); p.separators() {
		list = append(list, p.statement())
	}
	p.expect("}")
	return list
}

// inner is the body of a loop or branch: a block, a statement or nothing.
func (p *parser) inner() []stmt {
	p.newlines()
	if p.accept(";") {
		return nil
	}
	return []stmt{p.statement()}
}

func (p *parser) loop() []stmt {
	p.loops++
	defer func() { p.loops-- }()
	return p.inner()
}

func (p *parser) statement() stmt {
	switch {
	case p.is("{"):
		return blockStmt{p.body()}
	case p.accept("if"):
		p.expect("(")
		s := ifStmt{test: p.expr()}
		p.expect(")")
		s.yes = p.inner()
		// The else may stand on another line, which else would end the statement.
		lex, tok := p.lex, p.tok
		p.separators()
		if p.accept("else") {
			s.no = p.inner()
		} else {
			p.lex, p.tok = lex, tok
		}
		return s
	case p.accept("while"):
		p.expect("(")
		s := loopStmt{test: p.expr()}
		p.expect(")")
		s.body = p.loop()
		return s
	case p.accept("do"):
		s := loopStmt{bodyFirst: true, body: p.loop()}
		p.separators()
		p.expect("while")
		p.expect("(")
		s.test = p.expr()
		p.expect(")")
		p.end()
		return s
	case p.accept("for"):
		return p.forLoop()
	}
	s := p.simple()
	p.end()
	return s
}

// end is the end of a simple statement.
func (p *parser) end() {
	if !p.is("}", "eof") && !p.accept(";") && !p.accept("newline") {
		p.unexpected()
	}
}

func (p *parser) forLoop() stmt {
	p.expect("(")
	var s loopStmt
	if !p.is(";") {
		p.noIn = true
		s.init = p.simple()
		p.noIn = false
		if x, ok := s.init.(exprStmt); ok && p.accept("in") {
			loop := forIn{name: x.x, array: p.name()}
			p.expect(")")
			loop.body = p.loop()
			return loop
		}
	}
	p.expect(";")
	p.newlines()
	if !p.is(";") {
		s.test = p.expr()
	}
	p.expect(";")
	p.newlines()
	if !p.is(")") {
		s.post = p.simple()
	}
	p.expect(")")
	s.body = p.loop()
	return s
}

func (p *parser) simple() stmt {
	t := p.tok.kind
	switch t {
	case "print", "printf":
		return p.print()
	case "delete":
		p.advance()
		s := deleteStmt{array: p.name()}
		if p.accept("[") {
			s.index = p.list("]")
			p.expect("]")
		}
		return s
	case "break", "continue":
		p.advance()
		if p.loops == 0 {
			fail("%s outside a loop", t)
		}
		return jump{map[string]control{"break": breaking, "continue": continuing}[t]}
	case "next", "nextfile":
		p.advance()
		return jump{map[string]control{"next": nextRecord, "nextfile": nextFile}[t]}
	case "exit", "return":
		p.advance()
		var x expr
		if !p.is(";", "newline", "}", "eof") {
			x = p.expr()
		}
		if t == "exit" {
			return exitStmt{x}
		}
		if !p.inFunc {
			fail("return outside a function")
		}
		return returnStmt{x}
	}
	return exprStmt{p.expr()}
}

func (p *parser) print() stmt {
	s := printStmt{format: p.tok.kind == "printf"}
	p.advance()
	if !p.is(";", "newline", "}", "eof", ">", ">>", "|") {
		p.noGT = true
		s.args = p.list("")
		p.noGT = false
		if g, ok := s.args[0].(group); ok && len(s.args) == 1 {
			s.args = g.list
		}
	}
	if s.format && len(s.args) == 0 {
		panic(failure{errors.New("printf: no format")})
	}
	if p.is(">", ">>", "|") {
		s.op = p.tok.kind
		p.advance()
		p.noGT = true
		s.dest = p.concat()
		p.noGT = false
	}
	return s
}

// list is a list of expressions; none if end comes first.
func (p *parser) list(end string) []expr {
	var list []expr
	for end == "" || !p.is(end) {
		list = append(list, p.expr())
		if !p.accept(",") {
			break
		}
		p.newlines()
	}
	return list
}

// name is the name of an array.
func (p *parser) name() expr {
	if !p.is("name") {
		p.unexpected()
	}
	x := p.resolve(p.tok.text)
	p.advance()
	return x
}

func (p *parser) resolve(name string) expr {
	if i := slices.Index(p.locals, name); i >= 0 {
		return local{i}
	}
	return variable{p.prog.global(name)}
}

func (p *Program) global(name string) *cell {
	c := p.globals[name]
	if c == nil {
		c = &cell{}
		p.globals[name] = c
	}
	return c
}
