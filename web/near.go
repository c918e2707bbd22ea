package web

import (
	"cmp"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// nearLabs is how many labs an error page offers.
const nearLabs = 3

// near are the labs whose slugs are most like the one that was asked for.
func (s *Server) near(slug, lang string, progress map[string]timeline.State) []view.LabCard {
	if slug == "" {
		return nil
	}
	labs := slices.Clone(s.shelf.Load().labs)
	slices.SortStableFunc(labs, func(a, b *labPages) int {
		return cmp.Compare(likeness(slug, b.Slug), likeness(slug, a.Slug))
	})
	var cards []view.LabCard
	for _, l := range labs[:min(nearLabs, len(labs))] {
		cards = append(cards, view.LabCard{LabLink: l.link(lang), State: string(progress[l.Slug]), Sketch: l.sketch})
	}
	return cards
}

// likeness compares two slugs by the pairs of letters that they share (the
// Sørensen–Dice coefficient, from 0 to 1): a swapped letter, a missing word or
// another order costs little.
func likeness(a, b string) float64 {
	pa, pb := pairs(a), pairs(b)
	if len(pa)+len(pb) == 0 {
		return 0
	}
	shared := 0
	left := slices.Clone(pb)
	for _, p := range pa {
		if i := slices.Index(left, p); i >= 0 {
			left = slices.Delete(left, i, i+1)
			shared++
		}
	}
	return 2 * float64(shared) / float64(len(pa)+len(pb))
}

func pairs(s string) []string {
	letters := []rune(strings.ToLower(s))
	var all []string
	for i := range len(letters) - 1 {
		all = append(all, string(letters[i:i+2]))
	}
	return all
}
