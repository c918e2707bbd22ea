package protocol

import "path/filepath"

// Dir is the directory of an embedded cluster. Everything in it is readable by
// its owner only. What is below Run is disposable: it is removed before each
// start of the child and after its end. The rest outlives both processes.
type Dir string

// Lock is the file that the supervisor holds locked; it contains its process id.
func (d Dir) Lock() string { return d.join("lock") }

// Keys is the directory of the cluster's keys and certificates.
func (d Dir) Keys() string { return d.join("pki") }

// Port is the file that remembers the API server's port.
func (d Dir) Port() string { return d.join("port") }

// Kubeconfig is the kubeconfig file, there while a supervisor holds the directory.
func (d Dir) Kubeconfig() string { return d.join("kubeconfig") }

// Status is the file in which the supervisor publishes its status as JSON, there
// while it holds the directory.
func (d Dir) Status() string { return d.join("status.json") }

// Log is the child's log.
func (d Dir) Log() string { return d.join("log", "cluster.log") }

// Run is the directory of all that lives as long as one generation, and the
// child's working directory.
func (d Dir) Run() string { return d.join("run") }

// Etcd is the data directory of etcd.
func (d Dir) Etcd() string { return filepath.Join(d.Run(), "etcd") }

// Node is the directory of the kubelet and its containers.
func (d Dir) Node() string { return filepath.Join(d.Run(), "node") }

// NodeRoot plays the node's root directory, for pods that may mount paths of it.
func (d Dir) NodeRoot() string { return filepath.Join(d.Run(), "node-root") }

// Sandbox is the directory into which the container sandbox unpacks its executable.
func (d Dir) Sandbox() string { return filepath.Join(d.Run(), "sandbox") }

func (d Dir) join(elem ...string) string {
	return filepath.Join(append([]string{string(d)}, elem...)...)
}
