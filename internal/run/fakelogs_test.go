package run

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
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
