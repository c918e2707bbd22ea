package expect

import (
	"fmt"
	"path"
	"strings"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// selector chooses pods by what never changes of them. A pod must fit all that
// it says.
type selector struct {
	// of is the owner: "Job" any Job, "Job/NAME" that Job, "none" no owner; any
	// owner, or none, if empty.
	of string
	// name is a pattern of [path.Match]; any name if empty.
	name string
	// index is a completion index, -1 if any will do.
	index int
	// nth chooses only one pod of those, counted from 0 in the order of
	// appearance; -1 all.
	nth int
}

// selectorKeys are the keys that parseSelector reads.
var selectorKeys = []string{"of", "name", "completionIndex"}

// all is as nth of a selector or a Job check that says no number.
const all = -1

// parseSelector parses the keys that choose pods.
func parseSelector(m strictyaml.Mapping, nth int) selector {
	s := selector{index: -1, nth: nth}
	if of := m.Get("of"); of.Present() {
		s.of = parseOwner(of)
	}
	if name := m.Get("name"); name.Present() {
		s.name = parsePattern(name)
	}
	if index := m.Get("completionIndex"); index.Present() {
		if n, ok := index.Int(0); ok {
			s.index = n
		}
		if s.of == "none" {
			index.Problemf("bare pods have no completion index: only pods of a Job do")
		}
	}
	return s
}

// parseOwner parses Job, none or Job/NAME.
func parseOwner(v strictyaml.Value) string {
	text := v.Text()
	name, named := strings.CutPrefix(text, "Job/")
	if text != "" && text != "Job" && text != "none" && (!named || name == "") {
		v.Problemf("want Job, none or Job/NAME, not %q", text)
	}
	return text
}

// parsePattern parses a pattern of [path.Match].
func parsePattern(v strictyaml.Value) string {
	text := v.Text()
	if _, err := path.Match(text, ""); err != nil {
		v.Problemf("%q is no pattern: [ without ], or \\ at the end", text)
	}
	return text
}

// fits reports whether a pod is one of those that the selector counts.
func (s *selector) fits(name string, p *timeline.Pod) bool {
	switch s.of {
	case "":
	case "none":
		if p.Owner != "" {
			return false
		}
	case "Job":
		if !strings.HasPrefix(p.Owner, "Job/") {
			return false
		}
	default:
		if p.Owner != s.of {
			return false
		}
	}
	return matches(s.name, name) && (s.index < 0 || p.Index != nil && *p.Index == s.index)
}

// matches reports whether a name fits a pattern; any fits the empty one.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return pattern == "" || err == nil && ok
}

// String names the pods: "pods of a Job", "pods muzzi-* with index 2".
func (s *selector) String() string {
	text := "pods"
	if s.of == "none" {
		text = "bare pods"
	}
	if s.name != "" {
		text += " " + s.name
	}
	switch job, named := strings.CutPrefix(s.of, "Job/"); {
	case named:
		text += " of Job " + job
	case s.of == "Job":
		text += " of a Job"
	}
	if s.index >= 0 {
		text += fmt.Sprintf(" with index %d", s.index)
	}
	if s.nth >= 0 {
		text = strings.Replace(text, "pods", fmt.Sprintf("pods[%d]", s.nth), 1)
	}
	return text
}
