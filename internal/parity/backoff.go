package parity

import (
	"fmt"
	"math"
)

// wait is a step between two states of a pod whose length Kubernetes draws at
// random, with the range that it draws from, in seconds.
type wait struct {
	from, to  State
	low, high float64
}

func (w wait) length() float64 { return w.to.T - w.from.T }

// known reports whether both ends of the step were published, so that its length
// is known.
func (w wait) known() bool { return !w.from.Inferred && !w.to.Inferred }

func (w wait) inRange() bool {
	return w.low-Tolerance <= w.length() && w.length() <= w.high+Tolerance
}

func (w wait) String() string {
	return fmt.Sprintf("%.1f s (%g to %g)", w.length(), w.low, w.high)
}

// The kubelet's back-offs: how long the first one is, and the longest. A pod
// that waits is looked at again after 1.0 to 1.5 times what it waits for; see
// completeWork in pkg/kubelet/pod_workers.go.
const (
	firstBackoff = 10.0
	maxBackoff   = 300.0
	jitter       = 1.5
)

func backoff(n int) float64 { return min(firstBackoff*math.Pow(2, float64(n-1)), maxBackoff) }

// waits returns the random steps of a normal order.
func waits(order []State) []wait {
	var found []wait
	pulls := 0
	for i := 1; i < len(order); i++ {
		w := wait{from: order[i-1], to: order[i]}
		if w.from.Status == "ErrImagePull" {
			pulls++
		}
		switch {
		case w.to.Status == Gone:
		case w.from.Status == "ErrImagePull" && w.to.Status == "ImagePullBackOff":
			w.low, w.high = firstBackoff, firstBackoff*jitter
		case w.from.Status == "ImagePullBackOff" && w.to.Status == "ErrImagePull":
			w.low, w.high = firstBackoff, backoff(pulls)+firstBackoff*jitter
		default:
			for n := max(w.from.Restarts, 1); n < w.to.Restarts; n++ {
				w.low += backoff(n)
				w.high += backoff(n) * jitter
			}
		}
		if w.high > 0 {
			found = append(found, w)
		}
	}
	return found
}

// waited is the length of all random steps that had ended at time t.
func waited(ws []wait, t float64) float64 {
	sum := 0.0
	for _, w := range ws {
		if w.to.T <= t {
			sum += w.length()
		}
	}
	return sum
}
