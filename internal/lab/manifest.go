package lab

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	sigsjson "sigs.k8s.io/json"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/explain/fieldpath"
)

// checkManifest returns what makes a file no manifest, or nil: it must be YAML
// documents with apiVersion and kind.
func checkManifest(file string, manifest []byte) *expect.Problem {
	docs, p := strictyaml.Documents(manifest)
	if p != nil {
		p.File = file
		return p
	}
	found := false
	for _, doc := range docs {
		if isNull(doc) {
			continue
		}
		if kind := kindOf(doc); kind.Version == "" || kind.Kind == "" {
			return &expect.Problem{File: file, Line: doc.Line, Message: "want an object with apiVersion and kind"}
		}
		found = true
	}
	if !found {
		return &expect.Problem{File: file, Line: 1, Message: "has no object"}
	}
	return nil
}

func isNull(doc *yaml.Node) bool {
	return len(doc.Content) == 1 && doc.Content[0].ShortTag() == "!!null"
}

// kindOf is what a document says that it is; empty as far as it does not.
func kindOf(doc *yaml.Node) schema.GroupVersionKind {
	var object struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string `yaml:"kind"`
	}
	if doc.Decode(&object) != nil {
		return schema.GroupVersionKind{}
	}
	return schema.FromAPIVersionAndKind(object.APIVersion, object.Kind)
}

// checkObjects returns what the API would refuse of a manifest whatever the
// cluster: kinds that there are not, unknown fields, and values of another type.
// The rest, such as a name that is no DNS label, only an API server knows.
func checkObjects(file string, manifest []byte) []*expect.Problem {
	docs, p := strictyaml.Documents(manifest)
	if p != nil {
		return nil // checkManifest has it
	}
	var problems []*expect.Problem
	for _, doc := range docs {
		if isNull(doc) {
			continue
		}
		for _, wrong := range checkObject(doc) {
			_, line := fieldpath.Find(doc.Content[0], wrong.path)
			problems = append(problems, &expect.Problem{
				File: file, Line: line, Column: indent(manifest, line), Path: wrong.path, Message: wrong.message,
			})
		}
	}
	return problems
}

// wrongField is what is wrong with a field of an object.
type wrongField struct{ path, message string }

var (
	unknownField = regexp.MustCompile(`^unknown field "(.*)"$`)
	// wrongType is how encoding/json names a field: with its type before its path.
	wrongType = regexp.MustCompile(`^json: cannot unmarshal (\S+) into Go struct field \w+\.(\S+) of type \S*?(\w+)$`)
)

func checkObject(doc *yaml.Node) []wrongField {
	kind := kindOf(doc)
	object, err := scheme.Scheme.New(kind)
	if err != nil {
		return []wrongField{{"apiVersion", `no matches for kind "` + kind.Kind + `" in version "` + kind.GroupVersion().String() + `"`}}
	}
	var value any
	if err := doc.Decode(&value); err != nil {
		return []wrongField{{"", err.Error()}}
	}
	data, err := json.Marshal(value)
	if err != nil {
		return []wrongField{{"", "want words as keys: " + err.Error()}}
	}
	strict, err := sigsjson.UnmarshalStrict(data, object)
	if err != nil {
		if m := wrongType.FindStringSubmatch(err.Error()); m != nil {
			return []wrongField{{m[2], "want " + m[3] + ", not a " + m[1]}}
		}
		return []wrongField{{"", strings.TrimPrefix(err.Error(), "json: ")}}
	}
	var wrong []wrongField
	for _, err := range strict {
		if m := unknownField.FindStringSubmatch(err.Error()); m != nil {
			wrong = append(wrong, wrongField{m[1], "unknown field"})
		} else {
			wrong = append(wrong, wrongField{"", err.Error()})
		}
	}
	return wrong
}

// indent is the column in which a line begins.
func indent(text []byte, line int) int {
	lines := bytes.Split(text, []byte("\n"))
	if line < 1 || line > len(lines) {
		return 0
	}
	return 1 + len(lines[line-1]) - len(bytes.TrimLeft(lines[line-1], " -"))
}

// checkAgainstAPI checks the manifest and those of the variations, but for those
// whose point is that the API refuses them.
func (l *loader) checkAgainstAPI(file string, manifest []byte, definition strictyaml.Mapping, lab *Lab) {
	if manifest == nil {
		return
	}
	if refusedByAPI(definition.Get("expect").Node()) {
		return
	}
	problems := checkObjects(file, manifest)
	for _, p := range problems {
		l.add(p)
	}
	variations := definition.Get("variations")
	if len(problems) > 0 || !variations.IsList() {
		return // those of the variations would be the same
	}
	for i, value := range variations.List() {
		if hasKey(value.Node(), "refused") || i >= len(lab.Variations) {
			continue
		}
		edited, err := lab.Variations[i].Apply(manifest)
		if err != nil {
			continue // parseVariations has it
		}
		if problems := checkObjects("", edited); len(problems) > 0 {
			p := problems[0]
			value.Mapping().Get("edit").Problemf("makes a manifest that the API refuses (say what it says with refused): line %d: %s: %s", p.Line, p.Path, p.Message)
		}
	}
}

// refusedByAPI reports whether a contract has a check that the API refuses the
// manifest itself, also if the contract has problems and could not be parsed.
func refusedByAPI(list *yaml.Node) bool {
	if list == nil {
		return false
	}
	for _, check := range list.Content {
		for i := 0; i+1 < len(check.Content); i += 2 {
			if check.Content[i].Value == "refused" && !hasKey(check.Content[i+1], "step") {
				return true
			}
		}
	}
	return false
}

func hasKey(mapping *yaml.Node, key string) bool {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return true
		}
	}
	return false
}
