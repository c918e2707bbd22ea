package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// find is what a reader looks for in the catalogue. The script looks by the same
// rule (static/src/catalogue.ts) in the same texts, which are in the page.
type find struct {
	query   string
	minutes int  // at most so many; 0 for any
	left    bool // only what has not been met
	here    bool // only what the cluster can run
}

// readFind reads what a form sent. What it cannot be is as if it were not there.
func readFind(q url.Values) find {
	minutes, err := strconv.Atoi(q.Get("minutes"))
	if err != nil || minutes < 0 {
		minutes = 0
	}
	return find{query: strings.TrimSpace(q.Get("q")), minutes: minutes, left: q.Get("left") == "1", here: q.Get("here") == "1"}
}

// takes reports whether a lab is looked for: each word of the query is part of the
// lab's text, which is as searchText gives it.
func (f find) takes(c view.LabCard, text string) bool {
	for _, word := range words(f.query) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return (f.minutes == 0 || c.Minutes <= f.minutes) && (!f.left || c.State != string(timeline.Met)) && (!f.here || c.Obstacle == "")
}

// words are the words of a text, whatever their case or, of Hangul, their encoding.
func words(text string) []string {
	return strings.Fields(strings.ToLower(norm.NFKC.String(text)))
}

// searchText is every word by which a lab is found, in each language, once: of what
// the lab is called and asks and expects, of its manifest, and the states and reasons
// of its recorded run.
func searchText(l *lab.Lab, trace timeline.View) string {
	found := map[string]bool{}
	add := func(text string) {
		for _, w := range words(text) {
			found[strings.TrimFunc(w, func(r rune) bool { return unicode.IsPunct(r) && r != '/' })] = true
		}
	}
	in := func(t lab.Text) {
		for _, lang := range view.Languages {
			add(t[lang])
		}
	}
	in(l.Title)
	in(l.Summary)
	in(l.Goal)
	in(l.Track.Title)
	for _, q := range l.Predict {
		in(q.Ask)
	}
	if l.Contract != nil {
		for _, c := range l.Contract.Checks() {
			in(c.Say)
			add(c.Text)
		}
	}
	add(fmt.Sprintf("%02d %s", l.Number, l.Slug))
	add(string(l.Manifest))
	for _, lane := range trace.Lanes {
		for _, s := range lane.Segments {
			add(s.Status)
		}
	}
	for _, e := range trace.Entries {
		if e.Event != nil {
			add(e.Event.Reason)
		}
	}
	delete(found, "")
	return strings.Join(slices.Sorted(maps.Keys(found)), " ")
}
