package lab

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/joblab/joblab/internal/expect"
)

var update = flag.Bool("update", false, "write what the tests got into testdata")

// files returns the files of an archive.
func files(t *testing.T, name string) (*txtar.Archive, fstest.MapFS) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, f := range archive.Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return archive, fsys
}

func TestLoad(t *testing.T) {
	_, fsys := files(t, "testdata/good.txtar")
	labs, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	var slugs []string
	for _, l := range labs {
		slugs = append(slugs, l.Slug)
	}
	if diff := cmp.Diff([]string{"never-with-limit", "deadline"}, slugs); diff != "" {
		t.Fatalf("labs (-want +got):\n%s", diff)
	}
	got, ok := Find(labs, "never-with-limit")
	if !ok {
		t.Fatal("Find finds no never-with-limit")
	}
	if l, ok := Find(labs, "08-never-with-limit"); ok {
		t.Errorf("Find finds %v by its directory", l)
	}
	if got.Contract == nil || len(got.Contract.Checks()) != 2 || string(got.Guides["ko"][:5]) != "# 왜" || len(got.Trace) == 0 {
		t.Errorf("contract %v, Korean guide %q, trace of %d bytes", got.Contract, got.Guides["ko"], len(got.Trace))
	}
	got.Contract, got.Guides, got.Trace, got.Predict = nil, nil, nil, nil
	want := &Lab{
		Slug: "never-with-limit", Number: 8, Track: Track{ID: "failure", Title: Text{"en": "Failure", "ko": "실패"}},
		Title: Text{"en": "Why four pods?", "ko": "왜 네 개?"}, Summary: Text{"en": "Short.", "ko": "짧게."}, Goal: Text{"en": "See it.", "ko": "보세요."},
		Minutes: 6, Kubernetes: ">=1.31", Gates: map[string]string{"JobManagedBy": "1.32"}, Backends: []string{"embedded", "kind"},
		Sources: []Source{{"API", "https://example.org/a"}},
		Run:     Run{Limit: 3 * 60e9, Until: "pods.size() > 9"},
		File:    "job.yaml", Manifest: fsys["08-never-with-limit/job.yaml"].Data, Recorded: 5 * time.Second,
		Variations: []Variation{
			{ID: "limit-1", Say: Text{"en": "Less", "ko": "적게"}, Edits: []Edit{{"Limit: 3", "Limit: 1"}, {"# note\n", ""}}, Outcome: "diverged", Check: "two-pods", Got: "1 pod", Long: true},
			{ID: "renamed", Edits: []Edit{{"name: never", "name: other"}}, Outcome: "met"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lab (-want +got):\n%s", diff)
	}
}

func TestLoadReportsAllProblemsAtOnce(t *testing.T) {
	for _, name := range []string{"testdata/broken.txtar", "testdata/lint.txtar"} {
		t.Run(name, func(t *testing.T) { reportsAllProblems(t, name) })
	}
}

// reportsAllProblems compares the problems of an archive, which holds one good lab,
// with those in its last file.
func reportsAllProblems(t *testing.T, name string) {
	archive, fsys := files(t, name)
	delete(fsys, "want")
	labs, err := Load(fsys)
	if len(labs) != 1 || labs[0].Slug != "good" {
		t.Errorf("got labs %v, want the good one", labs)
	}
	if err == nil {
		t.Fatal("no problems")
	}
	var p *expect.Problem
	if !errors.As(err, &p) || p.File == "" {
		t.Errorf("got %#v, want *expect.Problem", p)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(err.Error()) {
		if seen[line] {
			t.Errorf("reported twice: %s", line)
		}
		seen[line] = true
	}
	want := &archive.Files[len(archive.Files)-1]
	got := err.Error() + "\n"
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(want.Data), got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestLoadNothing(t *testing.T) {
	labs, err := Load(fstest.MapFS{})
	if len(labs) > 0 || err == nil || err.Error() != "tracks.yaml: is missing" {
		t.Errorf("got %v, %v", labs, err)
	}
	labs, err = Load(fstest.MapFS{"tracks.yaml": {Data: []byte("- {id: a, title: {en: A, ko: A}}")}})
	if len(labs) > 0 || err == nil || err.Error() != ".: there are no labs: want directories NN-slug" {
		t.Errorf("got %v, %v", labs, err)
	}
}

func TestApply(t *testing.T) {
	manifest := []byte("a: 1\nb: 1\n")
	for _, c := range []struct {
		edits []Edit
		want  string
		err   string
	}{
		{[]Edit{{"a: 1", "a: 2"}}, "a: 2\nb: 1\n", ""},
		{[]Edit{{"a: 1", "c: 2"}, {"c: 2", "c: 3"}}, "c: 3\nb: 1\n", ""},
		{[]Edit{{": 1", ": 2"}}, "", `variation v: ": 1" is in the manifest 2 times`},
		{[]Edit{{"a: 1", "a: 2"}, {"a: 1", "a: 3"}}, "", `variation v: "a: 1" is not in the manifest`},
	} {
		got, err := Variation{ID: "v", Edits: c.edits}.Apply(manifest)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if string(got) != c.want || message != c.err {
			t.Errorf("%v: got %q, %q, want %q, %q", c.edits, got, message, c.want, c.err)
		}
	}
	if string(manifest) != "a: 1\nb: 1\n" {
		t.Errorf("Apply changed its argument to %q", manifest)
	}
}

func TestTextIn(t *testing.T) {
	text := Text{"en": "Job", "ko": "잡"}
	for lang, want := range map[string]string{"en": "Job", "ko": "잡", "fr": "Job", "": "Job"} {
		if got := text.In(lang); got != want {
			t.Errorf("In(%q): got %q, want %q", lang, got, want)
		}
	}
}
