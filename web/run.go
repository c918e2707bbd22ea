package web

import (
	"net/http"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// runPage shows a run at its permanent address.
func (s *Server) runPage(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	words := s.words(w, r)
	info := live.Info()
	p := view.RunPage{}
	l, err := s.pagesOf(live)
	if err != nil {
		return err
	}
	lab := l.view(words.Lang)
	p.Bench = view.Bench{Lab: lab}
	s.putRun(&p.Bench, l, words.Lang, live)
	p.Frame = s.frame(r, words, lab.Title+" · "+info.ID, append(l.crumbs(words.Lang), view.Crumb{Text: info.ID})...)
	s.render(w, r, http.StatusOK, view.RunView(p))
	return nil
}

// putRun shows a run on a lab's bench.
func (s *Server) putRun(b *view.Bench, l *labPages, lang string, live liveRun) {
	// The state is read first: a log may grow after it, but an ended run's log
	// is complete.
	info := live.Info()
	records := live.Log().Records()
	v := &view.Run{
		ID:        info.ID,
		Lab:       info.Lab,
		Namespace: info.Namespace,
		Backend:   info.Cluster.Backend,
		Version:   info.Cluster.Version,
		State:     string(info.State),
		Reason:    info.Reason,
		Manifest:  info.Manifest,
		Live:      !live.Log().Sealed(),
		Timeline:  timeline.Draw(records),

		StartedAt: info.StartedAt, FinishedAt: info.FinishedAt,
	}
	if n := len(records); n > 0 {
		last := records[n-1].Entry
		v.Elapsed = last.T
		if v.Live {
			v.Elapsed += max(0, s.now().Sub(last.At).Seconds())
		}
	}
	if v.Timeline.Verdict != nil {
		v.Outcome = v.Timeline.Verdict.Outcome
	}
	b.Run = v
	b.Own, b.Meant = s.compareLinks(l, lang)
	b.Manifest = info.Manifest
	b.Steps = viewSteps(info.Steps, lang)
	b.Checks = l.checks(lang, records)
	b.Predict = l.questions[lang]
	// What was cut off says nothing of how it would have ended.
	if !v.Live && info.State == run.Finished {
		b.Predict = l.answered(lang, l.Answers(timeline.Entries(records)))
	}
}
