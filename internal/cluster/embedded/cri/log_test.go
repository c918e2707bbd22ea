package cri

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLogEntries(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine)
	for name, test := range map[string]struct {
		writes []string
		want   []entry
	}{
		"a line is held back until it is complete": {
			[]string{"one ", "line\ntw", "o\n"},
			[]entry{{"stdout", "F", "one line"}, {"stdout", "F", "two"}},
		},
		"an empty line is an entry": {
			[]string{"\n\nx\n"},
			[]entry{{"stdout", "F", ""}, {"stdout", "F", ""}, {"stdout", "F", "x"}},
		},
		"a line of exactly the limit is one entry": {
			[]string{long + "\n"},
			[]entry{{"stdout", "F", long}},
		},
		"a longer line is cut": {
			[]string{long, "rest\n"},
			[]entry{{"stdout", "P", long}, {"stdout", "F", "rest"}},
		},
		"a much longer line is cut more than once": {
			[]string{long + long + "y\n"},
			[]entry{{"stdout", "P", long}, {"stdout", "P", long}, {"stdout", "F", "y"}},
		},
		"a last line without newline is partial": {
			[]string{"no newline"},
			[]entry{{"stdout", "P", "no newline"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &harness{t: t, logs: t.TempDir()}
			log, err := openLog(filepath.Join(h.logs, "c.log"))
			if err != nil {
				t.Fatal(err)
			}
			stream := log.stream("stdout")
			for _, text := range test.writes {
				if n, err := stream.Write([]byte(text)); n != len(text) || err != nil {
					t.Fatalf("got %d, %v", n, err)
				}
			}
			stream.Close()
			if err := log.close(); err != nil {
				t.Fatal(err)
			}
			if err := log.reopen(); err == nil {
				t.Error("a closed log was reopened")
			}
			if diff := cmp.Diff(h.log("c"), test.want); diff != "" {
				t.Errorf("log (-got +want):\n%s", diff)
			}
		})
	}
}

func TestLogOfContainer(t *testing.T) {
	t.Parallel()
	t.Run("both streams, complete when the exit is reported", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		id := h.start(config("c", `seq 5000; echo oops >&2; printf tail`))
		h.exited(id)
		var stdout, stderr []entry
		for _, e := range h.log("c") {
			if e.Stream == "stdout" {
				stdout = append(stdout, e)
			} else {
				stderr = append(stderr, e)
			}
		}
		if len(stdout) != 5001 || stdout[0].Text != "1" || stdout[4999].Text != "5000" {
			t.Errorf("got %d entries of stdout, want 1 to 5000 and tail", len(stdout))
		}
		if got, want := stdout[len(stdout)-1], (entry{"stdout", "P", "tail"}); got != want {
			t.Errorf("got last entry %v, want %v", got, want)
		}
		if diff := cmp.Diff(stderr, []entry{{"stderr", "F", "oops"}}); diff != "" {
			t.Errorf("stderr (-got +want):\n%s", diff)
		}
	})
	t.Run("a rotated log goes on in the new file", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		id := h.start(config("c", "echo before; : > /ready; until [ -e /go ]; do sleep 0.01; done; echo after"))
		h.waitFor(id, "/ready")
		if err := os.Rename(filepath.Join(h.logs, "c.log"), filepath.Join(h.logs, "old.log")); err != nil {
			t.Fatal(err)
		}
		if err := h.ReopenContainerLog(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.ExecSync(t.Context(), id, []string{"bash", "-c", ": > /go"}, 0); err != nil {
			t.Fatal(err)
		}
		h.exited(id)
		if diff := cmp.Diff(append(h.log("old"), h.log("c")...), []entry{{"stdout", "F", "before"}, {"stdout", "F", "after"}}); diff != "" {
			t.Errorf("logs (-got +want):\n%s", diff)
		}
		if err := h.ReopenContainerLog(t.Context(), id); err == nil {
			t.Error("the log of a container that has exited was reopened")
		}
	})
}
