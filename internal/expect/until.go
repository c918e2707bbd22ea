package expect

import (
	"reflect"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// podView is a pod as run.until sees it; pods are in the order in which they
// appeared, deleted ones included.
type podView struct {
	Name string `cel:"name"`
	// Status, Restarts and Ready are what kubectl prints; Restarts is a number.
	Status   string `cel:"status"`
	Restarts int    `cel:"restarts"`
	Ready    string `cel:"ready"`
	Phase    string `cel:"phase"`
	// Owner is "Job/pi", or empty for a bare pod.
	Owner   string `cel:"owner"`
	Deleted bool   `cel:"deleted"`
}

// jobView is a Job as run.until sees it.
type jobView struct {
	Name       string          `cel:"name"`
	Active     int             `cel:"active"`
	Ready      int             `cel:"ready"`
	Succeeded  int             `cel:"succeeded"`
	Failed     int             `cel:"failed"`
	Conditions []conditionView `cel:"conditions"`
	Deleted    bool            `cel:"deleted"`
}

// conditionView is a condition of a Job; Status is "True", "False" or "Unknown".
type conditionView struct {
	Type    string `cel:"type"`
	Status  string `cel:"status"`
	Reason  string `cel:"reason"`
	Message string `cel:"message"`
}

// maxCost bounds one evaluation, in CEL's units of about one step each.
const maxCost = 1_000_000

// condition is a CEL expression over pods and jobs, the lists of what a run has.
type condition struct {
	program cel.Program
	// pods and jobs say which of the two the expression looks at.
	pods, jobs bool
}

// parseCondition compiles run.until. CEL's problems are reported where they are
// in the expression.
func parseCondition(v strictyaml.Value) *condition {
	text := v.Text()
	if strings.TrimSpace(text) == "" {
		return nil
	}
	env, err := cel.NewEnv(
		ext.NativeTypes(ext.ParseStructTags(true), reflect.TypeFor[podView](), reflect.TypeFor[jobView](), reflect.TypeFor[conditionView]()),
		cel.Variable("pods", cel.ListType(cel.ObjectType("expect.podView"))),
		cel.Variable("jobs", cel.ListType(cel.ObjectType("expect.jobView"))),
	)
	if err != nil {
		v.Problemf("CEL environment: %v", err)
		return nil
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			v.ProblemAtOffset(e.Location.Column(), "%s", e.Message)
		}
		return nil
	}
	if !ast.OutputType().IsExactType(types.BoolType) {
		v.Problemf("want a condition that is true or false, not %s", ast.OutputType())
		return nil
	}
	program, err := env.Program(ast, cel.CostLimit(maxCost))
	if err != nil {
		v.Problemf("%v", err)
		return nil
	}
	c := &condition{program: program}
	for _, ref := range ast.NativeRep().ReferenceMap() {
		c.pods = c.pods || ref.Name == "pods"
		c.jobs = c.jobs || ref.Name == "jobs"
	}
	if !c.pods && !c.jobs {
		v.Problemf("looks at neither pods nor jobs")
	}
	return c
}

// watch returns a watcher for one run.
func (c *condition) watch() *watcher {
	return &watcher{condition: c, vars: map[string]any{}}
}

// watcher evaluates a condition as a run changes, until it holds.
type watcher struct {
	condition *condition
	held      bool
	pods      []podView
	jobs      []jobView
	vars      map[string]any
}

// observe evaluates the condition if the change may decide it. An expression
// that fails, such as pods[0] while there is no pod, does not hold.
func (w *watcher) observe(run *facts, c change) {
	relevant := c.facts && (c.pod >= 0 && w.condition.pods || c.job >= 0 && w.condition.jobs)
	if w.held || !relevant {
		return
	}
	switch {
	case c.pod >= 0:
		w.pods = put(w.pods, c.pod, viewPod(&run.pods[c.pod]))
	case c.job >= 0:
		w.jobs = put(w.jobs, c.job, viewJob(&run.jobs[c.job]))
	}
	w.vars["pods"], w.vars["jobs"] = w.pods, w.jobs
	value, _, err := w.condition.program.Eval(w.vars)
	w.held = err == nil && value == types.True
}

// put sets an element, which is at most one past the end.
func put[T any](list []T, i int, v T) []T {
	if i == len(list) {
		return append(list, v)
	}
	list[i] = v
	return list
}

func viewPod(p *pod) podView {
	return podView{
		Name: p.name, Status: p.status, Restarts: p.restarts, Ready: p.ready,
		Phase: p.phase, Owner: p.owner, Deleted: p.deleted,
	}
}

func viewJob(j *job) jobView {
	s := j.entry.Job
	v := jobView{Name: j.name, Active: s.Active, Ready: s.Ready, Succeeded: s.Succeeded, Failed: s.Failed, Deleted: j.deleted}
	for _, c := range s.Conditions {
		v.Conditions = append(v.Conditions, viewCondition(c))
	}
	return v
}

func viewCondition(c timeline.Condition) conditionView {
	return conditionView{Type: c.Type, Status: c.Status, Reason: c.Reason, Message: c.Message}
}
