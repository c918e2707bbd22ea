package view

import "strings"

// matches says how many labs are looked for.
func matches(w *Words, n, all int) string {
	return strings.NewReplacer("{n}", itoa(n), "{all}", itoa(all)).Replace(w.Catalogue.Matches)
}

// stateIcon is the picture of how far a learner is with a lab.
func stateIcon(state string) string {
	if state == "" {
		return "not"
	}
	return state
}

// minutes is how long all labs of a track take.
func (t Track) minutes() int {
	n := 0
	for _, l := range t.Labs {
		n += l.Minutes
	}
	return n
}
