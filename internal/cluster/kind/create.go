package kind

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	kindcluster "sigs.k8s.io/kind/pkg/cluster"

	"github.com/joblab/joblab/internal/cluster/remote"
)

// removeInterval is how often what kind makes is taken away when it is to stop.
const removeInterval = time.Second

// create creates the cluster, until it can be used. If it fails, or ctx ends,
// nothing is left; if even that cannot be done, the journal tells the next start.
func (b *backend) create(ctx context.Context, journal *journal) (remote.Access, error) {
	cgroups, err := b.runtime.cgroups(ctx)
	if err != nil {
		return remote.Access{}, err
	}
	config := b.custom.merge(cgroups == "1")
	if err := b.pull(ctx, config); err != nil {
		return remote.Access{}, err
	}
	if err := os.MkdirAll(b.Dir, 0o700); err != nil {
		return remote.Access{}, fmt.Errorf("keep the kubeconfig of kind cluster %s: %w", b.Name, err)
	}
	if err := journal.begin(); err != nil {
		return remote.Access{}, err
	}
	var access remote.Access
	if err = b.createWith(ctx, config); err == nil {
		access, err = b.usable(ctx)
	}
	if err != nil {
		what := "create kind cluster " + b.Name
		if b.File != "" {
			what += " by " + b.File
		}
		err = fmt.Errorf("%s: %w (try again, %s)", what, b.reason(err), instead)
		if removeErr := b.remove(); removeErr != nil {
			return remote.Access{}, fmt.Errorf("%w; %w", err, removeErr)
		}
	}
	if endErr := journal.end(); endErr != nil {
		return remote.Access{}, cmp.Or(err, endErr)
	}
	if err == nil {
		b.loadImages(ctx)
	}
	return access, err
}

// createWith lets kind create the cluster. kind cannot be told to stop; so when
// ctx ends, the nodes on which it works are taken from it until it gives up.
func (b *backend) createWith(ctx context.Context, config *v1alpha4.Cluster) error {
	created := make(chan error, 1)
	go func() {
		created <- b.kind.Create(b.Name,
			kindcluster.CreateWithV1Alpha4Config(config),
			kindcluster.CreateWithKubeconfigPath(b.kubeconfig()),
			kindcluster.CreateWithWaitForReady(nodeLimit))
	}()
	select {
	case err := <-created:
		return err
	case <-ctx.Done():
	}
	for tick := time.NewTicker(removeInterval); ; {
		// What cannot be removed now is tried again.
		_ = b.remove()
		select {
		case <-created:
			tick.Stop()
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// pull pulls the node images that are not there. kind would do so as well, but
// could not be stopped meanwhile.
func (b *backend) pull(ctx context.Context, config *v1alpha4.Cluster) error {
	pulled := map[string]bool{}
	for _, node := range config.Nodes {
		image := node.Image
		if b.runtime == "podman" {
			image = fullName(image) // it takes no name with both tag and digest
		}
		if pulled[image] {
			continue
		}
		pulled[image] = true
		if _, err := b.runtime.run(ctx, "image", "inspect", "--format", "{{.Id}}", image); err == nil {
			continue
		}
		name, _, _ := strings.Cut(image, "@")
		b.step("pull node image " + name + ", which takes some minutes")
		if _, err := b.runtime.run(ctx, "pull", "--quiet", image); err != nil {
			return fmt.Errorf("pull node image %s: %w (is the network reached, and the name right? choose another with -node-image, %s)", name, err, instead)
		}
	}
	return nil
}
