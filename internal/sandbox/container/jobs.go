package container

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

// adopt makes job a background job of p.
func (p *process) adopt(job *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.children = append(p.children, job)
}

// jobs are p's background jobs that have not been waited for, oldest first.
func (p *process) jobs() []*process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.children)
}

// forget removes a job that has been waited for.
func (p *process) forget(job *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.children = slices.DeleteFunc(p.children, func(c *process) bool { return c == job })
}

// job finds a job by its number in the shell: %1, %%, %+, %-, or a prefix of
// its text.
func (p *process) job(spec string) *process {
	jobs := p.jobs()
	if len(jobs) == 0 {
		return nil
	}
	switch spec = strings.TrimPrefix(spec, "%"); spec {
	case "", "%", "+":
		return jobs[len(jobs)-1]
	case "-":
		return jobs[max(0, len(jobs)-2)]
	}
	if n := atoi(spec); n >= 1 {
		if n > len(jobs) {
			return nil
		}
		return jobs[n-1]
	}
	for _, j := range jobs {
		if strings.HasPrefix(j.text, spec) {
			return j
		}
	}
	return nil
}

// builtinTrap sets what happens at signals and at the end of the shell. EXIT
// and ERR are the interpreter's own.
func builtinTrap(s *shell, ctx context.Context, hc interp.HandlerContext, p *process, args []string) error {
	rest := args[1:]
	if len(rest) > 0 && rest[0] == "-l" {
		return s.write(ctx, hc, "trap", commands.SignalList())
	}
	if len(rest) == 0 || rest[0] == "-p" {
		return s.write(ctx, hc, "trap", p.listTraps())
	}
	if rest[0] == "--" {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return s.write(ctx, hc, "trap", p.listTraps())
	}
	action, names := &rest[0], rest[1:]
	if _, err := strconv.Atoi(*action); *action == "-" || len(names) == 0 || err == nil {
		if *action != "-" {
			names = rest
		}
		action = nil
	}
	var failed error
	for _, name := range names {
		switch upper := strings.TrimPrefix(strings.ToUpper(name), "SIG"); upper {
		case "EXIT", "0", "ERR":
			if upper == "0" {
				upper = "EXIT"
			}
			text := "-"
			if action != nil {
				lowered, err := s.lowerText(*action)
				if err != nil {
					s.syntaxError(hc.Stderr, err)
					return interp.ExitStatus(1)
				}
				text = lowered
			}
			p.noteTrap(upper, action, s.dialect == bash)
			if err := hc.Builtin(ctx, []string{"trap", "--", text, upper}); err != nil {
				return err
			}
		default:
			sig, ok := commands.ParseSignal(name)
			if !ok || sig == 0 {
				s.errorf(hc, "trap: %s: invalid signal specification", name)
				failed = interp.ExitStatus(1)
				continue
			}
			p.setTrap(sig, action)
		}
	}
	return failed
}

// noteTrap remembers an EXIT or ERR trap. catches says that the shell catches
// terminating signals to run its EXIT trap.
func (p *process) noteTrap(name string, action *string, catches bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.special == nil {
		p.special = make(map[string]string)
	}
	if action == nil {
		delete(p.special, name)
	} else {
		p.special[name] = *action
	}
	if name == "EXIT" {
		p.onExit = catches && action != nil && *action != ""
	}
}

// listTraps is what trap without arguments prints.
func (p *process) listTraps() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	line := func(action, name string) {
		fmt.Fprintf(&b, "trap -- '%s' %s\n", strings.ReplaceAll(action, "'", `'\''`), name)
	}
	if action, ok := p.special["EXIT"]; ok {
		line(action, "EXIT")
	}
	for _, sig := range slices.Sorted(maps.Keys(p.traps)) {
		line(p.traps[sig], "SIG"+commands.SignalName(sig))
	}
	if action, ok := p.special["ERR"]; ok {
		line(action, "ERR")
	}
	return b.String()
}

func builtinKill(s *shell, ctx context.Context, hc interp.HandlerContext, p *process, args []string) error {
	c := &commands.Call{Args: args, FS: s.view(hc), Host: host{m: s.m, p: p}}
	status := commands.Kill(c, s.prefix(hc.Pos.Line()), func(spec string) (int, bool) {
		if job := p.job(spec); job != nil {
			return job.pid, true
		}
		return 0, false
	})
	return s.after(ctx, hc, p, status)
}

// builtinWait waits for jobs. A signal with a trap ends it at once, with
// 128+n, before the trap runs.
func builtinWait(s *shell, ctx context.Context, hc interp.HandlerContext, p *process, args []string) error {
	rest := args[1:]
	next := false
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		switch rest[0] {
		case "-n":
			next = true
		case "-f", "--":
		default:
			s.errorf(hc, "wait: %s: invalid option", rest[0])
			return interp.ExitStatus(2)
		}
		rest = rest[1:]
	}
	var targets []*process
	missing := 0
	for _, arg := range rest {
		var job *process
		if strings.HasPrefix(arg, "%") {
			job = p.job(arg)
		} else {
			job = p.child(atoi(arg))
		}
		if job == nil {
			if strings.HasPrefix(arg, "%") {
				s.errorf(hc, "wait: %s: no such job", arg)
			} else {
				s.errorf(hc, "wait: pid %s is not a child of this shell", arg)
			}
			missing = 127
			continue
		}
		targets = append(targets, job)
	}
	all := len(rest) == 0
	if all {
		targets = p.jobs()
	}
	status := missing
	if next {
		status = p.waitFirst(targets)
	} else {
		for _, job := range targets {
			if status = p.waitFor(job); status > 128 && p.nextPending() != 0 {
				break
			}
			if all {
				status = 0
			}
		}
	}
	return s.after(ctx, hc, p, status)
}

// child finds a job by its process id.
func (p *process) child(pid int) *process {
	for _, j := range p.jobs() {
		if j.pid == pid {
			return j
		}
	}
	return nil
}

// waitFor waits for a job and returns its status, or 128+n when signal n with
// a trap arrives first.
func (p *process) waitFor(job *process) int {
	select {
	case <-job.done:
		p.forget(job)
		return job.status
	case <-p.arrived:
		sig := p.nextPending()
		return 128 + int(sig)
	case <-p.context().Done():
		return 128 + int(p.killedBy())
	}
}

// waitFirst waits for the first of several jobs.
func (p *process) waitFirst(jobs []*process) int {
	if len(jobs) == 0 {
		return 127
	}
	first := make(chan *process, len(jobs))
	for _, j := range jobs {
		go func() {
			<-j.done
			first <- j
		}()
	}
	select {
	case j := <-first:
		p.forget(j)
		return j.status
	case <-p.arrived:
		return 128 + int(p.nextPending())
	case <-p.context().Done():
		return 128 + int(p.killedBy())
	}
}

func builtinJobs(s *shell, ctx context.Context, hc interp.HandlerContext, p *process, args []string) error {
	pids := len(args) > 1 && args[1] == "-p"
	var b strings.Builder
	for i, j := range p.jobs() {
		state := "Running"
		select {
		case <-j.done:
			state = "Done"
		default:
		}
		if pids {
			fmt.Fprintln(&b, j.pid)
		} else {
			fmt.Fprintf(&b, "[%d]   %-24s%s &\n", i+1, state, j.text)
		}
	}
	return s.write(ctx, hc, "jobs", b.String())
}
