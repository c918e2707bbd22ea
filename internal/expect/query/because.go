package query

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/parser"
)

// Why says why a condition that is false by now is so, as far as that can be said
// simply: the name of the pod or Job for which it is, if it speaks of all of some,
// and what it got, such as "p.restarts is 3".
func (e *Expression) Why(r *Run) (object, got string) {
	w := why{e, r}
	return w.explain(e.ast.Expr(), "")
}

// why explains parts of an expression. Each is evaluated again as an expression
// of its own.
type why struct {
	of  *Expression
	run *Run
}

// explain explains a part that is false. The scope is the text of a list of one
// element and the name of a variable, "[…].map(p, ", in which the part stands.
func (w why) explain(x ast.Expr, within string) (object, got string) {
	call := x
	if macro, ok := w.of.ast.SourceInfo().GetMacroCall(x.ID()); ok {
		call = macro
	}
	if call.Kind() != ast.CallKind {
		return "", w.value(x, within)
	}
	c := call.AsCall()
	switch name := c.FunctionName(); {
	case name == operators.LogicalAnd:
		for _, part := range c.Args() {
			if v, ok := w.eval(part, within); ok && v.Value() == false {
				return w.explain(part, within)
			}
		}
	case name == operators.All && c.IsMemberFunction() && len(c.Args()) == 2 && within == "":
		return w.explainAll(c)
	case comparisons[name] && len(c.Args()) == 2:
		side := c.Args()[0]
		if side.Kind() == ast.LiteralKind {
			side = c.Args()[1]
		}
		return "", w.value(side, within)
	}
	return "", w.value(x, within)
}

// comparisons are the operators of which a side is worth telling: the left one,
// if it is not a constant.
var comparisons = map[string]bool{
	operators.Equals: true, operators.NotEquals: true, operators.Less: true, operators.LessEquals: true,
	operators.Greater: true, operators.GreaterEquals: true, operators.In: true,
}

// explainAll explains list.all(v, condition) by the first element for which the
// condition is false.
func (w why) explainAll(c ast.CallExpr) (object, got string) {
	list, v, body := w.text(c.Target()), w.text(c.Args()[0]), c.Args()[1]
	within := fmt.Sprintf("[%s.filter(%s, !(%s))[0]].map(%s, ", list, v, w.text(body), v)
	if name, ok := w.run.eval(within + v + ".name)[0]"); ok {
		object, _ = name.Value().(string)
	}
	_, got = w.explain(body, within)
	return object, got
}

// value is "size(pods) is 3", or what the part is if its value says nothing more.
func (w why) value(x ast.Expr, within string) string {
	text := w.text(x)
	if v, ok := w.eval(x, within); ok {
		return text + " is " + word(v)
	}
	return text + " has no value"
}

func (w why) eval(x ast.Expr, within string) (ref.Val, bool) {
	text := w.text(x)
	if within != "" {
		text = within + text + ")[0]"
	}
	return w.run.eval(text)
}

// text is a part as it could have been written.
func (w why) text(x ast.Expr) string {
	text, err := parser.Unparse(x, w.of.ast.SourceInfo(), parser.WrapOnOperators())
	if err != nil {
		return "the condition"
	}
	return text
}

// eval evaluates a text.
func (r *Run) eval(text string) (ref.Val, bool) {
	env, err := environment()
	if err != nil {
		return nil, false
	}
	checked, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, false
	}
	program, err := env.Program(checked, cel.CostLimit(maxCost))
	if err != nil {
		return nil, false
	}
	v, _, err := program.Eval(r)
	return v, err == nil
}

// word is a value on one line.
func word(v ref.Val) string {
	if list, ok := v.(traits.Lister); ok {
		var words []string
		for it := list.Iterator(); it.HasNext() == types.True; {
			words = append(words, word(it.Next()))
		}
		return "[" + strings.Join(words, ", ") + "]"
	}
	switch x := v.Value().(type) {
	case string:
		return strconv.Quote(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v.Value())
}
