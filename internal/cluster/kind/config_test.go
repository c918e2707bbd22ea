package kind

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const header = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n"

func customize(t *testing.T, content string, nodeImage string) (*customization, error) {
	t.Helper()
	config := Config{Name: "joblab", NodeImage: nodeImage}
	if content != "" {
		config.File = filepath.Join(t.TempDir(), "kind.yaml")
		if err := os.WriteFile(config.File, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return readCustomization(config)
}

// TestMerge shows which patches a cluster gets, and which images its nodes.
func TestMerge(t *testing.T) {
	theirs := "kind: KubeletConfiguration\nfailCgroupV1: true\n"
	other := "kind: KubeletConfiguration\nmaxPods: 250\n"
	indented := func(patch string) string {
		return "kubeadmConfigPatches:\n- |\n  " + strings.ReplaceAll(strings.TrimSpace(patch), "\n", "\n  ") + "\n"
	}
	const two = "nodes: [{role: control-plane, image: a}, {role: worker, image: b}]\n"
	for _, test := range []struct {
		name, content, nodeImage string
		cgroupV1                 bool
		patches, images          []string
	}{
		{"nothing said", "", "", false, nil, []string{"kindest/node"}},
		{"only version 1 of the control groups", "", "", true, []string{cgroupV1}, []string{"kindest/node"}},
		{"a patch of theirs comes after", header + indented(other), "", true, []string{cgroupV1, other}, []string{"kindest/node"}},
		{"what they say of it wins", header + indented(theirs), "", true, []string{theirs}, []string{"kindest/node"}},
		{"their nodes", header + two, "", false, nil, []string{"a", "b"}},
		{"the image by its flag", header + two, "c", false, nil, []string{"c", "c"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := customize(t, test.content, test.nodeImage)
			if err != nil {
				t.Fatal(err)
			}
			got := c.merge(test.cgroupV1)
			if diff := cmp.Diff(test.patches, got.KubeadmConfigPatches); diff != "" {
				t.Errorf("patches (-want +got):\n%s", diff)
			}
			if len(got.Nodes) != len(test.images) {
				t.Fatalf("got nodes %+v, want of images %v", got.Nodes, test.images)
			}
			for i, node := range got.Nodes {
				if image, _, _ := strings.Cut(node.Image, ":"); image != test.images[i] {
					t.Errorf("node %d has image %s, want %s", i, node.Image, test.images[i])
				}
			}
		})
	}
}

func TestBadConfiguration(t *testing.T) {
	for _, test := range []struct{ name, content, want string }{
		{"empty", "\n", "is empty"},
		{"not YAML", "a: [\n", "yaml: line 1"},
		{"unknown field", header + "nodez: []\n", "line 3: field nodez not found"},
		{"another kind", "kind: Pod\napiVersion: v1\n", "want apiVersion kind.x-k8s.io/v1alpha4, kind Cluster"},
		{"another name", header + "name: mine\n", "names the cluster mine: it is joblab here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := customize(t, test.content, "")
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "kind.yaml") || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with the file and %q", err, test.want)
			}
		})
	}
	if _, err := readCustomization(Config{File: "/nowhere/kind.yaml"}); err == nil || !strings.Contains(err.Error(), "/nowhere/kind.yaml") {
		t.Errorf("a missing file: %v", err)
	}
}
