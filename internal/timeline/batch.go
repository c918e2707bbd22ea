package timeline

import "time"

// batch is what is published in one step: entries of one moment.
type batch struct {
	at      time.Time
	t       float64
	next    Seq
	entries []Entry
}

// batchLocked returns the verdicts that are due by now, then each entry with the
// verdicts that it decides.
func (r *Recorder) batchLocked(entries []Entry) *batch {
	at := r.origin.Add(r.now().Sub(r.origin))
	if at.Before(r.last) {
		at = r.last
	}
	b := &batch{at: at, next: Seq(r.log.Len()) + 1}
	if n := len(entries); n > 0 {
		b.entries = make([]Entry, 0, n+1)
	}
	if !r.begin.IsZero() {
		b.t = max(0, seconds(at.Sub(r.begin)))
		if begins := len(entries) > 0 && entries[0].BeginsOutage(); r.judge != nil && !begins {
			if due, ok := r.judge.Deadline(); ok && due <= b.t {
				b.verdicts(r.judge.Tick(b.t)...)
			}
		}
	}
	for _, e := range entries {
		seen := b.add(e)
		if r.judge != nil {
			b.verdicts(r.judge.Observe(seen)...)
		}
	}
	return b
}

func (b *batch) add(e Entry) *Entry {
	e.Seq, e.At, e.T = b.next, b.at.UTC().Round(0), b.t
	b.next++
	b.entries = append(b.entries, e)
	return &b.entries[len(b.entries)-1]
}

func (b *batch) verdicts(vs ...Verdict) {
	for i := range vs {
		b.add(Entry{Kind: KindVerdict, Verdict: &vs[i]})
	}
}

// seconds is d in seconds, exact to the nanosecond for runs of up to 104 days.
func seconds(d time.Duration) float64 { return float64(d) / 1e9 }
