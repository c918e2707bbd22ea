package explain

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/explain/fieldpath"
)

// manifest is a manifest as it was applied, for finding fields.
type manifest struct{ objects []*object }

// object is one object of a manifest.
type object struct {
	kind, name string
	// generated: name is a generateName, to which the API server adds more.
	generated bool
	root      *yaml.Node
	// values remembers what was asked for, by path.
	values map[string]stated
}

// stated is what the manifest says at a path.
type stated struct {
	text string
	ok   bool
}

// parseManifest takes what can be read of a manifest; a document that is no
// object is passed over.
func parseManifest(text string) *manifest {
	m := &manifest{}
	docs, _ := strictyaml.Documents([]byte(text))
	for _, doc := range docs {
		if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
			continue
		}
		o := &object{root: doc.Content[0], values: map[string]stated{}}
		o.kind, o.name = o.text("kind"), o.text("metadata.name")
		if o.name == "" {
			o.name, o.generated = o.text("metadata.generateName"), true
		}
		m.objects = append(m.objects, o)
	}
	return m
}

// text is the value of a scalar field, or empty.
func (o *object) text(path string) string {
	if n, _ := fieldpath.Find(o.root, path); n != nil && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

// find returns the object of a kind and name, or nil.
func (m *manifest) find(kind, name string) *object {
	for _, o := range m.objects {
		if o.kind == kind && (o.name == name || o.generated && strings.HasPrefix(name, o.name)) {
			return o
		}
	}
	return nil
}

// place is where the manifest describes a pod or a Job.
type place struct {
	*object
	// job and pod are the paths of the Job's spec and of the pod's; job is empty
	// for a bare pod.
	job, pod string
}

// ofJob returns the place of a Job, or nil if the manifest does not describe it.
// A Job of a CronJob is described there.
func (m *manifest) ofJob(name, owner string) *place {
	if o := m.find("Job", name); o != nil {
		return &place{object: o, job: "spec", pod: "spec.template.spec"}
	}
	cron, owned := strings.CutPrefix(owner, "CronJob/")
	if !owned {
		return nil
	}
	if o := m.find("CronJob", cron); o != nil {
		return &place{object: o, job: "spec.jobTemplate.spec", pod: "spec.jobTemplate.spec.template.spec"}
	}
	return nil
}

// ofPod returns the place of a bare pod, or nil.
func (m *manifest) ofPod(name string) *place {
	if o := m.find("Pod", name); o != nil {
		return &place{object: o, pod: "spec"}
	}
	return nil
}

// ofCronJob returns the place of a CronJob, or nil.
func (m *manifest) ofCronJob(name string) *place {
	if o := m.find("CronJob", name); o != nil {
		return &place{object: o, job: "spec.jobTemplate.spec", pod: "spec.jobTemplate.spec.template.spec"}
	}
	return nil
}

// path is the full path of a field that a rule names by what has it:
// "pod.restartPolicy", "job.backoffLimit", "cron.schedule", "container.command".
// It is empty if there is nothing that has it.
func (p *place) path(field, container string) string {
	base, rest, _ := strings.Cut(field, ".")
	switch {
	case p == nil:
	case base == "pod":
		return p.pod + "." + rest
	case base == "job" && p.job != "":
		return p.job + "." + rest
	case base == "cron" && p.kind == "CronJob":
		return "spec." + rest
	case base == "container":
		if at := p.container(container); at != "" {
			return at + "." + rest
		}
	}
	return ""
}

// container is the path of a container by name, or empty.
func (p *place) container(name string) string {
	for _, list := range []string{"initContainers", "containers"} {
		n, _ := fieldpath.Find(p.root, p.pod+"."+list)
		if n == nil || n.Kind != yaml.SequenceNode {
			continue
		}
		for i := range n.Content {
			at := fmt.Sprintf("%s.%s[%d]", p.pod, list, i)
			if p.text(at+".name") == name {
				return at
			}
		}
	}
	return ""
}

// value is what the manifest says at a field, as text; ok is false if it does not
// say anything.
func (p *place) value(field, container string) (value string, ok bool) {
	path := p.path(field, container)
	if path == "" {
		return "", false
	}
	said, known := p.values[path]
	if !known {
		if n, _ := fieldpath.Find(p.root, path); n != nil && n.ShortTag() != "!!null" {
			said = stated{flow(n), true}
		}
		p.values[path] = said
	}
	return said.text, said.ok
}

// longest is how much of a value is shown.
const longest = 120

// flow is a value on one line; empty for objects, which say too much.
func flow(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.ScalarNode:
		return shorten(n.Value)
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0 && n.Content[0].Kind != yaml.ScalarNode:
		return ""
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return ""
	}
	var plain yaml.Node // without comments and the author's own layout
	if err := plain.Encode(v); err != nil {
		return ""
	}
	plain.Style = yaml.FlowStyle
	text, err := yaml.Marshal(&plain)
	if err != nil {
		return ""
	}
	if n.Kind == yaml.MappingNode && len(text) > longest {
		return ""
	}
	return shorten(string(text))
}

func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return text
}
