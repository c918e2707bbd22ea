package run

import (
	"fmt"
	"time"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/timeline"
)

// unreachable is the error for what cannot be done while the API server does not
// answer.
func unreachable(status cluster.Status) error {
	if status.Err != nil {
		return fmt.Errorf("%w, since %s: %w", ErrUnreachable, clock(status.Since), status.Err)
	}
	return fmt.Errorf("%w, since %s", ErrUnreachable, clock(status.Since))
}

// noteUnreachable is what a run's timeline says when an outage begins.
func noteUnreachable(status cluster.Status) timeline.Note {
	text := "The API server has not answered since " + clock(status.Since)
	if status.Err != nil {
		text += fmt.Sprintf(": %v", status.Err)
	}
	return timeline.Note{Code: timeline.NoteUnreachable, Text: text + "."}
}

// noteReachable is what it says when the outage is over and all has been seen.
func noteReachable(lasted time.Duration) timeline.Note {
	return timeline.Note{Code: timeline.NoteReachable,
		Text: fmt.Sprintf("The API server answers again, after %s, and what it shows has been seen.", lasted.Round(100*time.Millisecond))}
}

// clock prints a time of day.
func clock(t time.Time) string { return t.UTC().Format("15:04:05 MST") }

// allowance is time that is spent piece by piece. One goroutine uses it.
type allowance struct {
	left  time.Duration // when it is held, and when it was last spent
	since time.Time     // zero while it is held
	timer *time.Timer
}

// newAllowance returns an allowance that is held.
func newAllowance(d time.Duration) *allowance {
	a := &allowance{left: d, timer: time.NewTimer(d)}
	a.timer.Stop()
	return a
}

// spend lets the time run until hold.
func (a *allowance) spend() {
	a.since = time.Now()
	a.timer.Reset(a.left)
}

// hold stops the time, and returns how much was spent since spend.
func (a *allowance) hold() time.Duration {
	if a.since.IsZero() {
		return 0
	}
	a.timer.Stop()
	spent := time.Since(a.since)
	a.left -= spent
	a.since = time.Time{}
	return spent
}

// spent is where a value comes when nothing is left.
func (a *allowance) spent() <-chan time.Time { return a.timer.C }
