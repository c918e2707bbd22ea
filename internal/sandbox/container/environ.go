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
	internal = "__joblab"
	varPID   = internal + "_pid"  // $$
	varPPID  = internal + "_ppid" // $PPID
	varZero  = internal + "_zero" // $0
	varLast  = internal + "_last" // $!
	varJob   = internal + "_job"  // the process that runs the commands: set in background jobs
)

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
	value := ""
	switch name {
	case varPID, "BASHPID":
		value = strconv.Itoa(e.s.p.pid)
	case varPPID:
		value = "0"
		if e.s.p.parent != nil {
			value = strconv.Itoa(e.s.p.parent.pid)
		}
	case varZero:
		value = e.s.name
	case "UID", "EUID", "GID":
		value = "0"
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
			return expand.Variable{}
		}
		value = "5.2.15(1)-release"
	default:
		return expand.Variable{}
	}
	return expand.Variable{Set: true, Kind: expand.String, Str: value}
}

// Each implements [expand.Environ].
func (e *environ) Each(fn func(string, expand.Variable) bool) {
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
