// Package expect is the trajectory contract: what a lab expects of the order of
// states in its run, not of the end alone. It parses a contract and judges a
// timeline by it, entry by entry. doc/contract.md says what each check means.
//
// Guarantees:
//   - A check is decided at the earliest entry at which it is certain, and never
//     changes afterwards; what depends on everything that may still come is
//     decided when the run has settled.
//   - The same entries give the same verdicts, whenever they are judged.
//   - The work for an entry does not grow with the length of the timeline, and an
//     entry that changes nothing allocates nothing.
//   - A contract is parsed strictly: what this version cannot judge is a problem,
//     never ignored.
//
// The package does no I/O and reads no clock.
package expect

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// Problem is one thing that is wrong in a contract, with its place.
type Problem = strictyaml.Problem

// Contract is what a lab expects of a run. It is immutable and may be shared.
type Contract struct {
	checks []rule
	until  *query.Expression // nil if the run settles
	// asks: there is until or a cel check.
	asks bool
}

// Check describes a check for people.
type Check struct {
	ID string
	// Say is the check in words by language, "en" or "ko"; nil if the contract
	// does not say it.
	Say map[string]string
	// Text is the check as the contract has it, on one line: "pods: 4, each
	// Pending ContainerCreating StartError, restarts 0, kept".
	Text string
}

// rule is a check of a contract.
type rule struct {
	Check
	// at is what the check says, in the file.
	at strictyaml.Value
	// open returns the check as it is before the first entry of a run.
	open func() decider
	// asks: the check is an expression.
	asks bool
	// refuses: the check is about the API's refusal of the manifest.
	refuses bool
}

// A decider decides one check of one run. Each method may decide it; afterwards
// none is called any more.
type decider interface {
	// observe sees each change of the run, in order.
	observe(run *facts, c change) *finding
	// deadline is the time in seconds at which expire must be called while the
	// check is open; 0 if there is none.
	deadline() float64
	expire(run *facts) *finding
	// settle decides the check on what was seen: no more entries come.
	settle(run *facts) *finding
}

// finding is what decided a check: a verdict without its ID.
type finding = timeline.Verdict

// Parse parses the expect list of a lab and run.until. The nodes are the values
// of the keys expect and run; runNode may be nil, and other keys in it are not
// looked at. Checks that contradict each other, or themselves, are problems, too.
// The error joins all problems, each a *[Problem] of the file.
func Parse(file string, expectNode, runNode *yaml.Node) (*Contract, error) {
	r := strictyaml.NewReader(file)
	c := read(r, expectNode, runNode)
	if r.Err() == nil {
		contradictions(c.checks, c.until != nil)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// read reads a contract; it can be used if there are no problems.
func read(r *strictyaml.Reader, expectNode, runNode *yaml.Node) *Contract {
	c := new(Contract)
	seen := map[string]int{}
	values := r.Value(expectNode, "expect").List()
	if expectNode != nil && expectNode.Kind == yaml.SequenceNode && len(values) == 0 {
		r.Value(expectNode, "expect").Problemf("want at least one check")
	}
	for _, v := range values {
		rule := parseRule(v)
		if first, twice := seen[rule.ID]; twice && rule.ID != "" {
			v.Mapping().Get("id").Problemf("%q is the id of the check at line %d, too", rule.ID, first)
		} else {
			seen[rule.ID] = v.Line()
		}
		c.checks = append(c.checks, rule)
		c.asks = c.asks || rule.asks
	}
	if until := find(r.Value(runNode, "run"), "until"); until.Present() {
		c.until = query.Condition(until)
		c.asks = true
	}
	return c
}

// find returns the value of a key without looking at the others.
func find(v strictyaml.Value, key string) strictyaml.Value {
	if !v.IsMapping() {
		return strictyaml.Value{}
	}
	return v.Mapping().Get(key)
}

// forms are the kinds of checks, but for cel, which has a key beside it.
var forms = map[string]func(strictyaml.Value) (string, func() decider){
	"pods":    parsePods,
	"job":     parseJob,
	"gaps":    parseGaps,
	"events":  parseEvents,
	"refused": parseRefused,
}

// nthForms are the kinds of checks about the n-th of something: pods[0], job[1].
var nthForms = map[string]func(strictyaml.Value, int) (string, func() decider){
	"pods": parseNthPod,
	"job":  parseNthJob,
}

var nthPattern = regexp.MustCompile(`^(pods|job)\[(0|[1-9][0-9]{0,5})\]$`)

// nthForm returns the parser of a key such as pods[0], or nil.
func nthForm(key string) func(strictyaml.Value) (string, func() decider) {
	parts := nthPattern.FindStringSubmatch(key)
	if parts == nil {
		return nil
	}
	n, err := strconv.Atoi(parts[2])
	if err != nil {
		return nil
	}
	return func(v strictyaml.Value) (string, func() decider) { return nthForms[parts[1]](v, n) }
}

var idPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// IsID reports whether a text may be an id: lower case words joined by -.
func IsID(s string) bool { return idPattern.MatchString(s) }

// parseRule parses one element of the list.
func parseRule(v strictyaml.Value) rule {
	names := append([]string{"cel"}, slices.Sorted(maps.Keys(forms))...)
	known := slices.Concat([]string{"id", "say", "always"}, names)
	m := v.MappingOf(func(key string) bool { return slices.Contains(known, key) || nthForm(key) != nil }, known...)
	var r rule
	if !v.IsMapping() {
		return r
	}
	r.ID = m.Get("id").Text()
	if r.ID != "" && !idPattern.MatchString(r.ID) {
		m.Get("id").Problemf("want lower case words joined by -, not %q", r.ID)
	}
	r.Say = parseSay(m.Get("say"))
	var found []string
	for _, key := range m.Keys() {
		switch {
		case forms[key] != nil:
			found = append(found, key)
			r.at = m.Get(key)
			r.Text, r.open = forms[key](m.Get(key))
			r.refuses = key == "refused" && !find(m.Get(key), "step").Present()
		case nthForm(key) != nil:
			found = append(found, key)
			r.at = m.Get(key)
			r.Text, r.open = nthForm(key)(m.Get(key))
		case key == "cel":
			found = append(found, key)
			r.Text, r.open = parseCEL(m.Get(key), m.Get("always"))
			r.asks = true
		}
	}
	if len(found) == 0 {
		v.Problemf("says nothing to check: want one of %s", strings.Join(names, ", "))
	}
	if always := m.Get("always"); always.Present() && !slices.Contains(found, "cel") {
		always.Problemf("stands only beside cel")
	}
	if len(found) > 1 {
		v.Problemf("want one kind of check, not %s: make each a check of its own", strings.Join(found, " and "))
	}
	return r
}

// parseSay parses the words of a check, which may be missing.
func parseSay(v strictyaml.Value) map[string]string {
	if !v.Present() {
		return nil
	}
	m := v.Mapping()
	if v.IsMapping() && len(m.Keys()) == 0 {
		v.Problemf("is empty")
	}
	say := map[string]string{}
	for _, lang := range m.Keys() {
		say[lang] = m.Get(lang).Text()
	}
	return say
}

// Checks describes the checks, in the order of the contract.
func (c *Contract) Checks() []Check {
	checks := make([]Check, len(c.checks))
	for i, r := range c.checks {
		checks[i] = r.Check
	}
	return checks
}

// Judge returns a judge for one run.
func (c *Contract) Judge() timeline.Judge { return newJudge(c) }

// brief is a duration without the units that are zero: 2m, not 2m0s.
func brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// alternatives joins words: "a", "a or b", "a, b or c".
func alternatives(words []string) string {
	n := len(words) - 1
	if n < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n], ", ") + " or " + words[n]
}

// plural is "1 pod", "2 pods".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
