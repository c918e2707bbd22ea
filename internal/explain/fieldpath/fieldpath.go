// Package fieldpath finds the fields of a Kubernetes object in its YAML by the
// paths with which Kubernetes names them, such as
// "spec.template.spec.containers[0].image" or "metadata.labels[app]".
//
// Guarantees:
//   - The line of a field is that of its key, or of its item in a list; of one that
//     is missing, that of the nearest field that should hold it.
//   - Aliases and merge keys are followed, as the API server's clients do.
//   - No path and no document makes it panic.
package fieldpath

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Find returns the value of a field, nil if the document has none, and the line
// of the field or of what should hold it. A step without an index into a list
// leads to its first item.
func Find(root *yaml.Node, path string) (value *yaml.Node, line int) {
	n, line := root, root.Line
	for _, step := range steps(path) {
		key, value := child(n, step)
		if value == nil {
			return nil, line
		}
		n, line = value, key.Line
	}
	return dealias(n), line
}

// child returns the node that a step leads to, and the one whose line names it:
// for a field its key.
func child(n *yaml.Node, step string) (key, value *yaml.Node) {
	n = dealias(n)
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i], n.Content[i+1]
			}
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Tag == "!!merge" {
				if key, value = child(n.Content[i+1], step); value != nil {
					return key, value
				}
			}
		}
	case yaml.SequenceNode:
		i, err := strconv.Atoi(step)
		if err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
		if err != nil && len(n.Content) > 0 {
			return child(n.Content[0], step)
		}
	}
	return nil, nil
}

func dealias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// steps splits a path into fields, keys and indices. What is in brackets is one
// step, dots included.
func steps(path string) []string {
	var out []string
	for path != "" {
		switch path[0] {
		case '.':
			path = path[1:]
		case '[':
			inside, rest, ok := strings.Cut(path[1:], "]")
			if !ok {
				return out
			}
			out, path = append(out, inside), rest
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			out, path = append(out, path[:end]), path[end:]
		}
	}
	return out
}
