package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/joblab/joblab/internal/sandbox/container"
	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// trees are the file trees of the images, which containers have below their
// own. Each is made the first time that it is needed.
type trees struct {
	dir string

	mu   sync.Mutex
	made map[string]string // guarded by mu; where a tree is, by its name
}

// usualMounts are the targets that nearly every container of a cluster has, and
// whether they are directories. An image's tree comes with the mount points that
// a container wants of these, so that it need not make them for itself.
var usualMounts = map[string]bool{
	"/dev/termination-log": false,
	"/etc/hosts":           false,
	"/etc/resolv.conf":     false,
	"/var/run/secrets/kubernetes.io/serviceaccount": true,
}

func usualMount(m Mount) bool {
	_, ok := usualMounts[m.Target]
	return ok
}

// of returns the tree below that of a container.
func (t *trees) of(spec *Spec) (string, error) {
	var points []string
	for _, m := range spec.Mounts {
		if usualMount(m) {
			points = append(points, m.Target)
		}
	}
	slices.Sort(points)
	name := fmt.Sprint(spec.Image.kind.name, points)
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, ok := t.made[name]; ok {
		return at, nil
	}
	at, err := t.make(spec.Image.kind, points)
	if err != nil {
		return "", fmt.Errorf("make its file tree: %w", err)
	}
	t.made[name] = at
	return at, nil
}

// make makes a tree in one step, under a name that tells its contents: another
// process may use it, also one of another version.
func (t *trees) make(k *kind, points []string) (string, error) {
	contents, err := json.Marshal([]any{container.Magic, k.describe(), points})
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return "", err
	}
	// Not by way of a link: it may lead elsewhere by the time of the next start.
	dir, err := filepath.EvalSymlinks(t.dir)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(contents)
	at := filepath.Join(dir, k.name+"-"+hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(at); err == nil {
		return at, nil
	}
	tmp, err := os.MkdirTemp(dir, ".new-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := fill(tmp, k, points); err != nil {
		return "", err
	}
	if err := os.Rename(tmp, at); err != nil && !errors.Is(err, os.ErrExist) { // another process was faster
		return "", err
	}
	return at, nil
}

// fill fills an empty directory with the files of a kind and with mount points.
func fill(dir string, k *kind, points []string) error {
	if err := os.Chmod(dir, 0o755); err != nil { // as containers see their root
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	f := filler{root: root}
	f.fill(k)
	if f.err != nil {
		return f.err
	}
	tree, err := filetree.Open(dir)
	if err != nil {
		return err
	}
	defer tree.Close()
	for _, target := range points {
		if err := tree.MountPoint(target, usualMounts[target]); err != nil {
			return err
		}
	}
	return nil
}
