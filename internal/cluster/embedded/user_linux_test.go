package embedded_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

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
