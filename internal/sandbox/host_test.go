package sandbox

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/joblab/joblab/internal/sandbox/container"
	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// TestWallsOfTheKernel goes round the file tree with system calls of its own:
// what the kernel's walls are for.
func TestWallsOfTheKernel(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the kernel has no such walls")
	}
	dir := vault(t)
	r, err := newSelfRunner(t.TempDir()) // the embedded executable has no such command
	if err != nil {
		t.Fatal(err)
	}
	s := spec(t, "centos:7", "attack", dir)
	s.Network = attach(t, newFabric(), 9)
	lower, err := r.trees.of(&s)
	if err != nil {
		t.Fatal(err)
	}
	s.Argv = append(s.Argv, s.Root, filepath.Join(lower, "usr/bin/ls"))
	addProgram(t, r, &s, "attack")
	b, err := start(t, r, s)
	if err != nil {
		t.Fatal(err)
	}
	walls := strings.Join(b.Walls(), " ")
	stdout, stderr, code := b.result()
	if code != 0 || !strings.Contains(stdout, "pidfd of the server: ") {
		t.Fatalf("the attack was cut short, exit code %d:\n%s%s", code, stdout, stderr)
	}
	landlock, seccomp := strings.Contains(walls, "landlock"), strings.Contains(walls, "seccomp")
	if !landlock || !seccomp {
		t.Skipf("this kernel has only these walls: %s", walls)
	}
	for line := range strings.Lines(stdout) {
		if !strings.HasSuffix(line, ": blocked\n") {
			t.Errorf("with %s: %s", walls, line)
		}
	}
	untouched(t, dir)
}

// TestNoWayToTheHost has a server of the host, and a container that tries to
// reach it through the pods' network.
func TestNoWayToTheHost(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var accepting sync.WaitGroup
	accepting.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			io.WriteString(conn, topSecret)
			conn.Close()
		}
	})
	t.Cleanup(func() {
		listener.Close()
		accepting.Wait()
	})
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	addresses := []string{"127.0.0.1", "127.1.2.3", "localhost", "0.0.0.0", "10.244.0.1", "10.244.0.9", "10.96.0.1", "10.96.0.20"}
	if host, err := net.InterfaceAddrs(); err == nil {
		for _, a := range host {
			if ip, _, err := net.ParseCIDR(a.String()); err == nil && ip.To4() != nil {
				addresses = append(addresses, ip.String())
			}
		}
	}
	r, h := newRunner(t), attach(t, newFabric(), 9)
	for _, address := range addresses {
		s := onNetwork(t, h, "bash", "bash", "-c",
			"timeout 0.2 wget -q -O - $A:$P || timeout 0.2 nc $A $P </dev/null || timeout 0.2 bash -c 'cat </dev/tcp/$A/$P'")
		s.Env = []string{"A=" + address, "P=" + port}
		if stdout, stderr, code := run(t, r, s); code == 0 || strings.Contains(stdout+stderr, topSecret) {
			t.Errorf("%s: got %q %q, exit code %d", address, stdout, stderr, code)
		}
	}
}

// TestNothingIsInherited looks at the process from outside.
func TestNothingIsInherited(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	vault(t)
	r := newRunner(t)
	// A builtin that waits: a command's file would be looked up after "ready".
	s := spec(t, "centos:7", "bash", "-c", "echo ready; read line")
	s.Network = attach(t, newFabric(), 9)
	stdin, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	defer held.Close()
	s.Stdin = stdin
	k := talk(t, r, s)
	proc := fmt.Sprintf("/proc/%d/", k.PID())
	environ, err := os.ReadFile(proc + "environ")
	if err != nil {
		t.Fatal(err)
	}
	for kv := range strings.SplitSeq(strings.TrimRight(string(environ), "\x00"), "\x00") {
		switch key, _, _ := strings.Cut(kv, "="); key {
		case "GOGC", "GOMAXPROCS", "GODEBUG", childMarker:
		default:
			t.Errorf("the environment has %q", kv)
		}
	}
	cmdline, err := os.ReadFile(proc + "cmdline")
	if err != nil || string(cmdline) != "joblab-sandbox\x00" {
		t.Errorf("the command line is %q, %v", cmdline, err)
	}
	fds, err := os.ReadDir(proc + "fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		to, err := os.Readlink(proc + "fd/" + fd.Name())
		if err != nil {
			t.Fatal(err)
		}
		if fd.Name() == strconv.Itoa(container.NetworkFD) && strings.HasPrefix(to, "socket:") {
			continue
		}
		ok := strings.HasPrefix(to, "pipe:") || strings.HasPrefix(to, "anon_inode:[event") || strings.HasPrefix(to, "/dev/")
		if n, _ := strconv.Atoi(fd.Name()); !ok && n > 2 {
			if info, err := os.Stat(proc + "fd/" + fd.Name()); err != nil || !info.IsDir() {
				t.Errorf("descriptor %s is %s", fd.Name(), to)
			}
		}
	}
	status, err := os.ReadFile(proc + "status")
	if err != nil {
		t.Fatal(err)
	}
	if walls := strings.Join(k.Walls(), " "); strings.Contains(walls, "seccomp") {
		for _, want := range []string{"NoNewPrivs:\t1", "Seccomp:\t2"} {
			if !strings.Contains(string(status), want) {
				t.Errorf("the status lacks %q", want)
			}
		}
	}
	pgid, err := syscall.Getpgid(k.PID())
	if err != nil || pgid != k.PID() {
		t.Errorf("process group %d, %v; want %d", pgid, err, k.PID())
	}
}

// addProgram prepares a container and puts a built-in command into it, and its
// /tmp into its private root.
func addProgram(t *testing.T, r *Runner, s *Spec, name string) {
	t.Helper()
	if err := r.Prepare(s); err != nil {
		t.Fatal(err)
	}
	lower, err := r.trees.of(s)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := filetree.Open(s.Root)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if err := tree.SetLower(lower); err != nil {
		t.Fatal(err)
	}
	view := filetree.View{Tree: tree, Dir: "/"}
	if err := view.Chmod("/tmp", 0o755); err != nil { // so that it is there on the host
		t.Fatal(err)
	}
	f, err := view.OpenFile("/usr/bin/"+name, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write([]byte(container.Magic + name + "\n")); err != nil {
		t.Fatal(err)
	}
}
