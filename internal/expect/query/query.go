// Package query answers questions about a run, written in CEL (https://cel.dev):
// a condition that ends the run, a check, the right answer to a prediction, the
// moment for a step. There is one environment for all of them; doc/contract.md
// describes its variables.
//
// Guarantees:
//   - An expression is compiled and typed when it is read: an unknown variable or
//     field is a problem with its place, and so is an expression that looks at
//     nothing of the run.
//   - The same entries give the same answers, live or afterwards.
//   - A [Run] takes an entry in at a cost that does not grow with the run. An
//     evaluation is bounded; it may look at everything that there is.
//
// The package does no I/O and reads no clock.
package query

import (
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// Type is the type of an answer.
type Type string

// The types, with the Go type that [Expression.Eval] returns.
const (
	Bool    Type = "bool"    // bool
	Int     Type = "int"     // int64
	Seconds Type = "seconds" // float64
	String  Type = "string"  // string
)

// typeOf maps CEL's type of an expression to that of its answer.
var typeOf = map[string]Type{
	types.BoolType.String():   Bool,
	types.IntType.String():    Int,
	types.DoubleType.String(): Seconds,
	types.StringType.String(): String,
}

// Expression is a compiled expression. It is immutable and may be shared.
type Expression struct {
	text    string
	ast     *ast.AST
	program cel.Program
	typ     Type
	looksAt Subjects
	timed   bool
}

// Condition compiles an expression that is true or false. Problems are reported
// where they are in it; then, and for a missing value, it is nil.
func Condition(v strictyaml.Value) *Expression {
	return compile(v, "a condition that is true or false", Bool)
}

// Answer compiles an expression of any [Type]. Problems are reported where they
// are in it; then, and for a missing value, it is nil.
func Answer(v strictyaml.Value) *Expression {
	return compile(v, "a number, seconds, a text, or true or false", Bool, Int, Seconds, String)
}

// compile compiles an expression of one of some types.
func compile(v strictyaml.Value, want string, some ...Type) *Expression {
	text := v.Text()
	if strings.TrimSpace(text) == "" {
		return nil
	}
	env, err := environment()
	if err != nil {
		v.Problemf("CEL environment: %v", err)
		return nil
	}
	checked, issues := env.Compile(text)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			v.ProblemAtPosition(e.Location.Line()-1, e.Location.Column(), "%s", strings.TrimSuffix(e.Message, " (in container '')"))
		}
		return nil
	}
	e := &Expression{text: text, ast: checked.NativeRep(), typ: typeOf[checked.OutputType().String()]}
	e.look()
	switch {
	case !slices.Contains(some, e.typ):
		v.Problemf("want %s, not %s", want, checked.OutputType())
		return nil
	case e.looksAt == 0:
		v.Problemf("looks at nothing of the run: want one of %s", strings.Join(variables(), ", "))
		return nil
	}
	if e.program, err = env.Program(checked, cel.CostLimit(maxCost)); err != nil {
		v.Problemf("%v", err)
		return nil
	}
	return e
}

// look finds what the expression looks at.
func (e *Expression) look() {
	for _, r := range e.ast.ReferenceMap() {
		e.looksAt |= subjects[strings.TrimPrefix(r.Name, scope)]
	}
	e.timed = e.looksAt&Clock != 0
	ast.PostOrderVisit(e.ast.Expr(), ast.NewExprVisitor(func(x ast.Expr) {
		if x.Kind() == ast.SelectKind && moments[x.AsSelect().FieldName()] {
			e.timed = true
		}
	}))
}

// String is the expression on one line.
func (e *Expression) String() string { return strings.Join(strings.Fields(e.text), " ") }

// Type is the type of the answer.
func (e *Expression) Type() Type { return e.typ }

// LooksAt is what the expression depends on: while none of it changes, neither
// does the answer.
func (e *Expression) LooksAt() Subjects { return e.looksAt }

// Timed reports whether the answer depends on when something was seen.
func (e *Expression) Timed() bool { return e.timed }

// Eval answers the question by what a run has come to. It fails where there is no
// answer, such as for pods[0] while there is no pod.
func (e *Expression) Eval(r *Run) (any, error) {
	value, _, err := e.program.Eval(r)
	if err != nil {
		return nil, err
	}
	return value.Value(), nil
}

// Holds reports whether a condition is true by now. One that fails is not.
func (e *Expression) Holds(r *Run) bool {
	value, err := e.Eval(r)
	return err == nil && value == true
}

// Replay returns what a run came to with its last entry.
func Replay(entries []timeline.Entry) *Run {
	r := new(Run)
	for i := range entries {
		r.Observe(&entries[i])
	}
	return r
}
