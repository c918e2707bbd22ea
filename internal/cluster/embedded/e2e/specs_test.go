package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const someSpecs = `
leftOut:
- {labels: Serial, reason: alone}
- {labels: 'Feature: containsAny OffByDefault', reason: off}
- {match: 'Pods wait', reason: long}
groups:
- {name: Job, match: '\[sig-apps\] Job '}
- {name: Pods, match: '\[sig-node\] Pods '}
exceptions:
- reason: needs a network
  specs: ['[sig-node] Pods connect']
`

func parseSome(t *testing.T) *Specs {
	t.Helper()
	specs, err := parse([]byte(someSpecs))
	if err != nil {
		t.Fatal(err)
	}
	return specs
}

func TestTheFileOfSpecsIsValid(t *testing.T) {
	if _, err := Load(); err != nil {
		t.Error(err)
	}
}

func TestSelection(t *testing.T) {
	specs := parseSome(t)
	if got, want := specs.LabelFilter(), "!(Serial) && !(Feature: containsAny OffByDefault)"; got != want {
		t.Errorf("label filter: got %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{`\[sig-apps\] Job `, `\[sig-node\] Pods `}, specs.Focus()); diff != "" {
		t.Errorf("focus (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Pods wait"}, specs.Skip()); diff != "" {
		t.Errorf("skip (-want +got):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"groups: []", "there is no group"},
		{"groups: [{name: a, match: '('}]", "missing closing"},
		{"groups: [{name: a}]", `group "a": name and match are needed`},
		{"group: []", "field group not found"},
		{"groups: [{name: a, match: a}]\nleftOut: [{labels: A}]", "and a reason"},
		{"groups: [{name: a, match: a}]\nleftOut: [{labels: A, match: a, reason: r}]", "labels or match is needed"},
		{"groups: [{name: a, match: a}]\nexceptions: [{specs: [x]}]", "reason and specs are needed"},
		{"groups: [{name: a, match: a}]\nexceptions: [{reason: r, specs: [x, x]}]", `spec "x" is excepted twice`},
	} {
		if _, err := parse([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %s", c.file, err, c.want)
		}
	}
}
