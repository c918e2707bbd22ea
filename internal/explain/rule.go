package explain

import (
	"strings"
)

// rule explains one thing. Its words may hold names in braces, which are filled in
// with [values].
type rule struct {
	id    string
	actor Actor
	// on lists what the rule is about: STATUS values without "Init:", states of a
	// Job, reasons of events, codes of notes. None: what the table is about.
	on []string
	// when says of what is listed the rule is about; nil for all.
	when func(*moment) bool
	// title and text are words; value, too, or empty if nothing is computed.
	title, text, value words
	// field lists the fields that may decide it, the first that the manifest has
	// first: "pod.restartPolicy", "job.backoffLimit", "cron.schedule",
	// "container.command".
	field   []string
	sources []Source
}

// words are the same words in each language.
type words struct{ en, ko string }

func (w words) in(lang string) string {
	if lang == "ko" {
		return w.ko
	}
	return w.en
}

// table are rules by what they are about, in their order.
type table map[string][]*rule

// newTable orders rules of several files; what is listed under no name is under
// "".
func newTable(lists ...[]rule) table {
	t := table{}
	for _, list := range lists {
		for i := range list {
			r := &list[i]
			if len(r.on) == 0 {
				t[""] = append(t[""], r)
			}
			for _, on := range r.on {
				t[on] = append(t[on], r)
			}
		}
	}
	return t
}

// find returns the first rule that fits, or nil.
func (t table) find(on string, m *moment) *rule {
	for _, r := range t[on] {
		if r.when == nil || r.when(m) {
			return r
		}
	}
	return nil
}

// fill replaces each {name} in words by its value.
func (m *moment) fill(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := values[name]
		if !closed || !known {
			b.WriteString("{")
			text = rest
			continue
		}
		b.WriteString(value(m))
		text = after
	}
}
