package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2/types"
)

// Outcome is what became of one spec.
type Outcome struct {
	Spec   string // full text
	Group  int    // index in Specs.Groups
	State  State
	Detail string // what the spec said when it did not pass
	Took   time.Duration
	Reason string // why it is excepted; empty if it is not
}

// State is how a spec ended.
type State string

const (
	Passed  State = "passed"
	Failed  State = "failed"
	Skipped State = "skipped" // by itself: it found that the cluster lacks something
)

// ReadReports returns the outcome of each spec that was run, in the order of
// groups and then of texts, from ginkgo's JSON reports in files. It fails if a
// suite as a whole did.
func (s *Specs) ReadReports(files ...string) ([]Outcome, error) {
	var outcomes []Outcome
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read ginkgo's report: %w", err)
		}
		var reports []types.Report
		if err := json.Unmarshal(data, &reports); err != nil {
			return nil, fmt.Errorf("read ginkgo's report %s: %w", file, err)
		}
		for _, report := range reports {
			some, err := s.outcomes(report)
			if err != nil {
				return nil, err
			}
			outcomes = append(outcomes, some...)
		}
	}
	slices.SortFunc(outcomes, func(a, b Outcome) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), strings.Compare(a.Spec, b.Spec))
	})
	return outcomes, nil
}

func (s *Specs) outcomes(report types.Report) ([]Outcome, error) {
	var outcomes []Outcome
	for _, spec := range report.SpecReports {
		if spec.LeafNodeType != types.NodeTypeIt {
			if spec.Failed() {
				return nil, fmt.Errorf("the suite's own %s failed: %s", spec.LeafNodeType, spec.FailureMessage())
			}
			continue
		}
		text := spec.FullText()
		outcome := Outcome{Spec: text, Group: s.group(text), Took: spec.RunTime, Reason: s.reason(text)}
		switch {
		case outcome.Group < 0, spec.State == types.SpecStatePending, filteredOut(spec):
			continue
		case spec.State == types.SpecStatePassed:
			outcome.State = Passed
		case spec.State == types.SpecStateSkipped:
			outcome.State = Skipped
		default:
			outcome.State = Failed
		}
		if outcome.State != Passed {
			outcome.Detail, _, _ = strings.Cut(strings.TrimSpace(spec.FailureMessage()), "\n")
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, nil
}

// filteredOut reports whether ginkgo did not even begin with the spec, because
// of focus and label filter.
func filteredOut(spec types.SpecReport) bool {
	return spec.State == types.SpecStateSkipped && spec.NumAttempts == 0
}

// Unexpected says what is not as specs.yaml has it, one sentence each.
func (s *Specs) Unexpected(outcomes []Outcome) []string {
	var unexpected []string
	seen := make(map[string]bool)
	for _, outcome := range outcomes {
		seen[outcome.Spec] = true
		switch {
		case outcome.State == Passed && outcome.Reason != "":
			unexpected = append(unexpected, fmt.Sprintf("passed, take it off the exceptions: %s", outcome.Spec))
		case outcome.State != Passed && outcome.Reason == "":
			unexpected = append(unexpected, fmt.Sprintf("%s: %s: %s", outcome.State, outcome.Spec, outcome.Detail))
		}
	}
	for _, exception := range s.Exceptions {
		for _, spec := range exception.Specs {
			if !seen[spec] {
				unexpected = append(unexpected, fmt.Sprintf("was not run, take it off the exceptions: %s", spec))
			}
		}
	}
	for i, group := range s.Groups {
		if !slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Group == i }) {
			unexpected = append(unexpected, fmt.Sprintf("no spec of group %s was run", group.Name))
		}
	}
	return unexpected
}
