package cri

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// TestFlood checks that a container which writes more than the kubelet rotates
// is held back, until its log is rotated or it has ended.
func TestFlood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.log")
	synctest.Test(t, func(t *testing.T) {
		log, err := openLog(path)
		if err != nil {
			t.Fatal(err)
		}
		stream := log.stream("stdout")
		const around = len("2006-01-02T15:04:05.000000000Z stdout F \n")
		line := strings.Repeat("x", 1<<10-around) + "\n"
		write := func(size int64) time.Duration {
			start := time.Now()
			for range size >> 10 {
				stream.Write([]byte(line))
			}
			return time.Since(start)
		}
		if took := write(maxUnrotated); took != 0 {
			t.Errorf("writing %d bytes took %v, want no time", maxUnrotated, took)
		}
		if took := write(10 * floodRate).Round(time.Second); took != 10*time.Second {
			t.Errorf("writing ten seconds' worth more took %v", took)
		}
		if err := log.reopen(); err != nil {
			t.Fatal(err)
		}
		if took := write(maxUnrotated); took != 0 {
			t.Errorf("writing to a rotated log took %v, want no time", took)
		}
		log.release()
		if took := write(floodRate); took != 0 {
			t.Errorf("writing after the container's end took %v, want no time", took)
		}
		if err := log.close(); err != nil {
			t.Fatal(err)
		}
	})
}
