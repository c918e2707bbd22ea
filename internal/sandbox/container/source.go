package container

import (
	"strconv"
	"strings"
	"sync/atomic"

	"mvdan.cc/sh/v3/interp"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

// rewriteEval lowers the text that eval is about to run.
func (s *shell) rewriteEval(hc interp.HandlerContext, args []string) []string {
	rest := args[1:]
	if len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	text, err := s.lowerText(strings.Join(rest, " "))
	if err != nil {
		s.syntaxError(hc.Stderr, err)
		return []string{internal, "status", "1"}
	}
	return []string{"eval", text}
}

// sources numbers sourced scripts.
var sources atomic.Int64

// rewriteSource reads and lowers the script that source is about to run, and
// has the interpreter open it by a name of its own.
func (s *shell) rewriteSource(hc interp.HandlerContext, args []string) []string {
	if len(args) < 2 {
		s.errorf(hc, "%s: filename argument required", args[0])
		return []string{internal, "status", "2"}
	}
	v := s.view(hc)
	name := args[1]
	if !strings.Contains(name, "/") {
		for _, dir := range searchPath([]string{"PATH=" + hc.Env.Get("PATH").String()}) {
			if info, err := v.Stat(dir + "/" + name); err == nil && info.Mode().IsRegular() {
				name = dir + "/" + name
				break
			}
		}
	}
	data, err := v.ReadFile(name)
	if err != nil {
		s.errorf(hc, "%s: %s", args[1], commands.Reason(err))
		return []string{internal, "status", "1"}
	}
	text, err := s.lowerText(string(data))
	if err != nil {
		s.syntaxError(hc.Stderr, err)
		return []string{internal, "status", "2"}
	}
	// A name below a device: no file of the host can have it.
	as := "/dev/null/source/" + strconv.FormatInt(sources.Add(1), 10)
	s.sourced.Store(as, text)
	return append([]string{"source", as}, args[2:]...)
}
