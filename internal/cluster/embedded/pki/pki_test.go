package pki

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestOpenKeepsWhatItMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pki")
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := read(t, first.CA())
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	if read(t, first.CA()) != before {
		t.Error("the authority was replaced")
	}
	if !first.usable(time.Now().Add(lifetime - renewal - time.Hour)) {
		t.Error("not usable a year before the end")
	}
	if first.usable(time.Now().Add(lifetime - renewal + time.Hour)) {
		t.Error("usable in the last year")
	}
}

func TestOpenReplacesWhatIsBroken(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pki")
	keys, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keys.CA(), []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if keys, err = Open(dir); err != nil {
		t.Fatal(err)
	}
	if !keys.usable(time.Now()) {
		t.Error("not usable")
	}
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pki")
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has mode %v", entry.Name(), got)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("directory: %v, %v", info.Mode(), err)
	}
}

func TestCertificates(t *testing.T) {
	keys, err := Open(filepath.Join(t.TempDir(), "pki"))
	if err != nil {
		t.Fatal(err)
	}
	client, server := x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth
	for _, test := range []struct {
		name  string
		pair  Pair
		ca    string
		usage x509.ExtKeyUsage
		hosts []string
		user  string
	}{
		{name: "API server", pair: keys.APIServer(), ca: keys.CA(), usage: server, user: "kube-apiserver", hosts: []string{"127.0.0.1", "localhost", "10.96.0.1", "kubernetes.default.svc"}},
		{name: "kubelet", pair: keys.Kubelet(), ca: keys.CA(), usage: server, user: NodeName, hosts: []string{"127.0.0.1", NodeName}},
		{name: "admin", pair: keys.Admin(), ca: keys.CA(), usage: client, user: "kubernetes-admin"},
		{name: "component", pair: keys.Component(), ca: keys.CA(), usage: client, user: "system:joblab"},
		{name: "node", pair: keys.Node(), ca: keys.CA(), usage: client, user: "system:node:joblab"},
		{name: "kubelet's client", pair: keys.KubeletClient(), ca: keys.KubeletClientCA(), usage: client, user: "kube-apiserver-kubelet-client"},
	} {
		t.Run(test.name, func(t *testing.T) {
			pair, err := tls.LoadX509KeyPair(test.pair.Cert, test.pair.Key)
			if err != nil {
				t.Fatal(err)
			}
			if got := pair.Leaf.Subject.CommonName; got != test.user {
				t.Errorf("is for %q, want %q", got, test.user)
			}
			for _, host := range append(test.hosts, "") {
				options := x509.VerifyOptions{Roots: pool(t, test.ca), KeyUsages: []x509.ExtKeyUsage{test.usage}, DNSName: host}
				if _, err := pair.Leaf.Verify(options); err != nil {
					t.Errorf("host %q: %v", host, err)
				}
			}
		})
	}
}

func TestAdminIsNoClientOfTheKubelet(t *testing.T) {
	keys, err := Open(filepath.Join(t.TempDir(), "pki"))
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(keys.Admin().Cert, keys.Admin().Key)
	if err != nil {
		t.Fatal(err)
	}
	options := x509.VerifyOptions{Roots: pool(t, keys.KubeletClientCA()), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if _, err := pair.Leaf.Verify(options); err == nil {
		t.Error("the kubelet would let the admin in")
	}
}

func pool(t *testing.T, ca string) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(read(t, ca))) {
		t.Fatalf("%s has no certificate", ca)
	}
	return pool
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
