package node

import (
	"os"
	"path/filepath"
	"strings"

	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

// fixedLogLinks is where the kubelet keeps one link for each container's log,
// for log collectors. Part of the kubelet has it as a constant.
const fixedLogLinks = "/var/log/containers"

// system is the operating system, but for fixedLogLinks, which an ordinary user
// cannot write to and several nodes on one machine would share: files in there
// are in logLinks instead.
type system struct {
	kubecontainer.RealOS
	logLinks string
}

var _ kubecontainer.OSInterface = system{}

func (s system) path(path string) string {
	if path == fixedLogLinks {
		return s.logLinks
	}
	if name, ok := strings.CutPrefix(path, fixedLogLinks+"/"); ok {
		return filepath.Join(s.logLinks, name)
	}
	return path
}

func (s system) MkdirAll(path string, perm os.FileMode) error {
	return s.RealOS.MkdirAll(s.path(path), perm)
}

func (s system) Symlink(target, path string) error { return s.RealOS.Symlink(target, s.path(path)) }

func (s system) Stat(path string) (os.FileInfo, error) { return s.RealOS.Stat(s.path(path)) }

func (s system) Remove(path string) error { return s.RealOS.Remove(s.path(path)) }

func (s system) RemoveAll(path string) error { return s.RealOS.RemoveAll(s.path(path)) }

func (s system) Glob(pattern string) ([]string, error) { return s.RealOS.Glob(s.path(pattern)) }
