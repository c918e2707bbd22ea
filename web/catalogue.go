package web

import (
	"net/http"
	"slices"

	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// catalogue lists the labs, those that are looked for and how far the learner is.
func (s *Server) catalogue(w http.ResponseWriter, r *http.Request) error {
	words := s.words(w, r)
	progress := s.progress(r)
	labs := s.shelf.Load()
	f := readFind(r.URL.Query())
	p := view.CataloguePage{
		Frame: s.frame(r, words, words.Labs), Index: map[string]string{}, Total: len(labs.labs), Begun: len(progress) > 0,
		Find: view.Find{Query: f.query, Minutes: f.minutes, Left: f.left, Here: f.here},
	}
	for _, l := range labs.labs {
		i := slices.IndexFunc(p.Tracks, func(t view.Track) bool { return t.ID == l.Track.ID })
		if i < 0 {
			i = len(p.Tracks)
			p.Tracks = append(p.Tracks, view.Track{ID: l.Track.ID, Title: l.Track.Title.In(words.Lang), Summary: l.Track.Summary.In(words.Lang)})
		}
		track := &p.Tracks[i]
		card := view.LabCard{LabLink: l.link(words.Lang), State: string(progress[l.Slug]), Sketch: l.sketch}
		card.Obstacle = s.obstacle(l, words)
		card.Hidden = !f.takes(card, l.search)
		p.Index[l.Slug] = l.search
		p.Obstacles = p.Obstacles || card.Obstacle != ""
		if !card.Hidden {
			p.Shown++
			track.Shown++
		}
		if progress[l.Slug] == timeline.Met {
			p.Met++
			track.Met++
		} else if p.Next == nil && card.Obstacle == "" {
			p.Next = &card.LabLink
		}
		track.Labs = append(track.Labs, card)
	}
	for _, b := range labs.broken {
		p.Broken = append(p.Broken, viewBroken(b, words.Lang))
	}
	p.Problems = viewProblems(labs.problems)
	s.render(w, r, http.StatusOK, view.Catalogue(p))
	return nil
}
