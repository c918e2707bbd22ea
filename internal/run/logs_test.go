package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/timeline"
)

// fakeLogs is a kubelet's logs: by container, "previous " before it for that of
// the instance before. What is not there cannot be opened.
type fakeLogs struct {
	mu      sync.Mutex
	streams map[string]func() io.Reader
	opened  []string
}

func (f *fakeLogs) open(_ context.Context, pod, container string, previous bool) (io.ReadCloser, error) {
	name := container
	if previous {
		name = "previous " + name
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened = append(f.opened, name)
	stream := f.streams[name]
	if stream == nil {
		return nil, errors.New("container is waiting to start")
	}
	return io.NopCloser(stream()), nil
}

func text(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }

// status is a pod with one container; terminated and last are IDs of instances
// that have ended.
func status(running, terminated, last string) *corev1.Pod {
	s := corev1.ContainerStatus{Name: "c", ContainerID: running}
	if running != "" {
		s.State.Running = &corev1.ContainerStateRunning{}
	}
	if terminated != "" {
		s.ContainerID = terminated
		s.State.Terminated = &corev1.ContainerStateTerminated{ContainerID: terminated}
	}
	if last != "" {
		s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ContainerID: last}
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p", UID: types.UID("p")},
		Spec:       corev1.PodSpec{InitContainers: []corev1.Container{{Name: "i"}}, Containers: []corev1.Container{{Name: "c"}}},
		Status:     corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{s}},
	}
}

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
		if len(fake.opened) != 3 {
			t.Errorf("opened %q, want each instance once", fake.opened)
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

func TestBrokenStreamGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parts := []func() io.Reader{
			func() io.Reader { return io.MultiReader(strings.NewReader("one\ntw"), iotestErr{}) },
			text("one\ntwo\nthree\n"),
		}
		fake := &fakeLogs{streams: map[string]func() io.Reader{"c": func() io.Reader {
			part := parts[0]
			parts = parts[1:]
			return part()
		}}}
		l := newLogs(t.Context(), fake.open)
		defer l.close()
		l.observe(timeline.Added, status("a", "", ""))
		if got, want := read(t, l, false, true), "one\ntwo\nthree\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

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

func TestTailKeepsTheEnd(t *testing.T) {
	var l tail
	line := strings.Repeat("x", 99) + "\n"
	const lines = 10_000
	slow := l.reader(t.Context(), true)
	first := make([]byte, 10)
	l.Write([]byte(line))
	if _, err := io.ReadFull(slow, first); err != nil {
		t.Fatal(err)
	}
	for range lines - 1 {
		l.Write([]byte(line))
		if _, kept := l.size(); kept > maxLog+slack {
			t.Fatalf("%d bytes are kept", kept)
		}
	}
	l.end()
	got, err := io.ReadAll(l.reader(t.Context(), false))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got); n > maxLog || n < maxLog-len(line) || n%len(line) != 0 {
		t.Errorf("got %d bytes, want whole lines of %d in the last %d", n, len(line), maxLog)
	}
	if rest, err := io.ReadAll(slow); err != nil || !bytes.Equal(rest, got) {
		t.Errorf("a reader that fell behind got %d bytes and error %v, want to go on with a whole line", len(rest), err)
	}
	if written, _ := l.size(); written != lines*int64(len(line)) {
		t.Errorf("got %d bytes written", written)
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

// read reads the log of the container c of the pod p.
func read(t *testing.T, l *logs, previous, follow bool) string {
	r, err := l.read(t.Context(), "p", "", previous, follow)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return string(b)
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
