package timeline

import "fmt"

// Restore returns a sealed log of entries that were recorded before. It is an error
// if they are not numbered from 1 without holes, or if the last is not the final
// verdict.
func Restore(entries []Entry) (*Log, error) {
	for i, e := range entries {
		if e.Seq != Seq(i+1) {
			return nil, fmt.Errorf("restore a timeline: entry %d is numbered %d", i+1, e.Seq)
		}
	}
	if n := len(entries); n == 0 || entries[n-1].Verdict == nil || entries[n-1].Verdict.Outcome == "" {
		return nil, fmt.Errorf("restore a timeline: of its %d entries the last is not the verdict", len(entries))
	}
	l := &Log{}
	l.append(entries, true)
	return l, nil
}
