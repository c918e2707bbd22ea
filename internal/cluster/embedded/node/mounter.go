package node

import (
	"os"

	"k8s.io/mount-utils"
)

// mounter mounts nothing, because that needs privileges: a volume is a plain
// directory below the kubelet's. A tmpfs (emptyDir with medium Memory, secrets,
// tokens) is one too, on disk, which a container cannot tell.
type mounter struct{}

var _ mount.Interface = mounter{}

func (mounter) Mount(_, _, _ string, _ []string) error             { return nil }
func (mounter) MountSensitive(_, _, _ string, _, _ []string) error { return nil }
func (mounter) MountSensitiveWithoutSystemd(_, _, _ string, _, _ []string) error {
	return nil
}
func (mounter) MountSensitiveWithoutSystemdWithMountFlags(_, _, _ string, _, _, _ []string) error {
	return nil
}
func (mounter) Unmount(string) error                  { return nil }
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
