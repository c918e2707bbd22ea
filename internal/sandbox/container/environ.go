package container

import (
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
)

// Names that belong to the shell itself begin with this prefix; scripts do not
// see them.
const (
	internal  = "__joblab"
	varPID    = internal + "_pid"    // $$
	varPPID   = internal + "_ppid"   // $PPID
	varZero   = internal + "_zero"   // $0
	varLast   = internal + "_last"   // $!
	varPipe   = internal + "_pipe"   // the pipe of a process substitution
	varStdout = internal + "_stdout" // names the shell's own standard output
	varSub    = internal + "_sub"    // set in subshells of the shell or job
	varJob    = internal + "_job"    // the process that runs the commands: set in background jobs
)

// stdoutName opens as the shell's standard output.
const stdoutName = "/dev/null/stdout"

// environ is the environment that a shell starts with.
type environ struct {
	s     *shell
	vars  map[string]string
	start time.Time
}

func newEnviron(s *shell) *environ {
	e := &environ{s: s, vars: make(map[string]string), start: time.Now()}
	for _, kv := range s.call.Env {
		if k, v, ok := strings.Cut(kv, "="); ok {
			e.vars[k] = v
		}
	}
	if _, ok := e.vars["HOME"]; !ok {
		e.vars["HOME"] = "/root"
	}
	return e
}

// Get implements [expand.Environ].
func (e *environ) Get(name string) expand.Variable {
	if v, ok := e.vars[name]; ok {
		return expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: v}
	}
	value, ok := e.special(name)
	return expand.Variable{Set: ok, Kind: kindOf(ok), Str: value}
}

func kindOf(set bool) expand.ValueKind {
	if set {
		return expand.String
	}
	return expand.Unknown
}

// specials are the variables that the shell itself sets.
var specials = []string{varPID, varPPID, varZero, varStdout, "BASHPID", "UID", "EUID", "GID", "HOSTNAME", "SECONDS", "EPOCHSECONDS",
	"OSTYPE", "BASH_VERSION"}

// special is the value of a variable that the shell itself sets.
func (e *environ) special(name string) (value string, ok bool) {
	switch name {
	case varPID, "BASHPID":
		value = strconv.Itoa(e.s.p.pid)
	case varPPID:
		value = "0"
		if e.s.p.parent != nil {
			value = strconv.Itoa(e.s.p.parent.pid)
		}
	case varStdout:
		value = stdoutName
	case varZero:
		value = e.s.name
	case "UID", "EUID":
		value = strconv.FormatUint(uint64(e.s.m.cfg.User.UID), 10)
	case "GID":
		value = strconv.FormatUint(uint64(e.s.m.cfg.User.GID), 10)
	case "HOSTNAME":
		value = e.s.call.Hostname
	case "SECONDS":
		value = strconv.Itoa(int(time.Since(e.start).Seconds()))
	case "EPOCHSECONDS":
		value = strconv.FormatInt(time.Now().Unix(), 10)
	case "OSTYPE":
		value = "linux-gnu"
	case "BASH_VERSION":
		if e.s.dialect != bash {
			return "", false
		}
		value = "5.2.15(1)-release"
	default:
		return "", false
	}
	return value, true
}

// Each implements [expand.Environ]. A subshell in the background is made of
// what it yields.
func (e *environ) Each(fn func(string, expand.Variable) bool) {
	for _, name := range specials {
		if v := e.Get(name); v.IsSet() && !v.Exported && !fn(name, v) {
			return
		}
	}
	for name, v := range e.vars {
		if !fn(name, expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: v}) {
			return
		}
	}
}

// exported lists the exported variables for a command.
func exported(env expand.Environ) []string {
	vars := make(map[string]string)
	env.Each(func(name string, v expand.Variable) bool {
		if v.IsSet() && v.Exported && v.Kind == expand.String {
			vars[name] = v.String()
		} else {
			delete(vars, name)
		}
		return true
	})
	list := make([]string, 0, len(vars))
	for name, v := range vars {
		list = append(list, name+"="+v)
	}
	return list
}
