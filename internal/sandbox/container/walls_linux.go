package container

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// restrict puts up the walls that the kernel offers and returns the names of
// those that stand. It is not an error when the kernel lacks one.
func restrict(cfg *Config, tree *filetree.Tree) ([]string, error) {
	walls := []string{"tree"}
	limits := map[int]uint64{
		unix.RLIMIT_CORE:   0,
		unix.RLIMIT_FSIZE:  DefaultDisk,
		unix.RLIMIT_NOFILE: 1 << 10, // connections' buffers are the kernel's memory
	}
	for res, n := range limits {
		if err := unix.Setrlimit(res, &unix.Rlimit{Cur: n, Max: n}); err != nil && !errors.Is(err, unix.EPERM) {
			return nil, fmt.Errorf("limit %d: %w", res, err)
		}
	}
	if v, err := ll.LandlockGetABIVersion(); err == nil && v > 0 {
		if err := restrictFiles(cfg, tree); err != nil {
			return nil, fmt.Errorf("landlock: %w", err)
		}
		walls = append(walls, "landlock:v"+strconv.Itoa(v))
	}
	switch err := restrictSyscalls(); {
	case err == nil:
		walls = append(walls, "seccomp")
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EINVAL):
	default:
		return nil, fmt.Errorf("seccomp: %w", err)
	}
	return walls, nil
}

// restrictFiles allows the kernel's file access only below the root and the
// mounts, and no TCP, abstract sockets or signals to other processes. The rules
// are about the files that tree has opened, so that both walls have the same
// behind them.
func restrictFiles(cfg *Config, tree *filetree.Tree) error {
	rules := []landlock.Rule{landlock.RWDirs(cfg.Root).WithRefer(), landlock.RODirs(cfg.Lower)}
	for _, m := range tree.Opened() {
		info, err := os.Stat(m.Source)
		if err != nil {
			return err
		}
		switch {
		case info.IsDir() && m.ReadOnly:
			rules = append(rules, landlock.RODirs(m.Source))
		case info.IsDir():
			rules = append(rules, landlock.RWDirs(m.Source).WithRefer())
		case m.ReadOnly:
			rules = append(rules, landlock.ROFiles(m.Source))
		default:
			rules = append(rules, landlock.RWFiles(m.Source))
		}
	}
	return landlock.V9.BestEffort().Restrict(rules...)
}

// refused are the system calls that a container has no use for: to execute
// programs, to open sockets, to pass descriptors on, to look into or signal
// other processes, to enter name spaces, and to reach files without a path. Of
// a socket's calls there remain those for the sockets that package network
// hands out: to receive a connection, which is a message, to read, to write and
// to close it or half of it.
var refused = []uint32{
	unix.SYS_EXECVE, unix.SYS_EXECVEAT,
	unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN,
	unix.SYS_ACCEPT, unix.SYS_ACCEPT4, unix.SYS_SETSOCKOPT,
	unix.SYS_SENDMSG, unix.SYS_SENDMMSG, unix.SYS_SENDTO, unix.SYS_RECVMMSG, unix.SYS_RECVFROM,
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KCMP,
	unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_GETFD, unix.SYS_PIDFD_SEND_SIGNAL, unix.SYS_PROCESS_MADVISE,
	unix.SYS_TKILL, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO,
	unix.SYS_SETPRIORITY, unix.SYS_SCHED_SETSCHEDULER, unix.SYS_SETPGID,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_FSOPEN, unix.SYS_FSMOUNT, unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT, unix.SYS_MOUNT_SETATTR,
	unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_NAME_TO_HANDLE_AT,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE,
	unix.SYS_KEXEC_LOAD, unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT, unix.SYS_QUOTACTL,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_ADJTIMEX,
	unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME, unix.SYS_SYSLOG,
	unix.SYS_SHMGET, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_MQ_OPEN,
	unix.SYS_CLONE3,
}

// Offsets in the kernel's struct seccomp_data.
const (
	seccompNr   = 0
	seccompArch = 4
	seccompArg0 = 16 // low half, little endian
)

// restrictSyscalls installs the filter on all threads. A process of another
// architecture's system calls is killed; what is refused fails with EPERM, but
// clone3 with ENOSYS. kill and tgkill reach this process only, clone makes
// threads only.
func restrictSyscalls() error {
	arch, ok := map[string]uint32{
		"amd64":   unix.AUDIT_ARCH_X86_64,
		"arm64":   unix.AUDIT_ARCH_AARCH64,
		"riscv64": unix.AUDIT_ARCH_RISCV64,
	}[runtime.GOARCH]
	if !ok {
		return unix.ENOSYS
	}
	const (
		allow  = unix.SECCOMP_RET_ALLOW
		kill   = unix.SECCOMP_RET_KILL_PROCESS
		errno  = unix.SECCOMP_RET_ERRNO
		x32Bit = 0x40000000
	)
	pid := uint32(os.Getpid())
	prog := []bpf.Instruction{
		bpf.LoadAbsolute{Off: seccompArch, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: arch, SkipTrue: 1},
		bpf.RetConstant{Val: kill},
		bpf.LoadAbsolute{Off: seccompNr, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpGreaterOrEqual, Val: x32Bit, SkipFalse: 1},
		bpf.RetConstant{Val: kill},
	}
	for _, nr := range refused {
		val := errno | uint32(unix.EPERM)
		if nr == unix.SYS_CLONE3 {
			val = errno | uint32(unix.ENOSYS)
		}
		prog = append(prog,
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: nr, SkipFalse: 1},
			bpf.RetConstant{Val: val},
		)
	}
	for _, nr := range []uint32{unix.SYS_KILL, unix.SYS_TGKILL} {
		prog = append(prog,
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: nr, SkipFalse: 4},
			bpf.LoadAbsolute{Off: seccompArg0, Size: 4},
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: pid, SkipFalse: 1},
			bpf.RetConstant{Val: allow},
			bpf.RetConstant{Val: errno | uint32(unix.EPERM)},
		)
	}
	prog = append(prog,
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.SYS_CLONE, SkipFalse: 4},
		bpf.LoadAbsolute{Off: seccompArg0, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.CLONE_THREAD, SkipFalse: 1},
		bpf.RetConstant{Val: allow},
		bpf.RetConstant{Val: errno | uint32(unix.EPERM)},
		bpf.RetConstant{Val: allow},
	)
	raw, err := bpf.Assemble(prog)
	if err != nil {
		return err
	}
	filter := make([]unix.SockFilter, len(raw))
	for i, ins := range raw {
		filter[i] = unix.SockFilter{Code: ins.Op, Jt: ins.Jt, Jf: ins.Jf, K: ins.K}
	}
	fprog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	// no_new_privs is set per thread; TSYNC takes it to the others.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	_, _, e := syscall.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
	if e != 0 {
		return e
	}
	return nil
}
