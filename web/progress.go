package web

import (
	"net/http"

	"github.com/joblab/joblab/internal/timeline"
)

// progress is the best that the learner who asks has come to, by the slugs of the labs
// of which a run was started. It is Pending for those of which none has ended. What
// cannot be read is missing: a page is worth reading without it.
func (s *Server) progress(r *http.Request) map[string]timeline.State {
	learner := learnerOf(r)
	if learner == "" {
		return nil
	}
	kept, err := s.runs.Progress(r.Context(), learner)
	if err != nil {
		s.log.WarnContext(r.Context(), "progress not read", "request", requestID(r.Context()), "err", err)
	}
	best := map[string]timeline.State{}
	improve := func(slug string, state timeline.State) {
		if had, ok := best[slug]; !ok || state.Better(had) {
			best[slug] = state
		}
	}
	for slug, p := range kept {
		improve(slug, p.Best)
	}
	// What is kept may be a moment late, or nothing at all.
	for _, live := range s.runs.All() {
		if info := live.Info(); info.Learner == learner {
			var state timeline.State
			if info.Verdict != nil {
				state = info.Verdict.Outcome
			}
			improve(info.Lab, state)
		}
	}
	for slug, state := range best {
		if state == "" {
			best[slug] = timeline.Pending
		}
	}
	return best
}
