package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	securejoin "github.com/cyphar/filepath-securejoin"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/volume"
	"k8s.io/kubernetes/pkg/volume/hostpath"
)

// hostPath is Kubernetes' own plugin for hostPath volumes, on a node whose root
// directory is rootTree. Links are followed within it.
type hostPath struct {
	volume.VolumePlugin
	rootTree string
}

func newHostPath(rootTree string) volume.VolumePlugin {
	return hostPath{VolumePlugin: hostpath.ProbeVolumePlugins(volume.VolumeConfig{})[0], rootTree: rootTree}
}

// CanSupport is true of a hostPath volume in a pod. Persistent volumes are not supported.
func (hostPath) CanSupport(spec *volume.Spec) bool {
	return spec.Volume != nil && spec.Volume.HostPath != nil
}

func (p hostPath) NewMounter(spec *volume.Spec, pod *corev1.Pod) (volume.Mounter, error) {
	inTree, err := p.inTree(spec)
	if err != nil {
		return nil, err
	}
	return p.VolumePlugin.NewMounter(inTree, pod)
}

// inTree returns the volume with its path in the tree.
func (p hostPath) inTree(spec *volume.Spec) (*volume.Spec, error) {
	if !p.CanSupport(spec) {
		return nil, errors.New("only a pod's own volume can be a hostPath")
	}
	path, err := securejoin.SecureJoin(p.rootTree, spec.Volume.HostPath.Path)
	if err != nil {
		return nil, fmt.Errorf("hostPath %s: %w", spec.Volume.HostPath.Path, err)
	}
	inTree := *spec
	inTree.Volume = spec.Volume.DeepCopy()
	inTree.Volume.HostPath.Path = path
	return &inTree, nil
}

// makeRootTree makes the node's root directory anew, with what every root
// directory has, and returns its path without links. It does nothing for "".
func makeRootTree(dir string) (string, error) {
	if dir == "" {
		return "", nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("remove the root directory of an earlier node: %w", err)
	}
	for _, name := range []string{"etc", "tmp", "var/lib", "var/log"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return "", fmt.Errorf("make the node's root directory: %w", err)
		}
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", fmt.Errorf("find the node's root directory: %w", err)
	}
	return dir, nil
}
