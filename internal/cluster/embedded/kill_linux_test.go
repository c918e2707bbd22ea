package embedded_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/joblab/joblab/internal/cluster"
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
	waitForStatus(t, c, func(s cluster.Status) bool { return s.State != cluster.Ready })
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

func TestOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("all other tests run as an ordinary user already")
	}
	const nobody = 65534
	// The test's own directories are closed to others.
	home, err := os.MkdirTemp("", "joblab-user")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	executable := filepath.Join(home, "test")
	copyFile(t, os.Args[0], executable)
	if err := os.Chown(home, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "data")
	cmd := exec.Command(executable, superviseCommand, dir)
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + home}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	startSupervisor(t, cmd)
	client := attachedClient(t, dir)
	namespace := createNamespace(t, client, "ordinary")
	createJob(t, client, namespace, newJob("hello", "echo hello"))
	waitForJob(t, client, namespace, "Complete")
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

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	source, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if _, err := io.Copy(target, source); err != nil {
		t.Fatal(err)
	}
}

// onlyChild returns the process id of the cluster that process pid supervises.
func onlyChild(t testing.TB, pid int) int {
	t.Helper()
	children := childrenOf(t, pid)
	if len(children) != 1 {
		t.Fatalf("process %d has the children %v, want one", pid, children)
	}
	return children[0]
}

// childrenOf returns the processes that process pid started and that run.
func childrenOf(t testing.TB, pid int) []int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var children []int
	for _, list := range lists {
		data, err := os.ReadFile(list)
		if err != nil {
			continue // a thread that has ended
		}
		for _, field := range strings.Fields(string(data)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			children = append(children, child)
		}
	}
	return children
}

// processes are descriptors of processes, which stay theirs when they end.
type processes []int

func watchProcesses(t *testing.T, pids []int) processes {
	t.Helper()
	var all processes
	for _, pid := range pids {
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			t.Fatalf("watch process %d: %v", pid, err)
		}
		t.Cleanup(func() { _ = unix.Close(fd) })
		all = append(all, fd)
	}
	return all
}

// waitForEnd waits until all have ended.
func (p processes) waitForEnd(t *testing.T) {
	t.Helper()
	for _, fd := range p {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		for {
			n, err := unix.Poll(fds, int(limit.Milliseconds()))
			if err == unix.EINTR {
				continue
			}
			if err != nil || n == 0 {
				t.Fatalf("a process does not end: %v", err)
			}
			break
		}
	}
}
