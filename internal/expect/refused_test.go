package expect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
)

const refusals = `
expect:
  - {id: manifest, refused: {message: "no matches for kind", path: apiVersion}}
  - {id: again, refused: {step: apply-again, message: "is immutable"}}
`

func TestRefusedChecks(t *testing.T) {
	note := func(code, step, path, text string) timeline.Note {
		return timeline.Note{Code: code, Step: step, Path: path, Text: text}
	}
	applied := note(timeline.NoteApplied, "", "", "job.batch/pi created")
	for _, c := range []struct {
		name            string
		notes           []timeline.Note
		manifest, again timeline.State
		got             string // of the first that diverged
	}{
		{"the words and the path", []timeline.Note{note(timeline.NoteRefused, "", "apiVersion", `error: no matches for kind "Job"`)}, timeline.Met, timeline.Diverged, "the step was not done"},
		{"another problem beside it", []timeline.Note{
			note(timeline.NoteRefused, "", "spec", "negative"), note(timeline.NoteRefused, "", "apiVersion", `no matches for kind "Job"`),
		}, timeline.Met, timeline.Diverged, "the step was not done"},
		{"other words", []timeline.Note{note(timeline.NoteRefused, "", "apiVersion", "negative")}, timeline.Diverged, timeline.Diverged, "refused: negative"},
		{"another path", []timeline.Note{note(timeline.NoteRefused, "", "kind", "no matches for kind")}, timeline.Diverged, timeline.Diverged, "refused: no matches for kind"},
		{"no refusal of the API's", nil, timeline.Diverged, timeline.Diverged, "not refused by the API server"},
		{"applied, and the step refused", []timeline.Note{applied, note(timeline.NoteRefused, "apply-again", "spec.template", "field is immutable")}, timeline.Diverged, timeline.Met, "not refused: job.batch/pi created"},
		{"the step done", []timeline.Note{
			note(timeline.NoteRefused, "", "apiVersion", "no matches for kind"), note(timeline.NoteStep, "apply-again", "", "job.batch/pi serverside-applied"),
		}, timeline.Met, timeline.Diverged, "not refused: job.batch/pi serverside-applied"},
		{"the step refused for something else", []timeline.Note{
			note(timeline.NoteRefused, "", "apiVersion", "no matches for kind"), note(timeline.NoteRefused, "apply-again", "", "not found"),
		}, timeline.Met, timeline.Diverged, "refused: not found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			verdict := mustParse(t, refusals).Refused(c.notes)
			got := map[string]timeline.State{}
			first := ""
			for _, v := range verdict.Checks {
				got[v.ID] = v.State
				if v.State == timeline.Diverged && first == "" {
					first = v.Got
				}
			}
			if diff := cmp.Diff(got, map[string]timeline.State{"manifest": c.manifest, "again": c.again}); diff != "" {
				t.Errorf("checks (-got +want):\n%s", diff)
			}
			if first != c.got {
				t.Errorf("the first divergence got %q, want %q", first, c.got)
			}
		})
	}
}

func TestRefusesIsAboutTheManifest(t *testing.T) {
	for contract, want := range map[string]bool{
		refusals: true,
		"expect: [{id: a, refused: {step: s, message: m}}]": false,
		"expect: [{id: a, job: {condition: Complete}}]":     false,
	} {
		if got := mustParse(t, contract).Refuses(); got != want {
			t.Errorf("%s: got %t, want %t", contract, got, want)
		}
	}
}

func TestVerdictLeavesLongValuesOut(t *testing.T) {
	long := strings.Repeat("x", longValue)
	for text, want := range map[string]string{
		"no matches for kind": "no matches for kind",
		`spec: Invalid value: {"a":{"b":1}}: field is immutable`:              `spec: Invalid value: {"a":{"b":1}}: field is immutable`,
		`spec: Invalid value: {"a":{"b":"` + long + `"}}: field is immutable`: `spec: Invalid value: {…}: field is immutable`,
		`{"` + long + `"} and {short} and {"` + long + `"}`:                   `{…} and {short} and {…}`,
		`one } too many, then {"` + long + `"}`:                               `one } too many, then {…}`,
		`{ that is never closed, with {` + long + `} in it`:                   `{ that is never closed, with {` + long + `} in it`,
	} {
		if got := briefly(text); got != want {
			t.Errorf("briefly(%q) = %q, want %q", text, got, want)
		}
	}
}
