package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/web/view"
)

// maxBody bounds the body of a request that starts a run. It is more than any
// manifest may have, since a form's encoding makes it longer.
const maxBody = 1 << 20

// frame is what every page has around its content.
func (s *Server) frame(r *http.Request, w *view.Words, title string, crumbs ...view.Crumb) view.Frame {
	return view.Frame{Title: title + " · Job Lab", Words: w, Self: self(r), Crumbs: crumbs, Cluster: s.clusterNow(), Assets: s.assets()}
}

// catalogue lists the labs.
func (s *Server) catalogue(w http.ResponseWriter, r *http.Request) error {
	words := s.words(w, r)
	p := view.CataloguePage{Frame: s.frame(r, words, words.Labs)}
	for _, l := range s.labs {
		i := slices.IndexFunc(p.Tracks, func(t view.Track) bool { return t.ID == l.Track.ID })
		if i < 0 {
			i = len(p.Tracks)
			p.Tracks = append(p.Tracks, view.Track{ID: l.Track.ID, Title: l.Track.Title.In(words.Lang)})
		}
		link := l.link(words.Lang)
		link.Obstacle = s.obstacle(l, words)
		p.Tracks[i].Labs = append(p.Tracks[i].Labs, link)
	}
	s.render(w, r, http.StatusOK, view.Catalogue(p))
	return nil
}

// labPage shows a lab and, with "?run=", a run of it.
func (s *Server) labPage(w http.ResponseWriter, r *http.Request) error {
	l, err := s.lab(r)
	if err != nil {
		return err
	}
	p := s.newLabPage(w, r, l)
	if id := r.URL.Query().Get("run"); id != "" {
		switch live, err := s.runs.Get(id); {
		case errors.Is(err, run.ErrNotFound):
			p.Refused = p.Words.GoneRun
		case err != nil:
			return err
		case live.Info().Lab == l.Slug:
			s.putRun(&p.Bench, l, p.Words.Lang, live)
		}
	}
	s.render(w, r, http.StatusOK, view.LabView(p))
	return nil
}

// newLabPage is a lab's page before any run.
func (s *Server) newLabPage(w http.ResponseWriter, r *http.Request, l *labPages) view.LabPage {
	words := s.words(w, r)
	v := l.view(words.Lang)
	v.Obstacle = s.obstacle(l, words)
	i := slices.Index(s.labs, l)
	if i > 0 {
		link := s.labs[i-1].link(words.Lang)
		v.Previous = &link
	}
	if i+1 < len(s.labs) {
		link := s.labs[i+1].link(words.Lang)
		v.Next = &link
	}
	return view.LabPage{
		Frame: s.frame(r, words, v.Title, view.Crumb{Text: v.Track, URL: "/#track-" + l.Track.ID}, view.Crumb{Text: v.Title}),
		Bench: view.Bench{Lab: v, Manifest: v.Manifest, Editable: true, Checks: l.checks(words.Lang, nil), Predict: l.questions(words.Lang, nil)},
	}
}

// startFromForm starts a run from a lab's page and leads to the run's. If the
// run is refused, it shows the lab's page again with the text kept.
func (s *Server) startFromForm(w http.ResponseWriter, r *http.Request) error {
	l, err := s.lab(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		return errors.Join(errForm, err)
	}
	var manifest []byte
	if r.PostForm.Has("manifest") {
		manifest = []byte(strings.ReplaceAll(r.PostForm.Get("manifest"), "\r\n", "\n"))
	}
	live, err := s.runs.Start(r.Context(), l.Lab, manifest)
	if err == nil {
		http.Redirect(w, r, "/runs/"+live.Info().ID, http.StatusSeeOther)
		return nil
	}
	p := s.newLabPage(w, r, l)
	f := fail(err, p.Words)
	if f.refusal == "" {
		return err
	}
	f.answer(w.Header())
	p.Self = "/labs/" + l.Slug
	p.Refused, p.Problems = f.refusal, problems(f.problems)
	if manifest != nil {
		p.Manifest = string(bytes.TrimRight(manifest, "\n")) + "\n"
	}
	s.render(w, r, f.status, view.LabView(p))
	return nil
}

// trace sends the timeline that the lab expects, for ever cacheable under its
// own address.
func (s *Server) trace(w http.ResponseWriter, r *http.Request) error {
	l, err := s.lab(r)
	if err != nil {
		return err
	}
	if l.trace == nil {
		return errNoTrace
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-cache")
	if "/labs/"+l.Slug+"/trace.json?"+r.URL.RawQuery == l.traceURL {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	s.write(w, r, l.trace)
	return nil
}

// lab is the lab that the path names.
func (s *Server) lab(r *http.Request) (*labPages, error) {
	return s.labOf(r.PathValue("slug"))
}

// labOf is the lab of a slug.
func (s *Server) labOf(slug string) (*labPages, error) {
	l, ok := s.bySlug[slug]
	if !ok {
		return nil, fmt.Errorf("%w: %q", errNoLab, slug)
	}
	return l, nil
}
