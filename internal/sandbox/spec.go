package sandbox

import (
	"io"
	"os"

	"github.com/joblab/joblab/internal/sandbox/container"
	"github.com/joblab/joblab/internal/sandbox/filetree"
	"github.com/joblab/joblab/internal/sandbox/network"
)

// Mount makes a directory or file of the host visible in a container.
type Mount struct {
	Source   string // absolute path on the host
	Target   string // absolute path in the container
	ReadOnly bool
	Memory   bool // shown as a file system in memory, as an emptyDir of medium Memory is
}

// Limits bound what a process of a container may use, each process by itself;
// see [Process.SetLimits].
type Limits container.Limits

// Spec is what a process of a container is started from.
type Spec struct {
	Image  Image
	Root   string  // host directory that is the container's private part of its file tree; see Runner.Prepare
	Mounts []Mount // the longest matching Target wins

	// Argv is entrypoint and arguments as Kubernetes resolves them. Empty
	// means the image's own.
	Argv []string
	// Env is complete (KEY=value): nothing is added to it but PATH, HOSTNAME
	// and HOME where they are missing, as container runtimes do.
	Env []string
	// Dir is the working directory in the container; empty means the image's,
	// else /.
	Dir      string
	Hostname string
	User     filetree.User // as far as it goes: see [filetree.Tree.SetUser]

	Limits Limits

	// Network is what the process reaches; nil means nothing.
	Network network.Network

	Stdin          io.Reader // may be nil
	Stdout, Stderr *os.File  // owned by the caller, who closes them after Start

	// TTY says that Stdin, Stdout and Stderr are one terminal, which becomes
	// the process's own: ^C at it interrupts, and a shell prompts.
	TTY bool

	// Exec marks a further process in a container that runs already (kubectl
	// exec, exec probes): same Root and Mounts, default signal dispositions,
	// and it ends when the container ends.
	Exec bool

	// TerminationMessagePath is the path in the container that the kubelet
	// reads a termination message from; it is an ordinary file among Mounts.
	TerminationMessagePath string
}
