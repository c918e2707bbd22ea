package strictyaml

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Text reads a string that is not empty. A missing value is a problem.
func (v Value) Text() string {
	if !v.scalar("a string", "!!str") {
		return ""
	}
	if strings.TrimSpace(v.node.Value) == "" {
		v.Problemf("is empty")
	}
	return v.node.Value
}

// OneOf reads a string that is one of some.
func (v Value) OneOf(some ...string) string {
	if !v.scalar("one of "+strings.Join(some, ", "), "!!str") {
		return ""
	}
	if !slices.Contains(some, v.node.Value) {
		v.Problemf("want one of %s, not %q", strings.Join(some, ", "), v.node.Value)
		return ""
	}
	return v.node.Value
}

// Int reads a whole number of at least a minimum; ok is false if it is none.
func (v Value) Int(minimum int) (n int, ok bool) {
	if !v.scalar("a whole number", "!!int") {
		return 0, false
	}
	n, err := strconv.Atoi(v.node.Value)
	if err != nil || n < minimum {
		v.Problemf("want a whole number of at least %d, not %s", minimum, v.node.Value)
		return 0, false
	}
	return n, true
}

// Bool reads true or false.
func (v Value) Bool() bool {
	return v.scalar("true or false", "!!bool") && strings.EqualFold(v.node.Value, "true")
}

// Duration reads a duration with its unit, "90s", longer than 0.
func (v Value) Duration() time.Duration { return v.DurationFrom(1) }

// DurationFrom reads a duration with its unit, "90s" or "0s", of at least a
// minimum.
func (v Value) DurationFrom(minimum time.Duration) time.Duration {
	if !v.scalar("a duration such as 90s", "!!str") {
		return 0
	}
	d, err := time.ParseDuration(v.node.Value)
	if err != nil || d < minimum {
		v.Problemf("want a duration such as 90s, not %q", v.node.Value)
		return 0
	}
	return d
}

// scalar reports whether the value is a scalar of a type; if not, that is a
// problem.
func (v Value) scalar(want, tag string) bool {
	if !v.is(yaml.ScalarNode, want) {
		return false
	}
	if got := v.node.ShortTag(); got != tag {
		v.Problemf("want %s, not %s", want, describe(v.node))
		return false
	}
	return true
}

// is reports whether the value is there and of a kind; if not, that is a problem.
func (v Value) is(kind yaml.Kind, want string) bool {
	switch {
	case v.node == nil:
		v.Problemf("is missing: want %s", want)
	case v.node.Kind == yaml.AliasNode || v.node.Anchor != "":
		v.Problemf("anchors and aliases are not allowed here")
	case v.node.Kind != kind:
		v.Problemf("want %s, not %s", want, describe(v.node))
	default:
		return true
	}
	return false
}

// describe says in words what a node is.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!str":
		return strconv.Quote(n.Value)
	}
	return n.Value
}

// Empty reports whether the value is the empty string.
func (v Value) Empty() bool {
	return v.node != nil && v.node.Kind == yaml.ScalarNode && v.node.ShortTag() == "!!str" && v.node.Value == "" && v.node.Anchor == ""
}
