package kubeconfig

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// forConsole is granted besides: what only the console of a run and a learner's own
// kubeconfig need, which say so themselves where it is missing.
var forConsole = []right{
	{group: "rbac.authorization.k8s.io", resource: "clusterroles", name: "joblab-run", verbs: []string{"bind", "get"}},
	{group: "rbac.authorization.k8s.io", resource: "rolebindings", verbs: []string{"create"}},
	{resource: "serviceaccounts/token", verbs: []string{"create"}},
}

// TestClusterRole compares what is asked for, and what the console needs, with what the
// ClusterRole grants: each is all of the other.
func TestClusterRole(t *testing.T) {
	file, err := os.ReadFile("../../../deploy/clusterrole.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var role rbacv1.ClusterRole
	if err := yaml.UnmarshalStrict(file, &role); err != nil {
		t.Fatal(err)
	}
	granted, asked := map[string]bool{}, map[string]bool{}
	for _, rule := range role.Rules {
		names := rule.ResourceNames
		if len(names) == 0 {
			names = []string{""}
		}
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, name := range names {
					for _, verb := range rule.Verbs {
						granted[verb+" "+right{group: group, resource: resource, name: name}.String()] = true
					}
				}
			}
		}
	}
	for _, r := range slices.Concat(needed, forConsole) {
		for _, verb := range r.verbs {
			asked[verb+" "+r.String()] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(granted)), slices.Sorted(maps.Keys(asked))); diff != "" {
		t.Errorf("-granted +asked for:\n%s", diff)
	}
}
