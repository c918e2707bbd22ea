package explain

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/explain/fieldpath"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/recording"
)

// told is a recorded run with its manifest.
type told struct {
	name, manifest string
	entries        []timeline.Entry
}

// records are all runs that the repository has: the labs' traces and what kubectl
// recorded of a real cluster.
func records(t *testing.T) []told {
	t.Helper()
	var all []told
	traces, err := filepath.Glob("../../labs/*/trace.json")
	if err != nil || len(traces) == 0 {
		t.Fatalf("traces of the labs: %v, %v", traces, err)
	}
	for _, file := range traces {
		var v timeline.View
		if err := json.Unmarshal(read(t, file), &v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		dir := filepath.Dir(file)
		manifests, err := filepath.Glob(filepath.Join(dir, "*job.yaml"))
		if err != nil || len(manifests) == 0 {
			t.Fatalf("manifest of %s: %v", dir, err)
		}
		all = append(all, told{filepath.Base(dir), string(read(t, manifests[0])), v.Entries})
	}
	const recorded = "../timeline/recording/testdata"
	dirs, err := os.ReadDir(recorded)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		fsys := os.DirFS(filepath.Join(recorded, d.Name()))
		rec, err := recording.Read(fsys)
		if err != nil {
			t.Fatalf("%s: %v", d.Name(), err)
		}
		manifest, err := os.ReadFile(filepath.Join(recorded, d.Name(), "manifest.yaml"))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		all = append(all, told{d.Name(), string(manifest), rec.Replay(nil).Entries})
	}
	return all
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (r *told) story() *Story {
	s := New(r.manifest, r.manifest)
	for i := range r.entries {
		s.Add(&r.entries[i])
	}
	return s
}

func TestEverythingRecordedIsKnown(t *testing.T) {
	for _, r := range records(t) {
		s := r.story()
		for _, e := range r.entries {
			list, ok := s.Entry(e.Seq, "en")
			if !ok || len(list) == 0 && e.Verdict == nil {
				t.Errorf("%s, entry %d has no explanation", r.name, e.Seq)
			}
			for _, x := range list {
				if !x.Known {
					t.Errorf("%s, entry %d: %s (%s) is unknown: %s", r.name, e.Seq, x.Status, x.Reason, x.Title)
				}
			}
		}
	}
}

// TestNothingIsLeftOpen looks for what was to be filled in and was not.
func TestNothingIsLeftOpen(t *testing.T) {
	for _, r := range append(records(t), invented(t)) {
		s := r.story()
		for _, e := range r.entries {
			for _, lang := range Languages {
				list, _ := s.Entry(e.Seq, lang)
				for _, x := range list {
					for _, text := range []string{x.Title, x.Text, x.Value} {
						if holes.MatchString(text) || strings.Contains(text, "  ") || strings.Contains(text, "%!") {
							t.Errorf("%s, entry %d, %s: %q", r.name, e.Seq, x.Rule, text)
						}
					}
				}
			}
		}
	}
}

// TestFieldsAreInTheManifest finds the field of each explanation by parsing the
// manifest anew.
func TestFieldsAreInTheManifest(t *testing.T) {
	fields := 0
	for _, r := range append(records(t), invented(t)) {
		s := r.story()
		for _, e := range r.entries {
			list, _ := s.Entry(e.Seq, "en")
			for _, x := range list {
				if x.Field == nil {
					continue
				}
				fields++
				if problem := misplaced(r.manifest, x.Field); problem != "" {
					t.Errorf("%s, entry %d, %s: %+v: %s", r.name, e.Seq, x.Rule, *x.Field, problem)
				}
			}
		}
	}
	if fields < 100 {
		t.Errorf("only %d explanations name a field", fields)
	}
}

// misplaced says what is wrong with the place of a field, or nothing.
func misplaced(manifest string, f *Field) string {
	lines := strings.Split(manifest, "\n")
	if f.Line < 1 || f.Line > len(lines) {
		return "there is no such line"
	}
	dec := yaml.NewDecoder(strings.NewReader(manifest))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			return "no document has the object"
		}
		kind, _ := fieldpath.Find(doc.Content[0], "kind")
		name, _ := fieldpath.Find(doc.Content[0], "metadata.name")
		if kind == nil || name == nil || kind.Value+"/"+name.Value != f.Object {
			continue
		}
		node, line := fieldpath.Find(doc.Content[0], f.Path)
		switch key := f.Path[strings.LastIndexByte(f.Path, '.')+1:]; {
		case line != f.Line:
			return fmt.Sprintf("it is at line %d", line)
		case (node == nil) != f.Absent:
			return "it is absent, or is not"
		case node != nil && !strings.Contains(lines[line-1], key+":"):
			return "the line is " + lines[line-1]
		}
		return ""
	}
}
