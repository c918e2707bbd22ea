package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
	"k8s.io/kubernetes/pkg/volume/util/hostutil"
	"k8s.io/kubernetes/pkg/volume/util/subpath"
	"k8s.io/mount-utils"
)

// hostFiles answers the kubelet's questions about files, on every system alike
// and without the parts that need privileges or devices.
type hostFiles struct{}

var _ hostutil.HostUtils = hostFiles{}

func (hostFiles) DeviceOpened(string) (bool, error)             { return false, nil }
func (hostFiles) PathIsDevice(string) (bool, error)             { return false, nil }
func (hostFiles) GetSELinuxSupport(string) (bool, error)        { return false, nil }
func (hostFiles) GetSELinuxMountContext(string) (string, error) { return "", nil }

// MakeRShared does nothing: there are no mounts to share.
func (hostFiles) MakeRShared(string) error { return nil }

func (hostFiles) GetDeviceNameFromMount(mounter mount.Interface, path, _ string) (string, error) {
	device, _, err := mount.GetDeviceNameFromMount(mounter, path)
	return device, err
}

func (hostFiles) PathExists(path string) (bool, error) { return mount.PathExists(path) }

func (hostFiles) EvalHostSymlinks(path string) (string, error) { return filepath.EvalSymlinks(path) }

func (hostFiles) GetFileType(path string) (hostutil.FileType, error) {
	info, err := os.Stat(path)
	if err != nil {
		return hostutil.FileTypeUnknown, err
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return hostutil.FileTypeFile, nil
	case mode.IsDir():
		return hostutil.FileTypeDirectory, nil
	case mode&os.ModeSocket != 0:
		return hostutil.FileTypeSocket, nil
	case mode&os.ModeCharDevice != 0:
		return hostutil.FileTypeCharDev, nil
	case mode&os.ModeDevice != 0:
		return hostutil.FileTypeBlockDev, nil
	default:
		return hostutil.FileTypeUnknown, fmt.Errorf("%s is neither file, directory, socket nor device", path)
	}
}

func (hostFiles) GetOwner(path string) (uid, gid int64, err error) {
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil {
		return -1, -1, fmt.Errorf("owner of %s: %w", path, err)
	}
	return int64(stat.Uid), int64(stat.Gid), nil
}

func (hostFiles) GetMode(path string) (os.FileMode, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Mode(), nil
}

// subpaths prepares a volumeMount's subPath. Where the kubelet bind-mounts it,
// so that a container cannot turn it into a link to elsewhere afterwards, this
// resolves its links once; package sandbox refuses a path that has got a link
// since, and confines the container to what it was given.
type subpaths struct{}

var _ subpath.Interface = subpaths{}

// PrepareSafeSubpath returns the subpath with its links resolved. It fails if
// that is outside of the volume.
func (subpaths) PrepareSafeSubpath(s subpath.Subpath) (string, func(), error) {
	path, err := filepath.EvalSymlinks(s.Path)
	if err != nil {
		return "", nil, fmt.Errorf("subpath: %w", err)
	}
	volume, err := filepath.EvalSymlinks(s.VolumePath)
	if err != nil {
		return "", nil, fmt.Errorf("subpath: %w", err)
	}
	if path != volume && !strings.HasPrefix(path, volume+string(filepath.Separator)) {
		return "", nil, fmt.Errorf("subpath %q is not within volume %q", s.Path, s.VolumeName)
	}
	return path, nil, nil
}

// CleanSubPaths does nothing: nothing was mounted.
func (subpaths) CleanSubPaths(string, string) error { return nil }

// SafeMakeDir makes a directory within base, following no link out of it. Like the
// kubelet's own it leaves one that exists alone and gives one that it makes all
// of perm, whatever the umask, so that a subPath has the mode of its volume.
func (subpaths) SafeMakeDir(subdir, base string, perm os.FileMode) error {
	root, err := os.OpenRoot(base)
	if err != nil {
		return fmt.Errorf("make subpath %s: %w", subdir, err)
	}
	defer root.Close()
	if subdir = strings.TrimPrefix(filepath.Clean(subdir), filepath.Clean(base)); subdir == "" {
		return nil
	}
	name := strings.TrimPrefix(subdir, string(filepath.Separator))
	if _, err := root.Stat(name); err == nil {
		return nil
	}
	if err := root.MkdirAll(name, perm.Perm()); err != nil {
		return fmt.Errorf("make subpath %s: %w", subdir, err)
	}
	if err := root.Chmod(name, perm); err != nil {
		return fmt.Errorf("make subpath %s: %w", subdir, err)
	}
	return nil
}
