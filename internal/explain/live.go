package explain

import (
	"sync"

	"github.com/joblab/joblab/internal/timeline"
)

// Live explains a log while it grows. All methods may be called from any
// goroutine; each knows all that has been written when it is called. What was read
// once is not read again.
type Live struct {
	log *timeline.Log

	mu    sync.Mutex
	story *Story
	read  int
}

// Follow returns the explanations of a run's log; see [New].
func Follow(log *timeline.Log, manifest, original string) *Live {
	return &Live{log: log, story: New(manifest, original)}
}

// Entry is [Story.Entry].
func (l *Live) Entry(seq timeline.Seq, lang string) (list []Explanation, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.catchUpLocked()
	return l.story.Entry(seq, lang)
}

// Check is [Story.Check].
func (l *Live) Check(id, lang string) (list []Explanation, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.catchUpLocked()
	return l.story.Check(id, lang)
}

func (l *Live) catchUpLocked() {
	records := l.log.Records()
	for ; l.read < len(records); l.read++ {
		l.story.Add(&records[l.read].Entry)
	}
}
