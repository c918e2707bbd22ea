package lab

import (
	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/expect/strictyaml"
)

// checkManifest returns what makes a file no manifest, or nil: it must be YAML
// documents with apiVersion and kind. The API server judges the rest.
func checkManifest(file string, manifest []byte) *expect.Problem {
	docs, p := strictyaml.Documents(manifest)
	if p != nil {
		p.File = file
		return p
	}
	found := false
	for _, doc := range docs {
		if len(doc.Content) == 1 && doc.Content[0].ShortTag() == "!!null" {
			continue
		}
		var object struct {
			APIVersion string `yaml:"apiVersion"`
			Kind       string `yaml:"kind"`
		}
		if err := doc.Decode(&object); err != nil || object.APIVersion == "" || object.Kind == "" {
			return &expect.Problem{File: file, Line: doc.Line, Message: "want an object with apiVersion and kind"}
		}
		found = true
	}
	if !found {
		return &expect.Problem{File: file, Line: 1, Message: "has no object"}
	}
	return nil
}
