package kubeconfig

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster/remote"
)

// ErrMissingRights is why Start refuses credentials with which no run could
// work. The error around it says what they lack.
var ErrMissingRights = errors.New("the ClusterRole in deploy/clusterrole.yaml grants what runs need")

// right is what may be done to a kind of object. A cluster-wide right includes
// every namespace; runs make namespaces, so nothing less is of use.
type right struct {
	group, resource string // as in a ClusterRole: "pods/log"
	verbs           []string
	name            string // of the only object; empty: any
}

// needed is all that the program does to a cluster but for the console of runs, which
// says itself what it lacks. The ClusterRole grants both.
var needed = []right{
	{resource: "namespaces", verbs: []string{"create", "delete", "get", "list"}},
	{resource: "namespaces", verbs: []string{"watch"}, name: metav1.NamespaceSystem}, // tells whether the API server is there
	{resource: "limitranges", verbs: []string{"create"}},
	{resource: "resourcequotas", verbs: []string{"create", "delete", "patch"}},
	{resource: "resourcequotas/status", verbs: []string{"update"}},
	{resource: "serviceaccounts", verbs: []string{"create"}},
	{resource: "configmaps", verbs: []string{"get"}, name: "kube-root-ca.crt"},
	{resource: "configmaps", verbs: []string{"create", "delete", "patch"}},
	{resource: "services", verbs: []string{"create", "delete", "patch"}},
	{resource: "pods", verbs: []string{"create", "delete", "deletecollection", "list", "patch", "watch"}},
	{resource: "pods/log", verbs: []string{"get"}},
	{resource: "events", verbs: []string{"list", "watch"}},
	{group: "batch", resource: "jobs", verbs: []string{"create", "delete", "deletecollection", "list", "patch", "watch"}},
	{group: "batch", resource: "cronjobs", verbs: []string{"create", "delete", "deletecollection", "get", "list", "patch", "watch"}},
}

// checkRights asks the API server whether the credentials have what is needed.
func checkRights(ctx context.Context, config *rest.Config) error {
	config = rest.CopyConfig(config)
	config.QPS = -1 // all at once, this one time
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	lacking := make([][]string, len(needed))
	errs := make([]error, len(needed))
	var asking sync.WaitGroup
	for i, r := range needed {
		asking.Go(func() { lacking[i], errs[i] = r.lacking(ctx, client) })
	}
	asking.Wait()
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		err := errs[i] // the others are no different
		return remote.OneLine(fmt.Errorf("ask API server %s for the rights of these credentials: %w", config.Host, err))
	}
	var missing []string
	for i, r := range needed {
		if len(lacking[i]) > 0 {
			missing = append(missing, fmt.Sprintf("%s (%s)", r, strings.Join(lacking[i], ", ")))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("API server %s does not give these credentials the rights to %s: %w", config.Host, strings.Join(missing, ", "), ErrMissingRights)
	}
	return nil
}

// lacking returns the verbs that are not allowed.
func (r right) lacking(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	var verbs []string
	for _, verb := range r.verbs {
		resource, subresource, _ := strings.Cut(r.resource, "/")
		review, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{
			Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
				Group: r.group, Resource: resource, Subresource: subresource, Verb: verb, Name: r.name,
			}},
		}, metav1.CreateOptions{})
		if err != nil {
			return nil, err
		}
		if !review.Status.Allowed {
			verbs = append(verbs, verb)
		}
	}
	return slices.Clip(verbs), nil
}

// String names the objects, as kubectl auth can-i takes it.
func (r right) String() string {
	s := r.resource
	if r.group != "" {
		s += "." + r.group
	}
	if r.name != "" {
		s += "/" + r.name
	}
	return s
}
