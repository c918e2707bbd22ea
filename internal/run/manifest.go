package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"
)

// Bounds of a manifest.
const (
	// MaxManifest is the most bytes that a manifest may have.
	MaxManifest = 256 << 10
	// MaxDocuments is the most YAML documents that it may hold.
	MaxDocuments = 20
	// maxAliased is how many values a document's aliases may stand for.
	maxAliased = 1000
	// maxDepth is how deep its values may be nested.
	maxDepth = 100
)

// document is one object of a manifest.
type document struct {
	// json is the object as it is sent to the API server, made by the YAML
	// library that kubectl uses.
	json []byte
	// root is the same for finding lines, and line what to add to its lines.
	root *yaml.Node
	line int

	// What the object says of itself.
	apiVersion, kind string
	name             string
	generateName     string
	namespace        string
}

// parse splits a manifest into its documents; empty ones are left out. The
// problems are those of the YAML itself.
func parse(manifest []byte) (docs []*document, problems []Problem) {
	if problem := checkEncoding(manifest); problem != nil {
		return nil, []Problem{*problem}
	}
	for _, chunk := range split(manifest) {
		doc, problem := parseDocument(chunk.text, chunk.line)
		switch {
		case problem != nil:
			problems = append(problems, *problem)
		case doc != nil:
			docs = append(docs, doc)
		}
		if len(docs) > MaxDocuments {
			problems = append(problems, Problem{Line: chunk.line + 1, Message: fmt.Sprintf("more than %d documents", MaxDocuments)})
			return nil, problems
		}
	}
	if len(docs) == 0 && len(problems) == 0 {
		problems = append(problems, Problem{Line: 1, Message: "the manifest holds no object"})
	}
	return docs, problems
}

// checkEncoding refuses what is not UTF-8. YAML would take UTF-16, but what cuts,
// keeps and shows a manifest would not.
func checkEncoding(manifest []byte) *Problem {
	if bytes.HasPrefix(manifest, []byte{0xFF, 0xFE}) || bytes.HasPrefix(manifest, []byte{0xFE, 0xFF}) {
		return &Problem{Line: 1, Message: "the manifest is in UTF-16, as PowerShell writes files: save it as UTF-8"}
	}
	for line, rest := 1, manifest; len(rest) > 0; line++ {
		text, after, _ := bytes.Cut(rest, []byte("\n"))
		if !utf8.Valid(text) {
			return &Problem{Line: line, Message: "the line is not in UTF-8: save the manifest as UTF-8"}
		}
		rest = after
	}
	return nil
}

// chunk is the text of one document and the number of lines before it.
type chunk struct {
	text []byte
	line int
}

// split cuts a manifest where a line starts with the document marker, "---".
func split(manifest []byte) []chunk {
	var chunks []chunk
	start, from, line := 0, 0, 0
	for offset := 0; offset < len(manifest); line++ {
		end := len(manifest)
		if i := bytes.IndexByte(manifest[offset:], '\n'); i >= 0 {
			end = offset + i + 1
		}
		if isMarker(manifest[offset:end]) && offset > start {
			chunks = append(chunks, chunk{manifest[start:offset], from})
			start, from = offset, line
		}
		offset = end
	}
	return append(chunks, chunk{manifest[start:], from})
}

func isMarker(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	return ok && (len(rest) == 0 || strings.IndexByte(" \t\r\n", rest[0]) >= 0)
}

// parseDocument returns nil for a document without a value.
func parseDocument(text []byte, line int) (*document, *Problem) {
	refuse := func(at int, message string) (*document, *Problem) {
		return nil, &Problem{Line: line + at, Message: message}
	}
	var root yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		at, message := yamlError(err)
		if n, line := brokenLine(text); n > 0 {
			at, message = n, message+yamlAdvice(line, message)
		}
		return refuse(at, "not YAML: "+message)
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		at := second.Line
		if err != nil {
			at, _ = yamlError(err)
		}
		return refuse(at, `not YAML: documents must be separated by a line "---"`)
	}
	value := root.Content[0]
	if value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
		return nil, nil
	}
	if value.Kind != yaml.MappingNode {
		return refuse(value.Line, "a Kubernetes object must be a mapping of fields, such as apiVersion and kind")
	}
	if p := checkNodes(value, line); p != nil {
		return nil, p
	}
	object, err := sigsyaml.YAMLToJSONStrict(text)
	if err != nil {
		at, message := yamlError(err)
		return refuse(at, "not YAML: "+message)
	}
	doc := &document{json: object, root: value, line: line}
	var head struct {
		APIVersion any `json:"apiVersion"`
		Kind       any `json:"kind"`
		Metadata   any `json:"metadata"`
	}
	if err := json.Unmarshal(object, &head); err != nil {
		return refuse(value.Line, "not YAML: "+err.Error())
	}
	doc.apiVersion, _ = head.APIVersion.(string)
	doc.kind, _ = head.Kind.(string)
	metadata, _ := head.Metadata.(map[string]any)
	doc.name, _ = metadata["name"].(string)
	doc.generateName, _ = metadata["generateName"].(string)
	doc.namespace, _ = metadata["namespace"].(string)
	return doc, nil
}

// checkNodes refuses aliases that stand for more than a few values, values that
// are nested too deep, and keys that are given twice, before anything expands
// the document.
func checkNodes(root *yaml.Node, line int) *Problem {
	aliased := 0
	var walk func(n *yaml.Node, depth int, alias *yaml.Node) *Problem
	walk = func(n *yaml.Node, depth int, alias *yaml.Node) *Problem {
		if depth > maxDepth {
			return &Problem{Line: line + n.Line, Message: fmt.Sprintf("values are nested more than %d deep", maxDepth)}
		}
		if n.Kind == yaml.AliasNode {
			if alias == nil {
				alias = n
			}
			n = n.Alias
		}
		if alias != nil {
			if aliased++; aliased > maxAliased {
				return &Problem{Line: line + alias.Line, Message: fmt.Sprintf("aliases stand for more than %d values", maxAliased)}
			}
		}
		keys := make(map[string]int)
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 && c.Kind == yaml.ScalarNode && c.Tag != "!!merge" {
				if first, twice := keys[c.Value]; twice {
					return &Problem{Line: line + c.Line, Message: fmt.Sprintf("the field %q is given twice, first in line %d", c.Value, line+first)}
				}
				keys[c.Value] = c.Line
			}
			if p := walk(c, depth+1, alias); p != nil {
				return p
			}
		}
		return nil
	}
	return walk(root, 0, nil)
}

var yamlLine = regexp.MustCompile(`^line (\d+): `)

// yamlError takes the line out of a YAML library's message; 1 if it has none.
func yamlError(err error) (line int, message string) {
	message = err.Error()
	for _, prefix := range []string{"error converting YAML to JSON: ", "yaml: ", "unmarshal errors:\n  "} {
		message = strings.TrimPrefix(message, prefix)
	}
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
	}
	return max(line, 1), message
}
