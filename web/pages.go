package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"slices"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// labPages is a lab and what is made of it once: guides, and the trace as the
// browser gets it.
type labPages struct {
	*lab.Lab
	// guides, goals and summaries are by language.
	guides           map[string]view.Guide
	goals, summaries map[string]template.HTML
	// questions are what there is to predict, by language.
	questions map[string][]view.Question
	// trace is the expected timeline without entries; nil if there is none.
	trace []byte
	// traceURL names the trace's content, so that it may be cached for ever, and
	// recordingURL that of the whole recorded run.
	traceURL, recordingURL string
	source                 string
	lanes, jobs, headings  int
	// gone: the lab is not there any more, and this stands for it.
	gone bool
	// search is every word by which the lab is found.
	search string
	sketch view.Sketch
}

// expectedTimeline is what the browser draws as expected.
type expectedTimeline struct {
	timeline.View
	// End is when the recording ended, in seconds.
	End float64 `json:"end"`
}

func newLabPages(l *lab.Lab) (*labPages, error) {
	p := &labPages{Lab: l, guides: map[string]view.Guide{}, goals: map[string]template.HTML{}, summaries: map[string]template.HTML{}, questions: map[string][]view.Question{}}
	for _, lang := range view.Languages {
		var problems [4]error
		p.guides[lang], problems[0] = renderGuide(l.Guides[lang])
		p.goals[lang], problems[1] = renderLine(l.Goal.In(lang))
		p.summaries[lang], problems[2] = renderLine(l.Summary.In(lang))
		p.questions[lang], problems[3] = newQuestions(l, lang)
		if err := errors.Join(problems[:]...); err != nil {
			return nil, err
		}
	}
	if l.Trace == nil {
		p.search = searchText(l, timeline.View{})
		return p, nil
	}
	var trace timeline.View
	if err := json.Unmarshal(l.Trace, &trace); err != nil {
		return nil, fmt.Errorf("read trace: %w", err)
	}
	expected := expectedTimeline{View: trace}
	if n := len(trace.Entries); n > 0 {
		expected.End = trace.Entries[n-1].T
	}
	p.search, p.sketch = searchText(l, trace), view.NewSketch(trace, expected.End)
	expected.Entries = []timeline.Entry{}
	b, err := json.Marshal(expected)
	if err != nil {
		return nil, fmt.Errorf("encode trace: %w", err)
	}
	sum := sha256.Sum256(b)
	p.trace = b
	p.traceURL = "/labs/" + l.Slug + "/trace.json?v=" + hex.EncodeToString(sum[:6])
	sum = sha256.Sum256(l.Trace)
	p.recordingURL = "/labs/" + l.Slug + "/recording.json?v=" + hex.EncodeToString(sum[:6])
	p.source = trace.Source
	p.lanes, p.jobs, p.headings = len(trace.Lanes), len(trace.Jobs), headingRows(&trace)
	return p, nil
}

// crumbs lead to the lab, and to its track.
func (p *labPages) crumbs(lang string) []view.Crumb {
	if p.gone {
		return []view.Crumb{{Text: p.Title.In(lang)}}
	}
	return []view.Crumb{
		{Text: p.Track.Title.In(lang), URL: "/#track-" + p.Track.ID},
		{Text: p.Title.In(lang), URL: "/labs/" + p.Slug},
	}
}

// headingRows counts the headings of a timeline's drawing: the CronJobs of its Jobs, and
// one more for pods that no Job owns beside Jobs.
func headingRows(v *timeline.View) int {
	cronJobs, jobs := map[string]bool{}, map[string]bool{}
	for _, j := range v.Jobs {
		jobs["Job/"+j.Name] = true
		if j.Owner != "" {
			cronJobs[j.Owner] = true
		}
	}
	n := len(cronJobs)
	if len(jobs) > 0 && slices.ContainsFunc(v.Lanes, func(l timeline.Lane) bool { return !jobs[l.Owner] }) {
		n++
	}
	return n
}

// link names the lab in a language.
func (p *labPages) link(lang string) view.LabLink {
	return view.LabLink{Slug: p.Slug, Number: p.Number, Title: p.Title.In(lang), Summary: p.summaries[lang], Minutes: p.Minutes}
}

// view is the lab in a language, without its neighbours.
func (p *labPages) view(lang string) view.Lab {
	v := view.Lab{
		LabLink:   p.link(lang),
		Gone:      p.gone,
		Track:     p.Track.Title.In(lang),
		Goal:      p.goals[lang],
		File:      p.File,
		Guide:     p.guides[lang],
		Trace:     p.traceURL,
		Recording: p.recordingURL,
		Source:    p.source,
		Recorded:  p.Recorded.Seconds(),
		Lanes:     p.lanes,
		Jobs:      p.jobs,
		Headings:  p.headings,
		Manifest:  string(p.Manifest),
	}
	for _, s := range p.Sources {
		v.Sources = append(v.Sources, view.Source{Title: s.Title, URL: s.URL})
	}
	return v
}

// checks are the lab's expectations, each with its verdict in a log.
func (p *labPages) checks(lang string, records []timeline.Record) []view.Check {
	var decided []timeline.Verdict
	for i := range records {
		switch v := records[i].Entry.Verdict; {
		case v == nil:
		case v.ID != "":
			decided = append(decided, *v)
		default:
			return p.judgedAtLast(lang, v.Checks)
		}
	}
	return p.judged(lang, decided)
}

// judgedAtLast is how the checks of a run ended. The lab may have others by now:
// what only the run had is shown without words, and what it did not have is not.
func (p *labPages) judgedAtLast(lang string, verdicts []timeline.Verdict) []view.Check {
	said := map[string]view.Check{}
	for _, c := range p.judged(lang, nil) {
		said[c.ID] = c
	}
	checks := make([]view.Check, len(verdicts))
	for i, v := range verdicts {
		checks[i] = view.Check{ID: v.ID, Say: cmp.Or(said[v.ID].Say, v.ID), Text: said[v.ID].Text, Verdict: v}
	}
	return checks
}

// judged is what is expected and how it stands by what has been decided; none if the
// lab expects nothing.
func (p *labPages) judged(lang string, decided []timeline.Verdict) []view.Check {
	if p.Contract == nil {
		return nil
	}
	verdicts := map[string]timeline.Verdict{}
	for _, v := range decided {
		verdicts[v.ID] = v
	}
	var checks []view.Check
	for _, c := range p.Contract.Checks() {
		v := view.Check{ID: c.ID, Say: c.Say[lang], Text: c.Text, Verdict: timeline.Verdict{ID: c.ID, State: timeline.Pending}}
		if v.Say == "" {
			v.Say = c.ID
		}
		if decided, ok := verdicts[c.ID]; ok {
			v.Verdict = decided
		}
		checks = append(checks, v)
	}
	return checks
}
