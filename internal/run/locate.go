package run

import "github.com/joblab/joblab/internal/explain/fieldpath"

// lineOf returns the line of a field, given as Kubernetes names it, such as
// "spec.template.spec.containers[0].image" or "metadata.labels[app]". For a field
// that is missing it is the line of what should hold it, for the same without an
// index the first element's. Line 1 is the manifest's first.
func (d *document) lineOf(path string) int {
	_, line := fieldpath.Find(d.root, path)
	return d.line + line
}
