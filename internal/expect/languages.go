package expect

import "math/bits"

// meets reports whether a sequence of states fits both expressions.
func (q *sequence) meets(o *sequence) bool {
	// seen[p] are the positions of o in which the same states may end as at
	// position p.
	seen := make([]positions, len(q.words))
	seen[0] = start
	for changed := true; changed; {
		changed = false
		for p := range q.words {
			for to := range q.words {
				if !q.follow[p].has(to) {
					continue
				}
				if more := seen[to] | o.step(seen[p], q.words[to]); more != seen[to] {
					seen[to], changed = more, true
				}
			}
		}
	}
	for p := range q.words {
		if q.last.has(p) && o.accepts(seen[p]) {
			return true
		}
	}
	return false
}

// without reports whether a sequence without a state fits the expression.
func (q *sequence) without(state string) bool {
	may := start
	for grown := may; ; may = grown {
		if grown = may | q.next(may)&^q.at[state]; grown == may {
			return q.accepts(may)
		}
	}
}

// ends are the states in which no container of a pod with one container runs and
// one has: it is restarted before the pod is Running again.
var ends = map[string]bool{"Completed": true, "Error": true, "OOMKilled": true, "CrashLoopBackOff": true}

// restarts is how many restarts a pod must have to go through a sequence of the
// expression: it runs again after it has ended.
func (q *sequence) restarts() int {
	// idle[n] and busy[n] are the positions to which n restarts can lead, with
	// the container ended since it ran last, and not.
	idle, busy := positions(0), start
	for n := 0; n <= bits.Len64(uint64(q.last))+len(q.words); n++ {
		for {
			wasIdle, wasBusy := idle, busy
			for p, w := range q.words {
				set := &busy
				if ends[w] {
					set = &idle
				}
				if q.next(busy).has(p) {
					*set |= 1 << p
				}
				if q.next(idle).has(p) && w != "Running" {
					idle |= 1 << p
				}
			}
			if idle == wasIdle && busy == wasBusy {
				break
			}
		}
		if q.accepts(idle | busy) {
			return n
		}
		idle, busy = 0, q.next(idle)&q.at["Running"]
	}
	return 0
}
