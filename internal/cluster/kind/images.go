package kind

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/distribution/reference"
	kindnodes "sigs.k8s.io/kind/pkg/cluster/nodes"
	"sigs.k8s.io/kind/pkg/cluster/nodeutils"
	kindexec "sigs.k8s.io/kind/pkg/exec"
)

// LoadImages gives the nodes of a cluster that runs those of the images of the
// configuration that they lack and the host has; those that it cannot are logged.
func LoadImages(ctx context.Context, config Config) error {
	b, err := newBackend(ctx, config)
	if err != nil {
		return err
	}
	b.loadImages(ctx)
	return nil
}

// loadImages gives the nodes the images that labs need and the host has. The
// cluster can be used without, if its nodes can pull: failures are only logged.
func (b *backend) loadImages(ctx context.Context) {
	if len(b.Images) == 0 {
		return
	}
	wanted, err := b.onHost(ctx)
	if err != nil {
		b.Logger.Warn("images not loaded into the nodes", "err", err)
		return
	}
	nodes, err := b.kind.ListInternalNodes(b.Name)
	if err != nil {
		b.Logger.Warn("images not loaded into the nodes", "err", b.reason(err))
		return
	}
	for _, node := range nodes {
		there, err := onNode(node)
		if err != nil {
			b.Logger.Warn("images not loaded", "node", node, "err", b.reason(err))
			continue
		}
		var lacking []string
		for full, name := range wanted {
			if !slices.Contains(there, full) {
				lacking = append(lacking, name)
			}
		}
		if len(lacking) == 0 {
			continue
		}
		slices.Sort(lacking)
		b.step("load " + strings.Join(lacking, ", ") + " into " + node.String())
		if err := b.load(ctx, node, lacking); err != nil {
			b.Logger.Warn("images not loaded", "node", node, "images", lacking, "err", err)
		}
	}
}

// onHost returns the wanted images that the host has, the host's names by the
// full ones.
func (b *backend) onHost(ctx context.Context) (map[string]string, error) {
	out, err := b.runtime.run(ctx, "image", "ls", "--format", "{{.Repository}}:{{.Tag}}")
	if err != nil {
		return nil, fmt.Errorf("list images: %w", err)
	}
	wanted := map[string]bool{}
	for _, image := range b.Images {
		wanted[fullName(image)] = true
	}
	found := map[string]string{}
	for _, name := range strings.Fields(out) {
		if full := fullName(name); wanted[full] {
			found[full] = name
		}
	}
	return found, nil
}

// onNode returns the full names of the images that a node has.
func onNode(node kindnodes.Node) ([]string, error) {
	return kindexec.OutputLines(node.Command("ctr", "--namespace=k8s.io", "images", "ls", "-q"))
}

// load copies images from the host to a node.
func (b *backend) load(ctx context.Context, node kindnodes.Node, images []string) error {
	args := []string{"save"}
	if b.runtime == "podman" && len(images) > 1 {
		args = append(args, "--multi-image-archive")
	}
	var stderr bytes.Buffer
	save := exec.CommandContext(ctx, string(b.runtime), append(args, images...)...)
	save.Stderr = &stderr
	archive, err := save.StdoutPipe()
	if err != nil {
		return err
	}
	if err := save.Start(); err != nil {
		return err
	}
	loadErr := nodeutils.LoadImageArchive(node, archive)
	if err := save.Wait(); err != nil && stderr.Len() > 0 {
		return fmt.Errorf("save images: %s", lastLine(stderr.Bytes()))
	}
	if loadErr != nil {
		return b.reason(loadErr)
	}
	return nil
}

// fullName is an image's name as nodes have it: docker.io/library/busybox:latest.
// A name that is none stays as it is.
func fullName(image string) string {
	named, err := reference.ParseDockerRef(image)
	if err != nil {
		return image
	}
	return named.String()
}
