package sandbox

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// cluster is what a fabric knows in a test: a name server with addresses, one
// Service in front of a pod, and one without pods.
type cluster map[string]string

var (
	nameServer   = netip.MustParseAddr("10.96.0.10")
	service      = netip.MustParseAddrPort("10.96.0.20:80")
	emptyService = netip.MustParseAddr("10.96.0.21")
	outside      = netip.MustParseAddr("192.0.2.1")
)

func (c cluster) Query(_ context.Context, server netip.Addr, q network.Question) (network.Answer, error) {
	if server != nameServer {
		return network.Answer{}, syscall.ETIMEDOUT
	}
	value, ok := c[q.Name]
	if !ok {
		return network.Answer{Code: network.NoSuchName}, nil
	}
	kind := "A"
	if strings.HasSuffix(q.Name, "in-addr.arpa") {
		kind = "PTR"
	}
	if kind != q.Type {
		return network.Answer{}, nil
	}
	return network.Answer{Records: []network.Record{{Name: q.Name, Type: kind, Value: value}}}, nil
}

func (c cluster) Route(_ context.Context, to netip.AddrPort) (netip.AddrPort, error) {
	switch {
	case to == service:
		return netip.MustParseAddrPort("10.244.0.2:8080"), nil
	case to.Addr() == emptyService:
		return netip.AddrPort{}, syscall.ECONNREFUSED
	case to.Addr() == outside:
		return netip.AddrPort{}, syscall.ENETUNREACH
	}
	return netip.AddrPort{}, syscall.ETIMEDOUT
}

const clusterDomain = ".default.svc.cluster.local"

var testCluster = cluster{
	"web" + clusterDomain:                          "10.96.0.20",
	"job-0.peers" + clusterDomain:                  "10.244.0.2",
	"2.0.244.10.in-addr.arpa":                      "job-0.peers" + clusterDomain,
	"gone" + clusterDomain:                         "10.244.0.99",
	"kubernetes.default.svc.cluster.local":         "10.96.0.1",
	"named.elsewhere.svc.cluster.local":            "10.244.0.3",
	"nobody" + clusterDomain:                       emptyService.String(),
	strings.Repeat("a", 60) + ".svc.cluster.local": "10.244.0.2",
}

func newFabric() *network.Fabric {
	return network.NewFabric(testCluster, netip.MustParseAddr("10.244.0.1"))
}

// attach gives the pod with this number, 10.244.0.N, to the test.
func attach(t testing.TB, f *network.Fabric, n byte) *network.Host {
	h := f.Attach(netip.AddrFrom4([4]byte{10, 244, 0, n}))
	t.Cleanup(h.Detach)
	return h
}

// onNetwork is a container of a pod.
func onNetwork(t testing.TB, h network.Network, image string, argv ...string) Spec {
	t.Helper()
	s := spec(t, image, argv...)
	s.Network = h
	dir := t.TempDir()
	for target, text := range map[string]string{
		"/etc/resolv.conf": "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
		"/etc/hosts":       "127.0.0.1\tlocalhost\n10.244.0.9\tbox\n",
	} {
		source := filepath.Join(dir, filepath.Base(target))
		if err := os.WriteFile(source, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s.Mounts = append(s.Mounts, Mount{Source: source, Target: target})
	}
	return s
}

// serve starts a container and waits for the line that says that it listens.
func serve(t testing.TB, r *Runner, s Spec, ready string) *box {
	t.Helper()
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pr.Close() })
	s.Stderr = pw
	b, err := start(t, r, s)
	pw.Close()
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(pr)
	for lines.Scan() {
		if strings.Contains(lines.Text(), ready) {
			go io.Copy(io.Discard, pr)
			return b
		}
	}
	t.Fatalf("%q did not come", ready)
	return nil
}

// TestNetworkCommands runs scripts on the pod 10.244.0.9, with a web server on
// 10.244.0.2:8080 and nobody else around.
func TestNetworkCommands(t *testing.T) {
	if !hasNetwork() {
		t.Skip("containers have no network here")
	}
	r, f := newRunner(t), newFabric()
	web := onNetwork(t, attach(t, f, 2), "busybox", "sh", "-c",
		"mkdir /www; echo hello >/www/index.html; httpd -f -p 8080 -h /www & until nc -z 127.0.0.1 8080; do :; done; echo listening >&2; wait")
	serve(t, r, web, "listening")
	host := attach(t, f, 9)
	for _, c := range []struct {
		name, image, script string
		stdout, stderr      string
		code                int
	}{
		{"nslookup of a name without a dot", "busybox", "nslookup web",
			"Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n" +
				"Name:\tweb.default.svc.cluster.local\nAddress: 10.96.0.20\n\n" +
				"** server can't find web.svc.cluster.local: NXDOMAIN\n\n** server can't find web.cluster.local: NXDOMAIN\n\n\n" +
				"** server can't find web.svc.cluster.local: NXDOMAIN\n\n** server can't find web.cluster.local: NXDOMAIN\n\n", "", 1},
		{"nslookup of a full name", "alpine", "nslookup job-0.peers.default.svc.cluster.local",
			"Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tjob-0.peers.default.svc.cluster.local\nAddress: 10.244.0.2\n\n\n", "", 0},
		{"nslookup has no search list for a name with a dot", "busybox", "nslookup -type=a job-0.peers",
			"Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find job-0.peers: NXDOMAIN\n\n", "", 1},
		{"nslookup of an address", "busybox", "nslookup 10.244.0.2",
			"Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n2.0.244.10.in-addr.arpa\tname = job-0.peers.default.svc.cluster.local\n\n", "", 0},
		{"nslookup at a server that does not answer", "busybox", "nslookup -t=1 web 10.244.0.77",
			";; connection timed out; no servers could be reached\n\n", "", 1},
		{"getent", "debian", "getent hosts job-0.peers kubernetes.default.svc 10.244.0.2 localhost",
			"10.244.0.2      job-0.peers.default.svc.cluster.local\n10.96.0.1       kubernetes.default.svc.cluster.local\n" +
				"10.244.0.2      job-0.peers.default.svc.cluster.local\n127.0.0.1       localhost\n", "", 0},
		{"getent of nobody", "centos:7", "getent hosts nobody.there", "", "", 2},
		{"getent passwd", "centos:7", "getent passwd 65534", "nobody:x:65534:65534:nobody:/:/sbin/nologin\n", "", 0},
		{"wget", "busybox", "wget -q -O - http://job-0.peers:8080/", "hello\n", "", 0},
		{"wget through a Service", "alpine", "wget -qO- web", "hello\n", "", 0},
		{"wget to a file", "busybox", "wget http://10.244.0.2:8080/index.html; cat index.html; ls", "hello\nindex.html\n",
			"Connecting to 10.244.0.2:8080 (10.244.0.2:8080)\nsaving to 'index.html'\n" +
				"index.html           100% |********************************|     6  0:00:00 ETA\n'index.html' saved\n", 0},
		{"wget of what is not there", "busybox", "wget -q -O - job-0.peers:8080/no", "", "wget: server returned error: HTTP/1.1 404 Not Found\n", 1},
		{"wget of a port that is closed", "busybox", "wget -q -O - job-0.peers:81", "", "wget: can't connect to remote host (10.244.0.2): Connection refused\n", 1},
		{"wget of a pod that is gone", "busybox", "wget -q -T 1 -O - gone", "", "wget: download timed out\n", 1},
		{"wget of a Service without pods", "busybox", "wget -q -O - nobody", "", "wget: can't connect to remote host (10.96.0.21): Connection refused\n", 1},
		{"wget of the world", "busybox", "wget -q -O - 192.0.2.1", "", "wget: can't connect to remote host (192.0.2.1): Network is unreachable\n", 1},
		{"wget of an unknown name", "busybox", "wget -q -O - nowhere", "", "wget: bad address 'nowhere'\n", 1},
		{"wget of TLS", "busybox", "wget https://web", "", "wget: https://web: only http is supported in the sandbox\n", 1},
		{"curl", "centos:7", "curl -s web; curl -sS -o /dev/null -w '%{http_code}\\n' web/no; curl -sf web/no", "hello\n404\n", "", 22},
		{"curl of a port that is closed", "centos:7", "curl -s --connect-timeout 9 job-0.peers:81", "", "", 7},
		{"curl of an unknown name", "centos:7", "curl http://nowhere/", "", "curl: (6) Could not resolve host: nowhere\n", 6},
		{"curl of a pod that is gone", "centos:7", "curl -s -m 0.2 gone", "", "", 28},
		{"ping", "bash", "ping -c 1 job-0.peers | grep -c '^64 bytes from 10.244.0.2: seq=0 ttl=64 time='", "1\n", "", 0},
		{"ping of a pod that is gone", "busybox", "ping -c 1 -W 1 gone",
			"PING gone (10.244.0.99): 56 data bytes\n\n--- gone ping statistics ---\n1 packets transmitted, 0 packets received, 100% packet loss\n", "", 1},
		{"ping of a name that is unknown", "bash", "ping -c 1 nowhere", "", "ping: bad address 'nowhere'\n", 1},
		{"ping of the world", "busybox", "ping -c 1 192.0.2.1", "PING 192.0.2.1 (192.0.2.1): 56 data bytes\n", "ping: sendto: Network is unreachable\n", 1},
		{"nc -z", "busybox", "nc -z job-0.peers 8080 && ! nc -z job-0.peers 8081", "", "", 0},
		{"nc -v of a closed port", "busybox", "nc -v job-0.peers 8081", "", "nc: job-0.peers (10.244.0.2:8081): Connection refused\n", 1},
		{"nc -w", "busybox", "nc -w 1 gone 80", "", "nc: timed out\n", 1},
		{"nc speaks HTTP", "busybox", `printf 'GET / HTTP/1.0\r\n\r\n' | nc job-0.peers 8080 | tail -n 1`, "hello\n", "", 0},
		{"nc to nc", "busybox", "nc -l -p 5000 >got & until echo hi | nc 127.0.0.1 5000; do :; done; wait; cat got", "hi\n", "", 0},
		{"nc -e", "busybox", "nc -lk -p 7000 -e cat & for i in 1 2; do while ! echo $i | nc 127.0.0.1 7000; do :; done; done; kill $!", "1\n2\n", "", 0},
		{"bash", "bash", "cat </dev/tcp/job-0.peers/8081 || echo closed", "closed\n",
			"bash: line 1: connect: Connection refused\nbash: line 1: /dev/tcp/job-0.peers/8081: Connection refused\n", 0},
		{"bash, a pod that is gone", "bash", "timeout 0.2 bash -c ': </dev/tcp/gone/80'; echo $?", "124\n", "", 0},
		{"bash, open", "bash", "(: </dev/tcp/job-0.peers/8080) && echo open", "open\n", "", 0},
		{"no commands that the image lacks", "ubuntu", "nslookup web || nc -z web 80 || wget web || curl web || ping web", "",
			"bash: line 1: nslookup: command not found\nbash: line 1: nc: command not found\nbash: line 1: wget: command not found\n" +
				"bash: line 1: curl: command not found\nbash: line 1: ping: command not found\n", 127},
	} {
		t.Run(c.name, func(t *testing.T) {
			shell := "sh"
			switch c.image {
			case "bash", "ubuntu", "centos:7", "debian":
				shell = "bash"
			}
			s := onNetwork(t, host, c.image, shell, "-c", c.script)
			s.Dir = "/tmp"
			stdout, stderr, code := run(t, r, s)
			if code != c.code || stdout != c.stdout || stderr != c.stderr {
				t.Errorf("%s\ngot  %d %q %q\nwant %d %q %q", c.script, code, stdout, stderr, c.code, c.stdout, c.stderr)
			}
		})
	}
}

func hasNetwork() bool {
	a, b, err := network.Pair()
	if err != nil {
		return false
	}
	a.Close()
	b.Close()
	return true
}

// TestWithoutNetwork has commands say so.
func TestWithoutNetwork(t *testing.T) {
	r := newRunner(t)
	stdout, stderr, code := run(t, r, spec(t, "busybox", "sh", "-c", "wget -q -O - 10.244.0.2; nc -l -p 80"))
	want := "wget: can't connect to remote host (10.244.0.2): Network is unreachable\nnc: bind: Network is unreachable\n"
	if code != 1 || stdout != "" || stderr != want {
		t.Errorf("got %d %q %q, want 1 and %q", code, stdout, stderr, want)
	}
}

// TestAgnhostServers asks the servers of Kubernetes' tests.
func TestAgnhostServers(t *testing.T) {
	if !hasNetwork() {
		t.Skip("containers have no network here")
	}
	r, f := newRunner(t), newFabric()
	server := onNetwork(t, attach(t, f, 2), "registry.k8s.io/e2e-test-images/agnhost:2.63.0")
	server.Argv = []string{"/agnhost", "netexec"}
	server.Env = []string{"COLOUR=blue"}
	netexec := serve(t, r, server, "Started HTTP server on port 8080")
	host := attach(t, f, 9)
	get := func(script string) string {
		t.Helper()
		stdout, stderr, _ := run(t, r, onNetwork(t, host, "registry.k8s.io/e2e-test-images/agnhost:2.63.0", "sh", "-c", script))
		return stdout + stderr
	}
	for _, c := range []struct{ script, want string }{
		{"curl -s http://10.244.0.2:8080/echo?msg=prestop", "prestop"},
		{"curl -s http://10.244.0.2:8080/hostname", "box"},
		{"curl -s http://10.244.0.2:8080/envvar?var=COLOUR", "blue"},
		{"curl -s http://10.244.0.2:8080/clientip | cut -d: -f1", "10.244.0.9\n"},
		{"curl -s http://10.244.0.2:8080/shell?cmd=echo+hi", `{"output":"hi\n"}`},
		{"curl -s 'http://10.244.0.2:8080/dial?host=10.244.0.2&port=8080&request=echo%3Fmsg%3Dx&tries=2'", `{"responses":["x","x"]}`},
		{"curl -s -o /dev/null -w '%{http_code}' 'http://10.244.0.2:8080/echo?msg=x&code=503'", "503"},
		{"curl -s -d msg=posted http://10.244.0.2:8080/echo", "posted"},
		{"/agnhost connect 10.244.0.2:8081", "REFUSED\n"},
		{"/agnhost connect 10.244.0.99:8081 --timeout=100ms", "TIMEOUT\n"},
		{"/agnhost connect nowhere:8081", "DNS: lookup nowhere: no such host\n"},
		{"/agnhost connect 10.244.0.2:8080 && echo ok", "ok\n"},
	} {
		if got := get(c.script); got != c.want {
			t.Errorf("%s\ngot  %q\nwant %q", c.script, got, c.want)
		}
	}
	terminate := func(b *box, want int) {
		t.Helper()
		if err := b.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		<-b.Done()
		if code := b.Exit().Code; code != want {
			t.Errorf("exit code %d after SIGTERM, want %d", code, want)
		}
	}
	terminate(netexec, 0)

	server.Root, server.Argv = t.TempDir(), []string{"/agnhost", "test-webserver", "--port=8080"}
	files, err := start(t, r, server)
	if err != nil {
		t.Fatal(err)
	}
	if got := get("until curl -s 10.244.0.2:8080/etc/alpine-release; do :; done"); got != "3.22.1\n" {
		t.Errorf("test-webserver has %q", got)
	}
	terminate(files, 2)
}

// TestConnectionEndsWithItsPeer ends each side of a connection in turn.
func TestConnectionEndsWithItsPeer(t *testing.T) {
	if !hasNetwork() {
		t.Skip("containers have no network here")
	}
	r, f := newRunner(t), newFabric()
	host := attach(t, f, 2)
	listen := func(argv ...string) (*box, *os.File) {
		t.Helper()
		server := serve(t, r, onNetwork(t, host, "busybox", append([]string{"nc", "-v", "-l", "-p", "5000"}, argv...)...), "listening")
		conn, err := f.Dial(t.Context(), netip.MustParseAddrPort("10.244.0.2:5000"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return server, conn
	}
	server, conn := listen()
	if _, err := conn.WriteString("bye\n"); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if stdout, _, code := server.result(); stdout != "bye\n" || code != 0 {
		t.Errorf("the server printed %q and exited with %d, want \"bye\" and 0", stdout, code)
	}
	server, conn = listen("-e", "sleep", "1000")
	server.Kill()
	if data, err := io.ReadAll(conn); len(data) != 0 || err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read %q, %v from a server that was killed", data, err)
	}
}
