package commands

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// expr evaluates an expression. It exits with 0, or 1 if the result is empty or
// 0, 2 if the expression is wrong.
func expr(_ context.Context, c *Call) int {
	args := c.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return c.usage(2, "missing operand")
	}
	e := &evaluator{args: args}
	result, err := e.or()
	if err == nil && len(e.args) > 0 {
		err = errors.New("syntax error: unexpected argument '" + e.args[0] + "'")
	}
	if err != nil {
		c.fail("%v", err)
		return 2
	}
	if code := c.printf("%s\n", result); code != 0 {
		return code
	}
	if null(result) {
		return 1
	}
	return 0
}

// null reports whether expr takes a value for false.
func null(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return s == "" || err == nil && n == 0
}

type evaluator struct{ args []string }

var (
	errOperand = errors.New("syntax error: missing argument after operator")
	errNumber  = errors.New("non-integer argument")
	errZero    = errors.New("division by zero")
)

// take takes the next argument if it is one of ops.
func (e *evaluator) take(ops ...string) (string, bool) {
	for _, op := range ops {
		if len(e.args) > 0 && e.args[0] == op {
			e.args = e.args[1:]
			return op, true
		}
	}
	return "", false
}

// chain evaluates operands of the next level joined by operators.
func (e *evaluator) chain(next func() (string, error), apply func(op, a, b string) (string, error), ops ...string) (string, error) {
	a, err := next()
	for err == nil {
		op, ok := e.take(ops...)
		if !ok {
			return a, nil
		}
		var b string
		if b, err = next(); err == nil {
			a, err = apply(op, a, b)
		}
	}
	return "", err
}

func (e *evaluator) or() (string, error) {
	return e.chain(e.and, func(_, a, b string) (string, error) {
		switch {
		case !null(a):
			return a, nil
		case !null(b):
			return b, nil
		}
		return "0", nil
	}, "|")
}

func (e *evaluator) and() (string, error) {
	return e.chain(e.compare, func(_, a, b string) (string, error) {
		if null(a) || null(b) {
			return "0", nil
		}
		return a, nil
	}, "&")
}

func (e *evaluator) compare() (string, error) {
	return e.chain(e.sum, func(op, a, b string) (string, error) {
		n := strings.Compare(a, b)
		x, errA := strconv.ParseInt(a, 10, 64)
		y, errB := strconv.ParseInt(b, 10, 64)
		if errA == nil && errB == nil {
			n = 0
			if x < y {
				n = -1
			} else if x > y {
				n = 1
			}
		}
		holds := map[string]bool{"<": n < 0, "<=": n <= 0, "=": n == 0, "==": n == 0, "!=": n != 0, ">=": n >= 0, ">": n > 0}[op]
		if holds {
			return "1", nil
		}
		return "0", nil
	}, "<=", ">=", "!=", "==", "=", "<", ">")
}

func (e *evaluator) sum() (string, error) { return e.chain(e.product, arithmetic, "+", "-") }

func (e *evaluator) product() (string, error) { return e.chain(e.match, arithmetic, "*", "/", "%") }

func arithmetic(op, a, b string) (string, error) {
	x, errA := strconv.ParseInt(a, 10, 64)
	y, errB := strconv.ParseInt(b, 10, 64)
	if errA != nil || errB != nil {
		return "", errNumber
	}
	switch op {
	case "+":
		x += y
	case "-":
		x -= y
	case "*":
		x *= y
	default:
		if y == 0 {
			return "", errZero
		}
		if op == "/" {
			x /= y
		} else {
			x %= y
		}
	}
	return strconv.FormatInt(x, 10), nil
}

func (e *evaluator) match() (string, error) {
	return e.chain(e.primary, func(_, s, pattern string) (string, error) { return matchStart(s, pattern) }, ":")
}

// matchStart matches a basic regular expression at the start of s: the result
// is the first group, or how many characters matched.
func matchStart(s, pattern string) (string, error) {
	converted, err := basic(pattern)
	if err != nil {
		return "", err
	}
	re, err := regexp.Compile("^(?:" + strings.TrimPrefix(converted, "^") + ")")
	if err != nil {
		return "", errors.New("invalid regular expression")
	}
	re.Longest()
	m := re.FindStringSubmatch(s)
	switch {
	case m == nil && re.NumSubexp() > 0:
		return "", nil
	case m == nil:
		return "0", nil
	case len(m) > 1:
		return m[1], nil
	}
	return strconv.Itoa(utf8.RuneCountInString(m[0])), nil
}

func (e *evaluator) primary() (string, error) {
	if len(e.args) == 0 {
		return "", errOperand
	}
	arg := e.args[0]
	e.args = e.args[1:]
	operands := func(n int) ([]string, error) {
		vals := make([]string, n)
		for i := range vals {
			v, err := e.primary()
			if err != nil {
				return nil, err
			}
			vals[i] = v
		}
		return vals, nil
	}
	switch {
	case arg == "(":
		v, err := e.or()
		if err != nil {
			return "", err
		}
		if _, ok := e.take(")"); !ok {
			return "", errors.New("syntax error: expecting ')'")
		}
		return v, nil
	case arg == "+" && len(e.args) > 0:
		arg = e.args[0]
		e.args = e.args[1:]
	case arg == "length" && len(e.args) > 0:
		v, err := operands(1)
		if err != nil {
			return "", err
		}
		return strconv.Itoa(utf8.RuneCountInString(v[0])), nil
	case arg == "match" && len(e.args) > 1:
		v, err := operands(2)
		if err != nil {
			return "", err
		}
		return matchStart(v[0], v[1])
	case arg == "index" && len(e.args) > 1:
		v, err := operands(2)
		if err != nil {
			return "", err
		}
		return strconv.Itoa(strings.IndexAny(v[0], v[1]) + 1), nil
	case arg == "substr" && len(e.args) > 2:
		v, err := operands(3)
		if err != nil {
			return "", err
		}
		pos, errA := strconv.Atoi(v[1])
		n, errB := strconv.Atoi(v[2])
		runes := []rune(v[0])
		if errA != nil || errB != nil || pos < 1 || n < 1 || pos > len(runes) {
			return "", nil
		}
		return string(runes[pos-1 : min(len(runes), pos-1+n)]), nil
	}
	return arg, nil
}
