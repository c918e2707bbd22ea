package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/client-go/kubernetes"
	restclient "k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/joblab/joblab/internal/access"
	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/labs"
)

// everyKind is a manifest with an object of each kind that a run may hold.
const everyKind = `apiVersion: v1
kind: ConfigMap
metadata: {name: words}
---
apiVersion: v1
kind: Service
metadata: {name: here}
spec: {selector: {app: here}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec:
  terminationGracePeriodSeconds: 1
  containers: [{name: c, image: "centos:7", command: [sleep, "1000"]}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  suspend: true
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: "centos:7"}]}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 0 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "centos:7"}]}}}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: no-volumes}
spec: {hard: {persistentvolumeclaims: "0"}}
`

// everyAction is what steps can do: each verb, to each kind that it takes.
var everyAction = []lab.Action{
	{Verb: lab.Patch, Kind: "Pod", Merge: []byte(labelled)},
	{Verb: lab.Patch, Kind: "Job", Merge: []byte(labelled)},
	{Verb: lab.Patch, Kind: "CronJob", Merge: []byte(labelled)},
	{Verb: lab.Patch, Kind: "ConfigMap", Name: "words", Merge: []byte(`{"data":{"hello":"muzzi"}}`)},
	{Verb: lab.Create, From: "nightly", Name: "tonight"},
	{Verb: lab.Create, Manifest: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more-words}\n")},
	{Verb: lab.Apply, Manifest: []byte(everyKind)},
	{Verb: lab.Replace, Manifest: []byte(everyKind)},
	{Verb: lab.Delete, Kind: "Pod", Name: "bare", Propagation: "Background"},
	{Verb: lab.Delete, Kind: "Job", Name: "once", Propagation: "Foreground"},
	{Verb: lab.Delete, Kind: "CronJob", Name: "nightly", Propagation: "Orphan"},
}

const labelled = `{"metadata":{"labels":{"step":"done"}}}`

// TestClusterRole runs labs on a real API server with the rights of
// deploy/clusterrole.yaml and no others. They are enough, since nothing is refused
// that is asked for, and not too many, since all are used.
func TestClusterRole(t *testing.T) {
	admin := embeddedtest.Start(t)
	client, err := kubernetes.NewForConfig(admin.Config())
	if err != nil {
		t.Fatal(err)
	}
	role := deploy(t, client)
	account, err := kubernetes.NewForConfig(asAccount(t, client, admin.Config(), &askedFor{}))
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the API server to know the role", func() bool {
		_, err := account.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{})
		return err == nil
	})
	asked := &askedFor{}
	shared := sharedCluster{admin, asAccount(t, client, admin.Config(), asked)}

	askForCluster(t, shared)

	loaded, err := lab.Load(labs.FS)
	if err != nil {
		t.Fatal(err)
	}
	runs, stop := manage(t, run.Config{Cluster: shared, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	for _, slug := range []string{"first-job", "on-failure"} {
		l, ok := lab.Find(loaded, slug)
		if !ok {
			t.Fatalf("there is no lab %s", slug)
		}
		r, err := runs.Start(t.Context(), l, nil)
		if err != nil {
			t.Fatal(err)
		}
		if v := waitVerdict(t, r); v.Outcome != timeline.Met {
			t.Errorf("%s: judged %s: %s\n%s", slug, v.Outcome, r.Info().Reason, printed(r.Log().Records()))
		}
		if slug == "first-job" {
			var pod string
			for _, record := range r.Log().Records() {
				if record.Entry.Pod != nil {
					pod = record.Entry.Name
				}
			}
			if got, want := readLog(t, r, pod), "hello muzzi\nmuzzi bye\n"; got != want {
				t.Errorf("log %q, want %q", got, want)
			}
		}
	}
	first, _ := lab.Find(loaded, "first-job")
	doEveryStep(t, runs, first)
	makeIdentity(t, runs, shared, first)
	stop()

	used := asked.sorted()
	// To bind a role is no request of its own.
	binds := right("bind", rbacv1.GroupName, "clusterroles", access.RoleName)
	if diff := cmp.Diff(granted(role), slices.Sorted(slices.Values(append(used, binds)))); diff != "" {
		t.Errorf("rights (-granted +used):\n%s", diff)
	}
	for _, refused := range asked.refused() {
		t.Errorf("was refused: %s", refused)
	}
	left, err := client.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/managed-by=joblab"})
	if err != nil {
		t.Fatal(err)
	}
	for _, ns := range left.Items {
		if ns.DeletionTimestamp == nil {
			t.Errorf("the namespace %s is left", ns.Name)
		}
	}
}

// doEveryStep runs an object of each kind, and a step of each action on them, each
// of which must be done.
func doEveryStep(t *testing.T, runs *run.Manager, model *lab.Lab) {
	t.Helper()
	reader := strictyaml.NewReader("when")
	running := query.Condition(reader.Parse([]byte(`"pods.exists(p, p.phase == 'Running')"`)))
	if err := reader.Err(); err != nil {
		t.Fatal(err)
	}
	l := *model
	for i, action := range everyAction {
		l.Steps = append(l.Steps, lab.Step{ID: fmt.Sprintf("step-%d", i), When: running, Do: action})
	}
	r, err := runs.Start(t.Context(), &l, []byte(everyKind))
	if err != nil {
		t.Fatal(err)
	}
	left := len(l.Steps)
	for record := range r.Log().Follow(t.Context(), 0) {
		if n := record.Entry.Note; n == nil || n.Code != timeline.NoteReady {
			continue
		}
		if err := r.Step(t.Context(), record.Entry.Note.Step); err != nil {
			t.Error(err)
		}
		if left--; left == 0 {
			break
		}
	}
	for _, step := range r.Info().Steps {
		if step.State != run.StepDone {
			t.Errorf("%s is %s: %s", step.Command, step.State, step.Message)
		}
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// makeIdentity makes the identity of a run, which works and has the rights of its
// role, in its namespace only.
func makeIdentity(t *testing.T, runs *run.Manager, shared cluster.Cluster, l *lab.Lab) {
	t.Helper()
	r, err := runs.Start(t.Context(), l, nil)
	if err != nil {
		t.Fatal(err)
	}
	space, _ := r.Space()
	identities := access.New(shared.Config, func() bool { return true })
	who, err := identities.Get(t.Context(), access.Space{Name: space.Name, Expires: space.Expires})
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(who.Config(shared.Config()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CoreV1().Pods(space.Name).List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := client.CoreV1().Pods(metav1.NamespaceSystem).List(t.Context(), metav1.ListOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("pods of another namespace: got %v, want it refused", err)
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestAccountTouchesNothingElse tries what a stolen token would be tried for.
func TestAccountTouchesNothingElse(t *testing.T) {
	admin := embeddedtest.Start(t)
	client, err := kubernetes.NewForConfig(admin.Config())
	if err != nil {
		t.Fatal(err)
	}
	deploy(t, client)
	account, err := kubernetes.NewForConfig(asAccount(t, client, admin.Config(), &askedFor{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"theirs", "lab-there"} {
		if _, err := client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	secrets := &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: "secret-reader"},
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get"}}},
	}
	if _, err := client.RbacV1().ClusterRoles().Create(t.Context(), secrets, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	theirs := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "theirs"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "centos:7"}}}}
	waitFor(t, "pods to be possible there", func() bool {
		_, err := client.CoreV1().Pods("theirs").Create(t.Context(), theirs, metav1.CreateOptions{})
		return err == nil
	})
	// The API server takes a while to know a policy; what it still allows in that
	// time is only asked for.
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "thief"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "centos:7"}}}}
	dryRun := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	waitFor(t, "the policy to refuse a pod elsewhere", func() bool {
		_, err := account.CoreV1().Pods("theirs").Create(t.Context(), pod, dryRun)
		return apierrors.IsForbidden(err) || apierrors.IsInvalid(err)
	})
	for what, do := range map[string]func(context.Context) error{
		"make a pod in another's namespace": func(ctx context.Context) error {
			_, err := account.CoreV1().Pods("theirs").Create(ctx, pod, metav1.CreateOptions{})
			return err
		},
		"delete another's namespace": func(ctx context.Context) error {
			return account.CoreV1().Namespaces().Delete(ctx, "theirs", metav1.DeleteOptions{})
		},
		"delete the pods of another's namespace": func(ctx context.Context) error {
			return account.CoreV1().Pods("theirs").DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{})
		},
		"make a namespace with another name": func(ctx context.Context) error {
			_, err := account.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "odd"}}, metav1.CreateOptions{})
			return err
		},
		"patch another's pod": func(ctx context.Context) error {
			_, err := account.CoreV1().Pods("theirs").Patch(ctx, "theirs", types.MergePatchType, []byte(labelled), metav1.PatchOptions{})
			return err
		},
		"delete another's pod": func(ctx context.Context) error {
			return account.CoreV1().Pods("theirs").Delete(ctx, "theirs", metav1.DeleteOptions{})
		},
		"read the Secrets": func(ctx context.Context) error {
			_, err := account.CoreV1().Secrets("").List(ctx, metav1.ListOptions{})
			return err
		},
		"read another ConfigMap": func(ctx context.Context) error {
			_, err := account.CoreV1().ConfigMaps("kube-system").Get(ctx, "extension-apiserver-authentication", metav1.GetOptions{})
			return err
		},
		"give away the rights of a run elsewhere": func(ctx context.Context) error {
			_, err := account.RbacV1().RoleBindings("theirs").Create(ctx, binding(access.RoleName), metav1.CreateOptions{})
			return err
		},
		"give away other rights": func(ctx context.Context) error {
			_, err := account.RbacV1().RoleBindings("lab-there").Create(ctx, binding("secret-reader"), metav1.CreateOptions{})
			return err
		},
		"read the nodes": func(ctx context.Context) error {
			_, err := account.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
			return err
		},
	} {
		if err := do(t.Context()); !apierrors.IsForbidden(err) && !apierrors.IsInvalid(err) {
			t.Errorf("%s: got %v, want it refused", what, err)
		}
	}
}

// binding binds a ClusterRole to the account itself.
func binding(role string) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "thief"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "joblab", Namespace: "joblab"}},
	}
}

// askForCluster asks what a backend does to know whether the cluster is there and
// is the same as before.
func askForCluster(t *testing.T, c cluster.Cluster) {
	t.Helper()
	client, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CoreV1().Namespaces().Get(t.Context(), metav1.NamespaceSystem, metav1.GetOptions{}); err != nil {
		t.Fatal(err)
	}
	w, err := client.CoreV1().Namespaces().Watch(t.Context(), metav1.SingleObject(metav1.ObjectMeta{Name: metav1.NamespaceSystem}))
	if err != nil {
		t.Fatal(err)
	}
	w.Stop()
}

// deploy applies the files of deploy/ and returns the role.
func deploy(t *testing.T, client kubernetes.Interface) *rbacv1.ClusterRole {
	t.Helper()
	var role rbacv1.ClusterRole
	for _, name := range []string{"clusterrole.yaml", "account.yaml", "policy.yaml"} {
		text, err := os.ReadFile(filepath.Join("../../deploy", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range bytes.Split(text, []byte("\n---\n")) {
			var head metav1.TypeMeta
			object, err := yaml.YAMLToJSONStrict(doc)
			if err == nil {
				err = yaml.Unmarshal(doc, &head)
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if head.Kind == "ClusterRole" {
				var one rbacv1.ClusterRole
				if err := yaml.UnmarshalStrict(doc, &one); err != nil {
					t.Fatal(err)
				}
				if one.Name == access.RoleName {
					if diff := cmp.Diff(access.Rules(), one.Rules); diff != "" {
						t.Errorf("rules of %s (-in the program +in %s):\n%s", one.Name, name, diff)
					}
				} else {
					role = one
				}
			}
			path, ok := collections[head.Kind]
			if !ok {
				t.Fatalf("%s holds a %s", name, head.Kind)
			}
			result := client.CoreV1().RESTClient().Post().AbsPath(path).Param("fieldValidation", "Strict").
				SetHeader("Content-Type", "application/json").Body(object).Do(t.Context())
			if err := result.Error(); err != nil {
				t.Fatalf("%s: create %s: %v", name, head.Kind, err)
			}
		}
	}
	return &role
}

// collections are where the objects of deploy/ are created.
var collections = map[string]string{
	"Namespace":                        "/api/v1/namespaces",
	"ServiceAccount":                   "/api/v1/namespaces/joblab/serviceaccounts",
	"ClusterRole":                      "/apis/rbac.authorization.k8s.io/v1/clusterroles",
	"ClusterRoleBinding":               "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
	"ValidatingAdmissionPolicy":        "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
	"ValidatingAdmissionPolicyBinding": "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
}

// asAccount returns the configuration of a client with a token of the account.
func asAccount(t *testing.T, admin kubernetes.Interface, cfg *restclient.Config, asked *askedFor) *restclient.Config {
	t.Helper()
	token, err := admin.CoreV1().ServiceAccounts("joblab").CreateToken(t.Context(), "joblab", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	account := restclient.AnonymousClientConfig(cfg)
	account.BearerToken, account.QPS, account.WrapTransport = token.Status.Token, -1, asked.wrap
	return account
}

// sharedCluster is a cluster seen with the rights of a configuration.
type sharedCluster struct {
	cluster.Cluster
	config *restclient.Config
}

func (s sharedCluster) Config() *restclient.Config { return restclient.CopyConfig(s.config) }

func (s sharedCluster) Info() cluster.Info {
	info := s.Cluster.Info()
	info.Shared = true
	return info
}

// askedFor remembers which rights requests take, and which were refused.
type askedFor struct {
	mu      sync.Mutex
	rights  map[string]bool
	refusal []string
}

func (a *askedFor) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		factory := request.RequestInfoFactory{APIPrefixes: sets.NewString("api", "apis"), GrouplessAPIPrefixes: sets.NewString("api")}
		info, infoErr := factory.NewRequestInfo(r)
		a.mu.Lock()
		defer a.mu.Unlock()
		if infoErr != nil || !info.IsResourceRequest {
			return response, err
		}
		resource := info.Resource
		if info.Subresource != "" {
			resource += "/" + info.Subresource
		}
		if a.rights == nil {
			a.rights = map[string]bool{}
		}
		name := ""
		named := resource == "configmaps" || resource == "clusterroles"
		if named && info.Verb == "get" || info.Verb == "watch" {
			name = info.Name
		}
		a.rights[right(info.Verb, info.APIGroup, resource, name)] = true
		if err == nil && response.StatusCode == http.StatusForbidden {
			a.refusal = append(a.refusal, info.Verb+" "+info.Path)
		}
		return response, err
	})
}

func (a *askedFor) sorted() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.rights))
}

func (a *askedFor) refused() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refusal
}

// granted are the rights of a role.
func granted(role *rbacv1.ClusterRole) []string {
	all := map[string]bool{}
	for _, rule := range role.Rules {
		names := rule.ResourceNames
		if names == nil {
			names = []string{""}
		}
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					for _, name := range names {
						all[right(verb, group, resource, name)] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func right(verb, group, resource, name string) string {
	if group != "" {
		resource += "." + group
	}
	if name != "" {
		resource += " " + name
	}
	return fmt.Sprintf("%s %s", verb, resource)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
