package run

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// templates are the paths of the pod templates of the kinds that have one.
var templates = map[string][]string{
	"Job":     {"spec", "template"},
	"CronJob": {"spec", "jobTemplate", "spec", "template"},
}

// template returns a pod of a Job's or CronJob's template, as the Job controller
// makes it, and the template's path; nil for what has none. It is made of the text
// and not of Go's types, which may not know all the fields of the API server's
// version.
func (d *document) template() (pod *document, at string, err error) {
	path := templates[d.kind]
	if path == nil {
		return nil, "", nil
	}
	decoder := json.NewDecoder(bytes.NewReader(d.json))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, "", fmt.Errorf("read the object: %w", err)
	}
	for _, step := range path {
		object, _ = object[step].(map[string]any)
		if at != "" {
			at += "."
		}
		at += step
	}
	metadata := map[string]any{"generateName": d.name + d.generateName + "-"}
	if given, ok := object["metadata"].(map[string]any); ok {
		metadata["labels"], metadata["annotations"] = given["labels"], given["annotations"]
	}
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": object["spec"]})
	if err != nil {
		return nil, "", fmt.Errorf("make a pod of the template: %w", err)
	}
	return &document{json: text, apiVersion: "v1", kind: "Pod"}, at, nil
}
