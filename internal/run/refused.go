package run

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// Errors of this package. Callers compare with [errors.Is].
var (
	// ErrNotFound: there is no such run, pod, container or log.
	ErrNotFound = errors.New("not found")
	// ErrTooLarge: the manifest has more than [MaxManifest] bytes.
	ErrTooLarge = fmt.Errorf("the manifest is larger than %d KiB", MaxManifest>>10)
	// ErrNotReady: the cluster cannot take a run now.
	ErrNotReady = errors.New("the cluster is not ready")
	// ErrUnreachable is an ErrNotReady: the API server does not answer.
	ErrUnreachable = fmt.Errorf("%w: the API server does not answer", ErrNotReady)
	// ErrNoStep: the run's lab has no such step.
	ErrNoStep = fmt.Errorf("step %w", ErrNotFound)
	// ErrNotNow: a step cannot be done now.
	ErrNotNow = errors.New("the step cannot be done now")
	// ErrClosed: the manager takes no more runs.
	ErrClosed = errors.New("the server is shutting down")
)

// ErrFull is returned when as many runs are going on as may at a time. Compare
// with [errors.As].
type ErrFull struct {
	// RetryAfter is when a place is free at the latest, though at most a minute:
	// runs may also end before their limit.
	RetryAfter time.Duration
}

func (e ErrFull) Error() string {
	return fmt.Sprintf("as many runs as possible are going on; try again in %s", e.RetryAfter)
}

// Problem is one thing that is wrong with a manifest.
type Problem struct {
	// Path is where, in the words of Kubernetes:
	// "spec.template.spec.volumes[0].hostPath". It is empty for what concerns the
	// whole document.
	Path string `json:"path"`
	// Line is the line of the manifest, from 1; the nearest line that exists if
	// something is missing; 0 if unknown.
	Line int `json:"line"`
	// Message says what and why; for a refusal by the API server, as kubectl
	// prints it.
	Message string `json:"message"`
}

// Refused is why a manifest was not applied: all its problems, in the order of
// the lines. Nothing was created.
type Refused struct {
	Problems []Problem
	// Printed is what kubectl prints for the whole refusal if the API server
	// refused; otherwise it is empty.
	Printed string
	// Said are those of the problems that the API server itself named.
	Said []Problem
	// Verdict is what the lab's contract says to it, if it expects that the API
	// refuses the manifest; otherwise nil.
	Verdict *timeline.Verdict
	// Answers are then the right answers to the lab's questions.
	Answers []lab.Answer
}

// Notes are what the API server said, as a timeline tells it.
func (r *Refused) Notes() []timeline.Note {
	notes := make([]timeline.Note, len(r.Said))
	for i, p := range r.Said {
		notes[i] = timeline.Note{Code: timeline.NoteRefused, Text: p.Message, Path: p.Path}
	}
	return notes
}

// Error returns what kubectl would print if the API server refused, or else a
// line for each problem.
func (r *Refused) Error() string {
	if r.Printed != "" {
		return r.Printed
	}
	lines := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		if p.Path == "" {
			lines[i] = fmt.Sprintf("line %d: %s", p.Line, p.Message)
		} else {
			lines[i] = fmt.Sprintf("line %d: %s: %s", p.Line, p.Path, p.Message)
		}
	}
	return strings.Join(lines, "\n")
}
