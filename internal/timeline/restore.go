package timeline

import (
	"fmt"
	"time"
)

// Restore returns a sealed log of entries that were recorded before. It is an error
// if they are not numbered from 1 without holes, or if the last is not the final
// verdict.
func Restore(entries []Entry) (*Log, error) {
	return RestoreRecords(encode(entries))
}

// RestoreRecords is Restore for entries that are kept with their wire form.
func RestoreRecords(records []Record) (*Log, error) {
	for i := range records {
		if seq := records[i].Entry.Seq; seq != Seq(i+1) {
			return nil, fmt.Errorf("restore a timeline: entry %d is numbered %d", i+1, seq)
		}
	}
	if n := len(records); n == 0 || !records[n-1].Entry.Final() {
		return nil, fmt.Errorf("restore a timeline: of its %d entries the last is not the verdict", len(records))
	}
	return &Log{records: records, sealed: true}, nil
}

// Final reports whether the entry is the final verdict, which is a log's last.
func (e *Entry) Final() bool { return e.Verdict != nil && e.Verdict.Outcome != "" }

// Interrupt returns what ends a log that nobody ended: the note, an entry for each
// check of the contract that is still open, which becomes [Undecided], and the final
// verdict. They are of the moment of the last entry, after which nothing is known; of
// a log without entries, of the time when the run was started.
func Interrupt(entries []Entry, checks []string, started time.Time, n Note) []Record {
	b := &batch{at: started, next: Seq(len(entries)) + 1}
	decided := map[string]Verdict{}
	for i := range entries {
		e := &entries[i]
		b.at, b.t = e.At, e.T
		if e.Verdict != nil {
			decided[e.Verdict.ID] = *e.Verdict
		}
	}
	b.add(Entry{Kind: KindNote, Note: &n})
	final := Verdict{Outcome: Undecided}
	for _, id := range checks {
		v, ok := decided[id]
		if !ok {
			v = Verdict{ID: id, State: Undecided}
			b.verdicts(v)
		}
		final.Checks = append(final.Checks, v)
	}
	if len(checks) > 0 { // without any there was no judge, as far as is known
		final.Outcome = Outcome(final.Checks)
	}
	b.verdicts(final)
	return encode(b.entries)
}
