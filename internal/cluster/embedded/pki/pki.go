// Package pki makes and keeps the keys of an embedded cluster: the cluster's
// certificate authority and what it signed, the key that signs service account
// tokens, and an authority that signed nothing but the API server's certificate
// for calls to the kubelet. All keys are ECDSA P-256.
//
//   - Whoever holds a client certificate of the cluster's authority has full
//     rights on the API server. People with less rights get service account
//     tokens.
//   - The authorities' own keys are never written: nothing can be signed later.
package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"
)

// NodeName is the name of the cluster's node, which the kubelet's serving
// certificate is for.
const NodeName = "joblab"

// lifetime is how long certificates are valid, and renewal how long before the
// end of that all are made anew, at the next start.
const (
	lifetime = 10 * 365 * 24 * time.Hour
	renewal  = 365 * 24 * time.Hour
)

// Files of a directory of keys.
const (
	caName            = "ca"
	kubeletCAName     = "kubelet-client-ca"
	apiserverName     = "apiserver"
	adminName         = "admin"
	componentName     = "component"
	nodeName          = "node"
	kubeletName       = "kubelet"
	kubeletClientName = "kubelet-client"
	signerName        = "service-accounts"
)

// Keys is a directory of keys.
type Keys struct {
	dir string
}

// Pair is a certificate and its key, as paths of PEM files.
type Pair struct{ Cert, Key string }

// Open returns the keys in dir. If dir does not exist, or its certificates end
// within a year, they are made. The directory appears complete or not at all.
func Open(dir string) (Keys, error) {
	keys := Keys{dir: dir}
	if keys.usable(time.Now()) {
		return keys, nil
	}
	draft := dir + ".new"
	if err := os.RemoveAll(draft); err != nil {
		return Keys{}, fmt.Errorf("remove old draft of keys: %w", err)
	}
	if err := os.Mkdir(draft, 0o700); err != nil {
		return Keys{}, fmt.Errorf("make directory of keys: %w", err)
	}
	if err := create(draft, time.Now()); err != nil {
		return Keys{}, err
	}
	if err := os.RemoveAll(dir); err != nil {
		return Keys{}, fmt.Errorf("remove old keys: %w", err)
	}
	if err := os.Rename(draft, dir); err != nil {
		return Keys{}, fmt.Errorf("keep new keys: %w", err)
	}
	return keys, nil
}

// Existing returns the keys in dir, which Open made before.
func Existing(dir string) Keys { return Keys{dir: dir} }

// CA is the certificate of the cluster's authority, with which clients verify
// servers and the API server its clients.
func (k Keys) CA() string { return k.path(caName + ".crt") }

// KubeletClientCA is the certificate of the authority with which the kubelet
// verifies its clients.
func (k Keys) KubeletClientCA() string { return k.path(kubeletCAName + ".crt") }

// APIServer is the API server's serving certificate.
func (k Keys) APIServer() Pair { return k.pair(apiserverName) }

// Admin is the client certificate of the program and its owner.
func (k Keys) Admin() Pair { return k.pair(adminName) }

// Component is the client certificate of the controllers and the scheduler.
func (k Keys) Component() Pair { return k.pair(componentName) }

// Node is the kubelet's client certificate.
func (k Keys) Node() Pair { return k.pair(nodeName) }

// Kubelet is the kubelet's serving certificate.
func (k Keys) Kubelet() Pair { return k.pair(kubeletName) }

// KubeletClient is the client certificate with which the API server calls the kubelet.
func (k Keys) KubeletClient() Pair { return k.pair(kubeletClientName) }

// Signer is the key that signs service account tokens.
func (k Keys) Signer() string { return k.path(signerName + ".key") }

func (k Keys) path(name string) string { return filepath.Join(k.dir, name) }

func (k Keys) pair(name string) Pair {
	return Pair{Cert: k.path(name + ".crt"), Key: k.path(name + ".key")}
}

// usable reports whether the directory has keys that are good for a while. Only
// the authority is looked at: all certificates were made with it.
func (k Keys) usable(now time.Time) bool {
	data, err := os.ReadFile(k.CA())
	if err != nil {
		return false
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return false
	}
	ca, err := x509.ParseCertificate(block.Bytes)
	return err == nil && now.Add(renewal).Before(ca.NotAfter)
}

// create fills dir with keys that are valid from now.
func create(dir string, now time.Time) error {
	ca, err := newAuthority("joblab", now)
	if err != nil {
		return err
	}
	kubeletCA, err := newAuthority("joblab-kubelet-clients", now)
	if err != nil {
		return err
	}
	signer, err := newKey()
	if err != nil {
		return err
	}
	signerPEM, err := encodeKey(signer)
	if err != nil {
		return err
	}
	files := map[string][]byte{
		caName + ".crt":        ca.certPEM,
		kubeletCAName + ".crt": kubeletCA.certPEM,
		signerName + ".key":    signerPEM,
	}
	for name, template := range templates() {
		authority := ca
		if name == kubeletClientName {
			authority = kubeletCA
		}
		pair, err := authority.sign(template, now)
		if err != nil {
			return fmt.Errorf("make certificate %s: %w", name, err)
		}
		files[name+".crt"], files[name+".key"] = pair.certPEM, pair.keyPEM
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return fmt.Errorf("write key: %w", err)
		}
	}
	return nil
}

// templates says whom the certificates are for. The names and groups of clients
// are those that Kubernetes gives a meaning to.
func templates() map[string]x509.Certificate {
	const masters = "system:masters"
	client := func(user string, groups ...string) x509.Certificate {
		return x509.Certificate{
			Subject:     pkix.Name{CommonName: user, Organization: groups},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		}
	}
	server := func(name string, names []string, ips ...net.IP) x509.Certificate {
		return x509.Certificate{
			Subject:     pkix.Name{CommonName: name},
			DNSNames:    names,
			IPAddresses: ips,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}
	}
	loopback := net.IPv4(127, 0, 0, 1)
	return map[string]x509.Certificate{
		apiserverName: server("kube-apiserver", []string{
			"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
		}, loopback, net.IPv4(10, 96, 0, 1)),
		kubeletName:       server(NodeName, []string{NodeName, "localhost"}, loopback),
		adminName:         client("kubernetes-admin", masters),
		componentName:     client("system:joblab", masters),
		nodeName:          client("system:node:"+NodeName, "system:nodes", masters),
		kubeletClientName: client("kube-apiserver-kubelet-client", masters),
	}
}

// Material is a client's certificate and key and the authority, as PEM.
type Material struct{ Cert, Key, CA []byte }

// Read reads the files of pair and the authority's certificate.
func (k Keys) Read(pair Pair) (Material, error) {
	var m Material
	var errs [3]error
	m.Cert, errs[0] = os.ReadFile(pair.Cert)
	m.Key, errs[1] = os.ReadFile(pair.Key)
	m.CA, errs[2] = os.ReadFile(k.CA())
	err := errors.Join(errs[:]...)
	if errors.Is(err, fs.ErrNotExist) {
		return Material{}, fmt.Errorf("keys in %s are incomplete: %w", k.dir, err)
	}
	return m, err
}
