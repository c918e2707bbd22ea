package parity

import (
	"cmp"
	"slices"
	"strings"
)

// The words in which kubectl shows a container that could not be started, and
// the one that stands for them all in a normal order.
const (
	runContainerError = "RunContainerError"
	startError        = "StartError"
	crashLoopBackOff  = "CrashLoopBackOff"
	failedStart       = "(failed start)"
)

// normal is the order of a pod's states as far as Kubernetes itself always shows
// it: see "What is made equal" in rule.md.
func normal(states []State) []State {
	var order []State
	for _, s := range states {
		switch {
		case s.Status == runContainerError, s.Status == startError:
			s.Status = failedStart
		case s.Status == crashLoopBackOff:
			if n := len(order); n > 0 && order[n-1].Restarts == s.Restarts {
				continue
			}
			s.Status = failedStart
		}
		if n := len(order); n > 0 && order[n-1].Status == s.Status && order[n-1].Restarts == s.Restarts {
			continue
		}
		order = append(order, s)
	}
	return order
}

// names are the states in words, without what tells inferred ones.
func names(states []State) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = s.name()
	}
	return strings.Join(words, ", ")
}

// text is the states in words, inferred ones in brackets.
func text(states []State) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = s.String()
	}
	return strings.Join(words, ", ")
}

// paired returns the pods in an order in which those of two runs correspond: by
// owner, then by creation; for a Job with parallelism, whose pods are created
// together, by their normal order first.
func (o *Observation) paired() []Pod {
	pods := slices.Clone(o.Pods)
	slices.SortStableFunc(pods, func(a, b Pod) int {
		if c := cmp.Compare(a.Owner, b.Owner); c != 0 || !o.parallel(a.Owner) {
			return c
		}
		return cmp.Compare(names(normal(a.States)), names(normal(b.States)))
	})
	return pods
}

func (o *Observation) parallel(owner string) bool {
	return slices.ContainsFunc(o.Jobs, func(j Job) bool { return "Job/"+j.Name == owner && j.parallel })
}
