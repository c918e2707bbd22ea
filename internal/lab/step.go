package lab

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/expect/strictyaml"
)

// Step is something that the reader does to the cluster in the middle of a run.
type Step struct {
	ID string
	// When is the condition from which on the step can be done.
	When *query.Expression
	Do   Action
	Say  Text
}

// Verb is what an action does.
type Verb string

// The verbs, named after kubectl's commands.
const (
	Patch   Verb = "patch"   // a merge patch of an object
	Delete  Verb = "delete"  // an object
	Create  Verb = "create"  // the objects of a manifest, or a Job from a CronJob
	Apply   Verb = "apply"   // a manifest, server-side
	Replace Verb = "replace" // the objects of a manifest, which are deleted first
)

// Action is what a step does.
type Action struct {
	Verb Verb
	// Kind and Name are the object that is patched or deleted. Without a name it
	// is the only object of the kind.
	Kind, Name string
	// Merge is the patch, as JSON.
	Merge []byte
	// Propagation is what becomes of the dependents of what is deleted:
	// Background, Foreground or Orphan.
	Propagation string
	// From is the name of the CronJob from which a Job of the name Name is created.
	From string
	// Manifest is what is created, applied or replaced.
	Manifest []byte
}

// Command is the kubectl command that does the same.
func (a Action) Command() string {
	target := strings.ToLower(a.Kind) + " " + a.Name
	if a.Name == "" {
		target = strings.ToLower(a.Kind) + " NAME"
	}
	switch {
	case a.Verb == Patch:
		return fmt.Sprintf("kubectl patch %s --type=merge -p '%s'", target, a.Merge)
	case a.Verb == Delete:
		return fmt.Sprintf("kubectl delete %s --cascade=%s --wait=false", target, strings.ToLower(a.Propagation))
	case a.Verb == Create && a.From != "":
		return fmt.Sprintf("kubectl create job %s --from=cronjob/%s", a.Name, a.From)
	}
	command := map[Verb]string{
		Create:  "kubectl create",
		Apply:   "kubectl apply --server-side --force-conflicts",
		Replace: "kubectl replace --force",
	}[a.Verb]
	return fmt.Sprintf("%s -f - <<'EOF'\n%s\nEOF", command, strings.TrimRight(string(a.Manifest), "\n"))
}

// patchable are the kinds that may be patched, deletable those that may be
// deleted.
var (
	patchable = []string{"Job", "CronJob", "Pod", "ConfigMap"}
	deletable = []string{"Job", "CronJob", "Pod"}
)

// parseSteps parses the list of steps, which may be missing.
func parseSteps(list strictyaml.Value) []Step {
	if !list.Present() {
		return nil
	}
	var steps []Step
	values := list.List()
	if list.IsList() && len(values) == 0 {
		list.Problemf("is empty: want at least one step")
	}
	for _, value := range values {
		m := value.Mapping("id", "when", "do", "say")
		if !value.IsMapping() {
			continue
		}
		s := Step{ID: m.Get("id").Text(), When: query.Condition(m.Get("when")), Do: parseAction(m.Get("do")), Say: parseText(m.Get("say"))}
		if s.ID != "" && !expect.IsID(s.ID) {
			m.Get("id").Problemf("want lower case words joined by -, not %q", s.ID)
		}
		if slices.ContainsFunc(steps, func(other Step) bool { return s.ID != "" && s.ID == other.ID }) {
			m.Get("id").Problemf("%q is the id of another step", s.ID)
		}
		steps = append(steps, s)
	}
	return steps
}

// parseAction parses what a step does: a mapping with one verb.
func parseAction(v strictyaml.Value) Action {
	verbs := []string{string(Patch), string(Delete), string(Create), string(Apply), string(Replace)}
	m := v.Mapping(append(slices.Clone(verbs), "replaceForce")...)
	if !v.IsMapping() {
		return Action{}
	}
	found := slices.DeleteFunc(slices.Clone(verbs), func(verb string) bool { return !m.Get(verb).Present() })
	if len(found) != 1 {
		v.Problemf("want one of %s", strings.Join(verbs, ", "))
		return Action{}
	}
	a := Action{Verb: Verb(found[0])}
	a.parse(m.Get(found[0]))
	if force := m.Get("replaceForce"); force.Present() {
		if a.Verb != Apply {
			force.Problemf("stands only beside apply")
		} else if force.Bool() {
			a.Verb = Replace
		}
	}
	return a
}

// parse parses the value of the verb.
func (a *Action) parse(v strictyaml.Value) {
	switch {
	case a.Verb == Patch:
		a.parsePatch(v)
	case a.Verb == Delete:
		m := v.Mapping("kind", "name", "propagation")
		a.parseObject(v, m, deletable)
		a.Propagation = "Background"
		if p := m.Get("propagation"); p.Present() {
			a.Propagation = p.OneOf("Background", "Foreground", "Orphan")
		}
	case a.Verb == Create && v.IsMapping():
		m := v.Mapping("from", "name")
		from, isCronJob := strings.CutPrefix(m.Get("from").Text(), "CronJob/")
		if !isCronJob || from == "" {
			m.Get("from").Problemf("want CronJob/NAME")
		}
		a.From, a.Name = from, m.Get("name").Text()
	default:
		a.Manifest = []byte(v.Text())
		if len(a.Manifest) == 0 {
			return
		}
		if p := checkManifest("", a.Manifest); p != nil {
			v.Problemf("is no manifest: line %d: %s", p.Line, p.Message)
		}
	}
}

// parseObject parses which object the action is about.
func (a *Action) parseObject(v strictyaml.Value, m strictyaml.Mapping, kinds []string) {
	if !v.IsMapping() {
		return
	}
	a.Kind = m.Get("kind").OneOf(kinds...)
	if name := m.Get("name"); name.Present() {
		a.Name = name.Text()
	}
}

// parsePatch parses what is patched, and how.
func (a *Action) parsePatch(v strictyaml.Value) {
	m := v.Mapping("kind", "name", "metadata", "spec", "data")
	if !v.IsMapping() {
		return
	}
	a.parseObject(v, m, patchable)
	if a.Kind == "ConfigMap" && a.Name == "" {
		// Kubernetes puts one of its own into every namespace.
		v.Problemf("want the name of the ConfigMap: it is never the only one")
	}
	patch := map[string]any{}
	for _, key := range []string{"metadata", "spec", "data"} {
		part := m.Get(key)
		if !part.Present() {
			continue
		}
		var value map[string]any
		if err := part.Node().Decode(&value); err != nil {
			part.Problemf("want a mapping of fields")
			continue
		}
		patch[key] = value
	}
	if len(patch) == 0 {
		v.Problemf("patches nothing: want spec, data or metadata")
	}
	if metadata, ok := patch["metadata"].(map[string]any); ok {
		for key := range metadata {
			// The rest is the API server's, or would keep the run's namespace.
			if key != "labels" && key != "annotations" && key != "ownerReferences" {
				m.Get("metadata").Problemf("want labels, annotations or ownerReferences, not %s", key)
			}
		}
	}
	merge, err := json.Marshal(patch)
	if err != nil {
		v.Problemf("is not JSON: %v", err)
	}
	a.Merge = merge
}

// checkSteps reports checks about steps that there are not.
func checkSteps(expectations strictyaml.Value, steps []Step) {
	if !expectations.IsList() {
		return
	}
	for _, check := range expectations.List() {
		if !check.IsMapping() {
			continue
		}
		refused := check.Mapping().Get("refused")
		if !refused.IsMapping() {
			continue
		}
		step := refused.Mapping().Get("step")
		if step.Present() && !slices.ContainsFunc(steps, func(s Step) bool { return s.ID == step.Text() }) {
			step.Problemf("no step has the id %q", step.Text())
		}
	}
}
