package web

import "testing"

func TestLikeness(t *testing.T) {
	for _, c := range []struct{ asked, nearer, farther string }{
		{"never-with-limits", "never-with-limit", "on-failure"},
		{"onfailure", "on-failure", "first-job"},
		{"frist-job", "first-job", "pod-vs-job"},
		{"JOB-FIRST", "first-job", "bare-pod"},
	} {
		if near, far := likeness(c.asked, c.nearer), likeness(c.asked, c.farther); near <= far {
			t.Errorf("%s is as like %s (%.2f) as %s (%.2f)", c.asked, c.farther, far, c.nearer, near)
		}
	}
	if got := likeness("a", "b"); got != 0 {
		t.Errorf("words of one letter are alike: %g", got)
	}
}
