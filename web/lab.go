package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// maxBody bounds the body of a request that starts a run. It is more than any
// manifest may have, since a form's encoding makes it longer.
const maxBody = 1 << 20

// frame is what every page has around its content.
func (s *Server) frame(r *http.Request, w *view.Words, title string, crumbs ...view.Crumb) view.Frame {
	return view.Frame{Title: title + " · Job Lab", Words: w, Self: self(r), Crumbs: crumbs, Cluster: s.clusterNow(), Assets: s.assets(), Version: s.version}
}

// labPage shows a lab and, with "?run=", a run of it.
func (s *Server) labPage(w http.ResponseWriter, r *http.Request) error {
	l, err := s.lab(r)
	if b, ok := s.shelf.Load().brokenLab(r.PathValue("slug")); ok && err != nil {
		words := s.words(w, r)
		v := viewBroken(b, words.Lang)
		s.render(w, r, http.StatusOK, view.BrokenLabView(view.BrokenLabPage{Frame: s.frame(r, words, v.Title, view.Crumb{Text: v.Title}), BrokenLab: v}))
		return nil
	}
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
			ran, err := s.pagesOf(live)
			if err != nil {
				return err
			}
			s.putRun(&p.Bench, ran, p.Words.Lang, live)
		}
	}
	p.Known = s.progress(r)[l.Slug].Better(timeline.Undecided)
	s.render(w, r, http.StatusOK, view.LabView(p))
	return nil
}

// newLabPage is a lab's page before any run.
func (s *Server) newLabPage(w http.ResponseWriter, r *http.Request, l *labPages) view.LabPage {
	words := s.words(w, r)
	v := l.view(words.Lang)
	v.Obstacle = s.obstacle(l, words)
	labs := s.shelf.Load().labs
	i := slices.Index(labs, l)
	if i > 0 {
		link := labs[i-1].link(words.Lang)
		v.Previous = &link
	}
	if i >= 0 && i+1 < len(labs) {
		link := labs[i+1].link(words.Lang)
		v.Next = &link
	}
	own, meant := s.compareLinks(l, words.Lang)
	frame := s.frame(r, words, v.Title, view.Crumb{Text: v.Track, URL: "/#track-" + l.Track.ID}, view.Crumb{Text: v.Title})
	frame.Description = strings.NewReplacer("`", "", "*", "").Replace(l.Summary.In(words.Lang))
	return view.LabPage{
		Frame: frame,
		Bench: view.Bench{Lab: v, Manifest: v.Manifest, Editable: true, EditorScript: s.static.URL("editor.js"), Steps: l.steps(words.Lang), Checks: l.checks(words.Lang, nil), Predict: l.questions[words.Lang], Own: own, Meant: meant},
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
		return fmt.Errorf("%w: %w", errForm, err)
	}
	// Of a body in another form, nothing has been read: it is not an empty one.
	if n, _ := io.ReadFull(r.Body, make([]byte, 1)); n > 0 {
		return fmt.Errorf("%w: want application/x-www-form-urlencoded", errForm)
	}
	var manifest []byte
	if r.PostForm.Has("manifest") {
		manifest = []byte(strings.ReplaceAll(r.PostForm.Get("manifest"), "\r\n", "\n"))
	}
	live, err := s.start(w, r, l.Lab, manifest)
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
	if f.verdict != nil {
		p.Judged, p.Checks = f.verdict.Outcome, l.judged(p.Words.Lang, f.verdict.Checks)
	}
	if f.answers != nil {
		p.Predict = l.answered(p.Words.Lang, f.answers)
	}
	if manifest != nil {
		p.Manifest = string(bytes.TrimRight(manifest, "\n")) + "\n"
	}
	s.render(w, r, f.status, view.LabView(p))
	return nil
}

// trace sends the timeline that the lab expects.
func (s *Server) trace(w http.ResponseWriter, r *http.Request) error {
	return s.sendTrace(w, r, func(l *labPages) ([]byte, string) { return l.trace, l.traceURL })
}

// recording sends the whole recorded run.
func (s *Server) recording(w http.ResponseWriter, r *http.Request) error {
	return s.sendTrace(w, r, func(l *labPages) ([]byte, string) { return l.Trace, l.recordingURL })
}

// sendTrace sends what a lab has of its recorded run, cacheable for ever under its
// own address.
func (s *Server) sendTrace(w http.ResponseWriter, r *http.Request, of func(*labPages) (body []byte, address string)) error {
	l, err := s.lab(r)
	if err != nil {
		return err
	}
	body, address := of(l)
	if body == nil {
		return errNoTrace
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-cache")
	if r.URL.RequestURI() == address {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	s.write(w, r, body)
	return nil
}

// lab is the lab that the path names.
func (s *Server) lab(r *http.Request) (*labPages, error) {
	slug := r.PathValue("slug")
	labs := s.shelf.Load()
	if l, ok := labs.bySlug[slug]; ok {
		return l, nil
	}
	if b, ok := labs.brokenLab(slug); ok {
		return nil, fmt.Errorf("%w: %q has problems: %w", errNoLab, slug, b.Err())
	}
	return nil, fmt.Errorf("%w: %q", errNoLab, slug)
}
