package fieldpath_test

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/explain/fieldpath"
)

const manifest = `kind: Job
metadata:
  labels: {app.kubernetes.io/name: pi}
defaults: &defaults
  image: perl
spec:
  template:
    spec:
      containers:
      - name: one
        image: bash
      - <<: *defaults
        name: two
      alias: *defaults
`

func TestFind(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(manifest), &doc); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, value string
		line        int
	}{
		{"kind", "Job", 1},
		{"metadata.labels[app.kubernetes.io/name]", "pi", 3},
		{"spec.template.spec.containers[0].image", "bash", 11},
		{"spec.template.spec.containers[1].image", "perl", 5},
		{"spec.template.spec.containers.image", "bash", 11},
		{"spec.template.spec.alias.image", "perl", 5},
		{"spec.template.spec.restartPolicy", "", 8},
		{"spec.template.spec.containers[1].command", "", 12},
		{"spec.template.spec.containers[2].image", "", 9},
		{"status.active", "", 1},
		{"kind.name", "", 1},
		{"metadata[", "", 2},
	} {
		value, line := fieldpath.Find(doc.Content[0], c.path)
		got := ""
		if value != nil {
			got = value.Value
		}
		if got != c.value || line != c.line {
			t.Errorf("%s is %q at line %d, want %q at %d", c.path, got, line, c.value, c.line)
		}
	}
}
