package run

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// lineOf returns the line of a field, given as Kubernetes names it, such as
// "spec.template.spec.containers[0].image" or "metadata.labels[app]". For a field
// that is missing it is the line of what should hold it, for the same without an
// index the first element's. Line 1 is the manifest's first.
func (d *document) lineOf(path string) int {
	n, line := d.root, d.root.Line
	for _, step := range steps(path) {
		key, value := child(n, step)
		if value == nil {
			break
		}
		n, line = value, key.Line
	}
	return d.line + line
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
