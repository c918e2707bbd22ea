package console

import (
	"slices"
	"testing"
)

func TestComplete(t *testing.T) {
	c, target := newFakeAPI(t).console(t)
	for _, row := range []struct {
		line string
		from int
		want []string // some of the candidates; nil for none
	}{
		{"", 0, []string{"get", "describe", "logs", "create"}},
		{"kub", 0, []string{"kubectl"}},
		{"kubectl de", 8, []string{"describe", "delete"}},
		{"create ", 7, []string{"job"}},
		{"get ", 4, []string{"pods", "jobs"}},
		{"get po", 4, []string{"pods"}},
		{"get pods ", 9, []string{"hello-abcde"}},
		{"get pods -o wide hel", 17, []string{"hello-abcde"}},
		{"get pod/", 4, []string{"pod/hello-abcde"}},
		{"describe job ", 13, []string{"hello"}},
		{"logs ", 5, []string{"hello-abcde", "job/"}},
		{"logs hello-abcde -c ", 20, []string{"main"}},
		{"logs hello-abcde --container=", 29, []string{"main"}},
		{"get pods -", 9, []string{"--output=", "--watch"}},
		{"get pods -o ", 12, []string{"wide", "yaml"}},
		{"get pods --output=ya", 18, []string{"yaml"}},
		{"wait --for=con", 11, []string{"condition=Complete"}},
		{"explain j", 8, []string{"jobs"}},
		{"get secrets ", 12, nil},
		{"exec ", 5, nil},
		{"get pods | ca", 11, nil},
	} {
		got := c.Complete(t.Context(), target, row.line)
		var texts []string
		for _, candidate := range got.Candidates {
			texts = append(texts, candidate.Text)
		}
		missing := slices.ContainsFunc(row.want, func(s string) bool { return !slices.Contains(texts, s) })
		if got.From != row.from || missing || (row.want == nil) != (texts == nil) {
			t.Errorf("%q: got %v from %d, want %v from %d", row.line, texts, got.From, row.want, row.from)
		}
	}
}
