package lab

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
)

// Obstacle is why a cluster cannot run a lab. Exactly one of Backends, Version
// and Gate says what is missing.
type Obstacle struct {
	// Backends are the kinds of clusters that can; Has is the cluster's.
	Backends []string
	// Version is the least version of Kubernetes, "1.36"; Has is the cluster's.
	Version string
	// Gate is a feature gate that is on by default from Since on; Has is the
	// cluster's version.
	Gate, Since string

	Has string
}

// Error says it in English, beginning with what the lab needs.
func (o *Obstacle) Error() string {
	switch {
	case o.Gate != "":
		return fmt.Sprintf("this lab needs the feature gate %s, which is on by default from Kubernetes %s on: this cluster runs %s", o.Gate, o.Since, o.Has)
	case o.Version != "":
		return fmt.Sprintf("this lab needs Kubernetes %s or newer: this cluster runs %s", o.Version, o.Has)
	}
	return fmt.Sprintf("this lab runs only on a cluster of the kind %s: this one is %s", strings.Join(o.Backends, " or "), o.Has)
}

// Obstacle returns why a cluster of a backend and a version cannot run the lab,
// nil if it can. As long as the version is not known it stands in nobody's way.
func (l *Lab) Obstacle(backend, kubernetes string) *Obstacle {
	if len(l.Backends) > 0 && !slices.Contains(l.Backends, backend) {
		return &Obstacle{Backends: l.Backends, Has: backend}
	}
	has, err := version.ParseGeneric(kubernetes)
	if err != nil {
		return nil
	}
	if needs := strings.TrimPrefix(l.Kubernetes, ">="); older(has, needs) {
		return &Obstacle{Version: needs, Has: kubernetes}
	}
	for _, gate := range slices.Sorted(maps.Keys(l.Gates)) {
		if since := l.Gates[gate]; older(has, since) {
			return &Obstacle{Gate: gate, Since: since, Has: kubernetes}
		}
	}
	return nil
}

// older reports whether a version comes before another, "1.36".
func older(has *version.Version, needs string) bool {
	v, err := version.ParseGeneric(needs)
	return err == nil && has.LessThan(v)
}
