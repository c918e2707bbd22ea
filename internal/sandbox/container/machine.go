package container

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/joblab/joblab/internal/sandbox/commands"
	"github.com/joblab/joblab/internal/sandbox/filetree"
	"github.com/joblab/joblab/internal/sandbox/network"
)

// machine is the container: its tree and its processes.
type machine struct {
	cfg     *Config
	tree    *filetree.Tree
	reports *reporter
	signals chan os.Signal
	extra   map[string]commands.Func
	main    *process // what the container was started with
	network *network.Client

	mapped   int64 // see mappedData
	memory   *memory
	throttle throttle

	mu         sync.Mutex
	nextPID    int              // guarded by mu
	foreground *process         // guarded by mu; the interactive shell that a terminal's SIGINT is for
	procs      map[int]*process // guarded by mu; those that have not ended
}

func newMachine(cfg *Config, tree *filetree.Tree, reports *reporter, extra map[string]commands.Func) *machine {
	m := &machine{
		cfg: cfg, tree: tree, reports: reports, extra: extra,
		signals: make(chan os.Signal, 64),
		nextPID: cfg.PID,
		procs:   make(map[int]*process),
	}
	if cfg.Network {
		m.network = network.NewClient(NetworkFD)
	}
	m.main = m.spawn(nil, "")
	m.main.ignore = !cfg.Exec
	m.main.args = cfg.Argv
	// Pipes that nobody reads are write errors here, for the shell to handle.
	signal.Ignore(syscall.SIGPIPE)
	if m.main.ignore {
		signal.Notify(m.signals, notified...)
	}
	go func() {
		for sig := range m.signals {
			m.mu.Lock()
			p := m.foreground
			m.mu.Unlock()
			if p != nil && sig == syscall.SIGINT {
				p.interrupt()
				continue
			}
			m.main.deliver(sig.(syscall.Signal))
		}
	}()
	return m
}

// notified are the signals that PID 1 decides about itself. SIGURG belongs to
// the Go runtime.
var notified = []os.Signal{
	syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2,
	syscall.SIGALRM, syscall.SIGCONT, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGWINCH,
	syscall.SIGABRT, syscall.SIGTRAP, syscall.SIGVTALRM, syscall.SIGXCPU, syscall.SIGXFSZ,
}

// dieOf ends this process of the host by a signal, as its default action.
func (m *machine) dieOf(sig syscall.Signal) {
	signal.Reset(sig)
	syscall.Kill(os.Getpid(), sig)
	// Signals whose default action the Go runtime does not take.
	os.Exit(128 + int(sig))
}

// call is the invocation that the container was started with.
func (m *machine) call() *commands.Call {
	c := &commands.Call{
		Args: m.cfg.Argv,
		Env:  m.cfg.Env,
		FS: filetree.View{
			Tree: m.tree, Dir: m.cfg.Dir,
			Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		},
		Hostname: m.cfg.Hostname,
	}
	c.Host = host{m: m, p: m.main}
	return c
}

// runMain runs the container's command to its end and returns its exit code.
func (m *machine) runMain(ctx context.Context, prog *program, c *commands.Call) int {
	code := m.exec(ctx, m.main, prog, c)
	if sig := m.main.killedBy(); sig != 0 {
		return 128 + int(sig)
	}
	return code
}

// kill delivers a signal to a process of the container, as kill(2).
func (m *machine) kill(pid int, sig syscall.Signal) error {
	switch {
	case pid == 0 || pid == -1:
		// Process groups are not kept: all but PID 1 itself for -1.
		for _, p := range m.all() {
			if pid == 0 || p.pid != 1 {
				p.deliver(sig)
			}
		}
		return nil
	case pid < 0:
		pid = -pid
	}
	m.mu.Lock()
	p := m.procs[pid]
	m.mu.Unlock()
	if p != nil {
		p.deliver(sig)
		return nil
	}
	if pid == 1 && m.cfg.Exec {
		if sig == 0 || sig == syscall.SIGKILL || sig == syscall.SIGSTOP {
			return nil // the kernel protects PID 1 from its own container
		}
		return m.reports.send(Report{Signal: sig})
	}
	return syscall.ESRCH
}

func (m *machine) all() []*process {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []*process
	for _, p := range m.procs {
		all = append(all, p)
	}
	return all
}
