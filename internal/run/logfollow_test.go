package run

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

// TestStreamGoesOn takes up a log whose stream ends in all the ways in which it
// can while the container goes on.
func TestStreamGoesOn(t *testing.T) {
	broken := func(s string) func() io.Reader {
		return func() io.Reader {
			return io.MultiReader(strings.NewReader(s), iotest.ErrReader(errors.New("connection reset")))
		}
	}
	refused := func() io.Reader { return failing{} }
	from := func(line int, s string) func() io.Reader {
		return func() io.Reader { return &stamper{from: strings.NewReader(s), lines: line - 1} }
	}
	for _, c := range []struct {
		name    string
		streams []func() io.Reader // the last is the whole log
		want    string
	}{
		{"it breaks off between lines", []func() io.Reader{broken("one\n"), text("one\ntwo\n")}, "one\ntwo\n"},
		{"it breaks off inside a line", []func() io.Reader{broken("one\ntw"), text("one\ntwo\nthree\n")}, "one\ntwo\nthree\n"},
		{"it breaks off at the first byte", []func() io.Reader{broken(""), text("one\n")}, "one\n"},
		{"it ends as if the container had ended", []func() io.Reader{text("one\n"), text("one\ntwo\n")}, "one\ntwo\n"},
		{"it ends so inside a line", []func() io.Reader{text("on"), text("one\ntwo")}, "one\ntwo"},
		{"the API server is away for a while", []func() io.Reader{broken("one\n"), refused, refused, refused, text("one\ntwo\n")}, "one\ntwo\n"},
		{"the log was rotated", []func() io.Reader{broken("one\ntwo\nthr"), from(3, "three\nfour\n")}, "one\ntwo\nthree\nfour\n"},
		{"the log was rotated to later lines", []func() io.Reader{broken("one\n"), from(3, "three\n")}, "one\nthree\n"},
		{"the kubelet speaks for itself", []func() io.Reader{func() io.Reader { return &stamper{from: strings.NewReader("no log\n"), inLine: true} }}, "no log\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				fake := &fakeLogs{streams: map[string]func() io.Reader{"c": func() io.Reader {
					stream := c.streams[min(n, len(c.streams)-1)]
					n++
					return stream()
				}}}
				l := newLogs(t.Context(), fake.open)
				defer l.close()
				l.observe(timeline.Added, status("a", "", ""))
				pass(time.Minute)
				if got := read(t, l, false, false); got != c.want {
					t.Errorf("while it runs: got %q, want %q", got, c.want)
				}
				l.observe(timeline.Modified, status("", "a", ""))
				if got := read(t, l, false, true); got != c.want {
					t.Errorf("when it has ended: got %q, want %q", got, c.want)
				}
			})
		})
	}
}

// TestLogWithoutAnAnswerEndsWithTheRun: nobody waits for an API server that stays
// away.
func TestLogWithoutAnAnswerEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeLogs{streams: map[string]func() io.Reader{"c": func() io.Reader { return failing{} }}}
		l := newLogs(t.Context(), fake.open)
		defer l.close()
		l.observe(timeline.Added, status("", "a", ""))
		pass(time.Minute)
		l.freeze()
		if got := read(t, l, false, true); got != "" {
			t.Errorf("got %q", got)
		}
		if n := len(fake.opened); n < 5 || n > 30 {
			t.Errorf("opened %d times within a minute, want some", n)
		}
	})
}
