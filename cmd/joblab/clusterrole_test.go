package main

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	restclient "k8s.io/client-go/rest"

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
