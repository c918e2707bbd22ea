package container

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"syscall"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

// Magic is how a file begins that stands for a built-in command; the command's
// name and a newline follow. A copy of the file is the same command. The name
// "busybox" means the one that the file is called by.
const Magic = "\x7fjoblab-sandbox built-in command\n"

// program is something that can be executed.
type program struct {
	path    string // as it was found
	builtin string // name of a built-in command or shell; empty: a script
	interp  string // interpreter named in the script's first line, and
	arg     string // its one argument; without one the file is a shell script
}

// errNotFound says that no directory of PATH has the command.
var errNotFound = errors.New("executable file not found in $PATH")

// errNoInterpreter says that the interpreter of a script is not there.
var errNoInterpreter = errors.New("no such file or directory")

// find looks a command up as execvp(3) does.
func (m *machine) find(c *commands.Call, name string) (*program, error) {
	if name == "" {
		return nil, errNotFound
	}
	if strings.Contains(name, "/") {
		return m.load(c, name)
	}
	var denied error
	for _, dir := range searchPath(c.Env) {
		p, err := m.load(c, strings.TrimSuffix(dir, "/")+"/"+name)
		if err == nil {
			return p, nil
		}
		if errors.Is(err, syscall.EACCES) && denied == nil {
			denied = err
		}
	}
	if denied != nil {
		return nil, denied
	}
	return nil, errNotFound
}

// searchPath lists the directories that commands are looked for in.
func searchPath(env []string) []string {
	list := getenv(env, "PATH")
	if list == "" {
		list = "/bin:/usr/bin" // what execvp(3) takes
	}
	dirs := strings.Split(list, ":")
	for i, dir := range dirs {
		if dir == "" {
			dirs[i] = "."
		}
	}
	return dirs
}

// load reads what kind of program a file is.
func (m *machine) load(c *commands.Call, name string) (*program, error) {
	info, err := c.FS.Stat(name)
	if err != nil {
		return nil, err
	}
	switch {
	case info.IsDir():
		return nil, &fs.PathError{Op: "exec", Path: name, Err: syscall.EISDIR}
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
		return nil, &fs.PathError{Op: "exec", Path: name, Err: syscall.EACCES}
	}
	f, err := c.FS.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var head [256]byte
	n, err := io.ReadFull(f, head[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	p := &program{path: name}
	if rest, ok := bytes.CutPrefix(head[:n], []byte(Magic)); ok {
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		p.builtin = string(line)
		if p.builtin == "busybox" {
			p.builtin = path.Base(c.Args[0])
			if _, ok := m.builtin(p.builtin); !ok {
				p.builtin = path.Base(name)
			}
		}
		return p, nil
	}
	line, _, _ := bytes.Cut(head[:n], []byte("\n"))
	if rest, ok := bytes.CutPrefix(line, []byte("#!")); ok {
		p.interp, p.arg, _ = strings.Cut(strings.TrimSpace(string(rest)), " ")
		p.arg = strings.TrimSpace(p.arg)
		if _, err := c.FS.Stat(p.interp); err != nil {
			return nil, errNoInterpreter
		}
	} else if bytes.IndexByte(line, 0) >= 0 {
		return nil, &fs.PathError{Op: "exec", Path: name, Err: syscall.ENOEXEC}
	}
	return p, nil
}

// startFailure is the error in the words of runc, which uses Go's os/exec to
// look the command up.
func startFailure(name string, err error) string {
	if errors.Is(err, errNoInterpreter) {
		return fmt.Sprintf("exec %s: %v", name, err)
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		switch {
		case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
			return fmt.Sprintf("exec: %q: stat %s: %v", name, name, pe.Err)
		default:
			return fmt.Sprintf("exec: %q: %v", name, pe.Err)
		}
	}
	return fmt.Sprintf("exec: %q: %v", name, err)
}

func getenv(env []string, key string) string {
	val := ""
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, key+"="); ok {
			val = v
		}
	}
	return val
}
