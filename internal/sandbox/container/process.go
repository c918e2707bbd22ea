package container

import (
	"context"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

// process is a process as the container's programs see it: the one that the
// container was started with, a background job, or a nested shell. All are
// goroutines of one process of the host.
type process struct {
	m      *machine
	pid    int
	parent *process
	text   string // the command, for jobs
	simple bool   // a job that is one simple command; a shell in it takes its place
	ignore bool   // drops signals that it has no trap for, as PID 1 does

	args    []string // the command, if it is known without its text
	started time.Time

	done chan struct{} // closed when status is set

	mu          sync.Mutex
	ctx         context.Context // guarded by mu; ends when the process is killed
	cancel      context.CancelFunc
	base        context.Context // guarded by mu; in an interactive shell, that of the shell and its jobs
	interrupted bool            // guarded by mu; the foreground command got SIGINT
	settled     bool            // guarded by mu; killed has been acted upon
	trapDone    bool            // guarded by mu; the last trap action ran to its end
	status      int             // guarded by mu until done is closed
	killed      syscall.Signal
	traps       map[syscall.Signal]string // guarded by mu; "" ignores the signal
	special     map[string]string         // guarded by mu; EXIT and ERR traps
	onExit      bool                      // guarded by mu; an EXIT trap is to run at terminating signals
	pending     []syscall.Signal          // guarded by mu; trapped and not yet handled
	arrived     chan struct{}             // has an element when pending is not empty
	children    []*process                // guarded by mu; jobs, oldest first
}

// spawn makes a process that is a child of parent.
func (m *machine) spawn(parent *process, text string) *process {
	base := context.Background()
	if parent != nil {
		base = parent.contextFor(text)
	}
	p := &process{m: m, parent: parent, text: text, started: time.Now(), done: make(chan struct{}), arrived: make(chan struct{}, 1)}
	p.ctx, p.cancel = context.WithCancel(base)
	m.mu.Lock()
	defer m.mu.Unlock()
	p.pid = m.nextPID
	m.nextPID++
	m.procs[p.pid] = p
	return p
}

// describe is the process as ps shows it.
func (p *process) describe() commands.Process {
	d := commands.Process{PID: p.pid, Args: p.args, Started: p.started}
	if p.parent != nil {
		d.PPID = p.parent.pid
	}
	if d.Args == nil {
		d.Args = strings.Fields(p.text)
	}
	return d
}

// exit records how a process ended.
func (p *process) exit(status int) {
	p.mu.Lock()
	if p.killed != 0 {
		status = 128 + int(p.killed)
	}
	p.status = status
	p.cancel()
	p.mu.Unlock()
	close(p.done)
	p.m.mu.Lock()
	delete(p.m.procs, p.pid)
	p.m.mu.Unlock()
}

// killedBy is the signal that ended the process, or 0.
func (p *process) killedBy() syscall.Signal {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed
}

// context ends when the process is killed.
func (p *process) context() context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ctx
}

// contextFor is the context of a child: a job, which has a text, outlives the
// foreground command of an interactive shell.
func (p *process) contextFor(text string) context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	if text != "" && p.base != nil {
		return p.base
	}
	return p.ctx
}

// dying reports that the process was killed and has yet to end.
func (p *process) dying() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed != 0 && !p.settled
}

// settle lets a killed process run its EXIT trap, if it has one.
func (p *process) settle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.onExit && !p.settled {
		p.settled = true
		p.ctx, p.cancel = context.WithCancel(context.Background())
	}
}

func (p *process) setTrapDone(done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trapDone = done
}

func (p *process) isTrapDone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trapDone
}

// deliver does what the kernel and the shell do with a signal to p.
func (p *process) deliver(sig syscall.Signal) {
	if sig == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	action, trapped := p.traps[sig]
	if sig == syscall.SIGKILL || sig == syscall.SIGSTOP {
		trapped = false
	}
	switch {
	case trapped && action == "":
	case trapped:
		p.pending = append(p.pending, sig)
		select {
		case p.arrived <- struct{}{}:
		default:
		}
	case slices.Contains(harmless, sig):
	case p.ignore && !(p.onExit && slices.Contains(terminating, sig)):
	case p == p.m.main && !p.ignore:
		p.m.dieOf(sig)
	default:
		// A shell with an EXIT trap handles terminating signals to run it,
		// also as PID 1.
		p.killed = sig
		p.cancel()
	}
}

// harmless signals do nothing by default. Stopping is not supported, so the
// signals that would stop are among them.
var harmless = []syscall.Signal{
	syscall.SIGCHLD, syscall.SIGCONT, syscall.SIGURG, syscall.SIGWINCH,
	syscall.SIGSTOP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU,
}

// terminating signals are those that bash catches to run its EXIT trap.
var terminating = []syscall.Signal{
	syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM,
	syscall.SIGXCPU, syscall.SIGXFSZ, syscall.SIGVTALRM,
}

// setTrap sets what happens at a signal: nil restores the default.
func (p *process) setTrap(sig syscall.Signal, action *string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if action == nil {
		delete(p.traps, sig)
	} else {
		if p.traps == nil {
			p.traps = make(map[syscall.Signal]string)
		}
		p.traps[sig] = *action
	}
	if p == p.m.main && !p.ignore {
		// A process that is not PID 1 leaves untrapped signals to the kernel.
		if action == nil {
			signal.Reset(sig)
		} else {
			signal.Notify(p.m.signals, sig)
		}
	}
}

// resetTraps restores the defaults but for ignored signals, as execve(2) does.
func (p *process) resetTraps() {
	p.mu.Lock()
	var reset []syscall.Signal
	for sig, action := range p.traps {
		if action != "" {
			reset = append(reset, sig)
		}
	}
	p.onExit = false
	p.pending = nil
	p.mu.Unlock()
	for _, sig := range reset {
		p.setTrap(sig, nil)
	}
}

// takePending returns the actions of the traps that are due.
func (p *process) takePending() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pending) == 0 {
		return nil
	}
	var due []string
	for _, sig := range p.pending {
		if action := p.traps[sig]; action != "" {
			due = append(due, action)
		}
	}
	p.pending = nil
	select {
	case <-p.arrived:
	default:
	}
	return due
}

// nextPending is the first signal whose trap is due, or 0.
func (p *process) nextPending() syscall.Signal {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pending) == 0 {
		return 0
	}
	return p.pending[0]
}
