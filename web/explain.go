package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// explain answers with the explanations that the query asks for, in the language
// of "?lang=".
func (s *Server) explain(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	lang := r.URL.Query().Get("lang")
	if lang != "" && !view.Known(lang) {
		return fmt.Errorf("%w: lang %q: want en or ko", errQuery, lang)
	}
	list, err := explanations(live, r.URL.Query(), lang)
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, list)
	return nil
}

// whyPage shows the explanations that the query asks for.
func (s *Server) whyPage(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	words := s.words(w, r)
	list, err := explanations(live, r.URL.Query(), words.Lang)
	if err != nil {
		return err
	}
	info := live.Info()
	l, err := s.pagesOf(live)
	if err != nil {
		return err
	}
	s.render(w, r, http.StatusOK, view.WhyView(view.WhyPage{
		Frame: s.frame(r, words, words.WhyTitle, append(l.crumbs(words.Lang),
			view.Crumb{Text: info.ID, URL: "/runs/" + info.ID},
			view.Crumb{Text: words.WhyTitle})...),
		Run:          info.ID,
		Explanations: list,
		File:         l.File,
		Manifest:     info.Manifest,
	}))
	return nil
}

// explanations say why an entry came about ("?seq="), or why a check diverged or
// is undecided ("?check=").
func explanations(live liveRun, q url.Values, lang string) ([]explain.Explanation, error) {
	if q.Has("seq") == q.Has("check") {
		return nil, fmt.Errorf("%w: want seq or check", errQuery)
	}
	var list []explain.Explanation
	var known bool
	if q.Has("seq") {
		seq, err := strconv.ParseInt(q.Get("seq"), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%w: seq: %w", errQuery, err)
		}
		list, known = live.Why().Entry(timeline.Seq(seq), lang)
	} else {
		list, known = live.Why().Check(q.Get("check"), lang)
	}
	if !known {
		return nil, fmt.Errorf("run %q: %w", live.Info().ID, errNoEntry)
	}
	return list, nil
}
