package schema

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kube-openapi/pkg/spec3"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// Bounds of a Document. Kubernetes' own kinds are far within them.
const (
	maxTypes       = 400
	maxFields      = 10_000 // of all types
	maxDescription = 4000   // bytes
)

// Document is what a manifest of one kind may hold.
type Document struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Type names the kind's own type in Types. It is without status, which is not
	// for those who write manifests.
	Type  string          `json:"type"`
	Types map[string]Type `json:"types"`
}

// Type is a type with fields.
type Type struct {
	Description string           `json:"description,omitempty"`
	Fields      map[string]Field `json:"fields"`
}

// Field is a field of a type.
type Field struct {
	// Type is as kubectl explain prints it: "integer", "[]Container",
	// "map[string]string".
	Type string `json:"type"`
	// Each is "list" or "map" if the field holds many values, otherwise empty.
	Each string `json:"each,omitempty"`
	// Of names, in Types of the Document, the type of the field's value, or of each of
	// its values. It is empty if that has no fields.
	Of          string `json:"of,omitempty"`
	Description string `json:"description,omitempty"`
	Required    bool   `json:"required,omitempty"`
	// Enum are the only values that there are, if there are such.
	Enum    []any `json:"enum,omitempty"`
	Default any   `json:"default,omitempty"`
}

const refPrefix = "#/components/schemas/"

// cutKind returns what can be reached from a kind. It reports false if there is no
// such kind.
func cutKind(api *spec3.OpenAPI, gvk schema.GroupVersionKind) (Document, bool) {
	if api.Components == nil {
		return Document{}, false
	}
	c := cutter{schemas: api.Components.Schemas, types: map[string]Type{}}
	apiVersion, kind := gvk.ToAPIVersionAndKind()
	for _, name := range slices.Sorted(maps.Keys(c.schemas)) {
		if !isKind(c.schemas[name], gvk) {
			continue
		}
		root := *c.schemas[name]
		root.Properties = maps.Clone(root.Properties)
		delete(root.Properties, "status")
		c.add(name, &root)
		for len(c.open) > 0 {
			next := c.open[0]
			c.open = c.open[1:]
			c.add(next.name, next.schema)
		}
		return Document{APIVersion: apiVersion, Kind: kind, Type: name, Types: c.types}, true
	}
	return Document{}, false
}

// isKind reports whether a schema is that of a kind.
func isKind(s *spec.Schema, gvk schema.GroupVersionKind) bool {
	list, _ := s.Extensions["x-kubernetes-group-version-kind"].([]any)
	return len(s.Properties) > 0 && slices.ContainsFunc(list, func(v any) bool {
		one, _ := v.(map[string]any)
		return one["group"] == gvk.Group && one["version"] == gvk.Version && one["kind"] == gvk.Kind
	})
}

// cutter collects types, the nearest to the kind first.
type cutter struct {
	schemas map[string]*spec.Schema
	types   map[string]Type
	fields  int
	// open are types that are in types, but still without their fields.
	open []named
}

type named struct {
	name   string
	schema *spec.Schema
}

// add gives a type its fields.
func (c *cutter) add(name string, s *spec.Schema) {
	t := Type{Description: short(s.Description), Fields: map[string]Field{}}
	for _, field := range slices.Sorted(maps.Keys(s.Properties)) {
		if c.fields++; c.fields > maxFields {
			break
		}
		property := s.Properties[field]
		f := c.field(name+"."+field, &property)
		f.Required = slices.Contains(s.Required, field)
		t.Fields[field] = f
	}
	c.types[name] = t
}

// field describes a field; path names its type if that has no name of its own.
func (c *cutter) field(path string, s *spec.Schema) Field {
	value, ref := c.resolve(s)
	f := Field{Description: short(cmp.Or(s.Description, value.Description)), Enum: value.Enum, Default: telling(s.Default)}
	if s.Enum != nil {
		f.Enum = s.Enum
	}
	prefix := ""
	switch {
	case value.Items != nil && value.Items.Schema != nil:
		f.Each, prefix = "list", "[]"
		value, ref = c.resolve(value.Items.Schema)
	case value.AdditionalProperties != nil && value.AdditionalProperties.Schema != nil && len(value.Properties) == 0:
		f.Each, prefix = "map", "map[string]"
		value, ref = c.resolve(value.AdditionalProperties.Schema)
	}
	if prefix != "" && value.Enum != nil {
		f.Enum = value.Enum
	}
	f.Type = prefix + typeName(value, ref)
	if len(value.Properties) > 0 {
		f.Of = c.reach(cmp.Or(ref, path), value)
	}
	return f
}

// reach sees to it that a type with fields is among the types, and returns its
// name; nothing if there are too many.
func (c *cutter) reach(name string, s *spec.Schema) string {
	if _, known := c.types[name]; known {
		return name
	}
	if len(c.types) >= maxTypes {
		return ""
	}
	c.types[name] = Type{}
	c.open = append(c.open, named{name, s})
	return name
}

// resolve follows a reference, also one that is wrapped to have a description of
// its own, and returns the schema that it names, and the name. A chain of
// references is followed as far as there are schemas.
func (c *cutter) resolve(s *spec.Schema) (*spec.Schema, string) {
	name := ""
	for range c.schemas {
		ref := s.Ref.String()
		if ref == "" && len(s.AllOf) == 1 {
			ref = s.AllOf[0].Ref.String()
		}
		target, ok := c.schemas[strings.TrimPrefix(ref, refPrefix)]
		if !ok {
			break
		}
		s, name = target, strings.TrimPrefix(ref, refPrefix)
	}
	return s, name
}

// typeName is a type as kubectl explain prints it: the last part of its name, or
// else what JSON calls it.
func typeName(s *spec.Schema, ref string) string {
	if ref != "" && (len(s.Type) == 0 || s.Type[0] == "object" || len(s.Format) > 0) {
		return ref[strings.LastIndexByte(ref, '.')+1:]
	}
	if len(s.Type) == 1 {
		return s.Type[0]
	}
	return "any"
}

// telling returns a default that says something: OpenAPI gives each field that
// is no pointer in Go's types the zero value of its type.
func telling(value any) any {
	switch v := reflect.ValueOf(value); {
	case !v.IsValid(), v.IsZero(), v.Kind() == reflect.Map && v.Len() == 0:
		return nil
	}
	return value
}

// short cuts a description at its bound, between two words.
func short(text string) string {
	if len(text) <= maxDescription {
		return text
	}
	text = text[:maxDescription]
	return text[:max(0, strings.LastIndexByte(text, ' '))] + " …"
}
