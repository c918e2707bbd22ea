package store

import (
	"slices"
	"sync"
)

// Bounds of what is remembered of the history. A run alone may have more entries.
const (
	maxCachedRuns    = 16
	maxCachedEntries = 20_000
)

// cache remembers the runs that were asked for last: so many, with so many entries in
// all.
type cache struct {
	maxRuns, maxEntries int

	mu   sync.Mutex
	runs []*Run // the last that was asked for first
}

// get returns a run, or nil.
func (c *cache) get(id string) *Run {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.runs, func(r *Run) bool { return r.info.ID == id })
	if i < 0 {
		return nil
	}
	r := c.runs[i]
	c.runs = slices.Insert(slices.Delete(c.runs, i, i+1), 0, r)
	return r
}

// add remembers a run, and forgets others for it.
func (c *cache) add(r *Run) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs = slices.DeleteFunc(c.runs, func(old *Run) bool { return old.info.ID == r.info.ID })
	c.runs = slices.Insert(c.runs, 0, r)
	entries := 0
	for i, r := range c.runs {
		entries += r.log.Len()
		if i > 0 && (i >= c.maxRuns || entries > c.maxEntries) {
			c.runs = slices.Delete(c.runs, i, len(c.runs))
			return
		}
	}
}

// remove forgets a run.
func (c *cache) remove(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs = slices.DeleteFunc(c.runs, func(r *Run) bool { return r.info.ID == id })
}
