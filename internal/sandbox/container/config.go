// Package container is what runs inside the process of one container: the
// shell, its signals and jobs as PID 1 has them, and the walls around it. The
// small executable links this package and not its parent.
package container

import (
	"syscall"

	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// File descriptors of a container's process besides the standard streams.
const (
	// ControlFD is a pipe from the parent: one [Config] as JSON, then [Limits]
	// when they change, until it closes, which ends the container.
	ControlFD = 3
	// ReportFD is a pipe to the parent: [Report] values as JSON, and, if the Go
	// runtime gives up, what it says.
	ReportFD = 4
	// NetworkFD is the socket that package network asks through, if
	// [Config] says that there is one.
	NetworkFD = 5
)

// Config is what a container is started from. It comes through a pipe so that
// neither arguments nor environment of the process show anything.
type Config struct {
	Root     string
	Lower    string // the image's file tree
	Mounts   []filetree.Mount
	Argv     []string
	Env      []string
	Dir      string
	Hostname string
	Exec     bool // not PID 1
	PID      int  // the process's number in the container
	Limits   Limits
	Network  bool // there is one
	User     filetree.User
	Init     []string // the command of PID 1, for an exec
}

// lastFD is the last descriptor that the parent means to pass.
func (c *Config) lastFD() int {
	if c.Network {
		return NetworkFD
	}
	return ReportFD
}

// Report is a message to the parent. The first one says that the command runs
// or why it cannot.
type Report struct {
	Started bool     `json:",omitempty"`
	Walls   []string `json:",omitempty"`

	// Failure is why the command cannot be started, in runc's words from
	// `exec: "x": …` on; Internal says that the fault is the host's.
	Failure  string `json:",omitempty"`
	Internal bool   `json:",omitempty"`
	Found    bool   `json:",omitempty"` // the file is there and cannot be executed

	// OutOfMemory says that the process is about to end because it exceeds its
	// limit of memory.
	OutOfMemory bool `json:",omitempty"`

	// Signal asks for a signal to PID 1 of the same container.
	Signal syscall.Signal `json:",omitempty"`
}
