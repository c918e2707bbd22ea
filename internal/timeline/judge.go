package timeline

// A Judge decides a run's checks as its entries come. Its [Recorder] makes all
// calls, in order and under one lock, so that a Judge needs none of its own. A
// check leaves [Pending] once and never changes again.
type Judge interface {
	// Observe sees each entry that is not a verdict, in order and with its Seq
	// set, inferred ones and notes included. It returns the checks that the
	// entry decided. The entry is never modified afterwards and may be kept.
	Observe(e *Entry) []Verdict
	// Deadline is the next t, in seconds since the first apply, at which Tick
	// could decide something; ok is false if there is none.
	Deadline() (t float64, ok bool)
	// Tick says that time t has come, in seconds since the first apply. It
	// returns the checks that this decided. It is called before the first entry
	// that is later than Deadline, too, so that what is decided does not depend
	// on how soon a timer fires; not before a [NoteUnreachable], with which the
	// Judge must take it that time passed unseen.
	Tick(t float64) []Verdict
	// Done reports whether the condition holds that ends a run which never
	// settles; false if the run has no such condition.
	Done() bool
	// Settle is the last call but Checks and Done. If settled, nothing of the
	// run can change any more and every open check is decided; if not, the run
	// was cut off and open checks become [Undecided]. It returns the final
	// verdict, with Outcome and Checks set.
	Settle(settled bool) Verdict
	// Checks returns the state of every check, in the order of the contract.
	Checks() []Verdict
}
