package run

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/expect/expecttest"
	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// TestRefusalHasAnswers: a lab that expects a refusal has the answers to its
// questions in it, since there is no run; another lab has none.
func TestRefusalHasAnswers(t *testing.T) {
	r := strictyaml.NewReader("lab.yaml")
	ask := query.Answer(r.Value(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "size(refusals) == 1 && refusals[0].path == 'spec.x'"}, ""))
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	for checks, want := range map[string][]lab.Answer{
		"[{id: no, refused: {message: Always}}]": {{ID: "path", Type: query.Bool, Value: true}},
		"[{id: yes, pods: {count: 1}}]":          nil,
	} {
		contract := expecttest.Parse(t, checks)
		l := &lab.Lab{Contract: contract, Predict: []lab.Question{{ID: "path", Expression: ask}}}
		err := judged(&Refused{Said: []Problem{{Path: "spec.x", Message: "Unsupported value: Always"}}}, l)
		var refused *Refused
		if !errors.As(err, &refused) {
			t.Fatalf("%s: got %v", checks, err)
		}
		if diff := cmp.Diff(want, refused.Answers); diff != "" {
			t.Errorf("%s: answers (-want +got):\n%s", checks, diff)
		}
		if met := refused.Verdict != nil && refused.Verdict.Outcome == timeline.Met; met != (want != nil) {
			t.Errorf("%s: verdict %+v", checks, refused.Verdict)
		}
	}
}
