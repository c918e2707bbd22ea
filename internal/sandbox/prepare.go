package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/sandbox/container"
	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// Prepare makes spec.Root and fills it with the files of spec.Image. It is
// idempotent: files that are there are left alone.
func (r *Runner) Prepare(spec *Spec) error {
	if spec.Image.kind == nil {
		return fmt.Errorf("prepare %s: not an image of the catalogue", spec.Image.Ref)
	}
	if err := os.MkdirAll(spec.Root, 0o755); err != nil {
		return err
	}
	tree, err := filetree.Open(spec.Root)
	if err != nil {
		return err
	}
	defer tree.Close()
	f := filler{v: filetree.View{Tree: tree, Dir: "/"}}
	f.fill(spec.Image.kind)
	if spec.Hostname != "" && !spec.Image.kind.bare {
		f.file("/etc/hostname", spec.Hostname+"\n", 0o644)
	}
	for _, m := range spec.Mounts {
		if f.err == nil {
			f.err = tree.Mount(filetree.Mount(m))
		}
	}
	if f.err != nil {
		return fmt.Errorf("prepare %s: %w", spec.Root, f.err)
	}
	return nil
}

// filler makes files until the first error.
type filler struct {
	v   filetree.View
	err error
}

func (f *filler) fill(k *kind) {
	// Links first: directories are made where they lead.
	targets := slices.Sorted(maps.Keys(k.links))
	for _, name := range targets {
		if path.Dir(name) == "/" {
			f.dir(path.Join("/", k.links[name]))
			f.link(k.links[name], name)
		}
	}
	if !k.bare {
		for _, dir := range slices.Concat(usual, k.dirs) {
			f.dir(dir)
		}
	}
	f.devices()
	for _, name := range targets {
		if path.Dir(name) != "/" {
			f.dir(path.Dir(name))
			f.link(k.links[name], name)
		}
	}
	for dir, names := range k.binaries {
		f.dir(dir)
		first := ""
		for _, name := range names {
			full := path.Join(dir, name)
			switch {
			case !k.applets:
				f.file(full, container.Magic+name+"\n", 0o755)
			case first == "":
				f.file(full, container.Magic+"busybox\n", 0o755)
				first = full
			default:
				f.hardLink(first, full)
			}
		}
	}
	for name, text := range k.files {
		perm := fs.FileMode(0o644)
		if strings.HasPrefix(text, "#!") {
			perm = 0o755
		}
		f.dir(path.Dir(name))
		f.file(name, text, perm)
	}
}

// devices makes the links to the standard streams that runtimes make.
func (f *filler) devices() {
	f.dir("/dev/shm")
	f.dir("/proc")
	f.link("/proc/self/fd", "/dev/fd")
	f.link("/proc/self/fd/0", "/dev/stdin")
	f.link("/proc/self/fd/1", "/dev/stdout")
	f.link("/proc/self/fd/2", "/dev/stderr")
}

// keep notes err unless it says that the file is there already.
func (f *filler) keep(err error) {
	if f.err == nil && err != nil && !errors.Is(err, fs.ErrExist) {
		f.err = err
	}
}

func (f *filler) dir(name string) {
	if f.err == nil {
		f.keep(f.v.MkdirAll(name, 0o755))
	}
}

func (f *filler) link(target, name string) {
	if f.err == nil {
		f.keep(f.v.Symlink(target, name))
	}
}

func (f *filler) hardLink(target, name string) {
	if f.err == nil {
		f.keep(f.v.Link(target, name))
	}
}

func (f *filler) file(name, text string, perm fs.FileMode) {
	if f.err != nil {
		return
	}
	file, err := f.v.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		f.keep(err)
		return
	}
	_, err = file.Write([]byte(text))
	f.keep(errors.Join(err, file.Close()))
}
