package web

import (
	"net/http"
	"net/url"

	"github.com/joblab/joblab/internal/timeline/difference"
	"github.com/joblab/joblab/web/view"
)

// earlierRuns is how many of the learner's runs are offered to be compared with.
const earlierRuns = 20

// comparePage shows two runs on one axis, and in what they differ.
func (s *Server) comparePage(w http.ResponseWriter, r *http.Request) error {
	a, err := s.side(r.PathValue("id"))
	if err != nil {
		return err
	}
	words := s.words(w, r)
	if r.PathValue("other") == a.key {
		return s.chooseRun(w, r, a, words.OfRun.CompareSame)
	}
	b, err := s.side(r.PathValue("other"))
	if err != nil {
		return err
	}
	parts, err := difference.Texts(a.info.Manifest, b.info.Manifest)
	if err != nil {
		return err
	}
	p := view.ComparePage{
		A: a.view("A", words.Lang), B: b.view("B", words.Lang),
		Manifest: parts,
	}
	p.Facts = [2]difference.Facts{difference.Of(a.timeline), difference.Of(b.timeline)}
	p.Differences = difference.Between(p.Facts[0], p.Facts[1])
	p.Frame = s.frame(r, words, words.OfRun.Compare, a.crumb(words), view.Crumb{Text: words.OfRun.Compare, URL: runAddress(a.key) + "/compare"}, view.Crumb{Text: p.B.Name(words)})
	s.render(w, r, http.StatusOK, view.CompareView(p))
	return nil
}

// compareChoice offers what a run can be compared with.
func (s *Server) compareChoice(w http.ResponseWriter, r *http.Request) error {
	a, err := s.side(r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.chooseRun(w, r, a, "")
}

// chooseRun offers what a run can be compared with. refused says why what was asked
// for cannot be; empty if it was not asked.
func (s *Server) chooseRun(w http.ResponseWriter, r *http.Request, a *side, refused string) error {
	words := s.words(w, r)
	p := view.ChoosePage{Side: a.view("A", words.Lang), Refused: refused}
	if !a.recorded && a.lab.Trace != nil {
		p.Recorded = []view.CompareLink{a.lab.compareLink(words.Lang)}
	}
	p.Meant = s.meant(a.lab, words.Lang)
	earlier, err := s.earlier(r, a)
	if err != nil {
		return err
	}
	p.Earlier = earlier
	p.Frame = s.frame(r, words, words.OfRun.Compare, a.crumb(words), view.Crumb{Text: words.OfRun.Compare})
	status := http.StatusOK
	if refused != "" {
		status = http.StatusBadRequest
	}
	s.render(w, r, status, view.ChooseView(p))
	return nil
}

// earlier are the learner's other runs of the same lab, the latest first.
func (s *Server) earlier(r *http.Request, a *side) ([]view.EarlierRun, error) {
	latest, err := s.runs.Latest(r.Context(), learnerOf(r), a.info.Lab, earlierRuns)
	if err != nil {
		return nil, err
	}
	var list []view.EarlierRun
	for _, info := range latest {
		if info.ID == a.info.ID {
			continue
		}
		e := view.EarlierRun{ID: info.ID, State: string(info.State), Started: info.StartedAt, Version: info.Cluster.Version}
		if info.Verdict != nil {
			e.Outcome = info.Verdict.Outcome
		}
		list = append(list, e)
	}
	return list, nil
}

// meant are the recorded runs of the labs that are worth comparing with a lab.
func (s *Server) meant(l *labPages, lang string) []view.CompareLink {
	var links []view.CompareLink
	for _, slug := range l.Compare {
		if other, ok := s.shelf.Load().bySlug[slug]; ok && other.Trace != nil {
			links = append(links, other.compareLink(lang))
		}
	}
	return links
}

// compareLinks are what a run of a lab is compared with in one click: the lab's own
// recorded run, and those of the labs that are worth it.
func (s *Server) compareLinks(l *labPages, lang string) (own *view.CompareLink, meant []view.CompareLink) {
	if l.Trace != nil {
		link := l.compareLink(lang)
		own = &link
	}
	return own, s.meant(l, lang)
}

// compareLink names the recorded run of a lab.
func (p *labPages) compareLink(lang string) view.CompareLink {
	return view.CompareLink{Key: recordedKey + p.Slug, Lab: p.link(lang)}
}

// view is what a page shows of one side.
func (s *side) view(letter, lang string) view.Side {
	v := view.Side{
		Letter: letter, Key: s.key, Lab: s.lab.link(lang),
		Recorded: s.recorded, Source: s.source, Live: s.live,
		Run: view.Run{
			ID: s.info.ID, Lab: s.info.Lab, Backend: s.info.Cluster.Backend, Version: s.info.Cluster.Version,
			State: string(s.info.State), Reason: s.info.Reason, Live: s.live,
			StartedAt: s.info.StartedAt, Timeline: s.timeline,
		},
		Entries:  s.entries,
		Headings: headingRows(&s.timeline),
		Checks:   s.lab.judged(lang, s.decided()),
	}
	if s.timeline.Verdict != nil {
		v.Run.Outcome = s.timeline.Verdict.Outcome
	}
	return v
}

// crumb leads to the run, or to the lab of a recorded one.
func (s *side) crumb(words *view.Words) view.Crumb {
	if s.recorded {
		return view.Crumb{Text: s.lab.Title.In(words.Lang), URL: "/labs/" + s.lab.Slug}
	}
	return view.Crumb{Text: s.info.ID, URL: runAddress(s.key)}
}

func runAddress(key string) string { return "/runs/" + url.PathEscape(key) }
