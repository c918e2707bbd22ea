package awk

import (
	"errors"
	"math"
)

var errNotVariable = errors.New("assignment to what is not a variable")

// maxDepth is how deep calls of functions nest.
const maxDepth = 10000

func (in *interp) eval(x expr) value {
	switch x := x.(type) {
	case numberLit:
		return x.v
	case stringLit:
		return x.v
	case regexLit:
		return boolean(x.re.MatchString(in.record()))
	case group:
		if len(x.list) > 1 {
			return str(in.index(x.list))
		}
		v := in.eval(x.list[0])
		return v
	case variable, local:
		c := in.cell(x)
		if c.arr != nil {
			fail("attempt to use an array as a scalar")
		}
		if c == in.nf {
			in.splitRecord()
		}
		return c.v
	case subscript:
		return in.cell(x.array).array().get(in.index(x.index)).v
	case field:
		return in.field(int(in.eval(x.index).num()))
	case unary:
		v := in.eval(x.x)
		switch x.op {
		case "!":
			return boolean(!v.truth())
		case "-":
			return num(-v.num())
		}
		return num(v.num())
	case binary:
		return in.binary(x)
	case match:
		s := in.eval(x.x).str(in.convfmt())
		return boolean(in.regex(x.re).MatchString(s) != x.not)
	case concat:
		a := in.eval(x.x).str(in.convfmt())
		return str(a + in.eval(x.y).str(in.convfmt()))
	case conditional:
		if in.eval(x.test).truth() {
			return in.eval(x.yes)
		}
		return in.eval(x.no)
	case membership:
		_, ok := in.cell(x.array).array().elems[in.index(x.index)]
		return boolean(ok)
	case assign:
		v := in.eval(x.from)
		if x.op != "" {
			v = num(arithmetic(x.op, in.eval(x.to).num(), v.num()))
		}
		in.set(x.to, v)
		return v
	case increment:
		old := num(in.eval(x.of).num())
		v := num(old.n + x.by)
		in.set(x.of, v)
		if x.prefix {
			return v
		}
		return old
	case call:
		return in.call(x)
	case builtinCall:
		return x.builtin.fn(in, x.args)
	case getline:
		return in.getline(x)
	}
	panic(failure{errNotVariable})
}

func (in *interp) binary(x binary) value {
	switch x.op {
	case "&&":
		return boolean(in.eval(x.x).truth() && in.eval(x.y).truth())
	case "||":
		return boolean(in.eval(x.x).truth() || in.eval(x.y).truth())
	}
	a, b := in.eval(x.x), in.eval(x.y)
	switch x.op {
	case "<":
		return boolean(compare(a, b, in.convfmt()) < 0)
	case "<=":
		return boolean(compare(a, b, in.convfmt()) <= 0)
	case "==":
		return boolean(compare(a, b, in.convfmt()) == 0)
	case "!=":
		return boolean(compare(a, b, in.convfmt()) != 0)
	case ">":
		return boolean(compare(a, b, in.convfmt()) > 0)
	case ">=":
		return boolean(compare(a, b, in.convfmt()) >= 0)
	}
	return num(arithmetic(x.op, a.num(), b.num()))
}

func arithmetic(op string, a, b float64) float64 {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/":
		if b == 0 {
			fail("division by zero")
		}
		return a / b
	case "%":
		if b == 0 {
			fail("division by zero in %%")
		}
		return math.Mod(a, b)
	}
	return math.Pow(a, b)
}

// call calls a function of the program. Arrays are passed by reference, and a
// variable without a value may become an array in the function.
func (in *interp) call(x call) value {
	if in.depth++; in.depth > maxDepth {
		fail("function %s: calls nest too deep", x.fn.name)
	}
	defer func() { in.depth-- }()
	if len(x.args) > len(x.fn.params) {
		fail("function %s called with too many arguments", x.fn.name)
	}
	frame := make([]*cell, len(x.fn.params))
	for i := range frame {
		frame[i] = &cell{}
		if i >= len(x.args) {
			continue
		}
		switch arg := x.args[i].(type) {
		case variable, local:
			c := in.cell(arg)
			if c == in.nf {
				in.splitRecord()
			}
			frame[i].v, frame[i].arr = c.v, c.arr
			if c.arr == nil && c.v.kind == unset {
				frame[i].from = c
			}
		default:
			frame[i].v = in.eval(arg)
		}
	}
	caller := in.frame
	in.frame = frame
	c := in.block(x.fn.body)
	in.frame = caller
	switch c {
	case returning:
		return in.result
	case exiting, nextRecord, nextFile:
		panic(leaving{c})
	}
	return value{}
}

// leaving is an exit or next in a function, which ends the rule that called it.
type leaving struct{ how control }

// rule runs the body of a rule or block.
func (in *interp) rule(body []stmt) (c control) {
	defer func() {
		if r := recover(); r != nil {
			l, ok := r.(leaving)
			if !ok {
				panic(r)
			}
			c, in.frame, in.depth = l.how, nil, 0
		}
	}()
	return in.block(body)
}
