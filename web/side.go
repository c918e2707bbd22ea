package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// recordedKey begins the name of a lab's recorded run where that of a run may stand:
// "recorded:never".
const recordedKey = "recorded:"

// side is a run that can be compared and exported: one that was started here, or the
// recorded run of a lab.
type side struct {
	// key names it in addresses.
	key  string
	lab  *labPages
	info run.Info
	// recorded says that it is the recorded run of its lab; source is where that was
	// recorded. Of its info only Lab, Manifest and State are known.
	recorded bool
	source   string
	records  []timeline.Record
	timeline timeline.View
	// live says that it goes on.
	live bool
	// entries is the address of its entries as JSON.
	entries string
}

// name is what names the run in the names of files.
func (s *side) name() string {
	if s.recorded {
		return "recorded"
	}
	return s.info.ID
}

// side finds what a key names: a run, or the recorded run of a lab.
func (s *Server) side(key string) (*side, error) {
	if slug, ok := strings.CutPrefix(key, recordedKey); ok {
		return s.recordedSide(slug)
	}
	live, err := s.runs.Get(key)
	if err != nil {
		return nil, err
	}
	l, err := s.pagesOf(live)
	if err != nil {
		return nil, err
	}
	// Whether it goes on is read before the log, which may grow after it.
	v := &side{key: key, lab: l, live: !live.Log().Sealed(), info: live.Info(), entries: "/api/runs/" + url.PathEscape(key) + "/timeline"}
	v.records = live.Log().Records()
	v.timeline = timeline.Draw(v.records)
	v.timeline.Run = v.info.ID
	return v, nil
}

func (s *Server) recordedSide(slug string) (*side, error) {
	l, ok := s.shelf.Load().bySlug[slug]
	if !ok {
		return nil, fmt.Errorf("%w: %q", errNoLab, slug)
	}
	if l.Trace == nil {
		return nil, fmt.Errorf("%w: %q", errNoTrace, slug)
	}
	var trace timeline.View
	if err := json.Unmarshal(l.Trace, &trace); err != nil {
		return nil, fmt.Errorf("read the recorded run of %s: %w", slug, err)
	}
	v := &side{
		key: recordedKey + slug, lab: l, recorded: true, source: l.source, entries: l.recordingURL,
		info: run.Info{Lab: slug, Manifest: string(l.Manifest), State: run.Finished},
	}
	v.records = make([]timeline.Record, len(trace.Entries))
	for i, e := range trace.Entries {
		line, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("encode the recorded run of %s: %w", slug, err)
		}
		v.records[i] = timeline.Record{Entry: e, JSON: line}
	}
	v.timeline = timeline.Draw(v.records)
	if l.Contract != nil {
		verdict := l.Contract.Review(trace.Entries)
		v.timeline.Verdict = &verdict
	}
	return v, nil
}

// decided are the verdicts on the checks of the run so far.
func (s *side) decided() []timeline.Verdict {
	if s.timeline.Verdict != nil {
		return s.timeline.Verdict.Checks
	}
	var decided []timeline.Verdict
	for i := range s.records {
		if v := s.records[i].Entry.Verdict; v != nil && v.ID != "" {
			decided = append(decided, *v)
		}
	}
	return decided
}
