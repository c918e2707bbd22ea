package expect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

// happening is a moment of a pod's life as a finished timeline tells it.
type happening struct {
	what       string
	kubernetes *time.Time
	seen       float64
}

// biography reads all that happened to one pod, in order. A pod here has one
// container.
func biography(pod []timeline.Entry) []happening {
	var all []happening
	add := func(e timeline.Entry, what string, at *time.Time, once bool) {
		if !once || !slices.ContainsFunc(all, func(h happening) bool { return h.what == what }) {
			all = append(all, happening{what, at, e.T})
		}
	}
	instance, ended := "", map[string]bool{}
	for _, e := range pod {
		add(e, "created", e.Pod.CreationTimestamp, true)
		if len(e.Pod.Conditions) > 0 {
			add(e, "scheduled", &e.Pod.Conditions[0].LastTransitionTime, true)
		}
		var end *time.Time
		for _, c := range e.Pod.Containers {
			if c.ContainerID != instance && c.StartedAt != nil {
				add(e, "started", c.StartedAt, true)
				add(e, "each start", c.StartedAt, false)
			}
			instance = c.ContainerID
			if c.State == timeline.Terminated && !ended[c.ContainerID] {
				ended[c.ContainerID] = true
				add(e, "each finish", c.FinishedAt, false)
			}
			if end = c.FinishedAt; end == nil && c.State == timeline.Waiting {
				end = c.Last.FinishedAt
			}
		}
		gone := e.Type == timeline.Deleted
		if gone || e.Pod.DeletionTimestamp != nil {
			add(e, "terminating", nil, true)
		}
		if (gone || e.Pod.Phase == "Succeeded") && end != nil {
			add(e, "finished", end, true)
		}
		if gone {
			add(e, "deleted", nil, true)
		}
	}
	return all
}

// randomGaps is a check of gaps.
func randomGaps(r *rand.Rand) naiveCheck {
	keys, fits := randomSelector(r)
	seen := r.IntN(2) == 0
	points := []string{"created", "scheduled", "started", "finished"}
	if seen {
		points = []string{"created", "scheduled", "started", "terminating", "finished", "deleted"}
		keys = append(keys, "clock: seen")
	}
	i, j := r.IntN(len(points)), r.IntN(len(points))
	kind := r.IntN(3)
	var from, to, toKey string
	switch {
	case kind == 0: // of one pod
		if i == j {
			j = (i + 1) % len(points)
		}
		from, to = points[min(i, j)], points[max(i, j)]
		toKey = "pod." + to
	case kind == 1: // from pod to pod
		from, to = points[i], points[j]
		toKey = "nextPod." + to
	default: // restarts
		from = []string{"each start", "each finish", "created"}[r.IntN(3)]
		to = []string{"each start", "each finish"}[r.IntN(2)]
		toKey = map[string]string{"each start": "pod.nextStart", "each finish": "pod.nextFinish"}[to]
	}
	fromKey := map[string]string{"each start": "started", "each finish": "finished"}[from]
	if fromKey == "" {
		fromKey = from
	}
	keys = append(keys, "from: pod."+fromKey, "to: "+toKey)
	every, more := r.IntN(3) == 0, false
	var bounds [][2]float64
	if every {
		bounds = [][2]float64{{0, float64(2 + r.IntN(6))}}
		keys = append(keys, fmt.Sprintf("between: [0s, %gs]", bounds[0][1]))
	} else {
		var list []string
		for i := range 1 + r.IntN(2) {
			if i > 0 && kind == 2 && from == "created" {
				break // a pod is created once
			}
			low := float64(r.IntN(2)*r.IntN(4)) / 2
			bounds = append(bounds, [2]float64{low, low + float64(1+r.IntN(8))})
			list = append(list, fmt.Sprintf("[%gs, %gs]", bounds[len(bounds)-1][0], bounds[len(bounds)-1][1]))
		}
		if more = r.IntN(2) == 0; more {
			keys = append(keys, "more: true")
		}
		keys = append(keys, "between: ["+strings.Join(list, ", ")+"]")
	}
	time := func(h happening) float64 {
		if seen {
			return h.seen
		}
		return float64(h.kubernetes.Unix())
	}
	// right reports whether gaps are those that are expected; nil is one that
	// did not come.
	right := func(gaps []*float64) bool {
		for i, g := range gaps {
			switch {
			case every && g != nil && (*g < bounds[0][0] || *g > bounds[0][1]):
				return false
			case every, i >= len(bounds) && (g == nil || more):
			case i >= len(bounds), g == nil, *g < bounds[i][0], *g > bounds[i][1]:
				return false
			}
		}
		return every || len(gaps) >= len(bounds)
	}
	return naiveCheck{"gaps: {" + strings.Join(keys, ", ") + "}", func(entries []timeline.Entry) bool {
		var lives [][]happening
		for _, pod := range chosen(entries, fits) {
			lives = append(lives, biography(pod))
		}
		if kind == 2 {
			some := false
			for _, life := range lives {
				var gaps []*float64
				for k, h := range life {
					if h.what != from || from != to && slices.ContainsFunc(life[:k], func(o happening) bool { return o.what == from }) && !closed(life[:k], from, to) {
						continue
					}
					if k2 := slices.IndexFunc(life[k+1:], func(o happening) bool { return o.what == to }); k2 >= 0 {
						g := time(life[k+1+k2]) - time(h)
						gaps = append(gaps, &g)
						some = true
					}
				}
				if !right(gaps) {
					return false
				}
			}
			return len(lives) > 0 && (some || !every)
		}
		find := func(i int, what string) *happening {
			if i >= len(lives) {
				return nil
			}
			k := slices.IndexFunc(lives[i], func(h happening) bool { return h.what == what })
			if k < 0 {
				return nil
			}
			return &lives[i][k]
		}
		var gaps []*float64
		some := false
		for i := range lives {
			a, b := find(i, from), find(i+kind, to)
			var g *float64
			if a != nil && b != nil {
				d := time(*b) - time(*a)
				g, some = &d, true
			}
			gaps = append(gaps, g)
		}
		return right(gaps) && (some || !every)
	}}
}

// closed reports whether a to comes after the last from of a life.
func closed(life []happening, from, to string) bool {
	for i := len(life) - 1; i >= 0; i-- {
		switch life[i].what {
		case from:
			return false
		case to:
			return true
		}
	}
	return true
}
