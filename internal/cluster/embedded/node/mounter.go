package node

import (
	"os"
	"path/filepath"
	"sync"

	"k8s.io/mount-utils"
)

// mounter mounts nothing, because that needs privileges: a volume is a plain
// directory below the kubelet's. A tmpfs (emptyDir with medium Memory, secrets,
// tokens) is one too, on disk; the mounter knows which, so that containers are
// shown a file system in memory.
type mounter struct{ tmpfs *sync.Map }

var _ mount.Interface = mounter{}

func newMounter() mounter { return mounter{new(sync.Map)} }

// inMemory reports whether a path is on a tmpfs.
func (m mounter) inMemory(path string) bool {
	for ; path != "/" && path != "."; path = filepath.Dir(path) {
		if _, ok := m.tmpfs.Load(path); ok {
			return true
		}
	}
	return false
}

func (m mounter) Mount(_, target, fstype string, _ []string) error {
	if fstype == "tmpfs" {
		m.tmpfs.Store(target, true)
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
	m.tmpfs.Delete(target)
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
