package container

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/joblab/joblab/internal/sandbox/commands"
	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// Main runs the container that this process is and exits with its code. extra
// are commands besides those of package commands; tests have some.
func Main(extra map[string]commands.Func) {
	code, err := run(extra)
	if err != nil {
		fmt.Fprintln(os.Stderr, "joblab-sandbox:", err)
		code = 125
	}
	os.Exit(code)
}

func run(extra map[string]commands.Func) (int, error) {
	// The host's time zone is a file of the host.
	time.Local = time.UTC
	control, report, err := openControl()
	if err != nil {
		return 0, err
	}
	var cfg Config
	dec := json.NewDecoder(control)
	if err := dec.Decode(&cfg); err != nil {
		return 0, fmt.Errorf("read configuration: %w", err)
	}
	if err := closeInherited(cfg.lastFD()); err != nil {
		return 0, err
	}
	if err := openTerminal(); err != nil {
		return 0, fmt.Errorf("terminal: %w", err)
	}
	reports := &reporter{enc: json.NewEncoder(report)}
	if err := reports.takeStderr(); err != nil {
		return 0, err
	}
	mapped, err := mappedData()
	if err != nil {
		return 0, err
	}
	tree, walls, err := prepare(&cfg)
	if err != nil {
		reports.send(Report{Failure: err.Error(), Internal: true})
		return 125, nil
	}
	m := newMachine(&cfg, tree, reports, extra)
	m.mapped = mapped
	if err := m.limit(cfg.Limits); err != nil {
		reports.send(Report{Failure: err.Error(), Internal: true})
		return 125, nil
	}
	go m.dieWithParent(dec)
	call := m.call()
	prog, err := m.find(call, cfg.Argv[0])
	if err != nil {
		reports.send(Report{Failure: startFailure(cfg.Argv[0], err), Found: errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EISDIR)})
		return 125, nil
	}
	if err := reports.send(Report{Started: true, Walls: walls}); err != nil {
		return 0, err
	}
	code := m.runMain(context.Background(), prog, call)
	return code, nil
}

// prepare opens the file tree and puts up the walls.
func prepare(cfg *Config) (*filetree.Tree, []string, error) {
	tree, err := filetree.Open(cfg.Root)
	if err != nil {
		return nil, nil, err
	}
	if err := tree.SetLower(cfg.Lower); err != nil {
		return nil, nil, err
	}
	for _, m := range cfg.Mounts {
		if err := tree.Mount(m); err != nil {
			return nil, nil, err
		}
	}
	tree.SetUser(cfg.User)
	if err := tree.AddDevices(); err != nil {
		return nil, nil, err
	}
	tree.AddProc(strconv.Itoa(cfg.PID), cfg.Argv, cfg.Env)
	if cfg.Hostname != "" {
		tree.AddFile("/etc/hostname", cfg.Hostname+"\n")
	}
	if err := setNice(cfg.Limits.Nice); err != nil {
		return nil, nil, err
	}
	view := filetree.View{Tree: tree, Dir: "/"}
	if err := view.MkdirAll(cfg.Dir, 0o755); err != nil && !errors.Is(err, syscall.EROFS) {
		return nil, nil, err
	}
	walls, err := restrict(cfg, tree)
	return tree, walls, err
}

// openControl takes over the two pipes to the parent.
func openControl() (control, report *os.File, err error) {
	for _, fd := range []int{ControlFD, ReportFD} {
		syscall.CloseOnExec(fd)
	}
	// Non-blocking, so that waiting for the end of the parent takes no thread.
	if err := syscall.SetNonblock(ControlFD, true); err != nil {
		return nil, nil, fmt.Errorf("control pipe: %w", err)
	}
	return os.NewFile(ControlFD, "control"), os.NewFile(ReportFD, "report"), nil
}

// dieWithParent takes new limits until the control pipe closes, which ends the
// container. On Linux the kernel ends it too, when the parent's thread ends.
func (m *machine) dieWithParent(control *json.Decoder) {
	for {
		var limits Limits
		if err := control.Decode(&limits); err != nil {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		// What cannot be changed stays as it was.
		_ = m.limit(limits)
	}
}

// limit bounds what the process may use from now on.
func (m *machine) limit(l Limits) error {
	if m.memory == nil {
		m.memory = watchMemory(l.memory(), m.outOfMemory)
	}
	m.memory.limit.Store(l.memory())
	m.tree.SetQuota(l.disk())
	return errors.Join(limitData(m.mapped, l.memory()), m.throttle.set(l.CPU))
}

// reporter sends reports to the parent.
type reporter struct {
	mu     sync.Mutex
	enc    *json.Encoder
	stderr *os.File // descriptor 2; if it were collected, it would be closed
}

// takeStderr has what the Go runtime says when it gives up go to the parent. To
// the container's standard error goes only what its commands write.
func (r *reporter) takeStderr() error {
	fd, err := syscall.Dup(2)
	if err != nil {
		return fmt.Errorf("duplicate standard error: %w", err)
	}
	syscall.CloseOnExec(fd)
	r.stderr, os.Stderr = os.Stderr, os.NewFile(uintptr(fd), os.Stderr.Name())
	if err := unix.Dup2(ReportFD, 2); err != nil {
		return fmt.Errorf("replace standard error: %w", err)
	}
	return nil
}

func (r *reporter) send(rep Report) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.enc.Encode(rep)
}
