package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// attempt is one run of a lab: as it is shown, or a variation of it.
type attempt struct {
	lab       *lab.Lab
	variation lab.Variation
	long      bool
	// about is how long it may take, as far as that is known beforehand.
	about time.Duration

	// done is closed when the run has ended, or could not: the rest is there then.
	done    chan struct{}
	verdict timeline.Verdict
	records []timeline.Record
	err     error
}

func (a *attempt) String() string { return a.lab.Slug + ", " + a.variation.ID }

// The labs of which TestLabs runs a part.
const (
	labsLong  = "long"
	labsShown = "shown"
)

// shownBudget is how long the labs as shown may take together.
const shownBudget = 3 * time.Minute

// attemptsOf are the runs of a lab, that of the lab as it is shown first. The
// length of a variation's run is not known: that of the lab is as good a guess as
// any.
func attemptsOf(l *lab.Lab) []*attempt {
	about := cmp.Or(l.Recorded, l.Run.Limit)
	if l.Contract != nil && l.Contract.Refuses() {
		about = 0 // no run follows
	}
	attempts := []*attempt{{lab: l, variation: lab.Variation{ID: "as shown", Outcome: timeline.Met}, long: l.Long, about: about}}
	for _, v := range l.Variations {
		a := &attempt{lab: l, variation: v, long: v.Long, about: about}
		if l.Long && !v.Long {
			a.about = lab.LongRun // at most: otherwise it would be marked
		}
		attempts = append(attempts, a)
	}
	for _, a := range attempts {
		a.done = make(chan struct{})
	}
	return attempts
}

// chooseAttempts chooses the runs of those labs that a backend can run, the longest
// first, and says which of the labs as shown it has left out for lack of time.
func chooseAttempts(loaded []*lab.Lab, backend, which string) (chosen, leftOut []*attempt, err error) {
	if !slices.Contains([]string{"", labsLong, labsShown}, which) {
		return nil, nil, fmt.Errorf("JOBLAB_TEST_LABS is %q: want %s, %s or nothing", which, labsLong, labsShown)
	}
	for _, l := range loaded {
		if !slices.Contains(l.Backends, backend) {
			continue
		}
		for i, a := range attemptsOf(l) {
			if a.long == (which == labsLong) && (which != labsShown || i == 0) {
				chosen = append(chosen, a)
			}
		}
	}
	slices.SortStableFunc(chosen, func(a, b *attempt) int { return cmp.Compare(b.about, a.about) })
	if which != labsShown {
		return chosen, nil, nil
	}
	all := time.Duration(0)
	for _, a := range chosen {
		all += a.about
	}
	for all > shownBudget*time.Duration(limitsOn[backend].atOnce) {
		all -= chosen[0].about
		leftOut, chosen = append(leftOut, chosen[0]), chosen[1:]
	}
	return chosen, leftOut, nil
}

// byLab groups runs by their lab, in the order of the labs.
func byLab(attempts []*attempt) [][]*attempt {
	sorted := slices.Clone(attempts)
	slices.SortStableFunc(sorted, func(a, b *attempt) int { return cmp.Compare(a.lab.Number, b.lab.Number) })
	var groups [][]*attempt
	for _, a := range sorted {
		if n := len(groups); n > 0 && groups[n-1][0].lab == a.lab {
			groups[n-1] = append(groups[n-1], a)
		} else {
			groups = append(groups, []*attempt{a})
		}
	}
	return groups
}

// attemptLimits bound the runs that go on at the same time: atOnce those that do,
// starting those whose first pod has not come as far as the kubelet takes it at
// once. What comes later in a run is mostly waiting.
type attemptLimits struct{ atOnce, starting int }

// limitsOn are the limits on each backend for two cores. The embedded cluster took
// 276 runs with 60 at once in under five minutes on a machine that was busy
// otherwise, though the last deadlines were late; 320 need 50 for that. The
// containers of kind take real work.
var limitsOn = map[string]attemptLimits{
	onEmbedded: {atOnce: 50, starting: 2},
	onKind:     {atOnce: 8, starting: 8},
}

// runAttempts runs all, and starts one as soon as another ends. The function that
// it returns waits for all of them; each is done by itself.
func runAttempts(ctx context.Context, manager *run.Manager, attempts []*attempt, limits attemptLimits) (finish func()) {
	starting := make(chan struct{}, limits.starting)
	var group errgroup.Group
	group.SetLimit(limits.atOnce)
	queued := make(chan struct{})
	go func() {
		defer close(queued)
		for _, a := range attempts {
			group.Go(func() error {
				defer close(a.done)
				a.err = a.run(ctx, manager, starting)
				return nil
			})
		}
	}()
	return func() {
		<-queued
		_ = group.Wait() // each attempt keeps its own error
	}
}

// run runs the lab to its verdict.
func (a *attempt) run(ctx context.Context, manager *run.Manager, starting chan struct{}) error {
	manifest, err := a.variation.Apply(a.lab.Manifest)
	if err != nil {
		return err
	}
	starting <- struct{}{}
	r, err := manager.Start(ctx, a.lab, manifest)
	if err == nil {
		awaitStarted(ctx, r)
	}
	<-starting
	if refused := (*run.Refused)(nil); errors.As(err, &refused) {
		return a.refusedAs(refused)
	} else if err != nil {
		return fmt.Errorf("start: %w", err)
	} else if a.variation.Refused != "" {
		_ = r.Stop(ctx)
		return fmt.Errorf("not refused, want %q", a.variation.Refused)
	}
	bound := lab.LongRun
	if a.long {
		bound = max(a.lab.Run.Limit, run.EditedLimit) + time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	a.verdict, err = awaitVerdict(ctx, r)
	a.records = r.Log().Records()
	if err != nil && !a.long {
		return fmt.Errorf("not ended within %s: make it shorter, or mark it with long: true: %w", bound, err)
	}
	return err
}

// refusedAs takes it that the API refused the manifest: that is what the variation
// says, or the lab's contract judges it.
func (a *attempt) refusedAs(refused *run.Refused) error {
	switch {
	case a.variation.Refused != "":
		if !strings.Contains(refused.Error(), a.variation.Refused) {
			return fmt.Errorf("refused: %w; want %q", refused, a.variation.Refused)
		}
	case refused.Verdict == nil:
		return fmt.Errorf("start: %w", refused)
	default:
		a.verdict = *refused.Verdict
	}
	for _, e := range expect.Refusals(refused.Notes()) {
		a.records = append(a.records, timeline.Record{Entry: e})
	}
	return nil
}

// startedWithin is how long a run counts as starting that has no pod: a suspended
// Job, a CronJob.
const startedWithin = 10 * time.Second

// awaitStarted waits until the first pod of a run has come as far as the kubelet
// takes it at once, if it has one soon.
func awaitStarted(ctx context.Context, r *run.Run) {
	ctx, cancel := context.WithTimeout(ctx, startedWithin)
	defer cancel()
	for record := range r.Log().Follow(ctx, 0) {
		if p := record.Entry.Pod; p != nil && p.Status != "Pending" && p.Status != "ContainerCreating" {
			return
		}
	}
}

// awaitVerdict waits for the end of a run and returns its last entry.
func awaitVerdict(ctx context.Context, r *run.Run) (timeline.Verdict, error) {
	var last timeline.Entry
	for record := range r.Log().Follow(ctx, 0) {
		last = record.Entry
		if err := stepIfReady(ctx, r, &last); err != nil {
			return timeline.Verdict{}, err
		}
	}
	if !r.Log().Sealed() || last.Verdict == nil {
		return timeline.Verdict{}, fmt.Errorf("the run did not end:\n%s", printed(r.Log().Records()))
	}
	return *last.Verdict, nil
}

func TestChooseAttempts(t *testing.T) {
	labOf := func(slug string, recorded time.Duration, long bool, backends ...string) *lab.Lab {
		return &lab.Lab{Slug: slug, Recorded: recorded, Long: long, Backends: backends, Variations: []lab.Variation{{ID: "brief"}, {ID: "lasting", Long: true}}}
	}
	loaded := []*lab.Lab{
		labOf("quick", 10*time.Second, false, onEmbedded, onKind),
		labOf("slow", 11*time.Minute, true, onEmbedded, onKind),
		labOf("elsewhere", time.Second, false, onKubeconfig),
	}
	for range 2 * limitsOn[onKind].atOnce {
		loaded = append(loaded, labOf("usual", shownBudget/2, false, onKind))
	}
	for _, c := range []struct {
		backend, which  string
		chosen, leftOut int
		first           string
	}{
		{onEmbedded, "", 3, 0, "slow, brief"},
		{onEmbedded, labsLong, 3, 0, "slow, as shown"},
		{onEmbedded, labsShown, 1, 0, "quick, as shown"},
		{onKind, labsShown, 2 * limitsOn[onKind].atOnce, 1, "usual, as shown"},
	} {
		chosen, leftOut, err := chooseAttempts(loaded, c.backend, c.which)
		if err != nil || len(chosen) != c.chosen || len(leftOut) != c.leftOut || chosen[0].String() != c.first {
			t.Errorf("on %s, %q: chosen %v, left out %v, %v; want %d with %s first, and %d", c.backend, c.which, chosen, leftOut, err, c.chosen, c.first, c.leftOut)
		}
	}
	if _, _, err := chooseAttempts(loaded, onKind, "fast"); err == nil {
		t.Error("an unknown choice is taken")
	}
}
