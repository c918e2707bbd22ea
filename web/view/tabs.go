package view

import (
	"net/url"

	"github.com/joblab/joblab/internal/timeline"
)

// written is how many rows a table has without a script: the newest, since very many
// would hold up everything else.
const written = 500

// newest are the entries of a table that have rows.
func newest(all []timeline.Entry) []timeline.Entry {
	return all[max(0, len(all)-written):]
}

// exampleLines are commands to begin with. A script puts the name of the newest Job
// in the place of JOB.
var exampleLines = []string{"get pods", "get pods -w", "describe job JOB", "explain job.spec.backoffLimit"}

// kubeconfigURL is where the kubeconfig of a run is.
func kubeconfigURL(run string) string { return "/api/runs/" + url.PathEscape(run) + "/kubeconfig" }

// kubeconfigName is the name of its file.
func kubeconfigName(run string) string { return "joblab-" + run + ".kubeconfig" }

// ownCommand is a command for the reader's own kubectl.
func ownCommand(run string) string {
	return "kubectl --kubeconfig " + kubeconfigName(run) + " get pods -w"
}
