package timeline

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"
)

// Record is an entry together with its wire form, which is encoded once however
// many readers there are. Both are shared and must not be modified.
type Record struct {
	Entry Entry
	JSON  []byte
}

// Log is the read side of a run's timeline. Its zero value is an empty log; it
// is written by a [Recorder].
type Log struct {
	mu sync.Mutex
	// records is append-only, so that a clipped prefix may be read unlocked.
	records []Record
	sealed  bool
	// changed is closed and cleared by the next append or seal; nil while
	// nobody waits.
	changed chan struct{}
}

// Follow yields the records after the given Seq (all after 0 or less), in order
// and without holes, those already there first, then each as it is written. It ends after the last
// record of a sealed log, when ctx ends, or when the consumer stops. Each
// consumer reads at its own pace.
func (l *Log) Follow(ctx context.Context, after Seq) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		after := max(after, 0)
		for {
			records, sealed, changed := l.after(after)
			for _, r := range records {
				if ctx.Err() != nil || !yield(r) {
					return
				}
			}
			after += Seq(len(records))
			if sealed {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}
}

// after returns the records after a Seq and, if the log is not sealed, a channel
// that is closed at the next change.
func (l *Log) after(after Seq) (records []Record, sealed bool, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.records)
	from := min(max(int(after), 0), n)
	if !l.sealed {
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		changed = l.changed
	}
	return l.records[from:n:n], l.sealed, changed
}

// Entries are the entries of records.
func Entries(records []Record) []Entry {
	entries := make([]Entry, len(records))
	for i := range records {
		entries[i] = records[i].Entry
	}
	return entries
}

// Records returns all records written so far.
func (l *Log) Records() []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clip(l.records)
}

// Len is the number of entries, which is also the Seq of the last one.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.records)
}

// Sealed reports whether the log has its last entry.
func (l *Log) Sealed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sealed
}

// append encodes entries, which its Recorder has numbered, and publishes them
// together. There is one writer, and it does not write after the seal.
func (l *Log) append(entries []Entry, seal bool) {
	records := encode(entries)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, records...)
	l.sealed = seal
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// encode gives entries their wire form.
func encode(entries []Entry) []Record {
	records := make([]Record, len(entries))
	for i := range entries {
		b, err := json.Marshal(&entries[i])
		if err != nil {
			// Entry holds only numbers, strings and times between years 0 and
			// 9999, all of which have a JSON form; T is computed from times.
			panic(fmt.Sprintf("timeline: encode entry: %v", err))
		}
		records[i] = Record{Entry: entries[i], JSON: b}
	}
	return records
}
