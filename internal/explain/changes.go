package explain

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// changes are the fields in which the manifest differs from the lab's own, in
// order, each with its line: "`spec.backoffLimit` (line 6)".
func (s *Story) changes(lang string) []string {
	var list []string
	for i, o := range s.manifest.objects {
		if i < len(s.original.objects) {
			list = append(list, differences(o.root, s.original.objects[i].root, "", o.root.Line, lang)...)
		}
	}
	return list
}

// differences walks two documents; line is that of what n is the value of.
func differences(n, was *yaml.Node, path string, line int, lang string) []string {
	said := func(path string, line int, en, ko string) string {
		w := words{fmt.Sprintf("`%s` (line %d%s)", path, line, en), fmt.Sprintf("`%s` (%d행%s)", path, line, ko)}
		return w.in(lang)
	}
	switch {
	case n.Kind != was.Kind:
		return []string{said(path, line, "", "")}
	case n.Kind == yaml.MappingNode:
		var list []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, below := n.Content[i], join(path, n.Content[i].Value)
			if old := valueOf(was, key.Value); old == nil {
				list = append(list, said(below, key.Line, ", added", ", 추가"))
			} else {
				list = append(list, differences(n.Content[i+1], old, below, key.Line, lang)...)
			}
		}
		for i := 0; i+1 < len(was.Content); i += 2 {
			if key := was.Content[i].Value; valueOf(n, key) == nil {
				list = append(list, said(join(path, key), line, ", removed", ", 삭제"))
			}
		}
		return list
	case n.Kind == yaml.SequenceNode && len(n.Content) == len(was.Content):
		var list []string
		for i := range n.Content {
			list = append(list, differences(n.Content[i], was.Content[i], fmt.Sprintf("%s[%d]", path, i), n.Content[i].Line, lang)...)
		}
		return list
	case n.Kind == yaml.SequenceNode, n.Value != was.Value:
		return []string{said(path, line, "", "")}
	}
	return nil
}

func valueOf(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func join(path, key string) string { return strings.TrimPrefix(path+"."+key, ".") }

// mostChanges is how many changed fields are named.
const mostChanges = 4

// withChanges adds what the learner changed to the first explanation of a check,
// unless that names the one that decided it.
func (s *Story) withChanges(list []Explanation, lang string) []Explanation {
	changes := s.changes(lang)
	if len(list) == 0 || len(changes) == 0 {
		return list
	}
	for i := range list {
		if f := list[i].Field; f != nil && (f.Was != "" || f.WasAbsent) {
			return list
		}
	}
	if len(changes) > mostChanges {
		changes = append(changes[:mostChanges], "…")
	}
	w := words{" You changed the manifest: ", " 매니페스트에서 바꾼 곳: "}
	list[0].Text += w.in(lang) + strings.Join(changes, ", ") + "."
	return list
}
