package explain

import (
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// moment is one thing to be explained, with all that its rule may ask for.
type moment struct {
	story *Story
	lang  string
	rules table
	// status and reason are what kubectl prints and why; see [Explanation]. on is
	// what the rule is looked up by.
	status, reason, on string
	entry              *timeline.Entry
	// before is the entry of the same object before; nil for the first.
	before *timeline.Entry
	// job is the state of the Job that entry is about or whose pod it is about;
	// nil if there is none.
	job *timeline.Entry
	// container is the one that STATUS names; nil if it names none.
	container *timeline.Container
	verdict   *timeline.Verdict
	// place is where the manifest describes the object, was where the lab's own
	// does; nil if it does not.
	place, was *place
	birth      *birth
	// init says that STATUS begins with "Init:".
	init bool
}

// explain finds the rule and fills it in.
func (m *moment) explain() Explanation {
	r := m.rules.find(m.on, m)
	if r == nil {
		r = m.rules.find("", m)
	}
	if r == nil {
		return m.unknown()
	}
	text := r.text.in(m.lang)
	if strings.Contains(text, "{then}") {
		text = strings.ReplaceAll(text, "{then}", m.consequence().in(m.lang))
	}
	x := Explanation{
		Status: m.status, Reason: m.reason,
		Title: m.fill(r.title.in(m.lang)), Text: strings.TrimSpace(m.fill(text)), Value: strings.TrimSpace(m.fill(r.value.in(m.lang))),
		Actor: r.actor, Rule: r.id, Field: m.field(r.field), Sources: r.sources, Facts: m.facts(), Known: true,
	}
	if m.init {
		x.Title = "Init:" + strings.TrimPrefix(x.Title, "Init:")
		x.Text += " " + m.fill(initNote.in(m.lang))
	}
	if x.Field != nil {
		if note := x.Field.changed(); note.en != "" {
			x.Text += " " + note.in(m.lang)
		}
	}
	return x
}

// initNote is added to what is said of the state of an init container.
var initNote = words{
	"{container} is an init container: until it has succeeded, no container of `containers` is started.",
	"{container} 컨테이너는 초기화 컨테이너예요. 이 컨테이너가 성공하기 전에는 `containers`의 어떤 컨테이너도 시작되지 않아요.",
}

// field returns the first of some fields that the learner changed, else the first
// that the manifest has, else the first that it could have, else nil.
func (m *moment) field(fields []string) *Field {
	name := m.containerOfPlace()
	var there, absent *Field
	for _, f := range fields {
		path := m.place.path(f, name)
		if path == "" {
			continue
		}
		field := m.place.field(f, path, name)
		field.compare(m.was, f, name)
		switch {
		case field.Was != "" || field.WasAbsent:
			return field
		case !field.Absent && there == nil:
			there = field
		case field.Absent && absent == nil:
			absent = field
		}
	}
	if there != nil {
		return there
	}
	return absent
}

// containerOfPlace is the name of the container that the moment is about.
func (m *moment) containerOfPlace() string {
	if m.container == nil {
		return ""
	}
	return m.container.Name
}

// value is a field's value in the manifest, or its default.
func (m *moment) value(field string) string {
	if m.place == nil {
		return ""
	}
	if v, ok := m.place.value(field, m.containerOfPlace()); ok {
		return v
	}
	return m.place.standard(field)
}

// says reports whether the manifest has a field.
func (m *moment) says(field string) bool {
	if m.place == nil {
		return false
	}
	_, ok := m.place.value(field, m.containerOfPlace())
	return ok
}

func (m *moment) pod() *timeline.Pod { return m.entry.Pod }
