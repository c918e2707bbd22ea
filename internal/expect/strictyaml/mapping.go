package strictyaml

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Mapping is a mapping whose keys have been checked.
type Mapping struct {
	of     Value
	values map[string]Value
	keys   []string
}

// Mapping reads a mapping with no other keys than those known; with none given,
// any keys. Other keys and keys given twice are problems. The result can be used
// even if the value is no mapping.
func (v Value) Mapping(known ...string) Mapping {
	return v.MappingOf(func(key string) bool { return len(known) == 0 || slices.Contains(known, key) }, known...)
}

// MappingOf reads a mapping with no other keys than those that is reports; want
// says which those are.
func (v Value) MappingOf(is func(key string) bool, want ...string) Mapping {
	m := Mapping{of: v, values: map[string]Value{}}
	if !v.is(yaml.MappingNode, "a mapping") {
		return m
	}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key, value := v.node.Content[i], v.node.Content[i+1]
		at := v.reader.Value(key, v.path)
		switch {
		case key.Kind != yaml.ScalarNode || key.Anchor != "":
			at.Problemf("want a word as key")
			continue
		case !is(key.Value):
			at.Problemf("unknown key %q: want %s", key.Value, strings.Join(want, ", "))
			continue
		}
		if _, twice := m.values[key.Value]; twice {
			at.Problemf("key %q is given twice", key.Value)
			continue
		}
		m.values[key.Value] = Value{reader: v.reader, node: value, parent: v.node, path: join(v.path, key.Value)}
		m.keys = append(m.keys, key.Value)
	}
	return m
}

// Get returns the value of a key; it is not Present if the mapping has none.
func (m Mapping) Get(key string) Value {
	if v, ok := m.values[key]; ok {
		return v
	}
	return Value{reader: m.of.reader, parent: m.of.node, path: join(m.of.path, key)}
}

// Keys returns the keys in the order of the file.
func (m Mapping) Keys() []string { return m.keys }

// List reads a list. A missing value is a problem.
func (v Value) List() []Value {
	if !v.is(yaml.SequenceNode, "a list") {
		return nil
	}
	values := make([]Value, len(v.node.Content))
	for i, n := range v.node.Content {
		values[i] = Value{reader: v.reader, node: n, parent: v.node, path: fmt.Sprintf("%s[%d]", v.path, i)}
	}
	return values
}

// IsMapping reports whether the value is a mapping that may be read.
func (v Value) IsMapping() bool { return v.isA(yaml.MappingNode) }

// IsList reports whether the value is a list that may be read.
func (v Value) IsList() bool { return v.isA(yaml.SequenceNode) }

func (v Value) isA(kind yaml.Kind) bool {
	return v.node != nil && v.node.Kind == kind && v.node.Anchor == ""
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
