package embedded_test

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/clustertest"
	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

func TestKilledChildIsReplacedByANewCluster(t *testing.T) {
	c := embeddedtest.Start(t)
	client := clientOf(t, c)
	before, _ := c.Status()
	uid := clusterUID(t, client)
	namespace := createNamespace(t, client, "lost")
	createJob(t, client, namespace, newJob("runs", "sleep 1000"))
	waitForRunning(t, client, namespace, 1)

	child := onlyChild(t, os.Getpid())
	containers := watchProcesses(t, childrenOf(t, child))
	if len(containers) == 0 {
		t.Fatal("the running pod has no process")
	}
	if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	containers.waitForEnd(t)
	clustertest.WaitUntil(t, c, func(s cluster.Status) bool { return s.State != cluster.Ready })
	after := embeddedtest.WaitReady(t, c)

	if got, want := after.Generation, before.Generation+1; got != want {
		t.Errorf("generation %d, want %d", got, want)
	}
	if got, want := after.Restarts, 1; got != want {
		t.Errorf("%d restarts, want %d", got, want)
	}
	if after.Err == nil || !strings.Contains(after.Err.Error(), "signal: killed") {
		t.Errorf("the status does not say how the child ended: %v", after.Err)
	}
	if got := clusterUID(t, client); got == uid {
		t.Errorf("the new cluster has the UID of the old one")
	}
	namespaces, err := client.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{FieldSelector: "metadata.name=" + namespace})
	if err != nil {
		t.Fatal(err)
	}
	if len(namespaces.Items) > 0 {
		t.Errorf("the new cluster has the old one's namespace")
	}
}

// TestHungChildIsReplaced stops the child, which then neither ends nor answers.
func TestHungChildIsReplaced(t *testing.T) {
	c := embeddedtest.Start(t)
	before, _ := c.Status()
	child := onlyChild(t, os.Getpid())
	stopped := watchProcesses(t, []int{child})
	if err := syscall.Kill(child, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	silent := clustertest.WaitUntil(t, c, func(s cluster.Status) bool { return s.State != cluster.Ready })
	if silent.State != cluster.Unreachable || silent.Generation != before.Generation || silent.Err == nil {
		t.Errorf("got %+v, want the same generation unreachable", silent)
	}
	stopped.waitForEnd(t)
	clustertest.WaitUntil(t, c, func(s cluster.Status) bool { return s.State != cluster.Unreachable })
	after := embeddedtest.WaitReady(t, c)
	if after.Generation != before.Generation+1 || after.Err == nil || !strings.Contains(after.Err.Error(), "it hung") {
		t.Errorf("got %+v, want the next generation, since the last one hung", after)
	}
}

// TestChildThatGoesOnIsKept stops the child for less than it takes to be hung.
func TestChildThatGoesOnIsKept(t *testing.T) {
	c := embeddedtest.Start(t)
	before, _ := c.Status()
	child := onlyChild(t, os.Getpid())
	if err := syscall.Kill(child, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	clustertest.WaitFor(t, c, cluster.Unreachable)
	if err := syscall.Kill(child, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	after := clustertest.WaitUntil(t, c, func(s cluster.Status) bool { return s.State != cluster.Unreachable })
	if after.State != cluster.Ready || after.Generation != before.Generation || after.Err != nil {
		t.Errorf("got %+v, want the same generation ready", after)
	}
}

func TestNothingOutlivesAKilledSupervisor(t *testing.T) {
	dir := t.TempDir()
	supervisor := startSupervisor(t, exec.Command(os.Args[0], superviseCommand, dir))
	client := attachedClient(t, dir)
	uid := clusterUID(t, client)
	namespace := createNamespace(t, client, "lost")
	createJob(t, client, namespace, newJob("runs", "sleep 1000"))
	waitForRunning(t, client, namespace, 1)
	child := onlyChild(t, supervisor.Process.Pid)
	left := watchProcesses(t, append(childrenOf(t, child), child))
	if len(left) < 2 {
		t.Fatal("the running pod has no process")
	}

	if err := supervisor.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = supervisor.Wait()
	left.waitForEnd(t)

	c := embeddedtest.StartIn(t, dir)
	if got := clusterUID(t, clientOf(t, c)); got == uid {
		t.Error("the next cluster in the directory has the UID of the old one")
	}
	if got := clusterUID(t, client); got == uid {
		t.Error("an old kubeconfig does not lead to the next cluster")
	}
}

// startSupervisor starts cmd, which must end in superviseCommand and a
// directory, and waits until its cluster is ready. It ends with the test.
func startSupervisor(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatalf("the supervisor is not ready: %q, %v", line, err)
	}
	return cmd
}

func attachedClient(t *testing.T, dir string) *kubernetes.Clientset {
	t.Helper()
	c, err := embedded.Attach(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embeddedtest.Close(t, c) })
	return clientOf(t, c)
}

// clusterUID tells clusters apart.
func clusterUID(t testing.TB, client kubernetes.Interface) string {
	t.Helper()
	namespace, err := client.CoreV1().Namespaces().Get(t.Context(), metav1.NamespaceSystem, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return string(namespace.UID)
}
