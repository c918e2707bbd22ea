package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/web/view"
)

// shelf is all labs as they are at one time. It never changes: a request sees one
// shelf from its beginning to its end.
type shelf struct {
	labs   []*labPages
	bySlug map[string]*labPages
	broken []lab.Broken
	// problems are those that no lab has.
	problems []*expect.Problem
}

// SetLabs replaces the labs, all at once. Runs keep the lab that they were started
// with. A lab whose guide or recording cannot be shown is broken.
func (s *Server) SetLabs(c lab.Collection) {
	set := &shelf{bySlug: map[string]*labPages{}, broken: slices.Clone(c.Broken), problems: c.Problems}
	for _, l := range c.Labs {
		p, err := newLabPages(l)
		if err != nil {
			dir := fmt.Sprintf("%02d-%s", l.Number, l.Slug)
			set.broken = append(set.broken, lab.Broken{
				Dir: dir, Number: l.Number, Slug: l.Slug, Title: l.Title,
				Problems: []*expect.Problem{{File: dir, Message: err.Error()}},
			})
			continue
		}
		set.labs = append(set.labs, p)
		set.bySlug[l.Slug] = p
	}
	s.shelf.Store(set)
}

// brokenLab is the lab of a slug that has problems.
func (s *shelf) brokenLab(slug string) (lab.Broken, bool) {
	for _, b := range s.broken {
		if b.Slug == slug {
			return b, true
		}
	}
	return lab.Broken{}, false
}

// labOf is the lab of a slug, or nil.
func (s *Server) labOf(slug string) *lab.Lab {
	if p, ok := s.shelf.Load().bySlug[slug]; ok {
		return p.Lab
	}
	return nil
}

// pagesOf are the pages of the lab that a run was started with, which may have
// been replaced since. For a lab that is not there any more they say so, and have
// nothing but its slug.
func (s *Server) pagesOf(live liveRun) (*labPages, error) {
	l := live.Lab()
	if l == nil {
		slug := live.Info().Lab
		return &labPages{Lab: &lab.Lab{Slug: slug, Title: lab.Text{view.English: slug}, File: "manifest.yaml"}, gone: true}, nil
	}
	if p, ok := s.shelf.Load().bySlug[l.Slug]; ok && p.Lab == l {
		return p, nil
	}
	p, err := newLabPages(l)
	if err != nil {
		return nil, fmt.Errorf("lab %s: %w", l.Slug, err)
	}
	return p, nil
}

// viewBroken is what a page shows of a lab that has problems.
func viewBroken(b lab.Broken, lang string) view.BrokenLab {
	v := view.BrokenLab{LabLink: view.LabLink{Slug: b.Slug, Number: b.Number, Title: b.Title.In(lang)}, Dir: b.Dir, Problems: viewProblems(b.Problems)}
	if v.Title == "" {
		v.Title = b.Dir
	}
	return v
}

func viewProblems(problems []*expect.Problem) []view.LabProblem {
	var all []view.LabProblem
	for _, p := range problems {
		// Where it is, as editors and compilers write it.
		where, _ := strings.CutSuffix((&expect.Problem{File: p.File, Line: p.Line, Column: p.Column}).Error(), ": ")
		all = append(all, view.LabProblem{Where: where, Path: p.Path, Message: p.Message})
	}
	return all
}
