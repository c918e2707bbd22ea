package commands

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ls lists files, one a line: its output is never a terminal.
func ls(_ context.Context, c *Call) int {
	for _, arg := range c.Args[1:] {
		if arg == "--" {
			break
		}
		// GNU's words, for what is most often tried first.
		if len(arg) > 1 && arg[0] == '-' && arg[1] != '-' && strings.Trim(arg[1:], "lAaR1dhrtSFpnGgUi") != "" {
			bad := strings.TrimLeft(arg[1:], "lAaR1dhrtSFpnGgUi")
			return c.usage(2, "invalid option -- '%s'", bad[:1])
		}
	}
	f, code := c.parseCode(2, "lAaR1dhrtSFpnGgUi", map[string]byte{
		"all": 'a', "almost-all": 'A', "recursive": 'R', "directory": 'd', "human-readable": 'h', "reverse": 'r',
		"classify": 'F', "inode": 'i', "color": 'C',
	})
	if code != 0 {
		return code
	}
	l := &lister{Call: c, flags: f}
	names := f.args
	if len(names) == 0 {
		names = []string{"."}
	}
	var files []listed
	var dirs []string
	for _, name := range names {
		info, err := c.FS.Stat(name)
		if f.has('d') || f.has('l') || err != nil {
			if linfo, lerr := c.FS.Lstat(name); lerr == nil && (err != nil || f.has('d') || linfo.Mode()&fs.ModeSymlink != 0) {
				info, err = linfo, nil
			}
		}
		switch {
		case err != nil:
			c.fail("cannot access '%s': %s", name, Reason(err))
			l.code = 2
		case info.IsDir() && !f.has('d'):
			dirs = append(dirs, name)
		default:
			files = append(files, listed{name, name, info})
		}
	}
	l.print(files, false)
	l.headers = len(names) > 1 || f.has('R')
	l.first = len(files) == 0
	slices.Sort(dirs)
	for _, dir := range dirs {
		l.dir(dir)
	}
	return l.code
}

// listed is a file to list, by the name to print and the path to it.
type listed struct {
	name, path string
	info       fs.FileInfo
}

type lister struct {
	*Call
	*flags
	headers bool
	first   bool
	code    int
}

func (l *lister) dir(name string) {
	entries, err := l.FS.ReadDir(name)
	if err != nil {
		l.fail("cannot open directory '%s': %s", name, Reason(err))
		l.code = 2
		return
	}
	if l.headers {
		if !l.first {
			l.printf("\n")
		}
		l.printf("%s:\n", name)
	}
	l.first = false
	var files []listed
	if l.has('a') {
		for _, dot := range []string{".", ".."} {
			if info, err := l.FS.Stat(path.Join(name, dot)); err == nil {
				files = append(files, listed{dot, name + "/" + dot, info})
			}
		}
	}
	var subdirs []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && !l.has('a') && !l.has('A') {
			continue
		}
		full := strings.TrimRight(name, "/") + "/" + e.Name()
		info, err := l.FS.Lstat(full)
		if err != nil {
			continue // it went away meanwhile
		}
		files = append(files, listed{e.Name(), full, info})
		if info.IsDir() {
			subdirs = append(subdirs, full)
		}
	}
	l.print(files, true)
	if l.has('R') {
		for _, sub := range subdirs {
			l.dir(sub)
		}
	}
}

func (l *lister) print(files []listed, total bool) {
	slices.SortStableFunc(files, func(a, b listed) int {
		n := 0
		switch {
		case l.has('U'):
		case l.has('t'):
			n = b.info.ModTime().Compare(a.info.ModTime())
		case l.has('S'):
			n = int(b.info.Size() - a.info.Size())
		}
		if n == 0 && !l.has('U') {
			n = strings.Compare(a.name, b.name)
		}
		if l.has('r') {
			n = -n
		}
		return n
	})
	if !l.has('l') && !l.has('n') && !l.has('g') {
		for _, f := range files {
			l.write([]byte(l.inode(f) + f.name + l.suffix(f) + "\n"))
		}
		return
	}
	var blocks int64
	width := [2]int{1, 1}
	for _, f := range files {
		blocks += (f.info.Size() + 4095) / 4096 * 4
		width[0] = max(width[0], len(strconv.FormatUint(links(f.info), 10)))
		width[1] = max(width[1], len(l.size(f.info)))
	}
	if total {
		l.printf("total %d\n", blocks)
	}
	owners := make([][2]string, len(files))
	var ownerWidth [2]int
	for i, f := range files {
		owners[i] = l.owner(f.path, l.has('n'))
		for j := range ownerWidth {
			ownerWidth[j] = max(ownerWidth[j], len(owners[i][j]))
		}
	}
	for i, f := range files {
		arrow := ""
		owner := fmt.Sprintf("%-*s ", ownerWidth[0], owners[i][0])
		if l.has('g') {
			owner = ""
		}
		owner += fmt.Sprintf("%-*s", ownerWidth[1], owners[i][1])
		if f.info.Mode()&fs.ModeSymlink != 0 {
			if to, err := l.FS.Readlink(f.path); err == nil {
				arrow = " -> " + to
			}
		}
		l.printf("%s%s %*d %s %*s %s %s%s%s\n", l.inode(f), modeString(f.info.Mode()), width[0], links(f.info), owner,
			width[1], l.size(f.info), listTime(f.info.ModTime()), f.name, l.suffix(f), arrow)
	}
}

func (l *lister) inode(f listed) string {
	if !l.has('i') {
		return ""
	}
	if st, ok := f.info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprint(st.Ino, " ")
	}
	return "0 "
}

func (l *lister) suffix(f listed) string {
	mode := f.info.Mode()
	switch {
	case mode.IsDir() && (l.has('F') || l.has('p')):
		return "/"
	case !l.has('F'):
	case mode&fs.ModeSymlink != 0 && !l.has('l'):
		return "@"
	case mode.IsRegular() && mode&0o111 != 0:
		return "*"
	}
	return ""
}

func (l *lister) size(info fs.FileInfo) string {
	n := info.Size()
	if !l.has('h') || n < 1024 {
		return strconv.FormatInt(n, 10)
	}
	v := float64(n)
	unit := 0
	for v >= 1024 {
		v /= 1024
		unit++
	}
	if v < 10 {
		return fmt.Sprintf("%.1f%c", v, "KMGTPE"[unit-1])
	}
	return fmt.Sprintf("%.0f%c", v, "KMGTPE"[unit-1])
}

func links(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink)
	}
	return 1
}

// modeString is a mode as ls -l shows it.
func modeString(m fs.FileMode) string {
	kind := byte('-')
	switch {
	case m.IsDir():
		kind = 'd'
	case m&fs.ModeSymlink != 0:
		kind = 'l'
	case m&fs.ModeNamedPipe != 0:
		kind = 'p'
	case m&fs.ModeSocket != 0:
		kind = 's'
	case m&fs.ModeCharDevice != 0:
		kind = 'c'
	case m&fs.ModeDevice != 0:
		kind = 'b'
	}
	b := []byte(string(kind) + m.Perm().String()[1:])
	special := func(set bool, at int, with, without byte) {
		if !set {
			return
		}
		if b[at] == 'x' {
			b[at] = with
		} else {
			b[at] = without
		}
	}
	special(m&fs.ModeSetuid != 0, 3, 's', 'S')
	special(m&fs.ModeSetgid != 0, 6, 's', 'S')
	special(m&fs.ModeSticky != 0, 9, 't', 'T')
	return string(b)
}

// listTime is a time as ls -l shows it: with the year when it is not recent.
func listTime(t time.Time) string {
	t = t.UTC()
	if age := time.Since(t); age > 182*24*time.Hour || age < 0 {
		return t.Format("Jan _2  2006")
	}
	return t.Format("Jan _2 15:04")
}
