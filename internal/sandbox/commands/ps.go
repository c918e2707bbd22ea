package commands

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Process is a process of the container.
type Process struct {
	PID, PPID int
	Args      []string
	Started   time.Time
}

// text is the command line on one line.
func (p Process) text() string {
	return strings.ReplaceAll(strings.TrimSpace(strings.Join(p.Args, " ")), "\n", " ")
}

// processes are those of the container as the calling process sees them, with
// itself, by number.
func (c *Call) processes() []Process {
	list := c.Host.Processes()
	self := c.Host.Self()
	if !slices.ContainsFunc(list, func(p Process) bool { return slices.Equal(p.Args, c.Args) }) {
		list = append(list, Process{PID: self.PID, PPID: self.PPID, Args: c.Args, Started: time.Now()})
	}
	slices.SortFunc(list, func(a, b Process) int { return a.PID - b.PID })
	return list
}

// ps lists the container's processes: those of the container's own command and
// of the exec that it runs in. Columns are busybox's, or GNU's for aux, -ef and -f.
func ps(_ context.Context, c *Call) int {
	style := strings.TrimPrefix(strings.Join(c.Args[1:], ""), "-")
	user, _ := c.userName()
	switch {
	case strings.Trim(style, "auxwefAlT") != "":
		return c.badOption("-" + strings.TrimLeft(style, "auxwefAlT"))
	case strings.Contains(style, "u"):
		c.printf("USER         PID %%CPU %%MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n")
		for _, p := range c.processes() {
			c.printf("%-8s %7d  0.0  0.0      0     0 ?        %-4s %s   0:00 %s\n", user, p.PID, c.state(p), p.Started.UTC().Format("15:04"), p.text())
		}
	case strings.Contains(style, "f"):
		c.printf("UID          PID    PPID  C STIME TTY          TIME CMD\n")
		for _, p := range c.processes() {
			c.printf("%-8s %7d %7d  0 %s ?        00:00:00 %s\n", user, p.PID, p.PPID, p.Started.UTC().Format("15:04"), p.text())
		}
	default:
		c.printf("PID   USER     TIME  COMMAND\n")
		for _, p := range c.processes() {
			c.printf("%5d %-8s  0:00 %s\n", p.PID, user, p.text())
		}
	}
	return 0
}

func (c *Call) state(p Process) string {
	if slices.Equal(p.Args, c.Args) {
		return "R+"
	}
	if p.PID == 1 {
		return "Ss"
	}
	return "S"
}

// userName is the name of the user, or the number if there is none.
func (c *Call) userName() (string, bool) {
	uid := strconv.FormatUint(uint64(c.FS.User().UID), 10)
	names, _ := c.accounts("/etc/passwd")
	if names[uid] != "" {
		return names[uid], true
	}
	return uid, false
}

// pgrep prints the numbers of processes whose name, or with -f whose command
// line, matches; pkill sends them a signal. pidof looks for the name itself.
func pgrep(_ context.Context, c *Call) int {
	sig := "TERM"
	if c.name() == "pkill" && len(c.Args) > 1 && strings.HasPrefix(c.Args[1], "-") {
		if _, ok := ParseSignal(c.Args[1][1:]); ok {
			sig = c.Args[1][1:]
			c.Args = slices.Delete(slices.Clone(c.Args), 1, 2)
		}
	}
	f, code := c.parseCode(2, "flxs", map[string]byte{"full": 'f', "list-name": 'l', "exact": 'x'})
	if code != 0 {
		return code
	}
	if len(f.args) != 1 {
		return c.usage(2, "only one pattern can be provided")
	}
	expr := f.args[0]
	if c.name() == "pidof" || f.has('x') {
		expr = "^(?:" + regexp.QuoteMeta(expr) + ")$"
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		c.fail("%s: not a regular expression", f.args[0])
		return 2
	}
	var found []string
	for _, p := range c.processes() {
		name := p.text()
		if !f.has('f') && len(p.Args) > 0 {
			name = p.Args[0][strings.LastIndexByte(p.Args[0], '/')+1:]
		}
		if !re.MatchString(name) || slices.Equal(p.Args, c.Args) {
			continue
		}
		text := strconv.Itoa(p.PID)
		if f.has('l') {
			text += " " + name
		}
		found = append(found, text)
		if c.name() == "pkill" {
			s, _ := ParseSignal(sig)
			if err := c.Host.Kill(p.PID, s); err != nil {
				code = c.fail("killing pid %d failed: %s", p.PID, Reason(err))
			}
		}
	}
	switch {
	case len(found) == 0:
		return 1
	case c.name() == "pidof":
		slices.Reverse(found)
		c.printf("%s\n", strings.Join(found, " "))
	case c.name() == "pgrep":
		c.printf("%s\n", strings.Join(found, "\n"))
	}
	return code
}

// watch runs a command again and again until it is interrupted.
func watch(ctx context.Context, c *Call) int {
	f, code := c.parse("+n:tdeg", map[string]byte{"interval": 'n', "no-title": 't', "differences": 'd', "errexit": 'e', "chgexit": 'g'})
	if code != 0 {
		return code
	}
	every, ok := seconds(f.value('n', "2"))
	if !ok || len(f.args) == 0 {
		return c.usage(1, "no command, or not an interval")
	}
	tick := time.NewTicker(time.Duration(max(every, 0.1) * float64(time.Second)))
	defer tick.Stop()
	for {
		c.printf("\x1b[H\x1b[2J")
		if !f.has('t') {
			c.printf("Every %.1fs: %s\n\n", every, strings.Join(f.args, " "))
		}
		if n := c.shell(ctx, strings.Join(f.args, " "), nil, nil); n != 0 && f.has('e') {
			return 8
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 1
		}
	}
}

// timeCommand runs a command and says how long it took.
func timeCommand(ctx context.Context, c *Call) int {
	args := c.Args[1:]
	if len(args) > 0 && args[0] == "-p" {
		args = args[1:]
	}
	if len(args) == 0 {
		return c.usage(125, "missing program to run")
	}
	began := time.Now()
	code := c.wrapped(ctx, args)
	took := time.Since(began)
	fmt.Fprintf(c.FS.Stderr, "real\t%dm %.2fs\nuser\t0m 0.00s\nsys\t0m 0.00s\n", int(took.Minutes()), took.Seconds()-60*float64(int(took.Minutes())))
	return code
}

// nohup runs a command; there is no terminal whose end could end it.
func nohup(ctx context.Context, c *Call) int {
	if len(c.Args) < 2 {
		return c.usage(125, "missing operand")
	}
	return c.wrapped(ctx, c.Args[1:])
}

// nice runs a command; all of a container have the same priority.
func nice(ctx context.Context, c *Call) int {
	f, code := c.parseCode(125, "+n:", map[string]byte{"adjustment": 'n'})
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		return c.printf("0\n")
	}
	return c.wrapped(ctx, f.args)
}

// wrapped runs a command of the container for another.
func (c *Call) wrapped(ctx context.Context, args []string) int {
	call := *c
	call.Args = args
	if _, err := c.Host.Find(&call, args[0]); err != nil {
		fmt.Fprintf(c.FS.Stderr, "%s: failed to run command '%s': No such file or directory\n", c.name(), args[0])
		return 127
	}
	return c.Host.Run(ctx, &call)
}

// usleep waits for microseconds.
func usleep(ctx context.Context, c *Call) int {
	if len(c.Args) != 2 {
		return c.usage(1, "missing operand")
	}
	n, ok := atLeast(c.Args[1])
	if !ok {
		return c.fail("invalid number '%s'", c.Args[1])
	}
	timer := time.NewTimer(time.Duration(n) * time.Microsecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return 0
	case <-ctx.Done():
		return 1
	}
}
