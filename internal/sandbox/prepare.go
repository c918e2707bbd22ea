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

	"github.com/joblab/joblab/internal/sandbox/commands"
	"github.com/joblab/joblab/internal/sandbox/container"
	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// Prepare makes spec.Root the private part of a file tree, over the files of
// spec.Image that all its containers share. It is idempotent. A root that is not
// empty must have been prepared before.
func (r *Runner) Prepare(spec *Spec) error {
	if spec.Image.kind == nil {
		return fmt.Errorf("prepare %s: not an image of the catalogue", spec.Image.Ref)
	}
	lower, err := r.trees.of(spec)
	if err != nil {
		return fmt.Errorf("prepare %s: %w", spec.Image.Ref, err)
	}
	err = os.MkdirAll(spec.Root, 0o755)
	if err == nil {
		err = filetree.MakeOverlay(spec.Root)
	}
	if err == nil {
		err = mountPoints(spec, lower)
	}
	if err != nil {
		return fmt.Errorf("prepare %s: %w", spec.Root, err)
	}
	return nil
}

// mountPoints makes what the mounts are put over, where the image has none.
func mountPoints(spec *Spec, lower string) error {
	if !slices.ContainsFunc(spec.Mounts, func(m Mount) bool { return !usualMount(m) }) {
		return nil
	}
	tree, err := filetree.Open(spec.Root)
	if err != nil {
		return err
	}
	defer tree.Close()
	if err := tree.SetLower(lower); err != nil {
		return err
	}
	for _, m := range spec.Mounts {
		if err := tree.Mount(filetree.Mount(m)); err != nil {
			return err
		}
	}
	return nil
}

// filler makes files until the first error. Names are relative to the root.
type filler struct {
	root *os.Root
	err  error
}

func (f *filler) fill(k *kind) {
	// Links in the root first: directories are made where they lead.
	targets := slices.Sorted(maps.Keys(k.links))
	for _, name := range targets {
		if path.Dir(name) == "/" {
			f.dir(k.links[name])
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
			f.link(k.links[name], name)
		}
	}
	for dir, names := range k.binaries {
		f.dir(dir)
		f.programs(dir, names, k.applets)
	}
	for name, text := range k.files {
		perm := fs.FileMode(0o644)
		if strings.HasPrefix(text, "#!") {
			perm = 0o755
		}
		f.file(f.root, relative(name), text, perm)
	}
}

// programs makes the files that stand for built-in commands. All but shells
// and the programs of single images are links to one file, which goes by the
// name that it is called.
func (f *filler) programs(dir string, names []string, applets bool) {
	if f.err != nil {
		return
	}
	in, err := f.root.OpenRoot(relative(dir))
	if err != nil {
		f.err = err
		return
	}
	defer in.Close()
	first := ""
	for _, name := range names {
		_, utility := commands.Lookup(name)
		utility = utility && !special[name] || slices.Contains(container.Tests, name)
		switch {
		case !applets && !utility:
			f.file(in, name, container.Magic+name+"\n", 0o755)
		case first == "":
			f.file(in, name, container.Magic+"busybox\n", 0o755)
			first = name
		case f.err == nil:
			f.keep(in.Link(first, name))
		}
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
		f.keep(f.root.MkdirAll(relative(name), 0o755))
	}
}

func (f *filler) link(target, name string) {
	if f.err == nil {
		f.keep(f.root.Symlink(target, relative(name)))
	}
}

func (f *filler) file(in *os.Root, name, text string, perm fs.FileMode) {
	if f.err != nil {
		return
	}
	file, err := in.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		f.keep(err)
		return
	}
	_, err = file.WriteString(text)
	f.keep(errors.Join(err, file.Close()))
}

// relative is an absolute name in the container, relative to its root.
func relative(name string) string {
	if name = strings.TrimPrefix(path.Clean(name), "/"); name == "" {
		return "."
	}
	return name
}
