package commands

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// signals are Linux's, by number; the sandbox shows them on every system.
var signals = []string{
	1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 5: "TRAP", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL", 10: "USR1",
	11: "SEGV", 12: "USR2", 13: "PIPE", 14: "ALRM", 15: "TERM", 16: "STKFLT", 17: "CHLD", 18: "CONT", 19: "STOP",
	20: "TSTP", 21: "TTIN", 22: "TTOU", 23: "URG", 24: "XCPU", 25: "XFSZ", 26: "VTALRM", 27: "PROF", 28: "WINCH",
	29: "IO", 30: "PWR", 31: "SYS",
}

// ParseSignal reads a signal's number or its name, with or without SIG.
func ParseSignal(s string) (syscall.Signal, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return syscall.Signal(n), n >= 0 && n <= 64
	}
	name := strings.TrimPrefix(strings.ToUpper(s), "SIG")
	i := slices.Index(signals, name)
	return syscall.Signal(i), i > 0
}

// SignalName is the name of a signal, without SIG.
func SignalName(sig syscall.Signal) string {
	if n := int(sig); n > 0 && n < len(signals) {
		return signals[n]
	}
	return strconv.Itoa(int(sig))
}

// SignalList is what kill -l prints.
func SignalList() string {
	var b strings.Builder
	for n := 1; n < len(signals); n++ {
		end := "\t"
		if n%5 == 0 || n == len(signals)-1 {
			end = "\n"
		}
		fmt.Fprintf(&b, "%2d) SIG%s%s", n, signals[n], end)
	}
	return b.String()
}

func kill(_ context.Context, c *Call) int { return Kill(c, "", nil) }

// Kill sends signals. prefix begins its messages; job finds the process of a
// job specification and is nil where there are no jobs.
func Kill(c *Call, prefix string, job func(spec string) (pid int, ok bool)) int {
	errorf := func(format string, args ...any) int {
		fmt.Fprintf(c.FS.Stderr, "%skill: %s\n", prefix, fmt.Sprintf(format, args...))
		return 1
	}
	sig := syscall.SIGTERM
	args := c.Args[1:]
	if len(args) > 0 && (args[0] == "-l" || args[0] == "-L") {
		return listSignals(c, args[1:], errorf)
	}
	if len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "--" {
		name := args[0][1:]
		args = args[1:]
		if name == "s" || name == "n" {
			if len(args) == 0 {
				return errorf("-%s: option requires an argument", name)
			}
			name, args = args[0], args[1:]
		}
		var ok bool
		if sig, ok = ParseSignal(name); !ok {
			return errorf("%s: invalid signal specification", name)
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		errorf("usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]")
		return 2
	}
	code := 0
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		if err != nil {
			ok := false
			if strings.HasPrefix(arg, "%") && job != nil {
				if pid, ok = job(arg); !ok {
					code = errorf("%s: no such job", arg)
					continue
				}
			}
			if !ok {
				code = errorf("%s: arguments must be process or job IDs", arg)
				continue
			}
		}
		if err := c.Host.Kill(pid, sig); err != nil {
			code = errorf("(%d) - %s", pid, Reason(err))
		}
	}
	return code
}

func listSignals(c *Call, args []string, errorf func(string, ...any) int) int {
	if len(args) == 0 {
		return c.printf("%s", SignalList())
	}
	code := 0
	for _, arg := range args {
		if n, err := strconv.Atoi(arg); err == nil {
			if n > 128 {
				n -= 128
			}
			if n > 0 && n < len(signals) {
				c.printf("%s\n", signals[n])
				continue
			}
		} else if sig, ok := ParseSignal(arg); ok {
			c.printf("%d\n", sig)
			continue
		}
		code = errorf("%s: invalid signal specification", arg)
	}
	return code
}
