package labs_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/labs"
)

// compileSchema compiles the schema, and returns it as JSON, too.
func compileSchema(t *testing.T) (*jsonschema.Schema, map[string]any) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(labs.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("lab.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("lab.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema, document.(map[string]any)
}

// refusedBy returns why a schema refuses a lab.yaml, nil if it does not.
func refusedBy(t *testing.T, schema *jsonschema.Schema, text []byte) error {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

// problemsOf are what the loader says to a lab.yaml of everything.yaml's lab.
func problemsOf(t *testing.T, text []byte) []string {
	t.Helper()
	c, err := lab.Read(fstest.MapFS{
		"tracks.yaml":               {Data: []byte("- {id: failure, title: {en: Failure, ko: 실패}}")},
		"51-everything/lab.yaml":    {Data: text},
		"51-everything/job.yaml":    {Data: []byte("# a note\napiVersion: batch/v1\nkind: Job\nmetadata: {name: my-job}\nspec:\n  backoffLimit: 1\n")},
		"51-everything/guide.en.md": {Data: []byte("## One\n")},
		"51-everything/guide.ko.md": {Data: []byte("## 하나\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Err(); err != nil {
		return strings.Split(err.Error(), "\n")
	}
	return nil
}

func everything(t *testing.T) (text []byte, root *yaml.Node) {
	t.Helper()
	text, err := os.ReadFile("../internal/lab/testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	return text, document.Content[0]
}

func TestSchemaTakesWhatTheLoaderTakes(t *testing.T) {
	schema, _ := compileSchema(t)
	names, err := fs.Glob(labs.FS, "*/lab.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("labs: %v, %v", names, err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(labs.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := refusedBy(t, schema, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	text, _ := everything(t)
	if err := refusedBy(t, schema, text); err != nil {
		t.Errorf("everything.yaml: %v", err)
	}
	if problems := problemsOf(t, text); problems != nil {
		t.Errorf("everything.yaml has problems:\n%s", strings.Join(problems, "\n"))
	}
}

const strange = "a-strange-key"

var wantKeys = regexp.MustCompile(`unknown key "` + strange + `": want (.*)$`)

// TestSchemaKnowsTheLoadersKeys adds a strange key to each mapping of
// everything.yaml. Where the loader says which keys it knows, the schema must have
// the same, and where it takes any, so must the schema.
func TestSchemaKnowsTheLoadersKeys(t *testing.T) {
	schema, document := compileSchema(t)
	_, root := everything(t)
	mappings := 0
	eachNode(root, nil, func(path []string, n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			return
		}
		mappings++
		content := n.Content
		n.Content = append(slices.Clone(content), scalar(strange), scalar("a value"))
		text := marshal(t, root)
		n.Content = content
		var known []string
		problems := problemsOf(t, text)
		for _, p := range problems {
			if m := wantKeys.FindStringSubmatch(p); m != nil {
				known = strings.Split(m[1], ", ")
			}
		}
		at := strings.Join(path, ".")
		if refused := refusedBy(t, schema, text) != nil; refused != (problems != nil) {
			t.Errorf("%s: the schema refuses a strange key: %t, but the loader says %q", at, refused, problems)
		}
		if known == nil {
			return
		}
		slices.Sort(known)
		if diff := cmp.Diff(known, keysAt(document, document, path)); diff != "" {
			t.Errorf("keys of %s (-loader +schema):\n%s", at, diff)
		}
	})
	if mappings < 50 {
		t.Errorf("everything.yaml has only %d mappings", mappings)
	}
}

// TestSchemaRefusesNothingElse takes each value away, and makes another of it: what
// the schema refuses, the loader must refuse, too; and both must refuse a mapping
// where there is a scalar.
func TestSchemaRefusesNothingElse(t *testing.T) {
	schema, _ := compileSchema(t)
	_, root := everything(t)
	refusals := 0
	check := func(what string, both bool) {
		t.Helper()
		text := marshal(t, root)
		bySchema, problems := refusedBy(t, schema, text), problemsOf(t, text)
		if bySchema != nil {
			refusals++
		}
		if bySchema != nil && problems == nil {
			t.Errorf("%s: the loader takes what the schema refuses: %v", what, bySchema)
		}
		if both && bySchema == nil {
			t.Errorf("%s: the schema takes it, the loader says %q", what, problems)
		}
	}
	eachNode(root, nil, func(path []string, n *yaml.Node) {
		at := strings.Join(path, ".")
		free := strings.Contains(at, "patch.spec") || strings.Contains(at, "patch.data") || strings.Contains(at, "patch.metadata.")
		switch n.Kind {
		case yaml.ScalarNode:
			before := *n
			*n = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			check(at+" is a mapping", !free)
			*n = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
			check(at+" is null", !free)
			*n = before
		case yaml.MappingNode:
			content := n.Content
			for i := 0; i < len(content); i += 2 {
				n.Content = slices.Concat(content[:i], content[i+2:])
				check(fmt.Sprintf("%s without %s", at, content[i].Value), false)
			}
			n.Content = content
		case yaml.SequenceNode:
			content := n.Content
			n.Content = nil
			check(at+" is empty", false)
			n.Content = content
		}
	})
	if refusals < 250 {
		t.Errorf("the schema refused only %d changes", refusals)
	}
}

// TestSchemaRefuses are mistakes that an editor should show.
func TestSchemaRefuses(t *testing.T) {
	schema, _ := compileSchema(t)
	text, _ := everything(t)
	for _, c := range []struct{ name, replace, with string }{
		{"a misspelt key", "minutes: 3", "minuts: 3"},
		{"a missing key", "track: failure\n", ""},
		{"a text as number", "order: 51", `order: "51"`},
		{"a language missing", `title: {en: "Everything", ko: "모두"}`, `title: {en: "Everything"}`},
		{"an unknown backend", "[embedded, kind, kubeconfig]", "[embedded, minikube]"},
		{"a duration without a unit", "limit: 2m", "limit: 120"},
		{"two kinds of check in one", "pods: {count: {min: 1, max: 3}, restarts: {min: 0, max: 3}}", "pods: {count: 1}\n    job: {condition: Complete}"},
		{"a check of nothing", "    events: {reason: BackOff, of: Pod/my-job, type: Warning, message: \"Back-off\", count: {min: 1}}\n", ""},
		{"always without cel", `cel: "pods.all(p, p.restarts == 0)"`, "pods: {count: 1}"},
		{"an unknown condition", "condition: Failed", "condition: Broken"},
		{"a reason without its condition", "condition: Failed, ", ""},
		{"an unknown point", "pod.finished", "pod.ended"},
		{"about and between", "between: [[", "about: 3s, within: 1s, between: [["},
		{"a negative number", "restarts: 0", "restarts: -1"},
		{"two verbs in a step", "{create: {from", "{replace: x, create: {from"},
		{"a divergence without its check", "    check: pods\n", ""},
		{"a met variation that names a check", "    outcome: met\n", "    outcome: met\n    check: pods\n"},
		{"a refused variation with an outcome", "    refused: unknown field\n", "    refused: unknown field\n    outcome: met\n"},
		{"an insecure source", "https://kubernetes.io", "http://kubernetes.io"},
	} {
		changed := bytes.Replace(text, []byte(c.replace), []byte(c.with), 1)
		if bytes.Equal(changed, text) {
			t.Errorf("%s: %q is not in everything.yaml", c.name, c.replace)
		}
		if refusedBy(t, schema, changed) == nil {
			t.Errorf("%s: the schema takes it", c.name)
		}
		if problemsOf(t, changed) == nil {
			t.Errorf("%s: the loader takes it", c.name)
		}
	}
}

// keysAt are the properties that a schema has for the mapping at a path, sorted.
func keysAt(document, schema map[string]any, path []string) []string {
	keys := map[string]bool{}
	for _, s := range schemasAt(document, schema, path) {
		properties, _ := s["properties"].(map[string]any)
		for key := range properties {
			keys[key] = true
		}
	}
	var sorted []string
	for key := range keys {
		sorted = append(sorted, key)
	}
	slices.Sort(sorted)
	return sorted
}

// schemasAt are the schemas that apply to the value at a path.
func schemasAt(document, schema map[string]any, path []string) []map[string]any {
	var found []map[string]any
	if reference, ok := schema["$ref"].(string); ok {
		target := document["$defs"].(map[string]any)[strings.TrimPrefix(reference, "#/$defs/")].(map[string]any)
		found = append(found, schemasAt(document, target, path)...)
	}
	alternatives, _ := schema["anyOf"].([]any)
	for _, a := range alternatives {
		if _, isType := a.(map[string]any)["required"]; !isType || a.(map[string]any)["type"] != nil {
			found = append(found, schemasAt(document, a.(map[string]any), path)...)
		}
	}
	if len(path) == 0 {
		return append(found, schema)
	}
	if items, ok := schema["items"].(map[string]any); ok && path[0] == "[]" {
		return append(found, schemasAt(document, items, path[1:])...)
	}
	properties, _ := schema["properties"].(map[string]any)
	if property, ok := properties[path[0]].(map[string]any); ok {
		return append(found, schemasAt(document, property, path[1:])...)
	}
	patterns, _ := schema["patternProperties"].(map[string]any)
	for pattern, property := range patterns {
		if regexp.MustCompile(pattern).MatchString(path[0]) {
			found = append(found, schemasAt(document, property.(map[string]any), path[1:])...)
		}
	}
	return found
}

// eachNode visits the nodes of a document with their paths; a list's item is "[]".
func eachNode(n *yaml.Node, path []string, visit func(path []string, n *yaml.Node)) {
	visit(path, n)
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			eachNode(n.Content[i+1], append(slices.Clone(path), n.Content[i].Value), visit)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			eachNode(item, append(slices.Clone(path), "[]"), visit)
		}
	}
}

func scalar(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

func marshal(t *testing.T, n *yaml.Node) []byte {
	t.Helper()
	text, err := yaml.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
