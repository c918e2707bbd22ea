package kind

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"

	"github.com/joblab/joblab/internal/cluster/remote"
)

// apiVersion is that of the configuration files that are read.
const apiVersion = "kind.x-k8s.io/v1alpha4"

// cgroupV1 lets the kubelet start where there is only version 1 of the control
// groups, which it refuses by itself from v1.35 on.
const cgroupV1 = `kind: KubeletConfiguration
failCgroupV1: false
`

// customization is what the user wants of the cluster.
type customization struct {
	cluster   v1alpha4.Cluster
	nodeImage string // for all nodes; empty: as in cluster
}

// readCustomization reads the user's configuration file, if there is one.
func readCustomization(config Config) (*customization, error) {
	c := &customization{nodeImage: config.NodeImage}
	if config.File == "" {
		return c, nil
	}
	raw, err := os.ReadFile(config.File)
	if err != nil {
		return nil, fmt.Errorf("kind configuration: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c.cluster); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("kind configuration %s is empty", config.File)
	} else if err != nil {
		return nil, remote.OneLine(fmt.Errorf("kind configuration %s: %w", config.File, err))
	}
	switch t := c.cluster.TypeMeta; {
	case t.APIVersion != apiVersion || t.Kind != "Cluster":
		return nil, fmt.Errorf("kind configuration %s is of %q, kind %q: want apiVersion %s, kind Cluster", config.File, t.APIVersion, t.Kind, apiVersion)
	case c.cluster.Name != "" && c.cluster.Name != config.Name:
		return nil, fmt.Errorf("kind configuration %s names the cluster %s: it is %s here; leave the name out", config.File, c.cluster.Name, config.Name)
	}
	return c, nil
}

// merge adds what the program needs to what the user wants, which wins.
func (c *customization) merge(cgroupV1Only bool) *v1alpha4.Cluster {
	config := c.cluster.DeepCopy()
	config.TypeMeta = v1alpha4.TypeMeta{APIVersion: apiVersion, Kind: "Cluster"}
	v1alpha4.SetDefaultsCluster(config)
	if c.nodeImage != "" {
		for i := range config.Nodes {
			config.Nodes[i].Image = c.nodeImage
		}
	}
	says := func(patch string) bool { return strings.Contains(patch, "failCgroupV1") }
	if cgroupV1Only && !slices.ContainsFunc(config.KubeadmConfigPatches, says) {
		// Later patches win.
		config.KubeadmConfigPatches = append([]string{cgroupV1}, config.KubeadmConfigPatches...)
	}
	return config
}
