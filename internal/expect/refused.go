package expect

import (
	"fmt"
	"strings"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// refusedRule is a refused check of a contract: the API says no to the manifest,
// or to a step.
type refusedRule struct {
	step string // empty for the manifest
	// message is part of what the API says, path the field that it names; any if
	// empty.
	message, path string
}

// parseRefused parses the value of the key refused.
func parseRefused(v strictyaml.Value) (string, func() decider) {
	m := v.Mapping("step", "message", "path")
	r := &refusedRule{}
	if v.IsMapping() {
		r.message = m.Get("message").Text()
	}
	if step := m.Get("step"); step.Present() {
		r.step = step.Text()
	}
	if path := m.Get("path"); path.Present() {
		r.path = path.Text()
	}
	return r.text(), func() decider { return &refusedCheck{rule: r} }
}

// text is the rule on one line: `refused: "no matches for kind" at apiVersion`.
func (r *refusedRule) text() string {
	if r.step != "" {
		return "step " + r.step + " " + r.wanted()
	}
	return r.wanted()
}

// wanted is what the rule expects of what it is about.
func (r *refusedRule) wanted() string {
	s := fmt.Sprintf("refused: %q", r.message)
	if r.path != "" {
		s += " at " + r.path
	}
	return s
}

// refusedCheck judges a refused check.
type refusedCheck struct {
	rule *refusedRule
	// other is the newest refusal of the manifest that is not the one expected.
	// There may be several, one for each field.
	other *timeline.Entry
}

func (c *refusedCheck) observe(_ *facts, ch change) *finding {
	note := ch.entry.Note
	if note == nil || note.Step != c.rule.step {
		return nil
	}
	switch note.Code {
	case timeline.NoteRefused:
		switch {
		case strings.Contains(note.Text, c.rule.message) && (c.rule.path == "" || c.rule.path == note.Path):
			return &finding{State: timeline.Met, Seq: ch.entry.Seq, Got: briefly(note.Text)}
		case c.rule.step == "":
			c.other = ch.entry
			return nil
		}
		return c.diverged(ch.entry.Seq, "refused: "+briefly(note.Text))
	case timeline.NoteApplied, timeline.NoteStep:
		return c.diverged(ch.entry.Seq, "not refused: "+note.Text)
	}
	return nil
}

func (c *refusedCheck) deadline() float64      { return 0 }
func (c *refusedCheck) expire(*facts) *finding { return nil }

func (c *refusedCheck) settle(run *facts) *finding {
	switch {
	case c.other != nil:
		return c.diverged(c.other.Seq, "refused: "+briefly(c.other.Note.Text))
	case c.rule.step != "":
		return c.diverged(run.seq, "the step was not done")
	}
	return c.diverged(run.seq, "not refused by the API server")
}

func (c *refusedCheck) diverged(seq timeline.Seq, got string) *finding {
	return &finding{State: timeline.Diverged, Seq: seq, Expected: c.rule.wanted(), Got: got}
}

// longValue is how long a value in braces may be before a verdict leaves it out.
const longValue = 80

// briefly leaves out the long values in a refusal: of a template that must not
// change the API server prints both ends and all between. The entry has it whole.
func briefly(text string) string {
	var b strings.Builder
	depth, open, from := 0, 0, 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			if depth == 0 {
				open = i
			}
			depth++
		case '}':
			if depth == 0 {
				continue
			}
			if depth--; depth == 0 && i-open > longValue {
				b.WriteString(text[from:open])
				b.WriteString("{…}")
				from = i + 1
			}
		}
	}
	b.WriteString(text[from:])
	return b.String()
}

// Refuses reports whether the contract expects that the API refuses the manifest,
// so that there is no run.
func (c *Contract) Refuses() bool {
	for _, r := range c.checks {
		if r.refuses {
			return true
		}
	}
	return false
}

// Refused judges a manifest that the API refused, by notes of the code
// [timeline.NoteRefused]: all that there will ever be of its run.
func (c *Contract) Refused(notes []timeline.Note) timeline.Verdict {
	return c.Review(Refusals(notes))
}

// Refusals are entries of a run that was refused before it began. They belong to
// no log, so that a verdict on them names none.
func Refusals(notes []timeline.Note) []timeline.Entry {
	entries := make([]timeline.Entry, len(notes))
	for i := range notes {
		entries[i] = timeline.Entry{Kind: timeline.KindNote, Note: &notes[i]}
	}
	return entries
}
