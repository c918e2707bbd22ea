package embedded

import "strings"

// passedOn are the variables of the environment that the child gets. Others
// would change how Kubernetes works (KUBE_FEATURE_…, proxies) or are none of its
// business (tokens).
var passedOn = []string{"HOME", "PATH", "TMPDIR", "USER", "GODEBUG", "GOMAXPROCS", "GOTRACEBACK", "GOCOVERDIR"}

// childEnviron returns the child's environment. Its time zone is UTC, as on the
// nodes of most clusters: the schedule of a CronJob without a time zone is in
// that of the controllers.
func childEnviron(environ []string) []string {
	kept := []string{"TZ=UTC"}
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		for _, passed := range passedOn {
			if name == passed {
				kept = append(kept, variable)
			}
		}
	}
	return kept
}
