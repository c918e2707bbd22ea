package lab

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// Edit replaces a text of a manifest by another.
type Edit struct{ Replace, With string }

// apply makes the edit. The text must occur exactly once.
func (e Edit) apply(manifest []byte) ([]byte, error) {
	switch n := bytes.Count(manifest, []byte(e.Replace)); {
	case n == 0:
		return nil, fmt.Errorf("%q is not in the manifest", e.Replace)
	case n > 1:
		return nil, fmt.Errorf("%q is in the manifest %d times", e.Replace, n)
	}
	return bytes.Replace(manifest, []byte(e.Replace), []byte(e.With), 1), nil
}

// Apply returns the manifest with the edits made one after the other. Each
// Replace must occur exactly once in what the edits before it left.
func (v Variation) Apply(manifest []byte) ([]byte, error) {
	for _, e := range v.Edits {
		var err error
		if manifest, err = e.apply(manifest); err != nil {
			return nil, fmt.Errorf("variation %s: %w", v.ID, err)
		}
	}
	return manifest, nil
}

// parseVariations parses the list of variations, which may be missing, and checks
// them against the manifest and the checks of the contract.
func parseVariations(list strictyaml.Value, manifest []byte, checks []expect.Check) []Variation {
	if !list.Present() {
		return nil
	}
	var variations []Variation
	for _, value := range list.List() {
		m := value.Mapping("id", "edit", "outcome", "refused", "check", "pod", "got", "say", "long")
		if !value.IsMapping() {
			continue
		}
		v := Variation{ID: m.Get("id").Text()}
		if slices.ContainsFunc(variations, func(other Variation) bool { return v.ID != "" && v.ID == other.ID }) {
			m.Get("id").Problemf("%q is the id of another variation", v.ID)
		}
		if say := m.Get("say"); say.Present() {
			v.Say = parseText(say)
		}
		v.Long = parseLong(m.Get("long"))
		if refused := m.Get("refused"); refused.Present() {
			v.parseRefusal(m, refused)
		} else {
			v.Outcome = timeline.State(m.Get("outcome").OneOf(string(timeline.Met), string(timeline.Diverged)))
			v.parseDivergence(m, checks)
		}
		v.parseEdits(m.Get("edit"), manifest)
		variations = append(variations, v)
	}
	return variations
}

// parseRefusal parses what the API says to a manifest that it refuses.
func (v *Variation) parseRefusal(m strictyaml.Mapping, refused strictyaml.Value) {
	v.Refused = refused.Text()
	for _, key := range []string{"outcome", "check", "pod", "got"} {
		if value := m.Get(key); value.Present() {
			value.Problemf("is about a run, but there is none if the manifest is refused")
		}
	}
}

// parseDivergence parses where the run diverges.
func (v *Variation) parseDivergence(m strictyaml.Mapping, checks []expect.Check) {
	switch v.Outcome {
	case timeline.Diverged:
		check := m.Get("check")
		v.Check = check.Text()
		if check.Present() && v.Check != "" && !slices.ContainsFunc(checks, func(c expect.Check) bool { return c.ID == v.Check }) {
			check.Problemf("no check has the id %q", v.Check)
		}
		if pod := m.Get("pod"); pod.Present() {
			v.Pod = pod.Text()
		}
		if got := m.Get("got"); got.Present() {
			v.Got = got.Text()
		}
	case timeline.Met:
		for _, key := range []string{"check", "pod", "got"} {
			if value := m.Get(key); value.Present() {
				value.Problemf("says how a run diverges, but outcome is met")
			}
		}
	}
}

// parseEdits parses the edits and tries them on the manifest, which is nil if it
// could not be read.
func (v *Variation) parseEdits(list strictyaml.Value, manifest []byte) {
	values := list.List()
	if list.IsList() && len(values) == 0 {
		list.Problemf("is empty: want at least one {replace, with}")
	}
	for _, value := range values {
		m := value.Mapping("replace", "with")
		if !value.IsMapping() {
			return
		}
		e := Edit{Replace: m.Get("replace").Text()}
		if with := m.Get("with"); with.Empty() {
			e.With = ""
		} else {
			e.With = with.Text()
		}
		v.Edits = append(v.Edits, e)
		if manifest == nil || e.Replace == "" {
			continue
		}
		edited, err := e.apply(manifest)
		if err != nil {
			m.Get("replace").Problemf("%v", err)
			return
		}
		manifest = edited
	}
	if manifest == nil || len(values) == 0 {
		return
	}
	if p := checkManifest("", manifest); p != nil {
		list.Problemf("makes no manifest: line %d: %s", p.Line, p.Message)
	}
}
