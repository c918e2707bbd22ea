package node

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"k8s.io/mount-utils"
)

// mounter mounts nothing, because that needs privileges: a volume is a plain
// directory below the kubelet's. A tmpfs (emptyDir with medium Memory, secrets,
// tokens) is one too, on disk; the mounter knows which, so that containers are
// shown a file system in memory.
type mounter struct{ tmpfs *volumes }

var _ mount.Interface = mounter{}

func newMounter() mounter { return mounter{&volumes{set: make(map[string]bool)}} }

// inMemory reports whether a path is on a tmpfs.
func (m mounter) inMemory(path string) bool {
	for ; path != "/" && path != "."; path = filepath.Dir(path) {
		if m.tmpfs.has(path) {
			return true
		}
	}
	return false
}

func (m mounter) Mount(_, target, fstype string, _ []string) error {
	if fstype == "tmpfs" {
		m.tmpfs.add(target)
	}
	return nil
}

func (m mounter) MountSensitive(source, target, fstype string, options, _ []string) error {
	return m.Mount(source, target, fstype, options)
}

func (m mounter) MountSensitiveWithoutSystemd(source, target, fstype string, options, _ []string) error {
	return m.Mount(source, target, fstype, options)
}

func (m mounter) MountSensitiveWithoutSystemdWithMountFlags(source, target, fstype string, options, _, _ []string) error {
	return m.Mount(source, target, fstype, options)
}

func (m mounter) Unmount(target string) error {
	m.tmpfs.remove(target)
	return nil
}

func (mounter) List() ([]mount.MountPoint, error)     { return nil, nil }
func (mounter) GetMountRefs(string) ([]string, error) { return nil, nil }

// CanSafelySkipMountPointCheck is true: Unmount of a plain directory is no error.
func (mounter) CanSafelySkipMountPointCheck() bool { return true }

// IsLikelyNotMountPoint is true of every file that exists.
func (mounter) IsLikelyNotMountPoint(file string) (bool, error) {
	_, err := os.Stat(file)
	return true, err
}

// IsMountPoint is false of every file that exists.
func (mounter) IsMountPoint(file string) (bool, error) {
	_, err := os.Stat(file)
	return false, err
}

// volumes is a set of directories. The kubelet removes most of its volumes
// without unmounting what is no mount point; those are forgotten in time.
type volumes struct {
	mu    sync.Mutex
	set   map[string]bool
	sweep int // how many there are when those that are gone are looked for
}

// leastSweep is a number of volumes that is not worth looking through.
const leastSweep = 64

func (v *volumes) add(dir string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.set) >= max(v.sweep, leastSweep) {
		maps.DeleteFunc(v.set, func(dir string, _ bool) bool {
			_, err := os.Lstat(dir)
			return errors.Is(err, fs.ErrNotExist)
		})
		v.sweep = 2 * len(v.set)
	}
	v.set[dir] = true
}

func (v *volumes) remove(dir string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.set, dir)
}

func (v *volumes) has(dir string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.set[dir]
}
