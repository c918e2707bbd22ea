package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/store"
	"github.com/joblab/joblab/internal/timeline"
)

// allRuns are the runs of a manager and, behind it, those of a history.
type allRuns struct {
	manager *run.Manager
	history *store.Store // may be nil
	// lab finds a lab as it is now; nil if it is not there any more.
	lab func(slug string) *lab.Lab
}

func (a *allRuns) Ready() error { return a.manager.Ready() }

func (a *allRuns) StartFor(ctx context.Context, learner string, l *lab.Lab, manifest []byte) (liveRun, error) {
	r, err := a.manager.StartFor(ctx, learner, l, manifest)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (a *allRuns) Check(ctx context.Context, l *lab.Lab, manifest []byte) ([]run.Problem, error) {
	return a.manager.Check(ctx, l, manifest)
}

// Get finds a run in memory, where it is complete, or else in the history.
func (a *allRuns) Get(id string) (liveRun, error) {
	r, err := a.manager.Get(id)
	if err == nil {
		return r, nil
	}
	if a.history == nil || !errors.Is(err, run.ErrNotFound) {
		return nil, err
	}
	kept, err := a.history.Get(id)
	if err != nil {
		return nil, err
	}
	return pastRun{kept, a.lab(kept.Info().Lab)}, nil
}

func (a *allRuns) All() []liveRun {
	var all []liveRun
	for _, r := range a.manager.List("") {
		all = append(all, r)
	}
	return all
}

// Latest takes what it can from memory, since the history may be a moment late.
func (a *allRuns) Latest(ctx context.Context, learner, slug string, limit int) ([]run.Info, error) {
	var latest []run.Info
	if learner == "" {
		return latest, nil
	}
	known := map[string]bool{}
	for _, r := range a.manager.List(slug) {
		if info := r.Info(); info.Learner == learner {
			info.Manifest = ""
			latest = append(latest, info)
			known[info.ID] = true
		}
	}
	if a.history != nil {
		kept, err := a.history.Latest(ctx, learner, slug, limit)
		if err != nil {
			return nil, err
		}
		for _, info := range kept {
			if !known[info.ID] {
				latest = append(latest, info)
			}
		}
	}
	slices.SortStableFunc(latest, func(a, b run.Info) int { return b.StartedAt.Compare(a.StartedAt) })
	return latest[:min(limit, len(latest))], nil
}

func (a *allRuns) Progress(ctx context.Context, learner string) (map[string]store.Progress, error) {
	if a.history == nil || learner == "" {
		return map[string]store.Progress{}, nil
	}
	return a.history.Progress(ctx, learner)
}

func (a *allRuns) Judge(ctx context.Context, learner, slug string, verdict timeline.Verdict) error {
	if a.history == nil {
		return nil
	}
	return a.history.Judge(ctx, learner, slug, verdict)
}

func (a *allRuns) Forget(ctx context.Context, learner string) error {
	if a.history == nil {
		return nil
	}
	return a.history.Forget(ctx, learner)
}

// pastRun is a run of the history, with its lab as that is now.
type pastRun struct {
	*store.Run
	lab *lab.Lab
}

func (r pastRun) Lab() *lab.Lab { return r.lab }

// How many runs are listed: if the query does not say, and at most.
const (
	listed   = 20
	mostRuns = 100
)

// apiListed is a run in GET /api/runs: without its manifest.
type apiListed struct {
	run.Info
	Manifest *string `json:"manifest,omitempty"`
}

// listRuns lists the latest runs of the learner who asks.
func (s *Server) listRuns(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	limit := listed
	if q.Has("limit") {
		n, err := strconv.Atoi(q.Get("limit"))
		if err != nil || n < 1 || n > mostRuns {
			return fmt.Errorf("%w: limit %q: want 1 to %d", errQuery, q.Get("limit"), mostRuns)
		}
		limit = n
	}
	latest, err := s.runs.Latest(r.Context(), learnerOf(r), q.Get("lab"), limit)
	if err != nil {
		return err
	}
	list := make([]apiListed, len(latest))
	for i, info := range latest {
		list[i].Info = info
	}
	s.writeJSON(w, r, http.StatusOK, list)
	return nil
}
