package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/joblab/joblab/internal/access"
	"github.com/joblab/joblab/internal/console"
	"github.com/joblab/joblab/internal/run"
)

// maxCommand is the most bytes of a request with a line for the console, which may
// be escaped.
const maxCommand = 8 * console.MaxLine

// placed is a run that knows its place on the cluster, and what it has seen there.
type placed interface {
	Space() (space run.Space, gone bool)
	Objects() []run.Object
	LastVersion(kind, name string) (runtime.Object, error)
}

// identity returns who the console of a run is on the cluster.
func (s *Server) identity(ctx context.Context, live liveRun) (access.Identity, error) {
	p, ok := live.(placed)
	if !ok {
		return access.Identity{}, errGone
	}
	space, gone := p.Space()
	if gone {
		return access.Identity{}, errGone
	}
	if err := s.runs.Ready(); err != nil {
		return access.Identity{}, err
	}
	who, err := s.identities.Get(ctx, access.Space{Name: space.Name, Expires: space.Expires})
	if apierrors.IsNotFound(err) || apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
		return access.Identity{}, errGone // deleted by somebody else, or with a cluster that was lost
	}
	return who, unanswered(err)
}

// unanswered tells that the API server could not be asked from what it said.
func unanswered(err error) error {
	var said apierrors.APIStatus
	if err == nil || errors.As(err, &said) {
		return err
	}
	for _, known := range []error{access.ErrNotAllowed, console.ErrBusy, console.ErrLine, console.ErrNoKind, context.Canceled} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", run.ErrNotReady, err)
}

// target is where the console of the run that a request names works.
func (s *Server) target(r *http.Request) (console.Target, error) {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return console.Target{}, err
	}
	who, err := s.identity(r.Context(), live)
	if err != nil {
		return console.Target{}, err
	}
	return console.Target{Namespace: who.Namespace, Config: who.Config(s.cluster.Config())}, nil
}

// runCommand does a line of the console, and sends what it prints as it does.
func (s *Server) runCommand(w http.ResponseWriter, r *http.Request) error {
	var command struct {
		Line string `json:"line"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCommand)).Decode(&command); err != nil {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	target, err := s.target(r)
	if err != nil {
		return err
	}
	ctx, cancel := s.untilClosed(r)
	defer cancel()
	h := w.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Cache-Control", "no-store")
	answer := &lines{to: w}
	code, err := s.console.Run(ctx, target, command.Line,
		writerFunc(func(p []byte) error { return answer.send(printed{Out: string(p)}) }),
		writerFunc(func(p []byte) error { return answer.send(printed{Err: string(p)}) }))
	if err != nil {
		return unanswered(err)
	}
	return answer.send(printed{Exit: &code})
}

// printed is a line of the answer.
type printed struct {
	Out  string `json:"out,omitempty"`
	Err  string `json:"err,omitempty"`
	Exit *int   `json:"exit,omitempty"`
}

// lines sends values of JSON, each in a line of its own and at once.
type lines struct {
	mu sync.Mutex
	to http.ResponseWriter
}

func (l *lines) send(p printed) error {
	line, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode what was printed: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.to.Write(append(line, '\n')); err != nil {
		return err
	}
	return http.NewResponseController(l.to).Flush()
}

// writerFunc is an io.Writer that takes all or fails.
type writerFunc func(p []byte) error

func (f writerFunc) Write(p []byte) (int, error) {
	if err := f(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// completeCommand completes a line of the console.
func (s *Server) completeCommand(w http.ResponseWriter, r *http.Request) error {
	line := r.URL.Query().Get("line")
	at := len(line)
	if text := r.URL.Query().Get("at"); text != "" {
		var err error
		if at, err = strconv.Atoi(text); err != nil || at < 0 || at > len(line) {
			return fmt.Errorf("%w: at is a place in the line, in bytes", errQuery)
		}
	}
	target, err := s.target(r)
	if err != nil {
		return err
	}
	ctx, cancel := s.untilClosed(r)
	defer cancel()
	s.writeJSON(w, r, http.StatusOK, s.console.Complete(ctx, target, line[:at]))
	return nil
}
