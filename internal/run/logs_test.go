package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/timeline"
)

func TestLogOfADeletedPodIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, to := io.Pipe()
		fake := &fakeLogs{streams: map[string]func() io.Reader{"c": func() io.Reader { return from }}}
		l := newLogs(t.Context(), fake.open)
		defer l.close()
		l.observe(timeline.Added, status("", "", ""))
		if _, err := l.read(t.Context(), "p", "", false, false); !errors.Is(err, ErrNotFound) {
			t.Errorf("before the start: got %v, want ErrNotFound", err)
		}
		l.observe(timeline.Modified, status("a", "", ""))
		fmt.Fprintln(to, "hello")
		synctest.Wait()
		if got := read(t, l, false, false); got != "hello\n" {
			t.Errorf("while it runs: got %q", got)
		}
		// The container writes once more while the pod is on its way out, and the
		// stream ends only after the pod has gone.
		l.observe(timeline.Modified, status("", "a", ""))
		l.observe(timeline.Deleted, status("", "a", ""))
		l.freeze()
		whole := make(chan string)
		go func() { whole <- read(t, l, false, false) }()
		fmt.Fprintln(to, "bye")
		to.Close()
		if got, want := <-whole, "hello\nbye\n"; got != want {
			t.Errorf("after the pod has gone: got %q, want %q", got, want)
		}
	})
}

func TestEachInstanceIsFollowedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeLogs{streams: map[string]func() io.Reader{"c": text("first\n")}}
		l := newLogs(t.Context(), fake.open)
		defer l.close()
		l.observe(timeline.Added, status("a", "", ""))
		synctest.Wait()
		l.observe(timeline.Modified, status("", "a", ""))
		l.observe(timeline.Modified, status("", "a", "a")) // waits to be restarted
		synctest.Wait()
		// The second instance is first seen when it is over and the third runs.
		fake.streams = map[string]func() io.Reader{"c": text("third\n"), "previous c": text("second\n")}
		l.observe(timeline.Modified, status("x", "", "b"))
		synctest.Wait()
		if got := read(t, l, false, false); got != "third\n" {
			t.Errorf("newest: got %q", got)
		}
		if got := read(t, l, true, false); got != "second\n" {
			t.Errorf("previous: got %q", got)
		}
		// The first is asked for again when it is known to have ended.
		if want := []string{"c", "c", "c", "previous c"}; !slices.Equal(slices.Sorted(slices.Values(fake.opened)), want) {
			t.Errorf("opened %q, want %q", fake.opened, want)
		}
	})
}

func TestLogThatIsNotThereYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeLogs{}
		l := newLogs(t.Context(), fake.open)
		defer l.close()
		l.observe(timeline.Added, status("a", "", ""))
		synctest.Wait()
		fake.streams = map[string]func() io.Reader{"c": text("late\n")}
		synctest.Wait()
		if len(fake.opened) != 1 {
			t.Fatalf("opened %d times without a change of the pod, want 1", len(fake.opened))
		}
		l.observe(timeline.Modified, status("", "a", ""))
		if got := read(t, l, false, true); got != "late\n" {
			t.Errorf("got %q", got)
		}
	})
}

func TestLogThatNeverComes(t *testing.T) {
	for name, end := range map[string]func(*logs){
		"the container has ended": func(l *logs) { l.observe(timeline.Modified, status("", "a", "")) },
		"the pod has gone":        func(l *logs) { l.observe(timeline.Deleted, status("a", "", "")) },
		"the run has ended":       (*logs).freeze,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLogs(t.Context(), new(fakeLogs).open)
				defer l.close()
				l.observe(timeline.Added, status("a", "", ""))
				synctest.Wait()
				end(l)
				if got := read(t, l, false, true); got != "" {
					t.Errorf("got %q", got)
				}
			})
		})
	}
}

func TestReadEndsWithItsContextOrClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, to := io.Pipe()
		defer to.Close()
		fake := &fakeLogs{streams: map[string]func() io.Reader{"c": func() io.Reader { return from }}}
		l := newLogs(t.Context(), fake.open)
		l.observe(timeline.Added, status("a", "", ""))
		r, err := l.read(t.Context(), "p", "c", false, true)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() { _, err := io.ReadAll(r); ended <- err }()
		synctest.Wait()
		r.Close()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
		to.Close()
		l.close()
	})
}

func TestUnknownLogs(t *testing.T) {
	l := newLogs(t.Context(), new(fakeLogs).open)
	defer l.close()
	l.observe(timeline.Added, status("", "", ""))
	for _, c := range []struct {
		pod, container string
		previous       bool
	}{{"q", "", false}, {"p", "x", false}, {"p", "i", false}, {"p", "c", false}, {"p", "c", true}} {
		if _, err := l.read(t.Context(), c.pod, c.container, c.previous, false); !errors.Is(err, ErrNotFound) {
			t.Errorf("%+v: got %v, want ErrNotFound", c, err)
		}
	}
}

func TestOldLogsMakeRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeLogs{streams: map[string]func() io.Reader{"c": text(strings.Repeat("0123456\n", maxLog/8))}}
		l := newLogs(t.Context(), fake.open)
		defer l.close()
		for i := range 2 * maxRunLogs / maxLog {
			pod := status("a", "", "")
			pod.Name = fmt.Sprintf("p%d", i)
			pod.UID = types.UID(pod.Name)
			l.observe(timeline.Added, pod)
			synctest.Wait()
		}
		total := 0
		for i, inst := range l.instances {
			_, kept := inst.tail.size()
			total += kept
			if last := i == len(l.instances)-1; last && kept != maxLog {
				t.Errorf("%d bytes of the newest log are kept, want %d", kept, maxLog)
			}
		}
		if total > maxRunLogs {
			t.Errorf("%d bytes are kept, want %d at most", total, maxRunLogs)
		}
	})
}

func TestLaterPodOfTheSameName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLogs(t.Context(), new(fakeLogs).open)
		defer l.close()
		for i := range 20 {
			fake := &fakeLogs{streams: map[string]func() io.Reader{"c": text(fmt.Sprint(i))}}
			l.open = fake.open
			pod := status("", "a", "")
			pod.UID = types.UID(fmt.Sprint(i))
			l.observe(timeline.Added, pod)
			synctest.Wait()
		}
		if got := read(t, l, false, false); got != "19" {
			t.Errorf("got the log of pod %s, want that of the last", got)
		}
	})
}

// TestLogsAreListed lists the logs of two pods, one of them of a container that was
// started again.
func TestLogsAreListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, to := io.Pipe()
		fake := &fakeLogs{streams: map[string]func() io.Reader{
			"previous c": text("first\n"), "c": func() io.Reader { return from },
		}}
		l := newLogs(t.Context(), fake.open)
		defer l.close()
		l.observe(timeline.Added, status("b", "", "a"))
		other := status("", "", "")
		other.Name, other.UID = "q", "q"
		l.observe(timeline.Added, other)
		fmt.Fprintln(to, "second")
		synctest.Wait()
		var got []string
		for _, c := range l.list() {
			got = append(got, fmt.Sprintf("%s %d %s %d init %t start %d ended %t %q", c.Pod, c.PodNumber, c.Container, c.Place, c.Init, c.Start, c.Ended, c.Text()))
		}
		want := []string{
			`p 0 c 1 init false start 0 ended true "first\n"`,
			`p 0 c 1 init false start 1 ended false "second\n"`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("logs (-want +got):\n%s", diff)
		}
		to.Close()
	})
}
