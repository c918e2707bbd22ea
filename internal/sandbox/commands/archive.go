package commands

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// tarCommand makes, lists and unpacks archives, also with gzip: what kubectl cp
// and backup jobs need.
func tarCommand(_ context.Context, c *Call) int {
	if len(c.Args) > 1 && c.Args[1] != "" && c.Args[1][0] != '-' {
		c.Args = append([]string{c.Args[0], "-" + c.Args[1]}, c.Args[2:]...) // the old form without a dash
	}
	f, code := c.parseCode(2, "cxtzvf:C:mphOk", map[string]byte{
		"create": 'c', "extract": 'x', "get": 'x', "list": 't', "gzip": 'z', "verbose": 'v', "file": 'f', "directory": 'C',
		"touch": 'm', "no-same-owner": 'p', "no-same-permissions": 'p', "same-permissions": 'p', "dereference": 'h', "to-stdout": 'O',
		"keep-old-files": 'k', "no-overwrite-dir": 'p',
	})
	if code != 0 {
		return code
	}
	a := &archiver{Call: c, flags: f, view: c.FS}
	if dir := f.value('C', ""); dir != "" {
		info, err := c.FS.Stat(dir)
		if err == nil && !info.IsDir() {
			err = errNotDirectory
		}
		if err != nil {
			c.fail("%s: Cannot open: %s", dir, Reason(err))
			return 2
		}
		a.view.Dir = c.FS.Abs(dir)
	}
	var err error
	switch {
	case f.has('c'):
		err = a.pack()
	case f.has('x'), f.has('t'):
		err = a.unpack()
	default:
		fmt.Fprintf(c.FS.Stderr, "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n")
		return 2
	}
	if err != nil {
		c.fail("%s", err)
		return 2
	}
	if a.failed {
		c.fail("Exiting with failure status due to previous errors")
		return 2
	}
	return 0
}

var errNotDirectory = errors.New("Not a directory")

type archiver struct {
	*Call
	*flags
	view   filetree.View // where the members are
	failed bool
}

func (a *archiver) name() string { return a.value('f', "-") }

func (a *archiver) problem(format string, args ...any) {
	a.fail(format, args...)
	a.failed = true
}

func (a *archiver) pack() error {
	if len(a.args) == 0 {
		return errors.New("Cowardly refusing to create an empty archive")
	}
	out := io.Writer(a.FS.Stdout)
	if name := a.name(); name != "-" {
		file, err := a.create(name, false)
		if err != nil {
			return fmt.Errorf("%s: Cannot open: %s", name, Reason(err))
		}
		defer file.Close()
		out = file
	}
	var zip *gzip.Writer
	if a.has('z') {
		zip = gzip.NewWriter(out)
		out = zip
	}
	w := tar.NewWriter(out)
	for _, name := range a.args {
		if err := a.add(w, name); err != nil {
			return err
		}
	}
	err := w.Close()
	if zip != nil {
		err = errors.Join(err, zip.Close())
	}
	return err
}

// add writes a file, or a directory with all that is in it.
func (a *archiver) add(w *tar.Writer, name string) error {
	info, err := a.view.Lstat(name)
	if err == nil && a.has('h') {
		info, err = a.view.Stat(name)
	}
	if err != nil {
		a.problem("%s: Cannot stat: %s", name, Reason(err))
		return nil
	}
	link := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if link, err = a.view.Readlink(name); err != nil {
			a.problem("%s: Cannot readlink: %s", name, Reason(err))
			return nil
		}
	}
	if info.Mode()&(fs.ModeDevice|fs.ModeSocket|fs.ModeNamedPipe) != 0 {
		a.problem("%s: not a regular file", name)
		return nil
	}
	head := &tar.Header{
		Name: strings.TrimLeft(name, "/"), Linkname: link, Mode: int64(info.Mode().Perm()), ModTime: info.ModTime().Truncate(time.Second),
		Typeflag: tar.TypeReg, Size: info.Size(),
	}
	owner := a.view.Owner(name)
	head.Uid, head.Gid = int(owner.UID), int(owner.GID)
	switch {
	case info.IsDir():
		head.Typeflag, head.Size = tar.TypeDir, 0
		head.Name = strings.TrimRight(head.Name, "/") + "/"
	case link != "":
		head.Typeflag, head.Size = tar.TypeSymlink, 0
	}
	if a.has('v') {
		fmt.Fprintln(a.messages(), head.Name)
	}
	if err := w.WriteHeader(head); err != nil {
		return err
	}
	switch head.Typeflag {
	case tar.TypeReg:
		f, err := a.view.Open(name)
		if err != nil {
			return fmt.Errorf("%s: Cannot open: %s", name, Reason(err))
		}
		defer f.Close()
		_, err = io.CopyN(w, f, head.Size)
		return err
	case tar.TypeDir:
		entries, err := a.view.ReadDir(name)
		if err != nil {
			a.problem("%s: Cannot open: %s", name, Reason(err))
		}
		for _, e := range entries {
			if err := a.add(w, strings.TrimRight(name, "/")+"/"+e.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}

// messages is where -v goes: not into an archive.
func (a *archiver) messages() io.Writer {
	if a.has('c') && a.name() == "-" || a.has('O') {
		return a.FS.Stderr
	}
	return a.FS.Stdout
}

func (a *archiver) unpack() error {
	in, err := a.input(a.name())
	if err != nil {
		return fmt.Errorf("%s: Cannot open: %s", a.name(), Reason(err))
	}
	defer in.Close()
	r := io.Reader(in)
	if a.has('z') {
		zip, err := gzip.NewReader(in)
		if err != nil {
			return errors.New("This does not look like a gzip archive")
		}
		r = zip
	}
	for t := tar.NewReader(r); ; {
		head, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return errors.New("This does not look like a tar archive")
		}
		if len(a.args) > 0 && !a.wanted(head.Name) {
			continue
		}
		if a.has('t') {
			a.printf("%s\n", head.Name)
			continue
		}
		if a.has('v') {
			fmt.Fprintln(a.messages(), head.Name)
		}
		if err := a.extract(t, head); err != nil {
			a.problem("%s: Cannot open: %s", head.Name, Reason(err))
		}
	}
}

func (a *archiver) wanted(name string) bool {
	name = path.Clean(name)
	for _, arg := range a.args {
		if arg = path.Clean(arg); name == arg || strings.HasPrefix(name, arg+"/") {
			return true
		}
	}
	return false
}

func (a *archiver) extract(r io.Reader, head *tar.Header) error {
	name := strings.TrimLeft(head.Name, "/")
	if name == "" {
		name = "."
	}
	perm := fs.FileMode(head.Mode).Perm()
	if a.has('O') {
		_, err := io.Copy(a.FS.Stdout, r)
		return err
	}
	if dir := path.Dir(path.Clean(name)); dir != "." {
		if err := a.view.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	switch head.Typeflag {
	case tar.TypeDir:
		return a.view.MkdirAll(name, perm)
	case tar.TypeSymlink:
		a.view.Remove(name) // what was there is replaced
		return a.view.Symlink(head.Linkname, name)
	case tar.TypeLink:
		a.view.Remove(name)
		return a.view.Link(strings.TrimLeft(head.Linkname, "/"), name)
	case tar.TypeReg:
		if a.has('k') {
			if _, err := a.view.Lstat(name); err == nil {
				return fs.ErrExist
			}
		}
		f, err := a.view.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, r)
		if err = errors.Join(err, f.Close()); err == nil && !a.has('m') {
			err = a.view.Chtimes(name, head.ModTime, head.ModTime)
		}
		return err
	}
	return nil
}

// gzipCommand compresses files, or unpacks them with -d and as gunzip and zcat.
func gzipCommand(_ context.Context, c *Call) int {
	f, code := c.parse("dckft123456789nqv", map[string]byte{"decompress": 'd', "stdout": 'c', "to-stdout": 'c', "keep": 'k', "force": 'f', "test": 't'})
	if code != 0 {
		return code
	}
	unpack := f.has('d') || f.has('t') || c.name() != "gzip"
	toStdout := f.has('c') || c.name() == "zcat"
	level := gzip.DefaultCompression
	for b := byte('1'); b <= '9'; b++ {
		if f.has(b) {
			level, _ = strconv.Atoi(string(b))
		}
	}
	convert := func(w io.Writer, r io.Reader) error {
		if unpack {
			z, err := gzip.NewReader(r)
			if err == nil {
				_, err = io.Copy(w, z)
			}
			if err == io.EOF || errors.Is(err, gzip.ErrHeader) {
				err = errors.New("not in gzip format")
			}
			return err
		}
		z, err := gzip.NewWriterLevel(w, level)
		if err != nil {
			return err
		}
		_, err = io.Copy(z, r)
		return errors.Join(err, z.Close())
	}
	return c.inputs(f.args, func(name string, r io.Reader) int {
		switch {
		case f.has('t'):
			if err := convert(io.Discard, r); err != nil {
				return c.fail("%s: %s", name, Reason(err))
			}
			return 0
		case toStdout || name == "-":
			if err := convert(c.FS.Stdout, r); err != nil {
				return c.writeError(err)
			}
			return 0
		}
		to := name + ".gz"
		if unpack {
			var ok bool
			if to, ok = strings.CutSuffix(name, ".gz"); !ok {
				if to, ok = strings.CutSuffix(name, ".tgz"); !ok {
					return c.fail("%s: unknown suffix -- ignored", name)
				}
				to += ".tar"
			}
		}
		if _, err := c.FS.Stat(to); err == nil && !f.has('f') {
			return c.fail("%s already exists; not overwritten", to)
		}
		out, err := c.create(to, false)
		if err != nil {
			return c.fail("%s: %s", to, Reason(err))
		}
		if err := errors.Join(convert(out, r), out.Close()); err != nil {
			c.FS.Remove(to)
			return c.fail("%s: %s", name, Reason(err))
		}
		if !f.has('k') {
			if err := c.FS.Remove(name); err != nil {
				return c.fail("%s: %s", name, Reason(err))
			}
		}
		return 0
	})
}
