package sandbox

import "errors"

// Runner starts containers. It is safe for concurrent use.
type Runner struct{ dir string }

// NewRunner returns a Runner that keeps its executable in dir, a directory
// made with mode 0700 if it is not there.
func NewRunner(dir string) (*Runner, error) { return &Runner{dir: dir}, nil }

// Prepare makes spec.Root and fills it with the files of spec.Image. It is
// idempotent: files that are there are left alone.
func (r *Runner) Prepare(spec *Spec) error { return errors.ErrUnsupported }

// Start starts a process. The error is a [*StartError] when the command itself
// cannot be started, as opposed to something that is wrong on the host.
func (r *Runner) Start(spec Spec) (*Process, error) { return nil, errors.ErrUnsupported }
