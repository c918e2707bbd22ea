package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// The markers between which a document has the section.
const (
	beginMarker = "<!-- e2e -->\n"
	endMarker   = "<!-- /e2e -->\n"
)

// Section is what the document says of a run on Kubernetes of this version, as Markdown.
func (s *Specs) Section(version string, outcomes []Outcome) string {
	var text strings.Builder
	fmt.Fprintf(&text, "## Kubernetes' own end-to-end specs\n\n"+
		"`make e2e-kubernetes` runs specs of `k8s.io/kubernetes/test/e2e`, built from the module's\n"+
		"source, on an embedded cluster of %s, and writes this section. A spec that is expected\n"+
		"to pass and does not, or the other way round, makes it fail.\n\n", version)
	text.WriteString("| group | specs | passed | not |\n|---|--:|--:|--:|\n")
	var all, passed int
	for i, group := range s.Groups {
		total, good := count(outcomes, i)
		all, passed = all+total, passed+good
		fmt.Fprintf(&text, "| %s | %d | %d | %d |\n", group.Name, total, good, total-good)
	}
	fmt.Fprintf(&text, "| all | %d | %d | %d |\n\n", all, passed, all-passed)
	text.WriteString("Left out:\n\n")
	for _, out := range s.LeftOut {
		how, what := "labels", out.Labels
		if out.Match.Regexp != nil {
			how, what = "text", out.Match.String()
		}
		fmt.Fprintf(&text, "- %s `%s`: %s\n", how, what, out.Reason)
	}
	text.WriteString("\n### What does not pass, and why\n\n")
	if len(s.Exceptions) == 0 {
		text.WriteString("Nothing.\n")
	}
	for _, exception := range s.Exceptions {
		fmt.Fprintf(&text, "- %s\n", exception.Reason)
		for _, spec := range exception.Specs {
			fmt.Fprintf(&text, "  - `%s`\n", spec)
		}
	}
	text.WriteString("\n### What passes\n\n")
	for i, group := range s.Groups {
		total, good := count(outcomes, i)
		fmt.Fprintf(&text, "<details><summary>%s: %d of %d</summary>\n\n", group.Name, good, total)
		for _, outcome := range outcomes {
			if outcome.Group == i && outcome.State == Passed {
				fmt.Fprintf(&text, "- `%s`\n", outcome.Spec)
			}
		}
		text.WriteString("\n</details>\n")
	}
	return text.String()
}

// count returns how many specs of the group were run and how many passed.
func count(outcomes []Outcome, group int) (total, passed int) {
	for _, outcome := range outcomes {
		if outcome.Group != group {
			continue
		}
		total++
		if outcome.State == Passed {
			passed++
		}
	}
	return total, passed
}

// WriteSection puts section between the markers of the document, at its end if
// it has none, and makes the document if there is none.
func WriteSection(document, section string) error {
	old, err := os.ReadFile(document)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the document: %w", err)
	}
	text, err := insert(old, section)
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	if bytes.Equal(old, text) {
		return nil
	}
	if err := os.WriteFile(document, text, 0o644); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	return nil
}

func insert(old []byte, section string) ([]byte, error) {
	section = beginMarker + section + endMarker
	before, rest, begins := strings.Cut(string(old), beginMarker)
	_, after, ends := strings.Cut(rest, endMarker)
	switch {
	case begins && ends:
		return []byte(before + section + after), nil
	case begins:
		return nil, fmt.Errorf("%q has no %q after it", strings.TrimSpace(beginMarker), strings.TrimSpace(endMarker))
	case len(old) == 0:
		return []byte(section), nil
	}
	return []byte(strings.TrimRight(before, "\n") + "\n\n" + section), nil
}
