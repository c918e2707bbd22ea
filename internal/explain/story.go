package explain

import (
	"sort"

	"github.com/joblab/joblab/internal/timeline"
)

// Story is what is known of a run so far, for explaining it: its manifest and its
// entries, those of each object by themselves. A Story may be used by one
// goroutine at a time; see [Live].
type Story struct {
	// manifest is what was applied; original the lab's own.
	manifest, original *manifest
	// entries is indexed by Seq-1.
	entries []*timeline.Entry
	objects map[string]*history
	// jobs and cronJobs find the newest object of a name.
	jobs, cronJobs map[string]*history
	pods           []*history // in order of appearance
	births         map[string]*birth
	records        map[string]*failures
	verdicts       map[string]*timeline.Verdict
	// acts are the entries in which the learner acted by a button of the page.
	acts []*timeline.Entry
}

// history is all that is known of one object: its entries in order, never none.
type history struct{ entries []*timeline.Entry }

// New returns the story of a run of a manifest before its first entry. Original is
// the manifest of the lab, which the learner may have changed; it may be the same.
func New(manifest, original string) *Story {
	return &Story{
		manifest: parseManifest(manifest),
		original: parseManifest(original),
		objects:  map[string]*history{},
		jobs:     map[string]*history{},
		cronJobs: map[string]*history{},
		births:   map[string]*birth{},
		records:  map[string]*failures{},
		verdicts: map[string]*timeline.Verdict{},
	}
}

// Add takes the next entry in, which must not change afterwards. Entries come in
// the order of Seq.
func (s *Story) Add(e *timeline.Entry) {
	s.entries = append(s.entries, e)
	switch {
	case e.Pod != nil:
		if s.remember(e) {
			s.pods = append(s.pods, s.objects[e.UID])
			s.born(e)
		}
		s.note(e)
	case e.Job != nil:
		s.remember(e)
		s.jobs[e.Name] = s.objects[e.UID]
	case e.CronJob != nil:
		s.remember(e)
		s.cronJobs[e.Name] = s.objects[e.UID]
	case e.Verdict != nil:
		for i := range e.Verdict.Checks {
			s.verdicts[e.Verdict.Checks[i].ID] = &e.Verdict.Checks[i]
		}
		if e.Verdict.ID != "" {
			s.verdicts[e.Verdict.ID] = e.Verdict
		}
	case e.Note != nil && e.Note.Code == timeline.NoteStep:
		s.acts = append(s.acts, e)
	}
}

// remember adds an entry to its object's history and reports whether it is the
// first.
func (s *Story) remember(e *timeline.Entry) (first bool) {
	h := s.objects[e.UID]
	if h == nil {
		h = &history{}
		s.objects[e.UID] = h
	}
	h.entries = append(h.entries, e)
	return len(h.entries) == 1
}

func (s *Story) entry(seq timeline.Seq) *timeline.Entry {
	if seq < 1 || int(seq) > len(s.entries) {
		return nil
	}
	return s.entries[seq-1]
}

// before returns the object's entry before another one of it, or nil.
func (h *history) before(seq timeline.Seq) *timeline.Entry {
	if i := h.after(seq - 1); i > 0 {
		return h.entries[i-1]
	}
	return nil
}

// at returns the object's newest entry up to another one, or nil.
func (h *history) at(seq timeline.Seq) *timeline.Entry { return h.before(seq + 1) }

// after is the index of the first entry after seq.
func (h *history) after(seq timeline.Seq) int {
	return sort.Search(len(h.entries), func(i int) bool { return h.entries[i].Seq > seq })
}

// lag is how much later a change of one object may be seen than what it led to in
// another: pods and Jobs are watched apart, and the Job controller collects its
// changes for a second before it writes them.
const lag = 3.0

// near returns the object's state that an entry of another object goes with: the
// newest one that may have been decided by then.
func (h *history) near(e *timeline.Entry) *timeline.Entry {
	if h == nil {
		return nil
	}
	i := h.after(e.Seq)
	for i < len(h.entries) && h.entries[i].T <= e.T+lag {
		i++
	}
	if i == 0 {
		return nil
	}
	return h.entries[i-1]
}
