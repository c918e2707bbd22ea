package run

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// State is how far a run is.
type State string

// The states of a run. The last four are its end.
const (
	Pending     State = "pending"     // nothing is applied yet
	Running     State = "running"     // applying has begun
	Finished    State = "finished"    // settled, or reached its condition or its limit
	Stopped     State = "stopped"     // somebody stopped it
	Interrupted State = "interrupted" // the cluster was lost, or the server shut down
	Failed      State = "failed"      // the API server refused what it had promised to take, or could not be reached
)

// Info is what there is to say about a run at one moment: the JSON of
// GET /api/runs/{id}.
type Info struct {
	ID        string  `json:"id"`
	Lab       string  `json:"lab"` // its slug
	Namespace string  `json:"namespace"`
	Manifest  string  `json:"manifest"` // as it was applied
	Cluster   Cluster `json:"cluster"`
	State     State   `json:"state"`
	// Reason says in a sentence why the run ended; empty until then.
	Reason string `json:"reason"`
	// Verdict is the final one; nil until the run has ended.
	Verdict    *timeline.Verdict `json:"verdict"`
	StartedAt  time.Time         `json:"startedAt"`
	FinishedAt *time.Time        `json:"finishedAt"` // nil until the run has ended
	// Steps are what the reader can do in the middle of the run.
	Steps []Step `json:"steps,omitempty"`
	// Learner is the id of who started it; empty for nobody in particular. It is
	// like a password, and never shown.
	Learner string `json:"-"`
}

// Cluster says where a run took place.
type Cluster struct {
	Backend string `json:"backend"`
	Version string `json:"version"`
}

// Run is one run of a lab. All methods may be called from any goroutine, also
// long after it has ended.
type Run struct {
	lab   *lab.Lab
	docs  []*document
	rules rules // of what steps bring
	space namespace
	limit time.Duration
	keep  time.Duration // of the namespace, from the end on
	now   func() time.Time
	log   *slog.Logger
	gen   *generation
	// cluster says whether the API server answers.
	cluster cluster.Cluster

	rec   *timeline.Recorder
	why   *explain.Live
	logs  *logs
	seen  *observer
	steps *steps
	// cleaned is closed when the namespace is deleted, or will not be here.
	cleaned chan struct{}

	begun chan struct{} // closed when applying has begun, or the run has ended without
	done  chan struct{}
	over  chan struct{}
	// stored is guarded by the Manager's mu: all of the run is kept elsewhere.
	stored bool
	// start lives the run and cleans up after it. end makes it end before it
	// settles, with a reason as the cause; release ends the time for which its
	// namespace is kept.
	start   func()
	end     context.CancelCauseFunc
	release context.CancelFunc

	mu   sync.Mutex
	info Info // all but the state and the end is there from the beginning
}

// Info says how the run is now.
func (r *Run) Info() Info {
	r.mu.Lock()
	defer r.mu.Unlock()
	info := r.info
	info.Steps = r.steps.list()
	return info
}

// Lab is the lab that the run was started with.
func (r *Run) Lab() *lab.Lab { return r.lab }

// Log is the run's timeline.
func (r *Run) Log() *timeline.Log { return r.rec.Log() }

// Why explains the run's timeline.
func (r *Run) Why() *explain.Live { return r.why }

// Done is closed when the run has ended: its log is sealed and Info says how.
func (r *Run) Done() <-chan struct{} { return r.done }

// Over is closed, some time after Done, when nothing of the run changes any more:
// its namespace is gone, and no log is followed.
func (r *Run) Over() <-chan struct{} { return r.over }

// Note adds a remark of the server to the timeline, unless the run has ended.
func (r *Run) Note(n timeline.Note) { r.rec.Note(n) }

// Logs are the logs of the containers that have started so far.
func (r *Run) Logs() []ContainerLog { return r.logs.list() }

// Stop ends the run and deletes its Jobs, CronJobs and pods; the timeline and the
// logs stay. It returns when the run has ended, which may have happened before,
// or with the context's error.
func (r *Run) Stop(ctx context.Context) error {
	r.end(stopped)
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// PodLog reads the last 256 KiB of a container's log, as the run followed it from
// its start; the pod need not be there any more. Without a container's name it
// is the pod's first one; previous means the instance before the newest. With
// follow, reading goes on until the container has ended. The log of one that has
// ended is read whole, what is still on its way included. Reading ends with ctx.
// The error is [ErrNotFound] for what the run has not seen.
func (r *Run) PodLog(ctx context.Context, pod, container string, previous, follow bool) (io.ReadCloser, error) {
	return r.logs.read(ctx, pod, container, previous, follow)
}

// reason is why a run ends before it settles, as a sentence for people: the
// cause with which its context is cancelled.
type reason string

func (r reason) Error() string { return string(r) }

const (
	stopped  reason = "The run was stopped."
	shutDown reason = "The server was shut down."
)

// ended reports whether Done is closed.
func (r *Run) ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// set changes what Info says.
func (r *Run) set(change func(*Info)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.info)
}
