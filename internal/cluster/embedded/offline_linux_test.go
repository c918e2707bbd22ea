package embedded_test

import (
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
	batchv1 "k8s.io/api/batch/v1"

	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

// offlineVariable is set in the environment of the process that
// TestWithoutNetwork starts.
const offlineVariable = "JOBLAB_TEST_OFFLINE"

// TestWithoutNetwork runs a Job on a machine that has nothing but a loopback
// interface: in a network namespace of its own, where the test starts itself.
func TestWithoutNetwork(t *testing.T) {
	if os.Getenv(offlineVariable) != "" {
		raiseLoopback(t)
		client := clientOf(t, embeddedtest.Start(t))
		namespace := createNamespace(t, client, "offline")
		createJob(t, client, namespace, newJob("hello", "echo hello"))
		waitForJob(t, client, namespace, batchv1.JobComplete)
		return
	}
	if os.Getuid() != 0 {
		t.Skip("making a network namespace takes root")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), offlineVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// raiseLoopback switches the loopback interface of a new network namespace on.
func raiseLoopback(t *testing.T) {
	t.Helper()
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(socket)
	loopback, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	loopback.SetUint16(unix.IFF_UP | unix.IFF_LOOPBACK | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, loopback); err != nil {
		t.Fatal(err)
	}
}
