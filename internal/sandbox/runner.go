package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/joblab/joblab/internal/sandbox/container"
	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// Runner starts containers. It is safe for concurrent use.
type Runner struct {
	program string // what is executed
	env     []string
	starter *starter
	trees   *trees

	mu    sync.Mutex
	roots map[string]*tenant // guarded by mu; by Spec.Root
}

// tenant is a container that runs.
type tenant struct {
	init  *Process
	argv  []string
	execs map[*Process]bool // those that have a process of the host
	next  int               // number in the container of the next exec
	ended bool              // init has left
}

// NewRunner returns a Runner that keeps its executable and the images' file
// trees in dir, a directory made with mode 0700 if it is not there. A program
// without the embedded executable is executed again instead, see [IsChild].
func NewRunner(dir string) (*Runner, error) {
	if len(executable) == 0 {
		return newSelfRunner(dir)
	}
	program, err := unpack(dir)
	if err != nil {
		return nil, fmt.Errorf("unpack sandbox executable: %w", err)
	}
	return runnerOf(program, dir), nil
}

// newSelfRunner returns a Runner that executes this program again.
func newSelfRunner(dir string) (*Runner, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find own executable: %w", err)
	}
	return runnerOf(self, dir, childMarker+"=1"), nil
}

func runnerOf(program, dir string, env ...string) *Runner {
	return &Runner{
		trees:   &trees{dir: filepath.Join(dir, "images"), made: make(map[string]string)},
		program: program,
		// The process's own environment, which the container's programs do
		// not see: small heaps, and one processor, see container.Limits.
		env:     append(env, "GOGC=50", "GOMAXPROCS=1"),
		starter: newStarter(),
		roots:   make(map[string]*tenant),
	}
}

// unpack writes the embedded executable to dir, in one step, so that another
// process that uses the same file is not disturbed.
func unpack(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, ".joblab-sandbox-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(executable)
	if err = errors.Join(err, f.Chmod(0o700), f.Close()); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "joblab-sandbox")
	return path, os.Rename(f.Name(), path)
}

// Start starts a process. The error is a [*StartError] when the command itself
// cannot be started, as opposed to something that is wrong on the host.
func (r *Runner) Start(spec Spec) (*Process, error) {
	cfg, err := r.config(&spec)
	if err != nil {
		return nil, err
	}
	p := &Process{runner: r, root: spec.Root, isExec: spec.Exec, done: make(chan struct{})}
	if err := r.enter(p, cfg); err != nil {
		return nil, err
	}
	if p.link, err = newLink(spec.Network); err == nil {
		cfg.Network = p.link != nil
		err = p.start(&spec, cfg)
	}
	if err != nil {
		p.link.close()
		r.leave(p)
		return nil, err
	}
	return p, nil
}

// config is what the process is told.
func (r *Runner) config(spec *Spec) (*container.Config, error) {
	if spec.Image.kind == nil {
		return nil, fmt.Errorf("start %s: not an image of the catalogue", spec.Image.Ref)
	}
	cfg := &container.Config{
		Root: spec.Root, Argv: spec.Argv, Dir: spec.Dir, Hostname: spec.Hostname, Exec: spec.Exec, User: spec.User,
		Env: slices.Clone(spec.Env), Limits: container.Limits(spec.Limits),
	}
	if len(cfg.Argv) == 0 {
		cfg.Argv = slices.Concat(spec.Image.Entrypoint, spec.Image.Cmd)
	}
	if len(cfg.Argv) == 0 {
		return nil, &StartError{Message: "no command specified", Code: 128}
	}
	if cfg.Dir == "" {
		cfg.Dir = spec.Image.WorkingDir
	}
	if cfg.Dir == "" {
		cfg.Dir = "/"
	}
	setDefault := func(kv string) {
		key, _, _ := strings.Cut(kv, "=")
		if !slices.ContainsFunc(cfg.Env, func(s string) bool { return strings.HasPrefix(s, key+"=") }) {
			cfg.Env = append(cfg.Env, kv)
		}
	}
	for _, kv := range spec.Image.Env {
		setDefault(kv)
	}
	setDefault(defaultPath)
	setDefault("HOSTNAME=" + spec.Hostname)
	if spec.User.UID == 0 {
		setDefault("HOME=/root")
	}
	setDefault("HOME=/") // as runc has it for a user whom the image does not know
	for _, m := range spec.Mounts {
		cfg.Mounts = append(cfg.Mounts, filetree.Mount(m))
	}
	var err error
	cfg.Lower, err = r.trees.of(spec)
	return cfg, err
}

// defaultPath is what container runtimes set when the image says nothing.
const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// enter notes a process and numbers it: 1 for the container's own, larger ones
// for execs.
func (r *Runner) enter(p *Process, cfg *container.Config) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.roots[p.root]
	if !p.isExec {
		if t != nil {
			return fmt.Errorf("a container runs in %s already", p.root)
		}
		p.tenant = &tenant{init: p, argv: cfg.Argv, execs: make(map[*Process]bool), next: execNumbers}
		r.roots[p.root] = p.tenant
		cfg.PID = 1
		return nil
	}
	if t == nil {
		return fmt.Errorf("no container runs in %s", p.root)
	}
	cfg.PID, cfg.Init = t.next, t.argv
	t.next += execNumbers
	p.tenant = t
	return nil
}

// started makes p, which has a process of the host now, end with its container,
// or ends it if the container has ended meanwhile.
func (r *Runner) started(p *Process) {
	if !p.isExec {
		return
	}
	r.mu.Lock()
	ended := p.tenant.ended
	if !ended {
		p.tenant.execs[p] = true
	}
	r.mu.Unlock()
	if ended {
		p.Kill()
	}
}

// execNumbers is how far the process numbers of execs lie apart: each process
// of the host numbers what runs in it by itself.
const execNumbers = 1000

// leave forgets a process. When it is the container's own, the kernel ends
// everything else in the container.
func (r *Runner) leave(p *Process) {
	r.mu.Lock()
	var kill []*Process
	if p.isExec {
		delete(p.tenant.execs, p)
	} else {
		for e := range p.tenant.execs {
			kill = append(kill, e)
		}
		p.tenant.ended = true
		if r.roots[p.root] == p.tenant {
			delete(r.roots, p.root)
		}
	}
	r.mu.Unlock()
	for _, e := range kill {
		e.Kill()
	}
}

// init is PID 1 of the container with the given root, or nil.
func (r *Runner) init(root string) *Process {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := r.roots[root]; t != nil {
		return t.init
	}
	return nil
}

// start starts the process of the host and waits until it says that the
// command runs.
func (p *Process) start(spec *Spec, cfg *container.Config) error {
	message, err := json.Marshal(cfg)
	if err != nil {
		return err
	}
	var pipes pipes
	defer pipes.close()
	control, controlWrite, err := pipes.open()
	if err != nil {
		return err
	}
	reportRead, report, err := pipes.open()
	if err != nil {
		return err
	}
	stdin, feed, err := pipes.stdin(spec.Stdin)
	if err != nil {
		return err
	}
	proc, err := p.runner.starter.start(p.runner.program, &os.ProcAttr{
		Dir:   "/",
		Env:   p.runner.env,
		Files: p.link.files(stdin, orNull(spec.Stdout, stdin), orNull(spec.Stderr, stdin), control, report),
		Sys:   processAttributes(spec.TTY),
	})
	if err != nil {
		return fmt.Errorf("start sandbox: %w", err)
	}
	p.link.started()
	p.proc = proc
	p.control = pipes.keep(controlWrite)
	p.runner.started(p)
	pipes.keep(reportRead)
	pipes.close()
	if feed != nil {
		go feed()
	}
	if _, err := controlWrite.Write(message); err != nil && !errors.Is(err, syscall.EPIPE) {
		proc.Kill()
	}
	dec := json.NewDecoder(reportRead)
	var first container.Report
	err = dec.Decode(&first)
	if err == nil && first.Started {
		p.walls = first.Walls
		go func() {
			p.listen(dec)
			p.readCrash(dec, reportRead)
			reportRead.Close()
			p.wait()
		}()
		return nil
	}
	p.readCrash(dec, reportRead)
	reportRead.Close()
	p.wait()
	switch {
	case err != nil:
		return fmt.Errorf("start sandbox: it ended (%d) before it was ready: %w: %s", p.exit.Code, err, p.exit.Crash)
	case first.Internal:
		return fmt.Errorf("start sandbox: %s", first.Failure)
	case p.isExec:
		code := 127
		if first.Found {
			code = 126
		}
		return &StartError{Message: execPrefix + first.Failure, Code: code}
	}
	return &StartError{Message: createPrefix + first.Failure, Code: 128}
}

// listen serves the requests of the process until it ends, or closes its
// report pipe, which a process that does not misbehave never does.
func (p *Process) listen(dec *json.Decoder) {
	for {
		var rep container.Report
		if err := dec.Decode(&rep); err != nil {
			return
		}
		init := p.runner.init(p.root)
		if init != nil && rep.Signal != 0 && rep.Signal != syscall.SIGKILL {
			init.Signal(rep.Signal)
		}
		if rep.OutOfMemory {
			p.outOfMemory.Store(true)
			if init != nil && p.isExec {
				init.outOfMemory.Store(true)
				init.Kill()
			}
		}
	}
}
