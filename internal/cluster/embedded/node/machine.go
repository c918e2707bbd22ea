package node

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/joblab/joblab/internal/cluster/embedded/cri"
)

// machine is the host, as far as the node's status shows it. It does not change
// while the node runs.
type machine struct {
	root    string // a directory of the node's, on the file system that holds them all
	cores   int
	memory  uint64 // bytes
	swap    uint64 // bytes
	id      string // of the installation
	boot    string // of the boot; the kubelet says that the node rebooted when it changes
	kernel  string // "6.1.0-18-amd64"
	osImage string // "Debian GNU/Linux 12 (bookworm)"
}

// readMachine asks the host. What it does not tell stays empty, but for the memory.
func readMachine(root string) (*machine, error) {
	m := &machine{root: root, cores: runtime.NumCPU()}
	if err := m.readHost(); err != nil {
		return nil, fmt.Errorf("read the machine's properties: %w", err)
	}
	return m, nil
}

// fileSystem is the state of the file system that holds the node's files. Sizes are bytes.
type fileSystem struct {
	device            string
	capacity          uint64
	available         uint64 // to an ordinary user
	used              uint64
	inodes, inodeFree uint64
}

func (m *machine) fileSystem() (fileSystem, error) { return statFileSystem(m.root) }

// disk is the same as package cri wants it.
func (m *machine) disk() (cri.Disk, error) {
	fs, err := m.fileSystem()
	if err != nil {
		return cri.Disk{}, err
	}
	return cri.Disk{Mountpoint: m.root, UsedBytes: fs.used, UsedInodes: fs.inodes - fs.inodeFree}, nil
}

func statFileSystem(path string) (fileSystem, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return fileSystem{}, fmt.Errorf("file system of %s: %w", path, err)
	}
	var file unix.Stat_t
	if err := unix.Stat(path, &file); err != nil {
		return fileSystem{}, fmt.Errorf("file system of %s: %w", path, err)
	}
	block := uint64(fs.Bsize)
	return fileSystem{
		device:    fmt.Sprintf("%d:%d", unix.Major(uint64(file.Dev)), unix.Minor(uint64(file.Dev))),
		capacity:  fs.Blocks * block,
		available: fs.Bavail * block,
		used:      (fs.Blocks - fs.Bfree) * block,
		inodes:    fs.Files,
		inodeFree: fs.Ffree,
	}, nil
}
