package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
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

func (f *fakeLogs) open(_ context.Context, pod, container string, previous bool, _ time.Time) (io.ReadCloser, error) {
	name := container
	if previous {
		name = "previous " + name
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened = append(f.opened, name)
	stream := f.streams[name]
	if stream == nil {
		return nil, apierrors.NewBadRequest("container is waiting to start")
	}
	switch from := stream().(type) {
	case *stamper:
		return io.NopCloser(from), nil
	case failing:
		return nil, from
	default:
		return io.NopCloser(&stamper{from: from}), nil
	}
}

// failing is a stream that cannot be opened since the API server does not answer.
type failing struct{ io.Reader }

func (failing) Error() string { return "connection refused" }

// stamper puts a time before each line: that of the first line first, a
// nanosecond later that of the next.
type stamper struct {
	from   io.Reader
	lines  int
	inLine bool
	ready  bytes.Buffer
}

func (s *stamper) Read(p []byte) (int, error) {
	if s.ready.Len() == 0 {
		text := make([]byte, 32<<10)
		n, err := s.from.Read(text)
		for line := range bytes.Lines(text[:n]) {
			if !s.inLine {
				s.lines++
				s.ready.WriteString(lineTime(s.lines) + " ")
			}
			s.ready.Write(line)
			s.inLine = line[len(line)-1] != '\n'
		}
		if n == 0 {
			return 0, err
		}
	}
	return s.ready.Read(p)
}

// lineTime is the time of the nth line.
func lineTime(n int) string {
	return time.Date(2026, 11, 25, 12, 0, 0, n, time.UTC).Format("2006-01-02T15:04:05.000000000Z07:00")
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

// TestStreamGoesOn takes up a log whose stream ends in all the ways in which it
// can while the container goes on.
func TestStreamGoesOn(t *testing.T) {
	broken := func(s string) func() io.Reader {
		return func() io.Reader { return io.MultiReader(strings.NewReader(s), iotestErr{}) }
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

// TestLinesOfOneTime takes up a log in which lines have the same time.
func TestLinesOfOneTime(t *testing.T) {
	at, later := lineTime(1)+" ", lineTime(2)+" "
	whole := at + "a\n" + at + "b\n" + at + "c\n" + later + "d\n"
	for cut := range len(whole) + 1 {
		var got bytes.Buffer
		var read mark
		for _, stream := range []string{whole[:cut], whole} {
			for i, lines := 0, resume(&read, &got); i < len(stream); i++ {
				if _, err := lines.Write([]byte{stream[i]}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got.String() != "a\nb\nc\nd\n" {
			t.Errorf("cut after %d bytes: got %q", cut, got.String())
		}
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

// TestEndedLogIsBounded reads the log of an instance that has ended while a
// flood of it is still being read.
func TestEndedLogIsBounded(t *testing.T) {
	var l tail
	line := []byte(strings.Repeat("x", 99) + "\n")
	l.Write(line)
	read := make(chan int)
	go func() {
		data, err := io.ReadAll(l.finished(t.Context()))
		if err != nil {
			t.Error(err)
		}
		read <- len(data)
	}()
	for range 100_000 {
		l.Write(line)
	}
	l.end()
	if n := <-read; n > maxLog || n < maxLog-len(line) {
		t.Errorf("got %d bytes, want the last %d", n, maxLog)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	var endless tail
	if _, err := endless.finished(stopped).Read(line); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v from a log that does not end, want the context's", err)
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
