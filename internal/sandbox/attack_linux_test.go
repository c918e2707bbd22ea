package sandbox

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/joblab/joblab/internal/sandbox/commands"
	"github.com/joblab/joblab/internal/sandbox/container"
)

// attack is a command of test containers that goes round the file tree: it
// makes system calls itself, as an attacker would who has taken over the
// process. Its arguments are a directory of the host with the file "secret",
// the root of its container, and a program that it shares with other containers. It prints a line for each attempt: the name
// and "blocked" or "SUCCEEDED".
func attack(_ context.Context, c *commands.Call) int {
	dir, root, shared := c.Args[1], c.Args[2], c.Args[3]
	secret := filepath.Join(dir, "secret")
	parent := strconv.Itoa(os.Getppid())
	read := func(name string) func() error {
		return func() error {
			_, err := os.ReadFile(name)
			return err
		}
	}
	for _, try := range []struct {
		name string
		do   func() error
	}{
		{"read", read(secret)},
		{"read by ..", read(filepath.Join(root, "../../../../../../../../..", secret))},
		{"read by a link", func() error {
			link := filepath.Join(root, "tmp", "link")
			if err := os.Symlink(secret, link); err != nil {
				fmt.Fprintln(c.FS.Stdout, "setup:", err)
			}
			return read(link)()
		}},
		{"list", func() error { _, err := os.ReadDir(dir); return err }},
		{"write", func() error { return os.WriteFile(filepath.Join(dir, "new"), nil, 0o644) }},
		{"append", func() error {
			f, err := os.OpenFile(secret, os.O_WRONLY|os.O_APPEND, 0)
			if err == nil {
				f.Close()
			}
			return err
		}},
		{"truncate", func() error { return os.Truncate(secret, 0) }},
		{"remove", func() error { return os.Remove(secret) }},
		{"rename", func() error { return os.Rename(secret, filepath.Join(root, "tmp", "stolen")) }},
		{"hard link", func() error { return os.Link(secret, filepath.Join(root, "tmp", "hard")) }},
		{"make a directory", func() error { return os.Mkdir(filepath.Join(dir, "made"), 0o755) }},
		{"make a symbolic link", func() error { return os.Symlink("x", filepath.Join(dir, "sym")) }},
		{"write into a shared program", func() error {
			f, err := os.OpenFile(shared, os.O_WRONLY|os.O_APPEND, 0)
			if err == nil {
				f.Close()
			}
			return err
		}},
		{"remove a shared program", func() error { return os.Remove(shared) }},
		{"put a program among the shared", func() error { return os.WriteFile(shared+"-new", nil, 0o755) }},
		{"make a device", func() error { return unix.Mknod(filepath.Join(dir, "dev"), unix.S_IFIFO|0o666, 0) }},
		{"environment of the server", read("/proc/" + parent + "/environ")},
		{"memory map of the server", read("/proc/" + parent + "/maps")},
		{"root of the server", read("/proc/" + parent + "/root" + secret)},
		{"own root", read("/proc/self/root" + secret)},
		{"etc", read("/etc/passwd")},
		{"execute", func() error { return syscall.Exec("/bin/true", []string{"true"}, nil) }},
		{"start a program", func() error { return exec.Command("/bin/true").Run() }},
		{"fork", func() error {
			pid, _, errno := syscall.RawSyscall(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0)
			if errno != 0 {
				return errno
			}
			if pid == 0 {
				syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0)
			}
			return nil
		}},
		{"TCP", socket(unix.AF_INET, unix.SOCK_STREAM)},
		{"UDP", socket(unix.AF_INET, unix.SOCK_DGRAM)},
		{"unix socket", socket(unix.AF_UNIX, unix.SOCK_STREAM)},
		{"netlink", socket(unix.AF_NETLINK, unix.SOCK_RAW)},
		{"socket pair", func() error { _, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0); return err }},
		{"connect the inherited socket", func() error {
			return unix.Connect(container.NetworkFD, &unix.SockaddrInet4{Port: 80, Addr: [4]byte{127, 0, 0, 1}})
		}},
		{"bind the inherited socket", func() error { return unix.Bind(container.NetworkFD, &unix.SockaddrUnix{Name: "@joblab"}) }},
		{"listen on the inherited socket", func() error { return unix.Listen(container.NetworkFD, 1) }},
		{"enlarge a buffer", func() error { return unix.SetsockoptInt(container.NetworkFD, unix.SOL_SOCKET, unix.SO_SNDBUF, 1<<20) }},
		{"pass a descriptor on", func() error {
			return unix.Sendmsg(container.NetworkFD, []byte("x"), unix.UnixRights(0), nil, unix.MSG_DONTWAIT)
		}},
		{"signal the server", func() error { return syscall.Kill(os.Getppid(), 0) }},
		{"signal everybody", func() error { return syscall.Kill(-1, 0) }},
		{"trace the server", func() error { return unix.PtraceAttach(os.Getppid()) }},
		{"name space", func() error { return unix.Unshare(unix.CLONE_NEWUSER) }},
		{"chroot", func() error { return syscall.Chroot(root) }},
		{"mount", func() error { return unix.Mount("none", root, "tmpfs", 0, "") }},
		{"io_uring", func() error {
			var params [120]byte
			return errnoOf(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&params[0])), 0)
		}},
		{"bpf", func() error { return errnoOf(unix.SYS_BPF, 0, 0, 0) }},
		{"many descriptors", func() error {
			for range 1 << 12 {
				if _, err := unix.Dup(0); err != nil {
					return err
				}
			}
			return nil
		}},
		{"pidfd of the server", func() error { _, err := unix.PidfdOpen(os.Getppid(), 0); return err }},
	} {
		result := "blocked"
		if err := try.do(); err == nil {
			result = "SUCCEEDED"
		}
		fmt.Fprintf(c.FS.Stdout, "%s: %s\n", try.name, result)
	}
	return 0
}

func socket(family, kind int) func() error {
	return func() error {
		fd, err := unix.Socket(family, kind, 0)
		if err == nil {
			unix.Close(fd)
		}
		return err
	}
}

func errnoOf(nr, a, b, c uintptr) error {
	if _, _, errno := syscall.Syscall(nr, a, b, c); errno != 0 {
		return errno
	}
	return nil
}
